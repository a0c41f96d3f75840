package dev.mote.pipeline.compress;

import java.util.Comparator;
import java.util.stream.IntStream;

/// Orders that do not depend on anything but the values.
final class Ranking {

  private Ranking() {}

  /// The indices of `values` from the least to the greatest, of equal ones the first first.
  static IntStream ascending(double[] values) {
    return IntStream.range(0, values.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> values[i]))
        .mapToInt(Integer::intValue);
  }
}
