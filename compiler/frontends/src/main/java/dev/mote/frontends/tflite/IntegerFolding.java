package dev.mote.frontends.tflite;

import dev.mote.ir.Activation;
import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Computes small integer tensors while the model is read, so that shapes which a model computes
/// from shapes (`SHAPE` →
/// `STRIDED_SLICE` → `PACK` → `RESHAPE`) are known.
final class IntegerFolding {

  private IntegerFolding() {}

  /// The value of `op` on constants; empty when it is not a small plain integer that can be
  /// computed here.
  static Optional<Blob> fold(Op op, List<Tensor> inputs, TensorType type) {
    if (!isSmallInteger(type) || inputs.isEmpty()) {
      return Optional.empty();
    }
    for (Tensor input : inputs) {
      if (!input.isConstant() || !isSmallInteger(input.type())) {
        return Optional.empty();
      }
    }
    return value(op, inputs, type.shape()).map(values -> encode(values, type.element()));
  }

  private static boolean isSmallInteger(TensorType type) {
    return (type.element() == ElementType.INT32 || type.element() == ElementType.INT64)
        && type.shape().count() <= Limits.FOLDED_ELEMENTS;
  }

  private static Optional<long[]> value(Op op, List<Tensor> inputs, Shape shape) {
    Tensor x = inputs.getFirst();
    return switch (op) {
      case Op.Reshape _, Op.Cast _ -> Optional.of(x.constantIntegers());
      case Op.Slice slice -> Optional.of(slice(slice, x));
      case Op.Concat concat when x.shape().rank() == 1 -> Optional.of(concat(inputs, shape));
      case Op.Gather gather when x.shape().rank() == 1 && gather.batchDims() == 0 ->
          gather(x.constantIntegers(), inputs.get(1).constantIntegers());
      case Op.Binary binary when binary.activation() == Activation.NONE ->
          binary(binary.kind(), x, inputs.get(1), shape);
      case Op.BroadcastArgs _ -> Optional.of(broadcast(x, inputs.get(1)));
      default -> Optional.empty();
    };
  }

  private static long[] slice(Op.Slice slice, Tensor x) {
    long[] values = x.constantIntegers();
    List<Integer> strides = x.shape().strides();
    Shape extents = new Shape(slice.extents());
    List<Integer> steps = extents.strides();
    long[] result = new long[extents.count()];
    for (int i = 0; i < result.length; i++) {
      int from = 0;
      for (int axis = 0; axis < extents.rank(); axis++) {
        int position = i / steps.get(axis) % extents.dim(axis);
        from +=
            (slice.begin().get(axis) + position * slice.strides().get(axis)) * strides.get(axis);
      }
      result[i] = values[from];
    }
    return result;
  }

  private static long[] concat(List<Tensor> inputs, Shape shape) {
    long[] result = new long[shape.count()];
    int position = 0;
    for (Tensor input : inputs) {
      long[] values = input.constantIntegers();
      System.arraycopy(values, 0, result, position, values.length);
      position += values.length;
    }
    return result;
  }

  private static Optional<long[]> gather(long[] values, long[] indices) {
    long[] result = new long[indices.length];
    for (int i = 0; i < indices.length; i++) {
      if (indices[i] < 0 || indices[i] >= values.length) {
        return Optional.empty();
      }
      result[i] = values[(int) indices[i]];
    }
    return Optional.of(result);
  }

  private static Optional<long[]> binary(Op.Binary.Kind kind, Tensor x, Tensor y, Shape shape) {
    long[] a = x.constantIntegers();
    long[] b = y.constantIntegers();
    if (a.length != 1 && a.length != shape.count() || b.length != 1 && b.length != shape.count()) {
      return Optional.empty();
    }
    long[] result = new long[shape.count()];
    for (int i = 0; i < result.length; i++) {
      long p = a[a.length == 1 ? 0 : i];
      long q = b[b.length == 1 ? 0 : i];
      boolean divides =
          kind == Op.Binary.Kind.DIV
              || kind == Op.Binary.Kind.FLOOR_DIV
              || kind == Op.Binary.Kind.FLOOR_MOD;
      if (divides && q == 0) {
        return Optional.empty();
      }
      result[i] =
          switch (kind) {
            case ADD -> p + q;
            case SUB -> p - q;
            case MUL -> p * q;
            case DIV -> p / q;
            case FLOOR_DIV -> Math.floorDiv(p, q);
            case FLOOR_MOD -> Math.floorMod(p, q);
            case SQUARED_DIFFERENCE -> (p - q) * (p - q);
            case MINIMUM -> Math.min(p, q);
            case MAXIMUM -> Math.max(p, q);
            case POWER -> throw new IllegalArgumentException("POWER of integers");
          };
    }
    return Optional.of(result);
  }

  private static long[] broadcast(Tensor x, Tensor y) {
    List<Integer> a = new ArrayList<>();
    List<Integer> b = new ArrayList<>();
    for (long dim : x.constantIntegers()) {
      a.add(Math.clamp(dim, 0, Integer.MAX_VALUE));
    }
    for (long dim : y.constantIntegers()) {
      b.add(Math.clamp(dim, 0, Integer.MAX_VALUE));
    }
    return new Shape(a)
        .broadcast(new Shape(b)).dims().stream().mapToLong(Integer::longValue).toArray();
  }

  private static Blob encode(long[] values, ElementType element) {
    boolean wide = element == ElementType.INT64;
    ByteBuffer bytes =
        ByteBuffer.allocate((wide ? 8 : 4) * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (long value : values) {
      if (wide) {
        bytes.putLong(value);
      } else {
        bytes.putInt((int) value);
      }
    }
    return Blob.of(bytes.array());
  }
}
