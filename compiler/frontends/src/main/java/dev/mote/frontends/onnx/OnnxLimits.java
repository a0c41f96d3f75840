package dev.mote.frontends.onnx;

/// How much a file may make the reader do.
final class OnnxLimits {

  /// Bytes of a model file. Microcontrollers address 4 GiB at most and hold far less.
  static final int FILE_BYTES = 1 << 28;

  /// Nodes of a model, those that local functions add included.
  static final int NODES = 1 << 13;

  /// Operators of the graph; one node may become several.
  static final int STEPS = 1 << 14;

  /// Dimensions of a tensor.
  static final int RANK = 8;

  /// Bytes of one tensor.
  static final long TENSOR_BYTES = 1L << 28;

  /// Bytes of all activations together, each counted as if it lived forever.
  static final long ACTIVATION_BYTES = 1L << 30;

  /// Extent of a kernel or window, step of a stride or dilation, elements of padding on a side.
  static final int WINDOW = 1 << 16;

  /// Characters of a name; what is beyond is cut off.
  static final int NAME_LENGTH = 200;

  /// Depth of messages within messages.
  static final int NESTING = 32;

  /// Bytes of constants that are computed while the model is read.
  static long foldedBytes(int fileBytes) {
    return 8L * fileBytes + (1 << 24);
  }

  private OnnxLimits() {}
}
