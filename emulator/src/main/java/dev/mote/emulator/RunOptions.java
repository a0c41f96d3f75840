package dev.mote.emulator;

import java.time.Duration;

/// How a batch of inferences is run.
///
/// @param keepState whether state variables live on from one inference to the next; otherwise each
///     starts afresh
/// @param layerOutputs whether the outputs of every layer are returned too
/// @param instructionBudget most instructions that one inference may take on a board
/// @param timeLimit longest that the whole batch may take
public record RunOptions(
    boolean keepState, boolean layerOutputs, long instructionBudget, Duration timeLimit) {

  public RunOptions {
    if (instructionBudget <= 0 || !timeLimit.isPositive()) {
      throw new IllegalArgumentException("a run needs a positive budget and time limit");
    }
  }

  /// Independent inferences, outputs only, at most 20 G instructions each and ten minutes together.
  public static RunOptions standard() {
    return new RunOptions(false, false, 20_000_000_000L, Duration.ofMinutes(10));
  }

  public RunOptions withKeepState(boolean keep) {
    return new RunOptions(keep, layerOutputs, instructionBudget, timeLimit);
  }

  public RunOptions withLayerOutputs(boolean wanted) {
    return new RunOptions(keepState, wanted, instructionBudget, timeLimit);
  }

  public RunOptions withInstructionBudget(long instructions) {
    return new RunOptions(keepState, layerOutputs, instructions, timeLimit);
  }

  public RunOptions withTimeLimit(Duration limit) {
    return new RunOptions(keepState, layerOutputs, instructionBudget, limit);
  }
}
