package dev.mote.testkit.classical;

import java.util.List;
import java.util.Optional;

/// A library that trains boosted trees in this process and writes them to a file of its own.
interface BoostingLibrary {

  /// A trained model.
  ///
  /// @param file what the library saved
  /// @param name of the file
  /// @param answers the library's own, to each question
  record Trained(String file, String name, List<double[]> answers) {}

  /// Why the library cannot run here; empty where it can.
  Optional<String> obstacle();

  /// @param parameters `key=value`, separated by spaces, as the library's documentation calls them
  Trained train(TrainingRows rows, String parameters);
}
