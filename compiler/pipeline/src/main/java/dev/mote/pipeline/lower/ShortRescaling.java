package dev.mote.pipeline.lower;

import dev.mote.ir.Shape;
import java.util.Arrays;
import java.util.Optional;

/// The constants of an int8 layer in the form that the short requantization of the DSP kernels
/// takes:
/// right shifts of 1 to 31 and sums below 2^30 in magnitude, for which it equals TFLite's.
///
/// A channel that cannot be written so but whose output is the same for every input (converters
/// leave
/// such dead channels behind, with biases far beyond any product) gets zero weights and a bias that
/// yields that output.
///
/// @param bias with the zero point of x folded in
/// @param multiplier of each channel, in [2^30, 2^31) or 0
/// @param right right shift of each channel
/// @param weights in the order of the model
record ShortRescaling(int[] bias, int[] multiplier, int[] right, byte[] weights) {

  private static final long LIMIT = 1L << 30;

  /// The constants of `layer`; empty when some channel has no such form.
  static Optional<ShortRescaling> of(WeightedLayer layer) {
    int channels = layer.channels();
    int[] bias = layer.foldedBias();
    byte[] weights = layer.weightBytes();
    ShortRescaling result = new ShortRescaling(bias, new int[channels], new int[channels], weights);
    long[] low = new long[channels];
    long[] high = new long[channels];
    Arrays.setAll(low, channel -> bias[channel]);
    Arrays.setAll(high, channel -> bias[channel]);
    int inner = inner(layer);
    for (int i = 0; i < weights.length; i++) {
      int channel = i / inner % channels;
      low[channel] += Math.min(weights[i] * -128, weights[i] * 127);
      high[channel] += Math.max(weights[i] * -128, weights[i] * 127);
    }
    for (int channel = 0; channel < channels; channel++) {
      if (!result.set(channel, layer.factor(channel), low[channel], high[channel], inner)) {
        return Optional.empty();
      }
    }
    return Optional.of(result);
  }

  private static int inner(WeightedLayer layer) {
    Shape shape = layer.weights().shape();
    return shape.count(layer.traits().channelAxis() + 1, shape.rank());
  }

  private boolean set(int channel, FixedPoint factor, long low, long high, int inner) {
    int shift = -factor.shift();
    if (shift >= 1 && shift <= 31 && low > -LIMIT && high < LIMIT) {
      multiplier[channel] = factor.multiplier();
      right[channel] = shift;
      return true;
    }
    if (low != (int) low || high != (int) high || factor.shift() > 0) {
      return false;
    }
    int output = Fixed.requantize((int) low, factor);
    if (output != Fixed.requantize((int) high, factor) || Math.abs((long) output) >= LIMIT / 4) {
      return false;
    }
    // 4 * output * 2^30 / 2^31, halved once more
    bias[channel] = 4 * output;
    multiplier[channel] = 1 << 30;
    right[channel] = 1;
    for (int i = 0; i < weights.length; i++) {
      if (i / inner % bias.length == channel) {
        weights[i] = 0;
      }
    }
    return true;
  }
}
