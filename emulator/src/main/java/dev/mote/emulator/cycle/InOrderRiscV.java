package dev.mote.emulator.cycle;

import java.util.List;
import java.util.Optional;

/// A 32-bit RISC-V core as microcontrollers have them: in order, one instruction at a time, four
/// stages, no branch prediction. Not the published timing of any one core.
final class InOrderRiscV implements CoreTiming {

  private static final int DIVIDE = 20;
  private static final int USE_STALL = 1;
  private static final int BRANCH = 2;
  private static final int INDIRECT = 3;

  @Override
  public long cycles(List<Opcode> block) {
    long cycles = 0;
    String loaded = "";
    for (Opcode opcode : block) {
      String mnemonic = opcode.mnemonic().replaceFirst("^c\\.", "");
      List<String> registers = opcode.registers();
      cycles += mnemonic.matches("(div|rem)u?") ? DIVIDE : 1;
      boolean store = mnemonic.matches("s[bhw]|fs[wd]");
      boolean conditional = mnemonic.startsWith("b");
      List<String> sources =
          store || conditional || registers.isEmpty()
              ? registers
              : registers.size() == 1 ? registers : registers.subList(1, registers.size());
      if (sources.contains(loaded)) {
        cycles += USE_STALL;
      }
      loaded = mnemonic.matches("l[bhw]u?|flw|fld") ? registers.getFirst() : "";
    }
    return cycles;
  }

  @Override
  public long taken(Opcode last, Optional<Opcode> target) {
    return last.mnemonic().matches("(c\\.)?(ret|jr|jalr)") ? INDIRECT : BRANCH;
  }
}
