package dev.mote.testkit.quantization;

import dev.mote.optimizer.run.Predictions;

/// How far a model's outputs are from the float original's.
///
/// @param meanError mean absolute difference of an output number
/// @param agreement share of the samples for which both have their largest output at the same place
record Difference(double meanError, double agreement) {

  static Difference of(Predictions truth, Predictions other) {
    double error = 0;
    long numbers = 0;
    int equal = 0;
    for (int i = 0; i < truth.size(); i++) {
      float[] expected = truth.output(i, 0);
      float[] actual = other.output(i, 0);
      for (int k = 0; k < expected.length; k++) {
        error += Math.abs(expected[k] - actual[k]);
      }
      numbers += expected.length;
      equal += truth.top(i) == other.top(i) ? 1 : 0;
    }
    return new Difference(error / numbers, (double) equal / truth.size());
  }
}
