package dev.mote.pipeline.quantize;

/// How the weights of a layer are stored.
public enum WeightFormat {
  /// As they are.
  FLOAT32,
  /// Half floats; the layer computes in float32.
  FLOAT16,
  /// Integers from -127 to 127.
  INT8,
  /// Integers from -7 to 7.
  INT4,
  /// Integers from -2 to 1 or from -1 to 1, whichever is nearer to the weights, in a tensor of
  /// int8.
  INT2;

  /// Whether the weights are integers with a scale.
  public boolean isInteger() {
    return switch (this) {
      case INT8, INT4, INT2 -> true;
      case FLOAT32, FLOAT16 -> false;
    };
  }
}
