package dev.mote.pipeline.lower;

import java.util.function.DoubleUnaryOperator;

/// Tables of functions of int16 for interpolating kernels.
final class InterpolatedSamples {

  private InterpolatedSamples() {}

  /// 513 samples of a function over a range, 128 elements apart, for outputs where ±1 is ±32767.5.
  ///
  /// All in `float`, as TensorFlow Lite Micro computes them (`LUTPopulate`): each sample is
  /// corrected by half of what interpolation would be off in the middle of its interval.
  ///
  /// @param first real number of the smallest element
  /// @param last real number of the largest element
  static ConstantTable of(float first, float last, DoubleUnaryOperator function) {
    float unit = 2f / 65535;
    float perReal = 65536 / (unit * 32767 - unit * -32768);
    float step = (last - first) / 512;
    short[] samples = new short[513];
    for (int i = 0; i < 512; i++) {
      float here = perReal * (float) function.applyAsDouble(first + i * step);
      float middle = perReal * (float) function.applyAsDouble(first + i * step + step / 2);
      float next = perReal * (float) function.applyAsDouble(first + (i + 1) * step);
      float interpolated = round((next + round(here)) / 2);
      float correction = round((interpolated - round(middle)) / 2);
      samples[i] = limit(round(here) - correction);
    }
    samples[512] = limit(round(perReal * (float) function.applyAsDouble(last)));
    return ConstantTable.ofInt16(samples);
  }

  private static short limit(float value) {
    return (short) Math.clamp(value, -32768f, 32767f);
  }

  /// Ties away from zero.
  private static float round(float value) {
    float magnitude = (float) Math.floor(Math.abs((double) value) + 0.5);
    return value < 0 ? -magnitude : magnitude;
  }
}
