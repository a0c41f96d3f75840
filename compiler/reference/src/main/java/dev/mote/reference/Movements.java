package dev.mote.reference;

import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import java.util.ArrayList;
import java.util.List;

/// Operators that copy elements to other places and never look at their values.
final class Movements {

  private Movements() {}

  static void reshape(Invocation call) {
    call.output().copyFrom(call.input(0));
  }

  static void pad(Invocation call, Op.Pad op) {
    Value x = call.input(0);
    Value y = call.output();
    for (int i = 0; i < y.count(); i++) {
      int[] position = Position.of(y.shape(), i);
      boolean inside = true;
      for (int axis = 0; axis < position.length; axis++) {
        int extent = x.shape().dim(axis);
        int at = position[axis] - op.before().get(axis);
        inside &= at >= 0 && at < extent;
        position[axis] = op.mode() == Op.Pad.Mode.CONSTANT ? at : mirror(at, extent, op.mode());
      }
      if (inside || op.mode() != Op.Pad.Mode.CONSTANT) {
        y.copy(x, Position.index(x.shape(), position), i);
      } else if (call.hasInput(1)) {
        y.copy(call.input(1), 0, i);
      } else {
        setToRealZero(y, i);
      }
    }
  }

  /// The index inside [0, extent) that `at` sees in a mirror that stands on the border element
  /// (`REFLECT`) or behind it (`SYMMETRIC`).
  private static int mirror(int at, int extent, Op.Pad.Mode mode) {
    int gap = mode == Op.Pad.Mode.REFLECT ? 0 : 1;
    if (at < 0) {
      return -at - gap;
    }
    return at < extent ? at : 2 * (extent - 1) - at + gap;
  }

  static void setToRealZero(Value y, int index) {
    if (y.element().isFloat()) {
      y.setReal(index, 0);
    } else {
      var quantization = y.type().quantization();
      y.set(index, quantization.isQuantized() ? quantization.zeroPoint() : 0);
    }
  }

  static void concat(Invocation call, Op.Concat op) {
    Value y = call.output();
    int start = 0;
    for (Value part : call.inputs()) {
      for (int i = 0; i < part.count(); i++) {
        int[] position = Position.of(part.shape(), i);
        position[op.axis()] += start;
        y.copy(part, i, Position.index(y.shape(), position));
      }
      start += part.shape().dim(op.axis());
    }
  }

  static void split(Invocation call, Op.Split op) {
    Value x = call.input(0);
    int start = 0;
    for (Value part : call.outputs()) {
      for (int i = 0; i < part.count(); i++) {
        int[] position = Position.of(part.shape(), i);
        position[op.axis()] += start;
        part.copy(x, Position.index(x.shape(), position), i);
      }
      start += part.shape().dim(op.axis());
    }
  }

  static void slice(Invocation call, Op.Slice op) {
    Value x = call.input(0);
    Shape extents = new Shape(op.extents());
    for (int i = 0; i < extents.count(); i++) {
      int[] position = Position.of(extents, i);
      for (int axis = 0; axis < position.length; axis++) {
        position[axis] = op.begin().get(axis) + position[axis] * op.strides().get(axis);
      }
      call.output().copy(x, Position.index(x.shape(), position), i);
    }
  }

  static void transpose(Invocation call, Op.Transpose op) {
    Value x = call.input(0);
    Value y = call.output();
    for (int i = 0; i < y.count(); i++) {
      int[] to = Position.of(y.shape(), i);
      int[] from = new int[to.length];
      for (int axis = 0; axis < to.length; axis++) {
        from[op.permutation().get(axis)] = to[axis];
      }
      y.copy(x, Position.index(x.shape(), from), i);
    }
  }

  static void reverse(Invocation call, Op.Reverse op) {
    Value x = call.input(0);
    for (int i = 0; i < x.count(); i++) {
      int[] position = Position.of(x.shape(), i);
      for (int axis : op.axes()) {
        position[axis] = x.shape().dim(axis) - 1 - position[axis];
      }
      call.output().copy(x, Position.index(x.shape(), position), i);
    }
  }

  static void gather(Invocation call, Op.Gather op) {
    Value x = call.input(0);
    Value indices = call.input(1);
    Value y = call.output();
    int indexRank = indices.shape().rank() - op.batchDims();
    for (int i = 0; i < y.count(); i++) {
      int[] to = Position.of(y.shape(), i);
      List<Integer> which = new ArrayList<>();
      List<Integer> from = new ArrayList<>();
      for (int axis = 0; axis < op.axis(); axis++) {
        from.add(to[axis]);
        if (axis < op.batchDims()) {
          which.add(to[axis]);
        }
      }
      for (int axis = 0; axis < indexRank; axis++) {
        which.add(to[op.axis() + axis]);
      }
      int chosen = indices.int32(Position.index(indices.shape(), array(which)));
      from.add(nearestLegal(chosen, x.shape().dim(op.axis())));
      for (int axis = op.axis() + indexRank; axis < to.length; axis++) {
        from.add(to[axis]);
      }
      y.copy(x, Position.index(x.shape(), array(from)), i);
    }
  }

  static void gatherNd(Invocation call) {
    Value x = call.input(0);
    Value indices = call.input(1);
    int depth = indices.shape().last();
    int slice = x.shape().count(depth, x.shape().rank());
    for (int i = 0; i < indices.count() / Math.max(depth, 1); i++) {
      int from = 0;
      for (int axis = 0; axis < depth; axis++) {
        int extent = x.shape().dim(axis);
        from = from * extent + nearestLegal(indices.int32(i * depth + axis), extent);
      }
      for (int j = 0; j < slice; j++) {
        call.output().copy(x, from * slice + j, i * slice + j);
      }
    }
  }

  /// An index that points outside takes the nearest element: wrong data never reads foreign memory.
  private static int nearestLegal(int index, int extent) {
    return Math.clamp(index, 0, extent - 1);
  }

  static void broadcastTo(Invocation call) {
    Value x = call.input(0);
    Value y = call.output();
    int missing = y.shape().rank() - x.shape().rank();
    for (int i = 0; i < y.count(); i++) {
      int[] to = Position.of(y.shape(), i);
      int[] from = new int[x.shape().rank()];
      for (int axis = 0; axis < from.length; axis++) {
        from[axis] = x.shape().dim(axis) == 1 ? 0 : to[missing + axis];
      }
      y.copy(x, Position.index(x.shape(), from), i);
    }
  }

  static void broadcastArgs(Invocation call) {
    Value y = call.output();
    for (int fromLast = 1; fromLast <= y.count(); fromLast++) {
      long a = dimension(call.input(0), fromLast);
      long b = dimension(call.input(1), fromLast);
      y.set(y.count() - fromLast, a == 1 ? b : a);
    }
  }

  private static long dimension(Value shape, int fromLast) {
    return fromLast <= shape.count() ? shape.integer(shape.count() - fromLast) : 1;
  }

  private static int[] array(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }
}
