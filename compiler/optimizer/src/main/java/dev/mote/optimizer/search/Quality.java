package dev.mote.optimizer.search;

import java.util.OptionalDouble;

/// How well a variant answers, beside the float original on the same samples.
///
/// @param samples number of samples that were run
/// @param accuracy share of right answers; empty without labels
/// @param originalAccuracy that of the original on these samples; empty without labels
/// @param agreement share of samples with the original's answer
/// @param negativeFlips share of samples that the original answers rightly and the variant wrongly;
///     without labels, those that are answered differently
/// @param divergence mean squared difference of the outputs over the mean square of the original's
public record Quality(
    int samples,
    OptionalDouble accuracy,
    OptionalDouble originalAccuracy,
    double agreement,
    double negativeFlips,
    double divergence) {

  public Quality {
    if (samples <= 0 || Double.isNaN(agreement) || Double.isNaN(negativeFlips)) {
      throw new IllegalArgumentException("a quality is measured on samples");
    }
    // An overflow in a variant must lose, not win comparisons.
    divergence = Double.isNaN(divergence) ? Double.POSITIVE_INFINITY : divergence;
  }

  /// The score as far as these samples tell it for all: the change against the original on them,
  /// and what the original has on all. Which samples were drawn then matters less.
  ///
  /// @param original accuracy of the original on all samples
  public double expected(OptionalDouble original) {
    return accuracy.isPresent() && originalAccuracy.isPresent() && original.isPresent()
        ? accuracy.getAsDouble() - originalAccuracy.getAsDouble() + original.getAsDouble()
        : score();
  }

  /// What variants are ranked by: the accuracy, without labels the agreement.
  public double score() {
    return accuracy.orElse(agreement);
  }
}
