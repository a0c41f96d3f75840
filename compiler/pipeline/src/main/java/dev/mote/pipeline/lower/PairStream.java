package dev.mote.pipeline.lower;

import java.util.ArrayList;
import java.util.List;

/// The stream of `scalar/pairs.h`: what a product of a column of pixel pairs with all output
/// channels
/// reads from front to back.
///
/// A word holds one value of each of two pixels, and the sum of four products with such words is
/// split
/// afterwards, so four neighbouring weights must not drive either half beyond 16 bits. Of four that
/// could, a part is taken away and given back in a correction, a product of its own.
final class PairStream {

  /// Sums of products stay within this in magnitude.
  static final int HALF = 32767;

  private static final int BIAS_SHIFT = 9;
  private static final int CORRECTED = 1 << 8;
  private static final int LAST = 1 << 16;

  private final WordStream words = new WordStream();
  private int size;

  private PairStream() {}

  /// The stream and its number of words.
  record Table(ConstantTable table, int words) {}

  /// @param depth weights of one output channel
  /// @param digits bits of the signed digits in which the kernel takes multipliers; 0 for whole
  /// ones
  static Table of(ShortRescaling constants, int depth, int digits) {
    PairStream stream = new PairStream();
    int channels = constants.bias().length;
    for (int channel = 0; channel < channels; channel++) {
      stream.channel(constants, channel, depth, digits);
    }
    return new Table(stream.words.table(constants.weights().length + 4L * channels), stream.size);
  }

  private void channel(ShortRescaling constants, int channel, int depth, int digits) {
    byte[] weights = new byte[(depth + 3) & -4];
    System.arraycopy(constants.weights(), channel * depth, weights, 0, depth);
    List<Integer> corrections = new ArrayList<>();
    for (int at = 0; at < weights.length; at += 4) {
      corrections.addAll(tame(weights, at));
    }
    for (int at = 0; at < weights.length; at += 4) {
      words.addBytes(weights, at, 4);
    }
    words.add(
        constants.bias()[channel] << BIAS_SHIFT
            | (corrections.isEmpty() ? 0 : CORRECTED)
            | constants.right()[channel]);
    words.add(inDigits(constants.multiplier()[channel], digits));
    for (int i = 0; i < corrections.size(); i++) {
      words.add(corrections.get(i) | (i + 1 == corrections.size() ? LAST : 0));
    }
    size += weights.length / 4 + 2 + corrections.size();
  }

  /// Takes from the largest of four weights what is too much, and returns it as corrections.
  private static List<Integer> tame(byte[] weights, int at) {
    List<Integer> corrections = new ArrayList<>();
    while (extent(weights, at, at + 4) > HALF) {
      int largest = at;
      for (int i = at; i < at + 4; i++) {
        if (Math.abs(weights[i]) > Math.abs(weights[largest])) {
          largest = i;
        }
      }
      int excess = (extent(weights, at, at + 4) - HALF + 126) / 127;
      int residual =
          Integer.signum(weights[largest]) * Math.min(excess, Math.abs(weights[largest]));
      residual = Math.max(Byte.MIN_VALUE, Math.min(Byte.MAX_VALUE, residual));
      weights[largest] -= (byte) residual;
      corrections.add(residual << 24 | 4 * largest);
    }
    return corrections;
  }

  /// The largest magnitude that the sum of the products of weights `begin` to `end` with int8
  /// values
  /// can have.
  static int extent(byte[] weights, int begin, int end) {
    int high = 0;
    int low = 0;
    for (int i = begin; i < end; i++) {
      high += Math.max(weights[i] * -128, weights[i] * 127);
      low += Math.max(weights[i] * 128, weights[i] * -127);
    }
    return Math.max(high, low);
  }

  /// The multiplier as the sum of signed digits, the lowest first, the uppermost without sign.
  static int inDigits(int multiplier, int bits) {
    if (bits == 0) {
      return multiplier;
    }
    int rest = multiplier;
    int fields = 0;
    int signed = (Integer.SIZE - 1) / bits;
    for (int i = 0; i < signed; i++) {
      int digit = rest << (Integer.SIZE - bits) >> (Integer.SIZE - bits);
      fields |= (digit & ((1 << bits) - 1)) << i * bits;
      rest = (rest - digit) >> bits;
    }
    return fields | rest << signed * bits;
  }
}
