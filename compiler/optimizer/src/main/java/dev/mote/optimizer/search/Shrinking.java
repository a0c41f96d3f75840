package dev.mote.optimizer.search;

import java.util.Locale;

/// What is done to the float weights before they are quantized, so that they take less.
public sealed interface Shrinking {

  /// Nothing.
  record None() implements Shrinking {}

  /// The smallest weights of every layer become zero.
  ///
  /// @param sparsity share of them
  record SmallWeights(double sparsity) implements Shrinking {
    public SmallWeights {
      checkShare(sparsity);
    }
  }

  /// The least important channels are removed, and the graph is smaller.
  ///
  /// @param fraction share of the channels that can be removed
  record Channels(double fraction) implements Shrinking {
    public Channels {
      checkShare(fraction);
    }
  }

  /// Groups of weights that a kernel loads together become zero, and are skipped.
  ///
  /// @param size weights in a group
  /// @param fraction share of the groups
  record Groups(int size, double fraction) implements Shrinking {
    public Groups {
      checkShare(fraction);
    }
  }

  /// Matrices become products of two narrow ones.
  ///
  /// @param energy share of the squared singular values that is kept
  record LowRank(double energy) implements Shrinking {
    public LowRank {
      checkShare(energy);
    }
  }

  private static void checkShare(double share) {
    if (!(share > 0 && share < 1)) {
      throw new IllegalArgumentException("a share lies between 0 and 1: " + share);
    }
  }

  /// In a few words; empty for nothing.
  default String label() {
    return switch (this) {
      case None _ -> "";
      case SmallWeights(double sparsity) -> percent(sparsity) + " smallest weights zero";
      case Channels(double fraction) -> percent(fraction) + " of channels removed";
      case Groups(int size, double fraction) ->
          percent(fraction) + " of groups of " + size + " zero";
      case LowRank(double energy) -> "low rank, " + percent(energy) + " kept";
    };
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.4g", 100 * share).replaceFirst("\\.?0+$", "") + " %";
  }
}
