package dev.mote.emulator.cycle;

import java.util.List;

/// A run of instructions without a branch inside, and how often it was executed in one layer.
///
/// @param layer the layer; -1 outside of all
/// @param executions how often it ran from its first to its last instruction
/// @param taken after how many of these the instruction behind it was not the next to run
/// @param flashBytes bytes of data that it loaded from flash, all executions together
/// @param opcodes its instructions, in order
public record ExecutedBlock(
    int layer, long executions, long taken, long flashBytes, List<Opcode> opcodes) {

  public ExecutedBlock {
    opcodes = List.copyOf(opcodes);
  }

  /// Instructions that were executed.
  public long instructions() {
    return executions * opcodes.size();
  }

  /// Bytes of code that were executed.
  long codeBytes() {
    return executions * opcodes.stream().mapToLong(Opcode::bytes).sum();
  }
}
