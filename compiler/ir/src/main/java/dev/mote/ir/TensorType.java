package dev.mote.ir;

/// What a tensor holds: element type, shape and quantization.
///
/// @param element type of one element
/// @param shape static extents
/// @param quantization meaning of the integers; [Quantization#NONE] for plain numbers
public record TensorType(ElementType element, Shape shape, Quantization quantization) {

  public TensorType {
    if (quantization instanceof Quantization.PerChannel p) {
      if (p.axis() >= shape.rank() || p.scales().size() != shape.dim(p.axis())) {
        throw new IllegalArgumentException(
            p.scales().size()
                + " channel scales do not fit axis "
                + p.axis()
                + " of shape "
                + shape);
      }
    }
    if (quantization.isQuantized() && !element.isInteger()) {
      throw new IllegalArgumentException(element + " cannot be quantized");
    }
  }

  public static TensorType plain(ElementType element, Shape shape) {
    return new TensorType(element, shape, Quantization.NONE);
  }

  /// Size of the dense tensor in bytes.
  public long bytes() {
    return element.bytes(shape.count());
  }

  public TensorType withShape(Shape newShape) {
    return new TensorType(element, newShape, quantization);
  }

  public TensorType withElement(ElementType newElement) {
    return new TensorType(newElement, shape, quantization);
  }

  public TensorType withQuantization(Quantization newQuantization) {
    return new TensorType(element, shape, newQuantization);
  }
}
