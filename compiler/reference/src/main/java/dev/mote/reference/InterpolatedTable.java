package dev.mote.reference;

import java.util.function.UnaryOperator;

/// A function of int16 values as TFLite tabulates it: 513 samples, 128 apart, and linear
/// interpolation between two neighbours.
///
/// Source: `LUTPopulate` and `LUTLookup` in TFLite's `kernels/internal/common.h`, with `float`
/// samples, as TensorFlow Lite Micro builds them. Each sample is moved by half of the error that
/// interpolation would make in the middle of its interval.
final class InterpolatedTable {

  private static final int STEPS = 512;
  private static final int MIN = Short.MIN_VALUE;
  private static final int MAX = Short.MAX_VALUE;

  private final int[] samples = new int[STEPS + 1];

  InterpolatedTable(
      float inputScale,
      int inputZeroPoint,
      float outputScale,
      int outputZeroPoint,
      UnaryOperator<Float> function) {
    float inputMin = inputScale * (MIN - inputZeroPoint);
    float inputMax = inputScale * (MAX - inputZeroPoint);
    float outputMin = outputScale * (MIN - outputZeroPoint);
    float outputMax = outputScale * (MAX - outputZeroPoint);
    float step = (inputMax - inputMin) / STEPS;
    float halfStep = step / 2;
    float perUnit = (MAX - MIN + 1) / (outputMax - outputMin);
    for (int i = 0; i < STEPS; i++) {
      float here = function.apply(inputMin + i * step) * perUnit;
      float middle = function.apply(inputMin + i * step + halfStep) * perUnit;
      float next = function.apply(inputMin + (i + 1) * step) * perUnit;
      float interpolated = Rounding.halfAway((next + Rounding.halfAway(here)) / 2);
      float error = interpolated - Rounding.halfAway(middle);
      samples[i] = clamp(Rounding.halfAway(here) - Rounding.halfAway(error / 2));
    }
    samples[STEPS] = clamp(Rounding.halfAway(function.apply(inputMax) * perUnit));
  }

  private static int clamp(float value) {
    return (int) Math.min(Math.max(value, MIN), MAX);
  }

  /// The function at `value`, which is an int16.
  int at(int value) {
    int index = 256 + (value >> 7);
    int slope = (short) (samples[index + 1] - samples[index]);
    return (short) (samples[index] + ((slope * (value & 127) + 64) >> 7));
  }
}
