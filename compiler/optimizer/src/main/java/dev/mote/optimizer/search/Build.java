package dev.mote.optimizer.search;

import dev.mote.pipeline.Settings;
import dev.mote.pipeline.lower.WeightStorage;
import dev.mote.plugin.Compiler.Optimize;
import java.util.List;
import java.util.Locale;

/// A way to compile a variant; all ways give the same answers.
///
/// @param optimize what the compiler prefers
/// @param storage how weights are stored
public record Build(Optimize optimize, WeightStorage storage) {

  /// The ways that are tried.
  static final List<Build> WAYS =
      List.of(
          new Build(Optimize.SPEED, WeightStorage.AUTO),
          new Build(Optimize.BALANCED, WeightStorage.AUTO),
          new Build(Optimize.MEMORY, WeightStorage.AUTO),
          new Build(Optimize.SIZE, WeightStorage.AUTO),
          new Build(Optimize.SIZE, WeightStorage.COMPRESSED));

  /// What the compiler is told.
  public Settings settings() {
    return Settings.preferring(optimize).withStorage(storage);
  }

  /// `size`, `size compressed`.
  public String label() {
    return optimize.name().toLowerCase(Locale.ROOT)
        + (storage == WeightStorage.AUTO ? "" : " " + storage.name().toLowerCase(Locale.ROOT));
  }
}
