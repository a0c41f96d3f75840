package dev.mote.pipeline.lower;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Values of a leaf side by side in words: a word is added as one number, and no lane overflows
/// into the next, whatever leaves are reached.
///
/// @param bits of a lane
/// @param stored columns that have a lane
/// @param total sum of all columns of the result where the last one has no lane, since it is what
/// is
///     left of that; 0 otherwise
/// @param pool the distinct words, where rows are indices of them; empty where rows are words
public record TreeLanes(int bits, int stored, long total, List<Integer> pool) {

  /// Words that an index of one byte reaches.
  private static final int MOST_POOLED = 256;

  private static final int MOST_INDICES = 3;

  /// Bytes of code that indices take more than words, for each tree.
  private static final int POOLED_CODE = 12;

  /// Wider sums are added one by one.
  private static final int MOST_BITS = 16;

  public TreeLanes {
    pool = List.copyOf(pool);
  }

  /// Lanes of a word.
  public int lanes() {
    return Integer.SIZE / bits;
  }

  /// Words of a row.
  public int words() {
    return Math.ceilDiv(stored, lanes());
  }

  /// The narrowest lanes for `trees`; empty when some value is negative, sums are wide, or leaves
  /// are not for all columns.
  static Optional<TreeLanes> of(SimpleTrees trees, List<Long> base) {
    int width = trees.width();
    boolean negative =
        trees.leafRows().stream().anyMatch(row -> row.stream().anyMatch(value -> value < 0));
    if (width < 2 || width != base.size() || trees.roots().isEmpty() || negative) {
      return Optional.empty();
    }
    double most = 0;
    for (int column = 0; column < width; column++) {
      double sum = 0;
      for (int tree = 0; tree < trees.roots().size(); tree++) {
        sum += largest(trees, tree, column);
      }
      most = Math.max(most, sum);
    }
    int bits = Math.max(1, Long.SIZE - Long.numberOfLeadingZeros((long) most));
    if (bits > MOST_BITS) {
      return Optional.empty();
    }
    TreeLanes all = new TreeLanes(bits, width, 0, List.of());
    TreeLanes fewer = new TreeLanes(bits, width - 1, total(trees), List.of());
    boolean saves = fewer.total() > 0 && fewer.words() < all.words();
    TreeLanes lanes = saves && base.stream().allMatch(value -> value == 0) ? fewer : all;
    return Optional.of(lanes.pooled(trees));
  }

  /// The same with rows of indices where that saves flash, code included, and costs next to no
  /// time: reading three indices takes about what finding a row of three words does.
  private TreeLanes pooled(SimpleTrees trees) {
    List<Integer> distinct = Arrays.stream(rows(trees)).distinct().boxed().toList();
    long rows = trees.leafRows().size();
    long saved = Integer.BYTES * (words() * rows - distinct.size()) - words() * rows;
    return distinct.size() <= MOST_POOLED
            && words() <= MOST_INDICES
            && saved > (long) POOLED_CODE * trees.roots().size()
        ? new TreeLanes(bits, stored, total, distinct)
        : this;
  }

  private static double largest(SimpleTrees trees, int tree, int column) {
    return trees.leaves(tree).stream()
        .mapToDouble(leaf -> trees.leafRows().get(leaf).get(column))
        .max()
        .orElse(0);
  }

  /// The sum of all columns if it is the same whatever leaves are reached; else 0.
  private static long total(SimpleTrees trees) {
    double total = 0;
    for (int tree = 0; tree < trees.roots().size(); tree++) {
      double[] sums =
          trees.leaves(tree).stream()
              .mapToDouble(
                  leaf -> trees.leafRows().get(leaf).stream().mapToDouble(value -> value).sum())
              .distinct()
              .toArray();
      if (sums.length != 1) {
        return 0;
      }
      total += sums[0];
    }
    return (long) total;
  }

  /// Words before the pool: for each word of a row the indices of all rows.
  public int indexWords(SimpleTrees trees) {
    return Math.ceilDiv(words() * trees.leafRows().size(), Integer.BYTES);
  }

  /// The rows, one after the other; or indices, and the pool behind them.
  ConstantTable table(SimpleTrees trees) {
    int[] words = rows(trees);
    if (pool.isEmpty()) {
      return ConstantTable.weights(words);
    }
    int rows = trees.leafRows().size();
    int begin = indexWords(trees);
    int[] table = new int[begin + pool.size()];
    Map<Integer, Integer> places = new HashMap<>();
    for (int word : pool) {
      table[begin + places.size()] = word;
      places.put(word, places.size());
    }
    for (int i = 0; i < words.length; i++) {
      int at = i % words() * rows + i / words();
      int index = places.getOrDefault(words[i], 0);
      table[at / Integer.BYTES] |= index << (at % Integer.BYTES * Byte.SIZE);
    }
    return ConstantTable.weights(table);
  }

  private int[] rows(SimpleTrees trees) {
    int[] table = new int[Math.max(1, words() * trees.leafRows().size())];
    for (int r = 0; r < trees.leafRows().size(); r++) {
      List<Double> row = trees.leafRows().get(r);
      for (int column = 0; column < stored; column++) {
        table[r * words() + column / lanes()] |=
            row.get(column).intValue() << (column % lanes() * bits);
      }
    }
    return table;
  }
}
