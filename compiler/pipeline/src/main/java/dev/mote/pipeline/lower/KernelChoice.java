package dev.mote.pipeline.lower;

/// Chooses one of the kernels that can compute a step.
public final class KernelChoice {

  private KernelChoice() {}

  /// The kernel call for `step`.
  ///
  /// @throws UnsupportedStepException when no kernel exists for these types on this target
  public static KernelCall of(Step step) {
    return Lowerings.candidates(step).getFirst();
  }
}
