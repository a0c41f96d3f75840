package dev.mote.optimizer.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mote.ir.DiagnosticException;
import dev.mote.optimizer.data.SampleSet;
import dev.mote.pipeline.quantize.QuantizationScheme;
import dev.mote.pipeline.quantize.ValueRange;
import dev.mote.pipeline.quantize.WeightScales;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Ranges against obvious implementations on all values at once.
class CalibratorTest {

  private static final QuantizationScheme INT8 = QuantizationScheme.INT8;

  @Test
  void minMaxIsFromTheSmallestToTheLargestValueAndContainsZero() {
    assertThat(range(RangeMethod.MIN_MAX, INT8, new float[] {1, 3}, new float[] {2, 5}))
        .isEqualTo(new ValueRange(0, 5));
    assertThat(range(RangeMethod.MIN_MAX, INT8, new float[] {-4, 3}))
        .isEqualTo(new ValueRange(-4, 3));
  }

  @Test
  void movingFollowsTheEndsOfEachSampleByATenth() {
    ValueRange range =
        range(RangeMethod.MOVING, INT8, new float[] {-1, 2}, new float[] {-2, 12}, new float[] {7});
    assertThat(range.low()).isEqualTo(-0.99f);
    assertThat(range.high()).isEqualTo((float) (3 + 0.1 * (7 - 3)));
  }

  @Test
  void percentileCutsWhatItSaysAtEitherEnd() {
    float[] values = normal(200_000, 3, 0);
    ValueRange range =
        new Calibrator(RangeMethod.PERCENTILE, INT8, 0.999)
            .calibrate(of(values))
            .range("t")
            .orElseThrow();
    Arrays.sort(values);
    float bin = (values[values.length - 1] - values[0]) / ValueHistogram.BINS;
    assertThat(range.low()).isBetween(values[200] - bin, values[200] + bin);
    assertThat(range.high())
        .isBetween(values[values.length - 201] - bin, values[values.length - 201] + bin);
  }

  @Test
  void mseIsAsGoodAsTheBestOfAllRangesOnAGrid() {
    for (long seed = 1; seed <= 3; seed++) {
      float[] values = normal(20_000, seed, 40);
      double found = error(values, range(RangeMethod.MSE, INT8, values));
      assertThat(found).isLessThanOrEqualTo(1.01 * leastErrorOnAGrid(values));
    }
  }

  @Test
  void klChoosesTheThresholdOfThePublishedAlgorithm() {
    SplittableRandom random = new SplittableRandom(5);
    float[] values = new float[300_000];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.abs(random.nextGaussian());
    }
    values[0] = 9;
    ValueRange range = range(RangeMethod.KL, INT8, values);
    assertThat(range.low()).isZero();
    assertThat(range.high()).isEqualTo((float) thresholdOfLeastDivergence(values));
    assertThat(range.high()).isLessThan(6);
  }

  @ParameterizedTest
  @EnumSource(names = {"MSE", "KL", "PERCENTILE"})
  void outliersCostLessThanByMinMax(RangeMethod method) {
    float[] values = normal(400_000, 7, 2);
    assertThat(error(values, range(method, INT8, values)))
        .isLessThan(error(values, range(RangeMethod.MIN_MAX, INT8, values)));
  }

  @ParameterizedTest
  @EnumSource
  void everyMethodGivesTheSameTwiceAndTheWholeRangeToInt16(RangeMethod method) {
    float[] values = normal(5_000, 11, 3);
    assertThat(range(method, INT8, values)).isEqualTo(range(method, INT8, values));
    assertThat(range(method, QuantizationScheme.INT16, values))
        .isEqualTo(range(RangeMethod.MIN_MAX, INT8, values));
  }

  @ParameterizedTest
  @EnumSource(names = {"MSE", "KL", "PERCENTILE"})
  void symmetricRangesAre(RangeMethod method) {
    ValueRange range = range(method, INT8.withSymmetricActivations(true), normal(20_000, 13, 5));
    assertThat(range.low()).isEqualTo(-range.high());
  }

  @ParameterizedTest
  @EnumSource
  void aTensorOfZerosHasARange(RangeMethod method) {
    assertThat(range(method, INT8, new float[16])).isEqualTo(new ValueRange(0, 0));
  }

  @Test
  void valuesThatAreNoneAreRefusedWithTheirPlace() {
    assertThatThrownBy(
            () -> range(RangeMethod.MSE, INT8, new float[] {1}, new float[] {2, Float.NaN}))
        .isInstanceOf(DiagnosticException.class)
        .hasMessage(
            """
            MOTE-1342 tensor 't', sample 1: the float model has NaN here
              Fix: look at this sample and at what the float model gives for it; inputs of a wrong \
            scale are the usual cause.""");
  }

  @Test
  void noSamplesAreRefused() {
    assertThatThrownBy(() -> range(RangeMethod.KL, INT8))
        .isInstanceOf(DiagnosticException.class)
        .hasMessageStartingWith("MOTE-1341 the model: there are no samples to calibrate on");
  }

  @Test
  void samplesThatAreAllEqualAreRefused() {
    SampleSet one = SmallNetwork.samples(1, 1);
    SampleSet equal =
        new SampleSet(
            "equal",
            List.of(one.inputs().getFirst(), one.inputs().getFirst()),
            List.of(),
            List.of());
    assertThatThrownBy(
            () ->
                PostTraining.run(
                    SmallNetwork.graph(1), equal, PostTraining.Recipe.of(INT8), (_, _) -> {}))
        .isInstanceOf(DiagnosticException.class)
        .hasMessageStartingWith("MOTE-1343 equal: all 2 samples are equal");
  }

  @Test
  void weightsBeyondThePercentileAreLimited() {
    WeightScales scales = WeightRanges.percentile(0.9);
    float[] weights = {0.1f, -0.2f, 0.3f, -0.4f, 0.5f, -0.6f, 0.7f, -0.8f, 1.27f, 100};
    var graph = SmallNetwork.graph(1);
    assertThat(scales.scale(graph, graph.nodes().getFirst(), 0, weights, -127, 127))
        .isEqualTo((double) 1.27f / 127);
  }

  // ---- obvious implementations
  // -------------------------------------------------------------------

  private static double leastErrorOnAGrid(float[] values) {
    ValueRange all = range(RangeMethod.MIN_MAX, INT8, values);
    double least = Double.POSITIVE_INFINITY;
    for (int low = 1; low <= 30; low++) {
      for (int high = 1; high <= 30; high++) {
        ValueRange some = new ValueRange(all.low() * low / 30, all.high() * high / 30);
        least = Math.min(least, error(values, some));
      }
    }
    return least;
  }

  /// Mean squared error of 256 levels over `range`.
  private static double error(float[] values, ValueRange range) {
    double step = ((double) range.high() - range.low()) / 255;
    double zero = Math.rint(-range.low() / step);
    double sum = 0;
    for (float value : values) {
      double q = Math.clamp(Math.rint(value / step) + zero, 0, 255);
      double error = (q - zero) * step - value;
      sum += error * error;
    }
    return sum / values.length;
  }

  /// TensorRT's entropy calibration of values ≥ 0, step by step.
  private static double thresholdOfLeastDivergence(float[] values) {
    double high = 0;
    for (float value : values) {
      high = Math.max(high, value);
    }
    int bins = ValueHistogram.BINS;
    double[] counts = new double[bins];
    for (float value : values) {
      if (value != 0) {
        counts[Math.min(bins - 1, (int) Math.floor(value / (high / bins)))]++;
      }
    }
    double least = Double.POSITIVE_INFINITY;
    int best = 0;
    for (int kept = bins; kept >= 256; kept--) {
      double[] p = Arrays.copyOf(counts, kept);
      double[] q = new double[kept];
      for (int level = 0; level < 256; level++) {
        int from = level * kept / 256;
        int to = (level + 1) * kept / 256;
        double mass = Arrays.stream(p, from, to).sum();
        long occupied = Arrays.stream(p, from, to).filter(c -> c > 0).count();
        for (int i = from; i < to; i++) {
          q[i] = p[i] > 0 ? mass / occupied : 0;
        }
      }
      p[kept - 1] += Arrays.stream(counts, kept, bins).sum();
      double pMass = Arrays.stream(p).sum();
      double qMass = Arrays.stream(q).sum();
      double divergence = 0;
      for (int i = 0; i < kept; i++) {
        if (p[i] > 0) {
          divergence += p[i] / pMass * Math.log(p[i] / pMass / Math.max(q[i] / qMass, 1e-4 / kept));
        }
      }
      if (divergence < least) {
        least = divergence;
        best = kept;
      }
    }
    return best * (high / bins);
  }

  private static float[] normal(int count, long seed, int outliers) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    for (int i = 0; i < outliers; i++) {
      values[i * 97] = (i % 2 == 0 ? 1 : -0.5f) * (20 + i % 3);
    }
    return values;
  }

  private static ValueRange range(
      RangeMethod method, QuantizationScheme scheme, float[]... samples) {
    return new Calibrator(method, scheme).calibrate(of(samples)).range("t").orElseThrow();
  }

  private static Activations of(float[]... samples) {
    return consumer -> {
      for (int i = 0; i < samples.length; i++) {
        consumer.accept(i, "t", samples[i]);
      }
    };
  }
}
