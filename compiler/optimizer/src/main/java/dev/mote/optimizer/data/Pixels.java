package dev.mote.optimizer.data;

/// What real number a pixel or sample of 0 … 255 stands for.
public enum Pixels {
  /// For quantized 8-bit tensors the full range of the integers: 0 becomes the smallest, 255 the
  /// largest. That is what the usual scales mean. For all other tensors as [#UNIT].
  AUTO,
  /// 0 … 1.
  UNIT,
  /// -1 … 1.
  SIGNED,
  /// 0 … 255.
  BYTE
}
