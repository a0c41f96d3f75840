package dev.mote.pipeline.lower;

import dev.mote.ir.Shape;
import java.util.Arrays;
import java.util.Optional;

/// The constants of an int8 layer in the form that the short requantization of the DSP kernels
/// takes: right shifts of 1 to 31 and sums below 2^30 in magnitude, for which it equals TFLite's.
///
/// A channel that cannot be written so but whose output is the same for every input (converters
/// leave such dead channels behind, with biases far beyond any product) gets zero weights and a
/// bias that yields that output.
///
/// @param bias with the zero point of x folded in
/// @param multiplier of each channel, in [2^30, 2^31)
/// @param right right shift of each channel
/// @param weights in the order of the model
/// @param largest bound of the magnitude of each channel's sums
record ShortRescaling(int[] bias, int[] multiplier, int[] right, byte[] weights, long[] largest) {

  private static final long LIMIT = 1L << 30;

  /// No output of int8 is farther from its zero point.
  private static final int FARTHEST = 256;

  /// The constants of `layer`; empty when some channel has no such form.
  static Optional<ShortRescaling> of(WeightedLayer layer) {
    return of(layer, 1, LIMIT);
  }

  /// The constants for kernels that know left shifts and sums of 32 bits.
  static Optional<ShortRescaling> ofAnyShift(WeightedLayer layer) {
    return of(layer, -30, LIMIT);
  }

  /// The constants for kernels that take sums below `limit` in magnitude, at most 2^30.
  static Optional<ShortRescaling> of(WeightedLayer layer, long limit) {
    return of(layer, 1, limit);
  }

  private static Optional<ShortRescaling> of(WeightedLayer layer, int leastRight, long limit) {
    int channels = layer.channels();
    int[] bias = layer.foldedBias();
    byte[] weights = layer.weightBytes();
    ShortRescaling result =
        new ShortRescaling(bias, new int[channels], new int[channels], weights, new long[channels]);
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
      FixedPoint factor = layer.factor(channel);
      // a constant needs no large sums, but has a multiplier of its own
      boolean constant =
          !layer.perTensor()
              && result.setConstant(channel, factor, low[channel], high[channel], inner);
      if (!constant
          && !result.set(channel, factor, low[channel], high[channel], leastRight, limit)
          && !result.setConstant(channel, factor, low[channel], high[channel], inner)) {
        return Optional.empty();
      }
    }
    return Optional.of(result);
  }

  private static int inner(WeightedLayer layer) {
    Shape shape = layer.weights().shape();
    return shape.count(layer.traits().channelAxis() + 1, shape.rank());
  }

  private boolean set(
      int channel, FixedPoint factor, long low, long high, int leastRight, long limit) {
    int shift = -factor.shift();
    boolean any = leastRight < 1;
    boolean fits = low > -limit && high < limit;
    if (factor.multiplier() == 0 || shift < leastRight || shift > 31 || !(fits || any)) {
      return false;
    }
    multiplier[channel] = factor.multiplier();
    right[channel] = shift;
    largest[channel] = Math.max(-low, high);
    return true;
  }

  private boolean setConstant(int channel, FixedPoint factor, long low, long high, int inner) {
    boolean wraps = low != (int) low || high != (int) high;
    if (factor.multiplier() != 0 && (wraps || factor.shift() > 0)) {
      return false;
    }
    int output = saturated((int) low, factor);
    if (output != saturated((int) high, factor)) {
      return false;
    }
    // 4 * output * 2^30 / 2^31, halved once more
    bias[channel] = 4 * output;
    multiplier[channel] = 1 << 30;
    right[channel] = 1;
    largest[channel] = 4 * FARTHEST;
    for (int i = 0; i < weights.length; i++) {
      if (i / inner % bias.length == channel) {
        weights[i] = 0;
      }
    }
    return true;
  }

  private static int saturated(int sum, FixedPoint factor) {
    return Math.clamp(Fixed.requantize(sum, factor), -FARTHEST, FARTHEST);
  }
}
