package dev.mote.pipeline.quantize;

import dev.mote.ir.Quantization.PerTensor;

/// The quantization of an activation whose range is known.
///
/// Source: TFLite's 8-bit quantization specification; the zero point is the integer nearest to what
/// either end of the range asks for, as TFLite's converter chooses it.
final class ActivationScale {

  /// Smaller scales would leave `float` when they are multiplied with each other.
  static final double SMALLEST = 0x1p-60;

  /// Of a tensor that is always zero.
  private static final double OF_ZERO = 0x1p-7;

  private ActivationScale() {}

  /// @param range finite
  /// @param format an integer one
  /// @param symmetric without a zero point
  /// @param least a lower bound of the scale
  static PerTensor of(ValueRange range, ActivationFormat format, boolean symmetric, double least) {
    ValueRange whole = range.withZero();
    if (format == ActivationFormat.INT16) {
      return new PerTensor(scale(whole.magnitude() / (double) Short.MAX_VALUE, least), 0);
    }
    if (symmetric) {
      return new PerTensor(scale(whole.magnitude() / (double) Byte.MAX_VALUE, least), 0);
    }
    double low = whole.low();
    double high = whole.high();
    float scale = scale((high - low) / 255, least);
    double fromLow = Byte.MIN_VALUE - low / scale;
    double fromHigh = Byte.MAX_VALUE - high / scale;
    double errorOfLow = -Byte.MIN_VALUE + Math.abs(low / scale);
    double errorOfHigh = Byte.MAX_VALUE + Math.abs(high / scale);
    long zero = Math.round(errorOfLow < errorOfHigh ? fromLow : fromHigh);
    return new PerTensor(scale, Math.clamp(zero, Byte.MIN_VALUE, Byte.MAX_VALUE));
  }

  private static float scale(double wanted, double least) {
    double scale = wanted == 0 ? OF_ZERO : wanted;
    return (float) Math.max(scale, Math.max(least, SMALLEST));
  }
}
