package dev.mote.pipeline.lower;

/// The table behind TFLite's sigmoid and hyperbolic tangent of 16-bit numbers.
///
/// 256 samples `sigmoid(i / 24) · 2^16 - 2^15`, each moved by half of the error that linear
/// interpolation would make in the middle of its interval; the last one is the largest. This
/// formula gives exactly the numbers of `sigmoid_table_uint16` in TFLite's
/// `kernels/internal/common.cc`.
final class SigmoidTable {

  private static final int SIZE = 256;

  static final ConstantTable TABLE = ConstantTable.ofInt16(samples());

  private SigmoidTable() {}

  private static short[] samples() {
    short[] samples = new short[SIZE];
    for (int i = 0; i < SIZE; i++) {
      double chord = (sigmoid(i) + sigmoid(i + 1)) / 2;
      double sample = sigmoid(i) + (sigmoid(i + 0.5) - chord) / 2;
      samples[i] = (short) (Math.round(sample) - (1 << 15));
    }
    samples[SIZE - 1] = Short.MAX_VALUE;
    return samples;
  }

  private static double sigmoid(double index) {
    return (1 << 16) / (1 + StrictMath.exp(-index / 24));
  }
}
