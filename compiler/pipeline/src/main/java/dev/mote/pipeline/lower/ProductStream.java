package dev.mote.pipeline.lower;

import java.util.Optional;

/// The weights of an int8 layer in the order in which the products of the DSP kernels read them:
/// output channels in pairs, kernel rows rounded up to four weights.
///
/// Narrow: a 16-bit half of a word holds a weight of both channels of a pair, `a + 256 * b`, and
/// biases share their words with right shifts. This needs sums below 2^23; any others are laid out
/// wide.
///
/// Nibbles: a byte holds a weight of both channels, that of the first in its upper half, for
/// weights of -8 to 7. The kernels sum up 16 times the products, and biases are stored so.
///
/// @param constants of the layer
/// @param rows kernel rows
/// @param rowWeights weights in each
/// @param ownMultipliers whether each channel has a multiplier of its own
/// @param layout of the words
record ProductStream(
    ShortRescaling constants, int rows, int rowWeights, boolean ownMultipliers, Layout layout) {

  private static final int NARROW_LIMIT = 1 << 23;
  private static final int NIBBLES_LIMIT = 1 << 27;

  /// How weights share words.
  enum Layout {
    NARROW,
    WIDE,
    NIBBLES
  }

  /// Lays out the constants of a layer.
  interface Form {

    /// The stream; empty where the layer has none of this form.
    Optional<ProductStream> of(
        ShortRescaling constants, int rows, int rowWeights, boolean ownMultipliers);
  }

  /// A byte for each weight, narrow where the sums allow it.
  static Optional<ProductStream> inBytes(
      ShortRescaling constants, int rows, int rowWeights, boolean ownMultipliers) {
    Layout layout = canBeNarrow(constants, rows * rowWeights) ? Layout.NARROW : Layout.WIDE;
    return Optional.of(new ProductStream(constants, rows, rowWeights, ownMultipliers, layout));
  }

  /// Half a byte for each weight.
  static Optional<ProductStream> inNibbles(
      ShortRescaling constants, int rows, int rowWeights, boolean ownMultipliers) {
    for (byte weight : constants.weights()) {
      if (weight < -8 || weight > 7) {
        return Optional.empty();
      }
    }
    for (long largest : constants.largest()) {
      if (largest >= NIBBLES_LIMIT) {
        return Optional.empty();
      }
    }
    return Optional.of(
        new ProductStream(constants, rows, rowWeights, ownMultipliers, Layout.NIBBLES));
  }

  /// Words that a kernel multiplies for each pair of channels, halved.
  int steps() {
    return rows * ((rowWeights + 3) / 4);
  }

  private static boolean canBeNarrow(ShortRescaling constants, int perChannel) {
    for (int channel = 0; channel < constants.bias().length; channel++) {
      if (constants.largest()[channel] >= NARROW_LIMIT
          || Math.abs((long) constants.bias()[channel]) >= NARROW_LIMIT) {
        return false;
      }
    }
    return !carries(constants, perChannel);
  }

  /// Whether some pair of weights does not fit in 16 bits.
  private static boolean carries(ShortRescaling constants, int perChannel) {
    byte[] weights = constants.weights();
    for (int first = 0; first + 1 < constants.bias().length; first += 2) {
      int at = first * perChannel;
      for (int i = at; i < at + perChannel; i++) {
        if (weights[i] < 0 && weights[i + perChannel] == Byte.MIN_VALUE) {
          return true;
        }
      }
    }
    return false;
  }

  ConstantTable table() {
    WordStream words = new WordStream();
    for (int first = 0; first < channels(); first += 2) {
      words.add(bias(first));
      words.add(bias(first + 1));
      for (int row = 0; row < rows; row++) {
        for (int i = 0; i < rowWeights; i += 4) {
          addWeights(words, first, row, i);
        }
      }
      if (ownMultipliers) {
        words.add(2 * multiplier(first));
        words.add(2 * multiplier(first + 1));
        if (layout != Layout.NARROW) {
          words.add((right(first) & 0xff) | (right(first + 1) & 0xff) << 8);
        }
      }
    }
    int weights = constants.weights().length;
    return words.table((layout == Layout.NIBBLES ? (weights + 1) / 2 : weights) + 4L * channels());
  }

  private int channels() {
    return constants.bias().length;
  }

  private int bias(int channel) {
    int bias = channel < channels() ? constants.bias()[channel] : 0;
    return switch (layout) {
      case NARROW -> bias << 8 | (ownMultipliers ? right(channel) & 0xff : 0);
      case WIDE -> bias;
      case NIBBLES -> bias << 4;
    };
  }

  private int multiplier(int channel) {
    return channel < channels() ? constants.multiplier()[channel] : 1 << 30;
  }

  private int right(int channel) {
    return channel < channels() ? constants.right()[channel] : 1;
  }

  private void addWeights(WordStream words, int first, int row, int i) {
    int[] a = new int[4];
    int[] b = new int[4];
    for (int k = 0; k < Math.min(4, rowWeights - i); k++) {
      a[k] = weight(first, row, i + k);
      b[k] = weight(first + 1, row, i + k);
    }
    switch (layout) {
      case NARROW -> {
        words.add(halves(a[0] + 256 * b[0], a[2] + 256 * b[2]));
        words.add(halves(a[1] + 256 * b[1], a[3] + 256 * b[3]));
      }
      case WIDE -> {
        words.add(bytes(a));
        words.add(bytes(b));
      }
      case NIBBLES -> words.add((bytes(a) << 4 & 0xf0f0f0f0) | (bytes(b) & 0x0f0f0f0f));
    }
  }

  private int weight(int channel, int row, int i) {
    return channel < channels() ? constants.weights()[(channel * rows + row) * rowWeights + i] : 0;
  }

  private static int halves(int low, int high) {
    return low & 0xffff | high << 16;
  }

  private static int bytes(int[] values) {
    return values[0] & 0xff
        | (values[1] & 0xff) << 8
        | (values[2] & 0xff) << 16
        | (values[3] & 0xff) << 24;
  }
}
