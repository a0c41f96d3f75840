package dev.mote.ir;

/// Element-wise function fused into the operator before it.
///
/// On quantized tensors a clamp to the quantized images of the bounds; on floats a clamp of the
/// value.
public enum Activation {
  NONE,
  RELU,
  RELU6,
  RELU_N1_TO_1;

  /// Lower bound in real numbers; negative infinity when unbounded.
  public float lower() {
    return switch (this) {
      case NONE -> Float.NEGATIVE_INFINITY;
      case RELU, RELU6 -> 0;
      case RELU_N1_TO_1 -> -1;
    };
  }

  /// Upper bound in real numbers; positive infinity when unbounded.
  public float upper() {
    return switch (this) {
      case NONE, RELU -> Float.POSITIVE_INFINITY;
      case RELU6 -> 6;
      case RELU_N1_TO_1 -> 1;
    };
  }
}
