package dev.mote.emulator.cycle;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Which registers an Arm instruction reads and writes, from its printed form.
///
/// @param reads sources and what addresses are computed from
/// @param writes destinations, base registers that are updated included
record ArmRegisters(Set<String> reads, Set<String> writes) {

  static ArmRegisters of(Opcode opcode) {
    List<String> all = opcode.registers();
    int destinations =
        switch (ArmKind.of(opcode)) {
          case LOAD_TWO, MULTIPLY_LONG, MULTIPLY_ADD_LONG -> 2;
          case STORE,
              STORE_TWO,
              STORE_MANY,
              VECTOR_STORE,
              FLOAT_STORE,
              BRANCH,
              COMPARE_BRANCH,
              BRANCH_REGISTER,
              TABLE_BRANCH,
              LOOP_END,
              LOAD_MANY ->
              0;
          default -> comparison(opcode) ? 0 : 1;
        };
    Set<String> writes = new HashSet<>(all.subList(0, Math.min(destinations, all.size())));
    Set<String> reads = new HashSet<>(all.subList(Math.min(destinations, all.size()), all.size()));
    switch (ArmKind.of(opcode)) {
      case LOAD_MANY -> {
        writes.addAll(opcode.listed());
        reads.removeAll(opcode.listed());
      }
      case MULTIPLY_ADD_LONG, VECTOR_MULTIPLY, FLOAT_MULTIPLY_ADD -> reads.addAll(writes);
      default -> {
        if (destinations == 1 && (all.size() < 3 || opcode.mnemonic().startsWith("bf"))) {
          reads.addAll(partlyWritten(opcode) ? writes : Set.of());
        }
      }
    }
    if (updatesBase(opcode)) {
      writes.addAll(opcode.addressRegisters());
    }
    return new ArmRegisters(Set.copyOf(reads), Set.copyOf(writes));
  }

  /// Whether the base register is written, before or after the access.
  static boolean updatesBase(Opcode opcode) {
    String operands = opcode.operands();
    return operands.contains("]!") || operands.matches(".*\\], .*");
  }

  private static boolean comparison(Opcode opcode) {
    return opcode.mnemonic().matches("(cmp|cmn|tst|teq|vcmpe?|vpt|pld).*");
  }

  /// Two-operand forms such as `adds r0, #1`, and those that keep a part of the destination.
  private static boolean partlyWritten(Opcode opcode) {
    return !opcode
            .mnemonic()
            .matches("(movs?|mvns?|ldr|uxt|sxt|rev|clz|negs?|rsbs?|vldr|mrs|adr).*")
        || opcode.mnemonic().startsWith("movt");
  }
}
