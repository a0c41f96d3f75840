package dev.mote.pipeline;

import dev.mote.pipeline.lower.KernelChoice;
import dev.mote.plugin.Compiler.Optimize;

/// One way to compile a model, of which the compiler may try several.
///
/// @param optimize what is preferred; the C compiler's flags and the chains of rows follow it too
/// @param kernels which of the kernels that can compute a layer is taken
/// @param streamInput whether the application hands in the rows of the first image among the inputs
public record Settings(Optimize optimize, KernelChoice kernels, boolean streamInput) {

  /// The way that goes by what is preferred alone.
  public static Settings preferring(Optimize optimize) {
    return new Settings(optimize, KernelChoice.preferring(optimize), false);
  }

  /// These settings with other kernels.
  public Settings withKernels(KernelChoice other) {
    return new Settings(optimize, other, streamInput);
  }

  /// These settings with a streamed input, or without.
  public Settings withStreamInput(boolean streams) {
    return new Settings(optimize, kernels, streams);
  }
}
