package dev.mote.pipeline.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The weights of an int8 layer without those groups of four that are zero in both output channels
/// of a pair, in the order of the DSP kernels' products: `a + 256 * b` in each half of a word, as
/// [ProductStream] lays them out narrow.
///
/// @param constants of the layer
/// @param pairs for each two output channels their blocks
/// @param blocksOfPair how many blocks each pair has if none is left out
record SparsePairs(ShortRescaling constants, List<List<Block>> pairs, int blocksOfPair) {

  /// Four weights of two channels, in two words.
  ///
  /// @param gap blocks that are left out before it
  record Block(int gap, int first, int second) {}

  /// What a block that is left out adds to a gap: a third of an eighth of the bytes of its widened
  /// pixels.
  private static final int GAP_UNIT = 3;

  /// Blocks that can be left out at once.
  private static final int FARTHEST = 255 / GAP_UNIT;

  private static final int BLOCKS_OF_ROUND = 4;
  private static final int MOST_ROUNDS = (1 << 16) - 1;

  SparsePairs {
    pairs = pairs.stream().map(List::copyOf).toList();
  }

  /// The blocks; empty where sums are too large for two in a word, or no group is zero in a pair.
  static Optional<SparsePairs> of(ShortRescaling constants, int rows, int rowWeights) {
    int channels = constants.bias().length;
    int rowGroups = (rowWeights + 3) / 4;
    int blocks = rows * rowGroups;
    boolean narrow =
        ProductStream.inBytes(constants, rows, rowWeights, true)
            .filter(stream -> stream.layout() == ProductStream.Layout.NARROW)
            .isPresent();
    if (!narrow || blocks / BLOCKS_OF_ROUND >= MOST_ROUNDS) {
      return Optional.empty();
    }
    List<List<Block>> pairs = new ArrayList<>();
    for (int first = 0; first < channels; first += 2) {
      List<Block> kept = new ArrayList<>();
      int gap = 0;
      for (int i = 0; i < blocks; i++) {
        int[] words = words(constants, first, rows, rowWeights, i / rowGroups, i % rowGroups * 4);
        boolean last = i == blocks - 1 && kept.isEmpty();
        if (words[0] != 0 || words[1] != 0 || gap == FARTHEST || last) {
          kept.add(new Block(gap, words[0], words[1]));
          gap = 0;
        } else {
          gap++;
        }
      }
      pairs.add(kept);
    }
    return Optional.of(new SparsePairs(constants, pairs, blocks));
  }

  /// The weights of two channels from `at` on in a kernel row.
  private static int[] words(
      ShortRescaling constants, int first, int rows, int rowWeights, int row, int at) {
    int[] sums = new int[4];
    for (int k = 0; k < Math.min(4, rowWeights - at); k++) {
      int index = (first * rows + row) * rowWeights + at + k;
      boolean odd = first + 1 == constants.bias().length;
      sums[k] =
          constants.weights()[index]
              + (odd ? 0 : 256 * constants.weights()[index + rows * rowWeights]);
    }
    return new int[] {sums[0] & 0xffff | sums[2] << 16, sums[1] & 0xffff | sums[3] << 16};
  }

  /// Part of all blocks that is stored.
  double density() {
    long stored = pairs.stream().mapToLong(List::size).sum();
    return (double) stored / Math.max(1, (long) blocksOfPair * pairs.size());
  }

  /// As `armv7em/sparse_3x2_s8.h` reads it.
  ConstantTable table() {
    int channels = constants.bias().length;
    WordStream words = new WordStream();
    long stored = 0;
    for (int pair = 0; pair < pairs.size(); pair++) {
      List<Block> blocks = pairs.get(pair);
      int a = 2 * pair;
      int b = a + 1;
      boolean odd = b == channels;
      int rounds = Math.ceilDiv(blocks.size(), BLOCKS_OF_ROUND);
      int absent = rounds * BLOCKS_OF_ROUND - blocks.size();
      words.add(constants.bias()[a] << 8 | constants.right()[a]);
      words.add(odd ? 1 : constants.bias()[b] << 8 | constants.right()[b]);
      words.add(rounds | absent << 16);
      for (int round = 0; round < rounds; round++) {
        int from = Math.max(0, round * BLOCKS_OF_ROUND - absent);
        int to = (round + 1) * BLOCKS_OF_ROUND - absent;
        int gaps = 0;
        for (int i = from; i < to; i++) {
          int place = (i + absent) % BLOCKS_OF_ROUND;
          gaps |= blocks.get(i).gap * GAP_UNIT << 8 * place;
        }
        words.add(gaps);
        blocks
            .subList(from, to)
            .forEach(
                block -> {
                  words.add(block.first);
                  words.add(block.second);
                });
      }
      words.add(2 * constants.multiplier()[a]);
      words.add(odd ? 0 : 2 * constants.multiplier()[b]);
      stored += blocks.size();
    }
    return words.table(8 * stored + 4L * channels);
  }
}
