package dev.mote.emulator.cycle;

import java.util.List;
import java.util.Optional;

/// Cortex-M55: scalar instructions in order, vector instructions of 128 bits as two halves.
///
/// A vector instruction keeps its unit (load and store, multiplication, everything else) busy for
/// two cycles, and the next one starts after its first half when it needs another unit (Arm
/// Cortex-M55 technical reference manual, 101051, and Armv8.1-M's description of beats). The end of
/// a low-overhead loop takes no cycle once the loop is known. The rest is as on Cortex-M33. An
/// estimate: Arm's optimization guide was not at hand, and results that come late are not modelled
/// but for loads.
final class HeliumArm implements CoreTiming {

  private enum Unit {
    NONE,
    MEMORY,
    MULTIPLIER,
    OTHER
  }

  @Override
  public long cycles(List<Opcode> block) {
    long cycles = 0;
    Unit busy = Unit.NONE;
    Opcode before = null;
    for (Opcode opcode : block) {
      Unit unit = unit(opcode);
      if (unit == Unit.NONE) {
        cycles +=
            ArmKind.of(opcode) == ArmKind.LOOP_END
                ? 0
                : before == null || unit(before) != Unit.NONE
                    ? InOrderArm.M33.cycles(List.of(opcode))
                    : InOrderArm.M33.cycles(List.of(before, opcode))
                        - InOrderArm.M33.cycles(List.of(before));
      } else {
        // Starting takes a cycle; the second half of the one before is waited for in its own unit.
        cycles += busy == unit ? 2 : 1;
      }
      busy = unit;
      before = opcode;
    }
    return cycles;
  }

  private static Unit unit(Opcode opcode) {
    return switch (ArmKind.of(opcode)) {
      case VECTOR_LOAD, VECTOR_STORE -> Unit.MEMORY;
      case VECTOR_MULTIPLY, FLOAT_MULTIPLY_ADD -> wide(opcode) ? Unit.MULTIPLIER : Unit.NONE;
      case FLOAT_OR_VECTOR -> wide(opcode) ? Unit.OTHER : Unit.NONE;
      default -> Unit.NONE;
    };
  }

  private static boolean wide(Opcode opcode) {
    return opcode.registers().stream().anyMatch(register -> register.startsWith("q"));
  }

  @Override
  public long taken(Opcode last, Optional<Opcode> target) {
    return ArmKind.of(last) == ArmKind.LOOP_END ? 0 : InOrderArm.M33.taken(last, target);
  }
}
