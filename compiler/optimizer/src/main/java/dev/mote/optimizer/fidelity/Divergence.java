package dev.mote.optimizer.fidelity;

import dev.mote.optimizer.run.Predictions;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.IntFunction;

/// How far the numbers of two models are apart, over all samples and elements.
///
/// @param meanAbsolute mean of the absolute differences
/// @param maxAbsolute largest of them
/// @param rootMeanSquare root of their mean square
/// @param relative that, as a part of the original's root mean square; NaN when it is all zero
/// @param signalToNoise the same in decibels: 20 log10(1 / relative); infinite when equal
/// @param kullbackLeibler mean divergence of the candidate's distribution from the original's in
///     nats, where outputs are distributions
/// @param notFinite samples with a NaN or an infinity, which count nowhere else
public record Divergence(
    double meanAbsolute,
    double maxAbsolute,
    double rootMeanSquare,
    double relative,
    double signalToNoise,
    OptionalDouble kullbackLeibler,
    int notFinite) {

  /// How far a sum of probabilities may be from one, for outputs of few bits.
  private static final double DISTRIBUTION_SLACK = 0.05;

  /// Probabilities below this count as this: an int8 score of zero says only that it is small.
  private static final double LEAST_PROBABILITY = 1.0 / 512;

  /// Of some outputs of both.
  ///
  /// @param outputs their indices
  static Divergence of(Predictions reference, Predictions candidate, List<Integer> outputs) {
    return of(
        reference.size(),
        sample -> outputs.stream().map(k -> reference.output(sample, k)).toList(),
        sample -> outputs.stream().map(k -> candidate.output(sample, k)).toList());
  }

  /// Of any tensors of two models.
  ///
  /// @param samples number of samples
  /// @param reference the tensors of a sample by the original
  /// @param candidate the same tensors by the other
  public static Divergence of(
      int samples, IntFunction<List<float[]>> reference, IntFunction<List<float[]>> candidate) {
    Sums sums = new Sums();
    for (int sample = 0; sample < samples; sample++) {
      List<float[]> wanted = reference.apply(sample);
      List<float[]> got = candidate.apply(sample);
      if (!wanted.stream().allMatch(Divergence::isFinite)
          || !got.stream().allMatch(Divergence::isFinite)) {
        sums.notFinite++;
        continue;
      }
      for (int i = 0; i < wanted.size(); i++) {
        sums.add(wanted.get(i), got.get(i));
      }
    }
    return sums.result();
  }

  private static boolean isFinite(float[] values) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }

  /// Sums over samples.
  private static final class Sums {
    private long elements;
    private double absolute;
    private double largest;
    private double square;
    private double signal;
    private double divergence;
    private int tensors;
    private boolean distributions = true;
    private int notFinite;

    void add(float[] wanted, float[] got) {
      for (int i = 0; i < wanted.length; i++) {
        double difference = Math.abs((double) wanted[i] - got[i]);
        absolute += difference;
        largest = Math.max(largest, difference);
        square += difference * difference;
        signal += (double) wanted[i] * wanted[i];
      }
      elements += wanted.length;
      tensors++;
      distributions =
          distributions && wanted.length > 1 && isDistribution(wanted) && isDistribution(got);
      if (distributions) {
        divergence += kullbackLeibler(wanted, got);
      }
    }

    Divergence result() {
      double count = Math.max(1, elements);
      double relative = square == 0 ? 0 : Math.sqrt(square / signal);
      return new Divergence(
          absolute / count,
          largest,
          Math.sqrt(square / count),
          signal == 0 && square > 0 ? Double.NaN : relative,
          -20 * Math.log10(relative),
          distributions && tensors > 0
              ? OptionalDouble.of(divergence / tensors)
              : OptionalDouble.empty(),
          notFinite);
    }

    private static boolean isDistribution(float[] values) {
      double sum = 0;
      for (float value : values) {
        if (value < -1e-6 || value > 1 + DISTRIBUTION_SLACK) {
          return false;
        }
        sum += value;
      }
      return Math.abs(sum - 1) <= DISTRIBUTION_SLACK;
    }

    private static double kullbackLeibler(float[] wanted, float[] got) {
      double wantedSum = 0;
      double gotSum = 0;
      for (int i = 0; i < wanted.length; i++) {
        wantedSum += Math.max(wanted[i], LEAST_PROBABILITY);
        gotSum += Math.max(got[i], LEAST_PROBABILITY);
      }
      double sum = 0;
      for (int i = 0; i < wanted.length; i++) {
        double p = Math.max(wanted[i], LEAST_PROBABILITY) / wantedSum;
        double q = Math.max(got[i], LEAST_PROBABILITY) / gotSum;
        sum += p * Math.log(p / q);
      }
      return Math.max(0, sum);
    }
  }
}
