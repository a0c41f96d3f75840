package dev.mote.pipeline.lower;

import java.util.ArrayList;
import java.util.List;

/// The stream of `scalar/pairs.h`: what a product of a column of pixel pairs with all output
/// channels reads from front to back.
///
/// A word holds one value of each of two pixels, and the sum of four products with such words is
/// split afterwards, so four neighbouring weights must not drive either half beyond 16 bits. Of
/// four that could, a part is taken away and given back in a correction, a product of its own.
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
  /// @param form how the kernel takes the constants
  static Table of(ShortRescaling constants, int depth, Form form) {
    PairStream stream = new PairStream();
    int channels = constants.bias().length;
    for (int first = 0; first < channels; first += form.block) {
      stream.block(constants, first, depth, form);
    }
    return new Table(stream.words.table(constants.weights().length + 4L * channels), stream.size);
  }

  /// How a kernel takes the constants.
  ///
  /// @param block channels whose weights lie side by side; the last block is filled with zeros
  /// @param digits bits of the signed digits of multipliers; 0 for whole ones
  record Form(int block, int digits) {}

  private void block(ShortRescaling constants, int first, int depth, Form form) {
    int channels = Math.min(form.block, constants.bias().length - first);
    int row = (depth + 3) & -4;
    byte[] weights = new byte[form.block * row];
    for (int i = 0; i < channels; i++) {
      System.arraycopy(constants.weights(), (first + i) * depth, weights, i * row, depth);
    }
    List<List<Integer>> corrections = new ArrayList<>();
    for (int i = 0; i < channels; i++) {
      List<Integer> ofChannel = new ArrayList<>();
      for (int at = 0; at < row; at += 4) {
        ofChannel.addAll(tame(weights, i * row + at, 4 * at));
      }
      corrections.add(ofChannel);
    }
    for (int at = 0; at < row; at += 4) {
      for (int i = 0; i < form.block; i++) {
        add(weights, i * row + at);
      }
    }
    for (int i = 0; i < channels; i++) {
      rescaling(constants, first + i, corrections.get(i), form.digits);
    }
  }

  private void add(byte[] weights, int at) {
    words.addBytes(weights, at, 4);
    size++;
  }

  private void rescaling(
      ShortRescaling constants, int channel, List<Integer> corrections, int digits) {
    words.add(
        constants.bias()[channel] << BIAS_SHIFT
            | (corrections.isEmpty() ? 0 : CORRECTED)
            | constants.right()[channel]);
    words.add(inDigits(constants.multiplier()[channel], digits));
    for (int i = 0; i < corrections.size(); i++) {
      words.add(corrections.get(i) | (i + 1 == corrections.size() ? LAST : 0));
    }
    size += 2 + corrections.size();
  }

  /// Takes from the largest of four weights what is too much, and returns it as corrections.
  ///
  /// @param column byte offset of the first one's pixels
  private static List<Integer> tame(byte[] weights, int at, int column) {
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
      corrections.add(residual << 24 | (column + 4 * (largest - at)));
    }
    return corrections;
  }

  /// The largest magnitude that the sum of the products of weights `begin` to `end` with int8
  /// values can have.
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
