package dev.mote.frontends.tflite;

import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import java.util.List;
import java.util.Optional;

/// A tensor as the file describes it, checked and with quantized uint8 already turned into int8.
///
/// @param name unique and printable
/// @param borderName name of the tensor at the graph's border, where that keeps the file's type
/// @param element element type; for a resource handle, [ElementType#INT32]
/// @param quantization meaning of integers
/// @param shape the file's shape; empty when it is unknown or has unknown dimensions
/// @param dims the file's dimensions, -1 where open (`shape_signature`)
/// @param data contents of a constant
/// @param variable whether it is state that an operator updates
/// @param fromUint8 whether the file has quantized uint8 where this has int8
/// @param resource whether it is a handle of a resource variable
record SourceTensor(
    String name,
    String borderName,
    ElementType element,
    Quantization quantization,
    Optional<Shape> shape,
    List<Integer> dims,
    Optional<Blob> data,
    boolean variable,
    boolean fromUint8,
    boolean resource) {

  boolean hasOpenDimension() {
    return dims.contains(-1);
  }
}
