package dev.mote.emulator.cycle;

import java.util.List;
import java.util.Optional;

/// Cycles of instructions on one core, all memories without wait states.
interface CoreTiming {

  /// Cycles of a block whose last instruction, if it is a branch, is not taken.
  long cycles(List<Opcode> block);

  /// Further cycles when the branch at the end of a block is taken.
  ///
  /// @param target the instruction that it goes to; empty when not known
  long taken(Opcode branch, Optional<Opcode> target);
}
