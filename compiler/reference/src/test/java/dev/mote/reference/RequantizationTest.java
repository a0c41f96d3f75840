package dev.mote.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.ir.Activation;
import dev.mote.ir.ElementType;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Fixed-point arithmetic against numbers worked out by hand.
class RequantizationTest {

  @ParameterizedTest(name = "{0} is {1} / 2^31 * 2^{2}")
  @CsvSource({
    "0, 0, 0",
    "1, 1073741824, 1",
    "0.5, 1073741824, 0",
    "0.25, 1073741824, -1",
    "0.75, 1610612736, 0",
    "3, 1610612736, 2",
    // rounds up to 2^31, so the exponent takes over
    "0.9999999999999, 1073741824, 1",
    // 2^-32 is the smallest that is kept, below it everything is 0
    "2.3283064365386963e-10, 1073741824, -31",
    "1.1641532182693481e-10, 0, 0",
    // 2^30 needs shift 31: saturates
    "1073741824, 2147483647, 30",
  })
  void factorIsNearestFixedPoint(double factor, int multiplier, int shift) {
    assertThat(Requantization.of(factor)).isEqualTo(new Requantization(multiplier, shift));
  }

  @ParameterizedTest(name = "2 * {0} * {1} / 2^32 is {2}")
  @CsvSource({
    "-2147483648, -2147483648, 2147483647",
    "-2147483648, 2147483647, -2147483647",
    "1073741824, 1, 1",
    "-1073741824, 1, 0",
    "-1073741825, 1, -1",
    "1073741823, 1, 0",
    "-1073741823, 1, 0",
    "3, 1073741824, 2",
    "-3, 1073741824, -1",
  })
  void highMultiplyRoundsTiesUpwards(int a, int b, int expected) {
    assertThat(Requantization.doublingHighMultiply(a, b)).isEqualTo(expected);
  }

  @ParameterizedTest(name = "{0} / 2^{1} is {2}")
  @CsvSource({
    "5, 0, 5",
    "5, 1, 3",
    "-5, 1, -3",
    "6, 2, 2",
    "-6, 2, -2",
    "-7, 2, -2",
    "5, 2, 1",
    "2147483647, 31, 1",
    "1073741823, 31, 0",
    "-2147483648, 31, -1",
    "-1073741824, 31, -1",
    "-1073741823, 31, 0",
  })
  void shiftRoundsTiesAwayFromZero(int value, int exponent, int expected) {
    assertThat(Requantization.roundingShiftRight(value, exponent)).isEqualTo(expected);
  }

  @Test
  void roundsTwice() {
    // the first rounding may lift a value onto the tie of the second:
    // 7 * 0.5 * 2^-3 = 0.4375, but 3.5 rounds to 4 and 4 / 8 = 0.5 rounds to 1
    assertThat(new Requantization(1 << 30, -3).apply(7)).isEqualTo(1);
    // -3.5 rounds upwards to -3
    assertThat(new Requantization(1 << 30, -3).apply(-7)).isEqualTo(0);
    assertThat(new Requantization(1 << 30, -3).apply(-8)).isEqualTo(-1);
    assertThat(new Requantization(1 << 30, -3).apply(6)).isEqualTo(0);
  }

  @Test
  void leftShiftWrapsAround() {
    // 2^30 << 2 wraps to 0; (2^29 + 1) << 2 wraps to -2^31 + 4
    assertThat(new Requantization(1 << 30, 2).apply(1 << 30)).isEqualTo(0);
    assertThat(new Requantization(1 << 30, 2).apply((1 << 29) + 1)).isEqualTo((-1 << 30) + 2);
  }

  @Test
  void wideRoundsOnceWithFifteenBits() {
    // 2^30 / 2^16 = 2^14; 7 * 2^14 / 2^18 = 0.4375 -> 0, where the 32-bit form gives 1
    assertThat(new Requantization(1 << 30, -3).applyWide(7)).isEqualTo(0);
    // ties go upwards: ±8 * 2^14 / 2^18 = ±0.5
    assertThat(new Requantization(1 << 30, -3).applyWide(8)).isEqualTo(1);
    assertThat(new Requantization(1 << 30, -3).applyWide(-8)).isEqualTo(0);
    // a multiplier that would round to 2^15 is cut to 2^15 - 1
    assertThat(new Requantization(0x7FFFFFFF, 0).applyWide(1 << 20)).isEqualTo((1 << 20) - 32);
  }

  @ParameterizedTest(name = "{0} with scale {1}, zero point {2}: {3} to {4}")
  @CsvSource({
    "NONE, 0.1, 5, -128, 127",
    "RELU, 0.1, 5, 5, 127",
    "RELU6, 0.1, -128, -128, -68",
    // 6 / 0.04 = 150: 150 - 20 is over the type's range
    "RELU6, 0.04, -20, -20, 127",
    // 6 / 4 = 1.5 rounds away from zero
    "RELU6, 4, 0, 0, 2",
    // -1 / 2 = -0.5 and 1 / 2 = 0.5 both round away from zero
    "RELU_N1_TO_1, 2, 3, 2, 4",
  })
  void activationLimitsTheQuantizedRange(
      Activation activation, float scale, int zeroPoint, int low, int high) {
    TensorType type =
        new TensorType(ElementType.INT8, Shape.of(1), new Quantization.PerTensor(scale, zeroPoint));
    assertThat(Clamp.of(activation, type)).isEqualTo(new Clamp(low, high));
  }
}
