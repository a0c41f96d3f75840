package dev.mote.emulator;

import dev.mote.pipeline.CompiledModel;
import dev.mote.plugin.Target;

/// Opens runners for targets that neither this process nor a board of QEMU runs; found by
/// [java.util.ServiceLoader].
public interface RunnerProvider {

  /// Whether it runs the code of this target.
  boolean runs(Target target);

  /// A runner of a model that was compiled for a target that it runs.
  ModelRunner open(CompiledModel model, BuildCache cache);
}
