package dev.mote.emulator.cycle;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Cortex-M7: two neighbouring instructions start together where they can.
///
/// Arm publishes no table of cycles. The rules are those that its technical reference manual (DDI
/// 0489, "about the processor") and measurements by others allow to draw: in order, two at once,
/// one multiplier, two loads but one store at once, a load's result one cycle later, branches
/// predicted. An estimate.
final class DualIssueArm implements CoreTiming {

  @Override
  public long cycles(List<Opcode> block) {
    long cycles = 0;
    Set<String> loaded = Set.of();
    int at = 0;
    while (at < block.size()) {
      Opcode first = block.get(at);
      Optional<Opcode> second =
          at + 1 < block.size() && pairs(first, block.get(at + 1))
              ? Optional.of(block.get(at + 1))
              : Optional.empty();
      List<Opcode> together = Stream.concat(Stream.of(first), second.stream()).toList();
      boolean waits =
          together.stream()
              .flatMap(opcode -> ArmRegisters.of(opcode).reads().stream())
              .anyMatch(loaded::contains);
      cycles += alone(first) + (waits ? 1 : 0);
      loaded =
          together.stream()
              .filter(opcode -> loads(ArmKind.of(opcode)))
              .flatMap(opcode -> ArmRegisters.of(opcode).writes().stream())
              .collect(java.util.stream.Collectors.toSet());
      at += together.size();
    }
    return cycles;
  }

  private static boolean pairs(Opcode first, Opcode second) {
    ArmKind a = ArmKind.of(first);
    ArmKind b = ArmKind.of(second);
    if (alone(first) > 1 || alone(second) > 1 || a.isBranch() || a == ArmKind.IF_THEN) {
      return false;
    }
    if ((multiplies(a) && multiplies(b))
        || (stores(a) && b.isAccess())
        || (a.isAccess() && stores(b))) {
      return false;
    }
    ArmRegisters earlier = ArmRegisters.of(first);
    ArmRegisters later = ArmRegisters.of(second);
    return Stream.concat(later.reads().stream(), later.writes().stream())
        .noneMatch(earlier.writes()::contains);
  }

  private static boolean loads(ArmKind kind) {
    return kind == ArmKind.LOAD || kind == ArmKind.LOAD_TWO || kind == ArmKind.FLOAT_LOAD;
  }

  private static boolean stores(ArmKind kind) {
    return kind == ArmKind.STORE || kind == ArmKind.STORE_TWO || kind == ArmKind.FLOAT_STORE;
  }

  private static boolean multiplies(ArmKind kind) {
    return switch (kind) {
      case MULTIPLY, MULTIPLY_ADD, MULTIPLY_LONG, MULTIPLY_ADD_LONG, DSP_MULTIPLY -> true;
      default -> false;
    };
  }

  private static int alone(Opcode opcode) {
    return switch (ArmKind.of(opcode)) {
      case LOAD_MANY, STORE_MANY -> Math.max(1, Math.ceilDiv(opcode.listed().size(), 2));
      case DIVIDE -> 7;
      case FLOAT_DIVIDE -> 14;
      case FLOAT_MULTIPLY_ADD -> 3;
      case TABLE_BRANCH, WAIT -> 3;
      default -> 1;
    };
  }

  @Override
  public long taken(Opcode last, Optional<Opcode> target) {
    return switch (ArmKind.of(last)) {
      case BRANCH, COMPARE_BRANCH, CALL, LOOP_END -> 0;
      default -> 2;
    };
  }
}
