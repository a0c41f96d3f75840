package dev.mote.reference;

import dev.mote.ir.Shape;

/// Conversions between an element's row-major index and its coordinates.
final class Position {

  private Position() {}

  /// Coordinates of element `index` of `shape`.
  static int[] of(Shape shape, int index) {
    int[] position = new int[shape.rank()];
    int rest = index;
    for (int axis = shape.rank() - 1; axis >= 0; axis--) {
      position[axis] = rest % shape.dim(axis);
      rest /= shape.dim(axis);
    }
    return position;
  }

  /// Row-major index of the element of `shape` at `position`.
  static int index(Shape shape, int... position) {
    int index = 0;
    for (int axis = 0; axis < shape.rank(); axis++) {
      index = index * shape.dim(axis) + position[axis];
    }
    return index;
  }
}
