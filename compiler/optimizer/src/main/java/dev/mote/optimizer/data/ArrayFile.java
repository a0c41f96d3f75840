package dev.mote.optimizer.data;

import java.nio.file.Path;
import java.util.List;

/// An array in a file, read by ranges of elements.
interface ArrayFile {

  Path file();

  List<Integer> shape();

  /// Whether its elements are bytes, as pixels are.
  boolean isBytes();

  /// `count` elements from `first` on in row-major order.
  float[] read(long first, int count);

  /// Number of samples: the first extent.
  default int samples() {
    return shape().isEmpty() ? 0 : shape().getFirst();
  }

  /// Shape of one sample.
  default List<Integer> sampleShape() {
    return shape().subList(Math.min(1, shape().size()), shape().size());
  }
}
