package dev.mote.optimizer.calibrate;

import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.optimizer.data.SampleSet;

/// What can be wrong with calibration data; a page for each code in `docs/errors`.
final class CalibrationProblems {

  static final int EMPTY = 1341;
  static final int NOT_FINITE = 1342;
  static final int ALL_EQUAL = 1343;

  private CalibrationProblems() {}

  /// Refuses samples that no range should be learnt from.
  ///
  /// @throws DiagnosticException when there are none, or several that are all equal
  static void check(SampleSet samples) {
    if (samples.size() == 0) {
      throw empty(samples.name());
    }
    if (samples.size() > 1 && areAllEqual(samples)) {
      throw new DiagnosticException(
          Diagnostic.user(
              ALL_EQUAL,
              samples.name(),
              "all %d samples are equal".formatted(samples.size()),
              "give samples as different as what the model will see."));
    }
  }

  private static boolean areAllEqual(SampleSet samples) {
    var first = samples.inputs().getFirst();
    for (int i = 1; i < samples.size(); i++) {
      if (!samples.inputs().get(i).equals(first)) {
        return false;
      }
    }
    return true;
  }

  static DiagnosticException empty(String where) {
    return new DiagnosticException(
        Diagnostic.user(
            EMPTY,
            where,
            "there are no samples to calibrate on",
            "give at least one sample, better a hundred, of what the model will see."));
  }

  /// A value that no range contains.
  static DiagnosticException notFinite(int sample, String tensor, float value) {
    return new DiagnosticException(
        Diagnostic.user(
            NOT_FINITE,
            "tensor '" + tensor + "', sample " + sample,
            "the float model has " + value + " here",
            "look at this sample and at what the float model gives for it; inputs of a wrong scale"
                + " are the usual cause."));
  }
}
