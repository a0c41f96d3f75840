package dev.mote.module;

import java.util.List;
import java.util.Optional;

/// An input or an output of the model.
///
/// @param name as the model calls it
/// @param shape dimensions, 0 to 8, each at least 1; the elements lie in row-major order
/// @param type of an element; little-endian where it has several bytes
/// @param scale real value = scale * (q - zeroPoint)
/// @param zeroPoint see `scale`; only with it
/// @param meaning what it stands for, for people
/// @param labels names of the last dimension's elements; none, or one for each
public record Signal(
    String name,
    List<Integer> shape,
    Type type,
    Optional<Float> scale,
    Optional<Integer> zeroPoint,
    Optional<String> meaning,
    List<String> labels) {

  private static final int MOST_LABELS = 1024;
  private static final long MOST_BYTES = 1 << 26;

  public Signal {
    shape = List.copyOf(shape);
    labels = List.copyOf(labels);
    Rules.text(name, "the name of a signal");
    Rules.count(shape, 0, 8, "dimensions");
    long bytes = type.bytes();
    for (int dimension : shape) {
      Rules.range(dimension, 1, MOST_BYTES, "a dimension");
      bytes *= dimension;
      Rules.range(bytes, 1, MOST_BYTES, "the size of a signal");
    }
    scale.ifPresent(
        value -> Rules.require(value > 0 && Float.isFinite(value), "a scale is positive"));
    Rules.require(zeroPoint.isEmpty() || scale.isPresent(), "a zero point needs a scale");
    meaning.ifPresent(text -> Rules.text(text, "the meaning"));
    Rules.count(labels, 0, MOST_LABELS, "labels");
    Rules.require(
        labels.isEmpty() || !shape.isEmpty() && shape.getLast() == labels.size(),
        "there is a label for each element of the last dimension");
    labels.forEach(label -> Rules.text(label, "a label"));
  }

  /// Size in bytes.
  public int bytes() {
    return shape.stream().reduce(type.bytes(), (a, b) -> a * b);
  }

  /// Type of an element; its number stands in the file.
  public enum Type {
    INT8(1, 1),
    UINT8(2, 1),
    INT16(3, 2),
    INT32(4, 4),
    INT64(5, 8),
    FLOAT32(6, 4),
    BOOL(7, 1);

    private final int number;
    private final int bytes;

    Type(int number, int bytes) {
      this.number = number;
      this.bytes = bytes;
    }

    public int number() {
      return number;
    }

    public int bytes() {
      return bytes;
    }
  }
}
