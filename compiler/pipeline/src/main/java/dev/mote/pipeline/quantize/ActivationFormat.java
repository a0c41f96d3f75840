package dev.mote.pipeline.quantize;

import dev.mote.ir.ElementType;

/// In what a layer computes: the type of the tensors that it reads and writes.
public enum ActivationFormat {
  FLOAT32(ElementType.FLOAT32),
  INT8(ElementType.INT8),
  INT16(ElementType.INT16);

  private final ElementType element;

  ActivationFormat(ElementType element) {
    this.element = element;
  }

  /// The element type of such tensors.
  public ElementType element() {
    return element;
  }

  /// Whether tensors have a scale.
  public boolean isInteger() {
    return this != FLOAT32;
  }
}
