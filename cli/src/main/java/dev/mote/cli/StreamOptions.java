package dev.mote.cli;

import dev.mote.pipeline.Settings;
import dev.mote.plugin.Compiler.Optimize;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// How the input reaches the model, and what else makes the settings of the built-in compiler.
final class StreamOptions {

  @Option(
      names = "--stream-input",
      description =
          "The application hands in the rows of the image one by one: begin and push_row instead of"
              + " invoke, and no buffer for the whole input.")
  boolean streamInput;

  @Mixin WeightOptions weights = new WeightOptions();

  /// Settings for an objective.
  Settings settings(Optimize optimize) {
    return Settings.preferring(optimize).withStreamInput(streamInput).withStorage(weights.storage);
  }
}
