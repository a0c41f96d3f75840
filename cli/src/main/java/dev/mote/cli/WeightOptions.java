package dev.mote.cli;

import dev.mote.pipeline.lower.WeightStorage;
import picocli.CommandLine.Option;

/// How weights are stored.
final class WeightOptions {

  @Option(
      names = "--weights-storage",
      paramLabel = "auto|plain|compressed",
      defaultValue = "auto",
      description = {
        "How weights are stored, always without loss: as --optimize prefers, a byte each, or in the"
            + " fewest bytes whatever unpacking takes (default: ${DEFAULT-VALUE})."
      })
  WeightStorage storage = WeightStorage.AUTO;

  /// Whether it was asked for.
  boolean isSet() {
    return storage != WeightStorage.AUTO;
  }
}
