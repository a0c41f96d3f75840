package dev.mote.emulator;

import dev.mote.emulator.cycle.CycleEstimate;
import java.util.List;

/// What one inference costs on a board; the same on every machine and in every run.
///
/// @param instructions instructions executed by `invoke`, an instruction whose condition fails
///     included
/// @param layerInstructions instructions of each layer, in order, from a second run of a build with
///     the observer; their sum differs from the total by what the compiler optimises across layers
/// @param cycles estimated cycles of `invoke`
/// @param layerCycles estimated cycles of each layer, in order, from the second run
/// @param stackBytes deepest stack of `invoke`
/// @param imageSize what the model takes of the flash
/// @param profile how often each instruction was executed
public record Measurement(
    long instructions,
    List<Long> layerInstructions,
    CycleEstimate cycles,
    List<CycleEstimate> layerCycles,
    long stackBytes,
    ImageSize imageSize,
    ExecutionProfile profile) {

  public Measurement {
    layerInstructions = List.copyOf(layerInstructions);
    layerCycles = List.copyOf(layerCycles);
  }
}
