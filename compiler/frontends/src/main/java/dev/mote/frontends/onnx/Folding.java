package dev.mote.frontends.onnx;

import dev.mote.ir.Activation;
import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/// Computes what depends on constants only while the model is read: shapes that a model computes
/// from shapes, and weights that it brings into another form.
final class Folding {

  private Folding() {}

  /// The values of `op` on constants; empty when they cannot be computed here.
  static Optional<List<byte[]>> fold(Op op, List<Wire> inputs, List<TensorType> types) {
    if (inputs.isEmpty()
        || !inputs.stream().allMatch(Wire::isConstant)
        || types.stream().anyMatch(type -> type.element().bits() < 8)) {
      return Optional.empty();
    }
    if (op instanceof Op.Split split) {
      return Optional.of(split(split.axis(), inputs.getFirst(), types));
    }
    if (types.size() != 1) {
      return Optional.empty();
    }
    TensorType type = types.getFirst();
    return moved(op, inputs, type)
        .or(() -> ConstantArithmetic.compute(op, inputs, type))
        .map(List::of);
  }

  private static Optional<byte[]> moved(Op op, List<Wire> inputs, TensorType type) {
    Wire x = inputs.getFirst();
    Shape from = x.shape();
    Shape to = type.shape();
    return switch (op) {
      case Op.Reshape _ -> x.data().map(dev.mote.ir.Blob::toByteArray);
      case Op.Transpose t ->
          Optional.of(
              pick(
                  x,
                  to,
                  i -> source(to, i, axis -> from.strides().get(t.permutation().get(axis)))));
      case Op.Slice s -> {
        Shape extents = new Shape(s.extents());
        int start = 0;
        for (int axis = 0; axis < from.rank(); axis++) {
          start += s.begin().get(axis) * from.strides().get(axis);
        }
        int first = start;
        yield Optional.of(
            pick(
                x,
                extents,
                i ->
                    first
                        + source(
                            extents, i, axis -> s.strides().get(axis) * from.strides().get(axis))));
      }
      case Op.BroadcastTo _ -> {
        Shape extended = from.extendTo(to.rank());
        yield Optional.of(
            pick(
                x,
                to,
                i ->
                    source(
                        to,
                        i,
                        axis -> extended.dim(axis) == 1 ? 0 : extended.strides().get(axis))));
      }
      case Op.Concat c -> Optional.of(concat(c.axis(), inputs, to));
      case Op.Gather g when g.batchDims() == 0 -> gather(g.axis(), x, inputs.get(1), to);
      default -> Optional.empty();
    };
  }

  /// Where element `i` of `shape` lies in a tensor with `stride` elements from one position to the
  /// next.
  static int source(Shape shape, int i, IntUnaryOperator stride) {
    int rest = i;
    int at = 0;
    for (int axis = shape.rank() - 1; axis >= 0; axis--) {
      at += rest % shape.dim(axis) * stride.applyAsInt(axis);
      rest /= shape.dim(axis);
    }
    return at;
  }

  private static byte[] pick(Wire x, Shape shape, IntUnaryOperator from) {
    int width = x.element().bits() / 8;
    ByteBuffer source = x.data().orElseThrow().buffer();
    byte[] result = new byte[shape.count() * width];
    for (int i = 0; i < shape.count(); i++) {
      source.get(from.applyAsInt(i) * width, result, i * width, width);
    }
    return result;
  }

  private static byte[] concat(int axis, List<Wire> inputs, Shape to) {
    ByteBuffer result = ByteBuffer.allocate(to.count() * (inputs.getFirst().element().bits() / 8));
    for (int row = 0; row < to.count(0, axis); row++) {
      for (Wire x : inputs) {
        int run = x.shape().count(axis, x.rank()) * (x.element().bits() / 8);
        result.put(x.data().orElseThrow().buffer().slice(row * run, run));
      }
    }
    return result.array();
  }

  private static List<byte[]> split(int axis, Wire x, List<TensorType> types) {
    List<byte[]> results = new ArrayList<>();
    int width = x.element().bits() / 8;
    int pitch = x.shape().count(axis, x.rank()) * width;
    int offset = 0;
    for (TensorType type : types) {
      int run = type.shape().count(axis, x.rank()) * width;
      ByteBuffer part = ByteBuffer.allocate(type.shape().count() * width);
      for (int row = 0; row < x.shape().count(0, axis); row++) {
        part.put(x.data().orElseThrow().buffer().slice(row * pitch + offset, run));
      }
      results.add(part.array());
      offset += run;
    }
    return results;
  }

  private static Optional<byte[]> gather(int axis, Wire x, Wire indices, Shape to) {
    long[] at = indices.integers();
    int extent = x.shape().dim(axis);
    for (long index : at) {
      if (index < 0 || index >= extent) {
        return Optional.empty();
      }
    }
    int inner = x.shape().count(axis + 1, x.rank());
    return Optional.of(
        pick(
            x,
            to,
            i -> {
              int outer = i / inner / at.length;
              return (outer * extent + (int) at[i / inner % at.length]) * inner + i % inner;
            }));
  }

  /// Numbers as dense little-endian bytes of `element`; integers wrap around.
  static byte[] encode(ElementType element, double[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate((int) element.bytes(values.length)).order(ByteOrder.LITTLE_ENDIAN);
    for (double value : values) {
      switch (element) {
        case FLOAT32 -> bytes.putFloat((float) value);
        case FLOAT16 -> bytes.putShort(Float.floatToFloat16((float) value));
        case BOOL -> bytes.put((byte) (value != 0 ? 1 : 0));
        case INT8, UINT8 -> bytes.put((byte) (long) value);
        case INT16 -> bytes.putShort((short) (long) value);
        case INT32 -> bytes.putInt((int) (long) value);
        case INT64 -> bytes.putLong((long) value);
        case INT4 -> throw new IllegalArgumentException("int4 is not encoded");
      }
    }
    return bytes.array();
  }

  /// Integers as dense little-endian bytes of `element`, wrapping around.
  static byte[] encode(ElementType element, long[] values) {
    if (element != ElementType.INT64) {
      return encode(element, java.util.Arrays.stream(values).asDoubleStream().toArray());
    }
    ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    java.util.Arrays.stream(values).forEach(bytes::putLong);
    return bytes.array();
  }

  /// Whether an operator has no fused function.
  static boolean plain(Op.Binary op) {
    return op.activation() == Activation.NONE;
  }
}
