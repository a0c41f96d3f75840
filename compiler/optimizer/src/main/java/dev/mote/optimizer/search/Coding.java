package dev.mote.optimizer.search;

import java.math.BigDecimal;

/// What is done to the integer weights, so that they can be stored in fewer bits: the compiler
/// chooses code books and codes by frequency from the values.
public sealed interface Coding {

  /// Nothing.
  record AsIs() implements Coding {}

  /// Each layer's weights take few values.
  ///
  /// @param count how many
  record Clusters(int count) implements Coding {
    public Clusters {
      if (count < 2 || count > 256) {
        throw new IllegalArgumentException("2 to 256 clusters, not " + count);
      }
    }
  }

  /// Weights move to frequent values nearby.
  ///
  /// @param price squared error that a bit is worth, in parts of the weights' mean square
  record Frequent(double price) implements Coding {
    public Frequent {
      if (!(price > 0 && price <= 1)) {
        throw new IllegalArgumentException("a price above 0 and at most 1, not " + price);
      }
    }
  }

  /// In a few words; empty for nothing.
  default String label() {
    return switch (this) {
      case AsIs _ -> "";
      case Clusters(int count) -> count + " clusters";
      case Frequent(double price) ->
          "frequent values at " + BigDecimal.valueOf(price).stripTrailingZeros().toPlainString();
    };
  }
}
