package dev.mote.pipeline.lower;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mote.ir.Quantization.PerTensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FixedTest {

  private static double real(Fixed x) {
    return Math.scalb((double) x.raw(), x.integerBits() - 31);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.001, -0.125, -0.25, -0.3, -1, -2.75, -7, -15.9})
  void exponentialsAreAccurateToTwentyOneBits(double x) {
    assertThat(real(Fixed.of(x, 5).exp())).isCloseTo(Math.exp(x), within(Math.scalb(1.0, -21)));
  }

  @ParameterizedTest
  @ValueSource(doubles = {-15, -3.2, -0.5, 0, 0.1, 1, 8, 15})
  void sigmoidsAreAccurateToTwentyBits(double x) {
    double tolerance = Math.scalb(1.0, -20);
    double logistic = 1 / (1 + Math.exp(-x));
    assertThat(real(Fixed.of(x, 4).logistic())).isCloseTo(logistic, within(tolerance));
    assertThat(real(Fixed.of(x, 4).tanh())).isCloseTo(Math.tanh(x), within(tolerance));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 100, 65025, 1 << 29, Integer.MAX_VALUE})
  void reciprocalRootsAreAccurateToTwentyBits(int x) {
    FixedPoint root = Fixed.inverseRoot(x);
    double product = Math.scalb((double) root.multiplier(), root.shift() - 31) * Math.sqrt(x);
    assertThat(product).isCloseTo(1, within(Math.scalb(1.0, -19)));
  }

  @Test
  void shiftsRoundTiesAwayFromZero() {
    assertThat(Fixed.shiftDown(6, 2)).isEqualTo(2);
    assertThat(Fixed.shiftDown(-6, 2)).isEqualTo(-2);
    assertThat(Fixed.shiftDown(5, 2)).isEqualTo(1);
    assertThat(Fixed.shiftDown(-5, 2)).isEqualTo(-1);
  }

  @Test
  void tablesAreIndexedByTheUnsignedByte() {
    ConstantTable table = Int8Functions.table(x -> x == -1 ? 1000 : x);
    byte[] values = table.data().toByteArray();
    assertThat(values[5]).isEqualTo((byte) 5);
    assertThat(values[128]).isEqualTo((byte) -128);
    assertThat(values[255]).isEqualTo((byte) 127);
  }

  @Test
  void leakyReluTakesNegativeSlopes() {
    PerTensor same = new PerTensor(0.5f, 0);
    assertThat(Int8Functions.leakyRelu(same, same, -0.5f).applyAsInt(-20)).isEqualTo(10);
    assertThat(Int8Functions.leakyRelu(same, same, -0.5f).applyAsInt(20)).isEqualTo(20);
  }
}
