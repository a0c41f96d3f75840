package dev.mote.frontends.tflite;

/// How much a file may make the reader do. Reading takes at most 64 × the file's size + 64 MiB of
/// memory.
final class Limits {

  /// Bytes of a model file. Microcontrollers address 4 GiB at most and hold far less.
  static final int FILE_BYTES = 1 << 28;

  /// Operators of a graph.
  static final int OPERATORS = 1 << 12;

  /// Tensors of a graph.
  static final int TENSORS = 1 << 16;

  /// Dimensions of a tensor.
  static final int RANK = 8;

  /// Bytes of one tensor.
  static final long TENSOR_BYTES = 1L << 28;

  /// Bytes of all activations together, each counted as if it lived forever.
  static final long ACTIVATION_BYTES = 1L << 30;

  /// Extent of a kernel or window, step of a stride or dilation, elements of padding on a side.
  static final int WINDOW = 1 << 16;

  /// Elements of a tensor whose values are computed while the model is read.
  static final int FOLDED_ELEMENTS = 1024;

  /// Characters of a name; what is beyond is cut off.
  static final int NAME_LENGTH = 200;

  /// Content that the file may refer to, everything counted as often as it is referred to.
  static long referredBytes(int fileBytes) {
    return 4L * fileBytes + (1 << 20);
  }

  private Limits() {}
}
