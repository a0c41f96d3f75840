package dev.mote.reference;

import dev.mote.ir.Shape;

/// NumPy's broadcasting: which element of a small operand meets an element of the output.
final class Broadcast {

  private Broadcast() {}

  /// Index in `operand` of the element that is repeated at element `index` of `output`.
  static int source(Shape operand, Shape output, int index) {
    int rest = index;
    int source = 0;
    int stride = 1;
    for (int back = 1; back <= operand.rank(); back++) {
      int extent = operand.dim(operand.rank() - back);
      int outputExtent = output.dim(output.rank() - back);
      if (extent != 1) {
        source += rest % outputExtent * stride;
      }
      rest /= outputExtent;
      stride *= extent;
    }
    return source;
  }
}
