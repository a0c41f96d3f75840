package dev.mote.emulator.cycle;

import java.util.List;
import java.util.Optional;

/// Cores that start one instruction at a time: Cortex-M0, M0+, M3, M4 and M33.
///
/// The figures are those of Arm's technical reference manuals: Cortex-M0 (DDI 0432C, table 3-1),
/// Cortex-M0+ (DDI 0484C, table 3-1), Cortex-M3 (DDI 0337I, table 3-1 and "load/store timings"),
/// Cortex-M4 (100166, tables 3-1 and 7-1, "load/store timings"). Where a manual gives a range, the
/// field says what is taken.
///
/// @param accessCycles a load or a store alone
/// @param pipelined whether neighbouring loads overlap, and a store with an offset in the
///     instruction takes one cycle (M3, M4)
/// @param updateOverlaps whether a load that updates its base may overlap with the next access
/// @param addressStall cycles that an access waits when its address was computed just before
/// @param useStall cycles that an instruction waits for a load just before
/// @param multiplyAdd MLA and MLS
/// @param multiplyLong SMULL and UMULL
/// @param multiplyAddLong SMLAL and UMLAL
/// @param divide SDIV and UDIV; published as 2 to 12 on M3 and M4
/// @param branch further cycles of a taken direct branch; published as 1 to 3 on M3 and M4
/// @param call further cycles of BL
/// @param branchRegister further cycles of BX and BLX
/// @param loadedBranch further cycles of a branch by a load or POP
/// @param split further cycle when the target is a 32-bit instruction across a word's border
record InOrderArm(
    int accessCycles,
    boolean pipelined,
    boolean updateOverlaps,
    int addressStall,
    int useStall,
    int multiplyAdd,
    int multiplyLong,
    int multiplyAddLong,
    int divide,
    int branch,
    int call,
    int branchRegister,
    int loadedBranch,
    int split)
    implements CoreTiming {

  static final InOrderArm M0 = new InOrderArm(2, false, false, 0, 0, 1, 1, 1, 1, 2, 3, 2, 3, 0);
  static final InOrderArm M0_PLUS =
      new InOrderArm(2, false, false, 0, 0, 1, 1, 1, 1, 1, 2, 1, 2, 0);
  static final InOrderArm M3 = new InOrderArm(2, true, false, 1, 0, 2, 4, 5, 7, 1, 1, 2, 3, 1);
  static final InOrderArm M4 = new InOrderArm(2, true, true, 1, 0, 1, 1, 1, 7, 1, 1, 2, 3, 1);

  /// Arm publishes no table for the M33: loads answer in the next cycle, everything else as M4.
  static final InOrderArm M33 = new InOrderArm(1, false, true, 0, 1, 1, 1, 1, 7, 1, 1, 2, 3, 1);

  @Override
  public long cycles(List<Opcode> block) {
    long cycles = 0;
    boolean overlaps = false;
    Opcode before = null;
    for (Opcode opcode : block) {
      ArmKind kind = ArmKind.of(opcode);
      cycles += alone(opcode, kind);
      if (before != null) {
        ArmKind kindBefore = ArmKind.of(before);
        ArmRegisters earlier = ArmRegisters.of(before);
        boolean needsAddress =
            opcode.addressRegisters().stream().anyMatch(earlier.writes()::contains);
        if (pipelined
            && overlaps
            && single(kind)
            && !needsAddress
            && !oneCycleStore(opcode, kind)) {
          cycles--;
        }
        if (kind.isAccess() && !kindBefore.isAccess() && !kindBefore.isBranch() && needsAddress) {
          cycles += addressStall;
        }
        if (loads(kindBefore) && uses(opcode, earlier)) {
          cycles += useStall;
        }
        if (arithmetic(kindBefore) && kind == ArmKind.FLOAT_OR_VECTOR && uses(opcode, earlier)) {
          cycles++;
        }
        if (kind == ArmKind.IF_THEN && before.bytes() == 2) {
          cycles--;
        }
      }
      overlaps = loads(kind) && (updateOverlaps || !ArmRegisters.updatesBase(opcode));
      before = opcode;
    }
    return cycles;
  }

  private int alone(Opcode opcode, ArmKind kind) {
    return switch (kind) {
      case LOAD, FLOAT_LOAD -> accessCycles;
      case STORE -> oneCycleStore(opcode, kind) ? 1 : accessCycles;
      case FLOAT_STORE -> accessCycles;
      case LOAD_TWO, STORE_TWO -> accessCycles == 1 ? 2 : 3;
      case LOAD_MANY, STORE_MANY -> 1 + Math.max(1, opcode.listed().size());
      case MULTIPLY_ADD -> multiplyAdd;
      case MULTIPLY_LONG -> multiplyLong;
      case MULTIPLY_ADD_LONG -> multiplyAddLong;
      case DIVIDE -> divide;
      case FLOAT_DIVIDE -> 14;
      case FLOAT_MULTIPLY_ADD -> 3;
      case TABLE_BRANCH -> 3;
      case WAIT -> 3;
      case BRANCH,
          COMPARE_BRANCH,
          CALL,
          BRANCH_REGISTER,
          LOOP_START,
          LOOP_END,
          IF_THEN,
          MULTIPLY,
          DSP_MULTIPLY,
          VECTOR_LOAD,
          VECTOR_STORE,
          VECTOR_MULTIPLY,
          FLOAT_OR_VECTOR,
          PLAIN ->
          1;
    };
  }

  /// A store with its offset in the instruction hands over to the write buffer.
  private boolean oneCycleStore(Opcode opcode, ArmKind kind) {
    return pipelined && kind == ArmKind.STORE && opcode.addressRegisters().size() == 1;
  }

  private static boolean single(ArmKind kind) {
    return kind == ArmKind.LOAD || kind == ArmKind.STORE || kind == ArmKind.FLOAT_LOAD;
  }

  private static boolean loads(ArmKind kind) {
    return kind == ArmKind.LOAD || kind == ArmKind.FLOAT_LOAD;
  }

  private static boolean arithmetic(ArmKind kind) {
    return kind == ArmKind.FLOAT_OR_VECTOR
        || kind == ArmKind.FLOAT_MULTIPLY_ADD
        || kind == ArmKind.FLOAT_DIVIDE
        || kind == ArmKind.VECTOR_MULTIPLY;
  }

  private static boolean uses(Opcode opcode, ArmRegisters earlier) {
    return ArmRegisters.of(opcode).reads().stream().anyMatch(earlier.writes()::contains);
  }

  @Override
  public long taken(Opcode last, Optional<Opcode> target) {
    int across =
        target.isPresent() && target.get().bytes() == 4 && target.get().address() % 4 != 0
            ? split
            : 0;
    return switch (ArmKind.of(last)) {
      case BRANCH, COMPARE_BRANCH, LOOP_END -> branch + across;
      case CALL -> call + across;
      case BRANCH_REGISTER -> branchRegister;
      default -> loadedBranch;
    };
  }
}
