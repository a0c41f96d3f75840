package dev.mote.optimizer.calibrate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// The search against trying everything.
class RoundingSearchTest {

  private static final int SIZE = 6;
  private static final long ROWS = 100_000;

  @Test
  void isNeverWorseThanNearestAndNearlyAsGoodAsTryingEverything() {
    double excess = 0;
    for (long seed = 1; seed <= 40; seed++) {
      Problem problem = new Problem(seed);
      long[] found = problem.search();
      double error = problem.error(found);
      double best = problem.leastError();
      assertThat(error).isLessThanOrEqualTo(1.02 * problem.error(problem.nearest()) + 1e-12);
      excess += error / best - 1;
    }
    assertThat(excess / 40).isLessThan(0.1);
  }

  @Test
  void correlatedInputsAreRoundedBetterThanToNearest() {
    double found = 0;
    double nearest = 0;
    for (long seed = 1; seed <= 40; seed++) {
      Problem problem = new Problem(seed);
      found += problem.error(problem.search());
      nearest += problem.error(problem.nearest());
    }
    assertThat(found).isLessThan(0.6 * nearest);
  }

  @Test
  void inputsThatAreAlwaysZeroLeaveTheNearestIntegers() {
    RoundingSearch search = new RoundingSearch(new double[4], 2, 10);
    assertThat(search.search(new double[] {1.4, -2.6}, new double[2], 1, new long[] {1, -3}, -7, 7))
        .containsExactly(1, -3);
  }

  @Test
  void fewPositionsChangeLittle() {
    Problem problem = new Problem(3);
    RoundingSearch careful = new RoundingSearch(problem.moments, SIZE, 0);
    RoundingSearch bold = new RoundingSearch(problem.moments, SIZE, ROWS);
    assertThat(changes(problem, careful)).isLessThanOrEqualTo(changes(problem, bold));
  }

  private static int changes(Problem problem, RoundingSearch search) {
    long[] found = problem.search(search);
    int changes = 0;
    for (int i = 0; i < SIZE; i++) {
      changes += found[i] == problem.nearest()[i] ? 0 : 1;
    }
    return changes;
  }

  /// Correlated inputs, and weights of about four bits.
  private static final class Problem {

    private final double[] moments = new double[SIZE * SIZE];
    private final double[] weights = new double[SIZE];
    private final double scale = 0.25;

    Problem(long seed) {
      SplittableRandom random = new SplittableRandom(seed);
      for (int row = 0; row < 50; row++) {
        double common = random.nextGaussian();
        double[] x = new double[SIZE];
        for (int i = 0; i < SIZE; i++) {
          x[i] = common + 0.4 * random.nextGaussian();
        }
        for (int i = 0; i < SIZE * SIZE; i++) {
          moments[i] += x[i / SIZE] * x[i % SIZE] / 50;
        }
      }
      for (int i = 0; i < SIZE; i++) {
        weights[i] = random.nextDouble() * 2 - 1;
      }
    }

    long[] nearest() {
      long[] nearest = new long[SIZE];
      for (int i = 0; i < SIZE; i++) {
        nearest[i] = Math.round(weights[i] / scale);
      }
      return nearest;
    }

    long[] search() {
      return search(new RoundingSearch(moments, SIZE, ROWS));
    }

    long[] search(RoundingSearch search) {
      double[] correlation = new double[SIZE];
      for (int i = 0; i < SIZE * SIZE; i++) {
        correlation[i / SIZE] += moments[i] * weights[i % SIZE];
      }
      return search.search(weights, correlation, scale, nearest(), -7, 7);
    }

    double error(long[] q) {
      double error = 0;
      for (int i = 0; i < SIZE; i++) {
        for (int j = 0; j < SIZE; j++) {
          error +=
              (scale * q[i] - weights[i]) * moments[i * SIZE + j] * (scale * q[j] - weights[j]);
        }
      }
      return error;
    }

    /// Of all integers at most two from the nearest.
    double leastError() {
      double least = Double.POSITIVE_INFINITY;
      for (int code = 0; code < 15625; code++) {
        long[] q = nearest();
        for (int i = 0, rest = code; i < SIZE; i++, rest /= 5) {
          q[i] += rest % 5 - 2;
        }
        least = Math.min(least, error(q));
      }
      return least;
    }
  }
}
