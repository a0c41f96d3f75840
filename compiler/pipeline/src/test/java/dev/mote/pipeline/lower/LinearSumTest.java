package dev.mote.pipeline.lower;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinearSumTest {

  private static QuantizedSum sum(
      float scaleX, int zeroX, float scaleY, int zeroY, float scaleZ, int zeroZ, int sign) {
    double twice = 2.0 * Math.max(scaleX, scaleY);
    return new QuantizedSum(
        -zeroX,
        FixedPoint.of(scaleX / twice),
        -zeroY,
        FixedPoint.of(scaleY / twice),
        sign,
        20,
        zeroZ,
        FixedPoint.of(twice / ((1 << 20) * (double) scaleZ)),
        new QuantizedRange(-128, 127));
  }

  private static int kernel(LinearSum linear, int u, int v) {
    int sum =
        Math.addExact(
            Math.addExact(Math.multiplyExact(u, linear.xFactor()), linear.constant()),
            Math.multiplyExact(v, linear.yFactor()));
    return Math.clamp(sum >> linear.shift(), -128, 127);
  }

  @Test
  void givesWhatTheExactKernelGivesForEveryPair() {
    Random random = new Random(1);
    int found = 0;
    for (int trial = 0; trial < 100; trial++) {
      QuantizedSum exact =
          sum(
              0.001f + random.nextFloat(),
              random.nextInt(-128, 128),
              0.001f + random.nextFloat(),
              random.nextInt(-128, 128),
              0.01f + random.nextFloat(),
              random.nextInt(-128, 128),
              random.nextBoolean() ? 1 : -1);
      Optional<LinearSum> linear = LinearSum.of(exact);
      if (linear.isEmpty()) {
        continue;
      }
      found++;
      int wrong = 0;
      for (int u = -128; u < 128; u++) {
        for (int v = -128; v < 128; v++) {
          if (kernel(linear.get(), u, v) != exact.finish(exact.left(u) + exact.right(v))) {
            wrong++;
          }
        }
      }
      assertThat(wrong).as(exact.toString()).isZero();
    }
    assertThat(found).isGreaterThan(90);
  }

  @ParameterizedTest
  @CsvSource({
    "0.039394, -128, 0.104195, 4, 0.050946, -128",
    "0.044761, -17, 0.113119, 4, 0.053236, -128",
    "0.083858, 38, 0.217244, -2, 0.127069, -128",
    "0.5, 3, 0.5, 3, 0.5, 3",
    "0.5, 0, 0.5, 0, 1, 0" // half of the results are ties
  })
  void existsForTheSumsOfResidualNetworks(
      float scaleX, int zeroX, float scaleY, int zeroY, float scaleZ, int zeroZ) {
    assertThat(LinearSum.of(sum(scaleX, zeroX, scaleY, zeroY, scaleZ, zeroZ, 1))).isPresent();
  }
}
