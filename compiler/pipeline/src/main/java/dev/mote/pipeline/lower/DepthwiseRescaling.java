package dev.mote.pipeline.lower;

import java.util.Optional;

/// The constants of a depthwise layer for the DSP kernels: a bias of 27 bits beside its right
/// shift, a multiplier and the taps of each channel.
///
/// *Rectified* kernels do without TFLite's treatment of negative ties: where outputs are cut off at
/// the zero point, and this is the smallest int8, what is negative before does not matter. Then
/// `(2^k · sum · multiplier / 2^32 + 2^(k-2) + 2^9 - 128 · 2^10) / 2^10`, rounded down once and
/// saturated,
/// equals TFLite's two roundings for `k = 11 - right` and right shifts of 3 to 9, because
/// all but the last division drop nothing that a later one would keep. Channels with larger shifts
/// get a smaller multiplier; each is accepted after a comparison of all thresholds.
///
/// @param bias in 27 bits
/// @param multiplier in [0, 2^31)
/// @param right right shift, 1 to 31; 3 to 9 when rectified
/// @param weights in the order of the model
/// @param rectified whether the constants are those of rectified kernels
record DepthwiseRescaling(
    int[] bias, int[] multiplier, int[] right, byte[] weights, boolean rectified) {

  private static final int BIAS_LIMIT = 1 << 26;
  private static final int LEAST = 3;
  private static final int MOST = 9;
  private static final int FRACTION = 10;

  /// The constants of a layer whose outputs have zero point `zero` and lie in `range`; empty when
  /// some channel has no such form.
  static Optional<DepthwiseRescaling> of(int zero, QuantizedRange range, ShortRescaling constants) {
    return rectified(constants, zero, range).or(() -> any(constants, zero, range));
  }

  private static Optional<DepthwiseRescaling> any(
      ShortRescaling from, int zero, QuantizedRange range) {
    DepthwiseRescaling result = copy(from, false);
    for (int channel = 0; channel < result.bias.length; channel++) {
      if (Math.abs(result.bias[channel]) >= BIAS_LIMIT
          && !result.setConstant(channel, zero, range, 1)) {
        return Optional.empty();
      }
    }
    return Optional.of(result);
  }

  private static Optional<DepthwiseRescaling> rectified(
      ShortRescaling from, int zero, QuantizedRange range) {
    if (zero != Byte.MIN_VALUE || !range.isWholeInt8()) {
      return Optional.empty();
    }
    DepthwiseRescaling result = copy(from, true);
    for (int channel = 0; channel < result.bias.length; channel++) {
      if (!result.setConstant(channel, zero, range, LEAST) && !result.setRectified(channel, from)) {
        return Optional.empty();
      }
    }
    return Optional.of(result);
  }

  private static DepthwiseRescaling copy(ShortRescaling from, boolean rectified) {
    return new DepthwiseRescaling(
        from.bias().clone(),
        from.multiplier().clone(),
        from.right().clone(),
        from.weights().clone(),
        rectified);
  }

  /// A channel whose clamped output is always the same: no weights, and a bias that yields it.
  private boolean setConstant(int channel, int zero, QuantizedRange range, int shift) {
    FixedPoint factor = new FixedPoint(multiplier[channel], -right[channel]);
    long low = bias[channel];
    long high = bias[channel];
    for (int i = channel; i < weights.length; i += bias.length) {
      low += Math.min(weights[i] * -128, weights[i] * 127);
      high += Math.max(weights[i] * -128, weights[i] * 127);
    }
    if (low != (int) low || high != (int) high) {
      return false;
    }
    int output = range.clamp(zero + factor.times((int) low));
    if (output != range.clamp(zero + factor.times((int) high))) {
      return false;
    }
    bias[channel] = (output - zero) << (shift + 1);
    multiplier[channel] = 1 << 30;
    right[channel] = shift;
    for (int i = channel; i < weights.length; i += bias.length) {
      weights[i] = 0;
    }
    return true;
  }

  private boolean setRectified(int channel, ShortRescaling from) {
    int shift = from.right()[channel];
    int reduced = Math.min(shift, MOST);
    long largest = from.largest()[channel];
    if (shift < LEAST
        || Math.abs(bias[channel]) >= BIAS_LIMIT
        || largest << (FRACTION + 1 - reduced) >= 1L << 31) {
      return false;
    }
    right[channel] = reduced;
    multiplier[channel] = from.multiplier()[channel] >> (shift - reduced);
    if (shift == reduced) {
      return true;
    }
    FixedPoint exact = new FixedPoint(from.multiplier()[channel], -shift);
    for (int nudge = 0; nudge <= 2; nudge++) {
      if (equal(channel, exact, (int) largest)) {
        return true;
      }
      multiplier[channel] += 1;
    }
    return false;
  }

  /// Whether the rectified outputs are those of `exact` for all sums up to `largest`. Both grow
  /// with the sum, so that it suffices to look at the first sum for each output.
  private boolean equal(int channel, FixedPoint exact, int largest) {
    for (int output = Byte.MIN_VALUE + 1; output <= Byte.MAX_VALUE; output++) {
      int below = -largest - 1;
      int above = largest + 1;
      while (above - below > 1) {
        int middle = (below + above) >> 1;
        if (Byte.MIN_VALUE + exact.times(middle) >= output) {
          above = middle;
        } else {
          below = middle;
        }
      }
      if (above <= largest && scaled(channel, above) < output
          || below >= -largest && scaled(channel, below) >= output) {
        return false;
      }
    }
    return true;
  }

  private int scaled(int channel, int sum) {
    int shift = FRACTION + 1 - right[channel];
    long product = ((long) sum << shift) * multiplier[channel] >> 32;
    long addend = (1L << shift - 2) + (1 << FRACTION - 1) + ((long) Byte.MIN_VALUE << FRACTION);
    return (int) Math.clamp(product + addend >> FRACTION, Byte.MIN_VALUE, Byte.MAX_VALUE);
  }

  /// For each channel its taps, which `order` puts in the order of the kernel and fills up with -1,
  /// its multiplier, and its bias beside the shift.
  ConstantTable table(int[] order) {
    int record = order.length + 8;
    byte[] bytes = new byte[(record * bias.length + 3) & -4];
    for (int channel = 0; channel < bias.length; channel++) {
      int at = record * channel;
      for (int tap : order) {
        bytes[at++] = tap < 0 ? 0 : weights[tap * bias.length + channel];
      }
      putWord(bytes, at, multiplier[channel]);
      putWord(bytes, at + 4, bias[channel] << 5 | right[channel]);
    }
    WordStream words = new WordStream();
    for (int i = 0; i < bytes.length; i += 4) {
      words.addBytes(bytes, i, 4);
    }
    return words.table(weights.length + 4L * bias.length);
  }

  private static void putWord(byte[] bytes, int at, int word) {
    for (int i = 0; i < 4; i++) {
      bytes[at + i] = (byte) (word >> 8 * i);
    }
  }
}
