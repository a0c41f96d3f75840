package dev.mote.pipeline;

import dev.mote.pipeline.lower.KernelChoice;
import dev.mote.pipeline.lower.WeightStorage;
import dev.mote.pipeline.pass.Pass;
import dev.mote.pipeline.pass.Passes;
import dev.mote.pipeline.plan.Chaining;
import dev.mote.plugin.Compiler.Optimize;
import java.util.List;

/// One way to compile a model, of which the compiler may try several.
///
/// @param optimize what is preferred; the C compiler's flags follow it too
/// @param kernels which of the kernels that can compute a layer is taken
/// @param chaining how far layers run row by row
/// @param streamInput whether the application hands in the rows of the first image among the inputs
/// @param passes what is done to the graph first
/// @param library where kernels come from
/// @param storage how weights may be stored
public record Settings(
    Optimize optimize,
    KernelChoice kernels,
    Chaining chaining,
    boolean streamInput,
    List<Pass> passes,
    Library library,
    WeightStorage storage) {

  public Settings {
    passes = List.copyOf(passes);
  }

  /// Where kernels come from.
  public enum Library {
    /// Our own, in the emitted source.
    OWN,
    /// CMSIS-NN, which the firmware links; our own for what it does not have.
    CMSIS_NN
  }

  /// Estimated cycles that execution by rows may add where memory is the objective, in parts of the
  /// whole.
  private static final double MEMORY_SLOW_DOWN = 0.3;

  /// The same where it is a compromise.
  private static final double BALANCED_SLOW_DOWN = 0.05;

  /// The way that goes by what is preferred alone.
  public static Settings preferring(Optimize optimize) {
    Chaining chaining =
        switch (optimize) {
          case SPEED, SIZE -> new Chaining.None();
          case BALANCED -> new Chaining.Smallest(BALANCED_SLOW_DOWN);
          case MEMORY -> new Chaining.Smallest(MEMORY_SLOW_DOWN);
        };
    return new Settings(
        optimize,
        KernelChoice.preferring(optimize),
        chaining,
        false,
        Passes.STANDARD,
        Library.OWN,
        WeightStorage.AUTO);
  }

  /// These settings with other kernels.
  public Settings withKernels(KernelChoice other) {
    return new Settings(optimize, other, chaining, streamInput, passes, library, storage);
  }

  /// These settings with layers in other chains.
  public Settings withChaining(Chaining other) {
    return new Settings(optimize, kernels, other, streamInput, passes, library, storage);
  }

  /// These settings with a streamed input, or without.
  public Settings withStreamInput(boolean streams) {
    return new Settings(optimize, kernels, chaining, streams, passes, library, storage);
  }

  /// These settings with other passes.
  public Settings withPasses(List<Pass> others) {
    return new Settings(optimize, kernels, chaining, streamInput, others, library, storage);
  }

  /// These settings with weights stored in other forms. Compressed: the kernels with the fewest
  /// bytes, and layers as a whole unless the arena or the input asks for rows, for which weights
  /// would be unpacked again and again.
  public Settings withStorage(WeightStorage other) {
    boolean compressed = other == WeightStorage.COMPRESSED;
    boolean free = compressed && chaining instanceof Chaining.Smallest && !streamInput;
    return new Settings(
        optimize,
        compressed ? KernelChoice.fewestConstants() : kernels,
        free ? new Chaining.None() : chaining,
        streamInput,
        passes,
        library,
        other);
  }

  /// These settings with kernels of CMSIS-NN: every layer as a whole, as the library has no rows.
  public Settings withCmsisNn() {
    return new Settings(
        optimize,
        steps -> steps.stream().map(List::getFirst).toList(),
        new Chaining.None(),
        streamInput,
        passes,
        Library.CMSIS_NN,
        storage);
  }
}
