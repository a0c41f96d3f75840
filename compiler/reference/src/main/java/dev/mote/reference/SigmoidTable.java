package dev.mote.reference;

/// The sigmoid and hyperbolic tangent of 16-bit numbers by linear interpolation in one table.
///
/// The table holds `sigmoid(i / 24) · 2^16` for i = 0 … 255, each sample moved by half of the error
/// that interpolation would make in the middle of its interval; the last one is 2^16 - 1. Both
/// functions are symmetric, and `tanh(x) = 2·sigmoid(2x) - 1`.
///
/// Source: `sigmoid_table_uint16` and the functions around it in TFLite's
/// `kernels/internal/reference/integer_ops/logistic.h` and `tanh.h`.
final class SigmoidTable {

  private static final int SIZE = 256;
  private static final int[] SAMPLES = new int[SIZE];

  static {
    for (int i = 0; i < SIZE - 1; i++) {
      double chord = (curve(i) + curve(i + 1)) / 2;
      SAMPLES[i] = (int) Math.round(curve(i) + (curve(i + 0.5) - chord) / 2);
    }
    SAMPLES[SIZE - 1] = (1 << 16) - 1;
  }

  private SigmoidTable() {}

  private static double curve(double index) {
    return (1 << 16) / (1 + StrictMath.exp(-index / 24));
  }

  /// Sigmoid with 15 fractional bits of `x / (3 · 2^12)`.
  static int sigmoid(int x) {
    int magnitude = Math.abs(x);
    int index = magnitude >> 9;
    int result = index >= SIZE - 1 ? 0x7FFF << 10 : interpolate(index, magnitude & 511, 9);
    result = x >= 0 ? result + (1 << 9) : (1 << 25) - result + (1 << 9) - 1;
    return result >> 10;
  }

  /// Hyperbolic tangent with 15 fractional bits of `x / (3 · 2^12)`.
  static int tanh(int x) {
    int magnitude = Math.abs(x);
    int index = magnitude >> 8;
    int result = index >= SIZE - 1 ? 0xFFFF << 8 : interpolate(index, magnitude & 255, 8);
    result = x >= 0 ? result - (1 << 23) + (1 << 7) : (1 << 23) - result + (1 << 7) - 1;
    return result >> 8;
  }

  private static int interpolate(int index, int fraction, int bits) {
    return (SAMPLES[index] << bits) + fraction * (SAMPLES[index + 1] - SAMPLES[index]);
  }
}
