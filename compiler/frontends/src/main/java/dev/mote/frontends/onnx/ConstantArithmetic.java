package dev.mote.frontends.onnx;

import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import java.util.List;
import java.util.Optional;

/// Arithmetic on constants while the model is read. Integers are computed as `long`, floats as
/// `float`.
final class ConstantArithmetic {

  /// More elements than this are left to the graph's own passes, or to the device.
  private static final int MOST_ELEMENTS = 1 << 16;

  private ConstantArithmetic() {}

  static Optional<byte[]> compute(Op op, List<Wire> inputs, TensorType type) {
    boolean small =
        type.shape().count() <= MOST_ELEMENTS
            && inputs.stream().allMatch(x -> x.shape().count() <= MOST_ELEMENTS);
    boolean plain =
        !type.quantization().isQuantized()
            && inputs.stream()
                .noneMatch(x -> x.type().quantization().isQuantized() || x.element().bits() < 8);
    if (!small || !plain) {
      return Optional.empty();
    }
    return switch (op) {
      case Op.Cast _ -> Optional.of(cast(inputs.getFirst(), type.element()));
      case Op.Unary u -> unary(u.kind(), inputs.getFirst());
      case Op.Binary b when Folding.plain(b) ->
          binary(b.kind(), inputs.get(0), inputs.get(1), type);
      case Op.Compare c -> compare(c.kind(), inputs.get(0), inputs.get(1), type);
      case Op.Logical l -> logical(l.kind(), inputs.get(0), inputs.get(1), type);
      case Op.Select _ -> select(inputs, type);
      case Op.Reduce r -> reduce(r, inputs.getFirst(), type);
      default -> Optional.empty();
    };
  }

  private static byte[] cast(Wire x, ElementType to) {
    if (!x.element().isFloat() && !to.isFloat() && to != ElementType.BOOL) {
      return Folding.encode(to, x.integers());
    }
    return Folding.encode(to, x.numbers());
  }

  private static Optional<byte[]> unary(Op.Unary.Kind kind, Wire x) {
    double[] values = x.numbers();
    boolean real = x.element() == ElementType.FLOAT32;
    for (int i = 0; i < values.length; i++) {
      double v = values[i];
      switch (kind) {
        case ABS -> values[i] = Math.abs(v);
        case NEG -> values[i] = -v;
        case LOGICAL_NOT -> values[i] = v == 0 ? 1 : 0;
        default -> {
          if (!real) {
            return Optional.empty();
          }
          switch (kind) {
            case SQRT -> values[i] = Math.sqrt(v);
            case EXP -> values[i] = Math.exp(v);
            case LOG -> values[i] = Math.log(v);
            case SIN -> values[i] = Math.sin(v);
            case COS -> values[i] = Math.cos(v);
            case FLOOR -> values[i] = Math.floor(v);
            case CEIL -> values[i] = Math.ceil(v);
            case ROUND -> values[i] = Math.rint(v);
            case SQUARE -> values[i] = v * v;
            default -> {
              return Optional.empty();
            }
          }
        }
      }
    }
    return Optional.of(Folding.encode(x.element(), values));
  }

  private interface Pairs {
    double of(int x, int y);
  }

  private static double[] each(Wire x, Wire y, Shape to, Pairs function) {
    Shape a = x.shape().extendTo(to.rank());
    Shape b = y.shape().extendTo(to.rank());
    double[] result = new double[to.count()];
    for (int i = 0; i < result.length; i++) {
      result[i] = function.of(at(a, to, i), at(b, to, i));
    }
    return result;
  }

  private static int at(Shape operand, Shape to, int i) {
    List<Integer> strides = operand.strides();
    return Folding.source(to, i, axis -> operand.dim(axis) == 1 ? 0 : strides.get(axis));
  }

  private static Optional<byte[]> binary(Op.Binary.Kind kind, Wire x, Wire y, TensorType type) {
    if (type.element() == ElementType.FLOAT32) {
      float[] a = x.floats();
      float[] b = y.floats();
      return Optional.of(
          Folding.encode(
              type.element(), each(x, y, type.shape(), (i, j) -> real(kind, a[i], b[j]))));
    }
    if (type.element() != ElementType.INT64 && type.element() != ElementType.INT32) {
      return Optional.empty();
    }
    long[] a = x.integers();
    long[] b = y.integers();
    boolean divides =
        switch (kind) {
          case DIV, FLOOR_DIV, FLOOR_MOD -> true;
          default -> false;
        };
    for (long divisor : b) {
      if (divides && divisor == 0) {
        return Optional.empty();
      }
    }
    Shape to = type.shape();
    Shape left = x.shape().extendTo(to.rank());
    Shape right = y.shape().extendTo(to.rank());
    long[] result = new long[to.count()];
    for (int i = 0; i < result.length; i++) {
      result[i] = whole(kind, a[at(left, to, i)], b[at(right, to, i)]);
    }
    return Optional.of(Folding.encode(type.element(), result));
  }

  private static float real(Op.Binary.Kind kind, float x, float y) {
    return switch (kind) {
      case ADD -> x + y;
      case SUB -> x - y;
      case MUL -> x * y;
      case DIV -> x / y;
      case FLOOR_DIV -> (float) Math.floor((double) x / y);
      case FLOOR_MOD -> (float) (x - Math.floor((double) x / y) * y);
      case SQUARED_DIFFERENCE -> (x - y) * (x - y);
      case MINIMUM -> Math.min(x, y);
      case MAXIMUM -> Math.max(x, y);
      case POWER -> (float) Math.pow(x, y);
    };
  }

  private static long whole(Op.Binary.Kind kind, long x, long y) {
    return switch (kind) {
      case ADD -> x + y;
      case SUB -> x - y;
      case MUL -> x * y;
      case DIV -> x / y;
      case FLOOR_DIV -> Math.floorDiv(x, y);
      case FLOOR_MOD -> Math.floorMod(x, y);
      case SQUARED_DIFFERENCE -> (x - y) * (x - y);
      case MINIMUM -> Math.min(x, y);
      case MAXIMUM -> Math.max(x, y);
      case POWER -> throw new IllegalArgumentException("POWER of integers");
    };
  }

  private static Optional<byte[]> compare(Op.Compare.Kind kind, Wire x, Wire y, TensorType type) {
    double[] a = x.numbers();
    double[] b = y.numbers();
    return Optional.of(
        Folding.encode(
            ElementType.BOOL,
            each(
                x,
                y,
                type.shape(),
                (i, j) -> {
                  boolean holds =
                      switch (kind) {
                        case EQUAL -> a[i] == b[j];
                        case NOT_EQUAL -> a[i] != b[j];
                        case LESS -> a[i] < b[j];
                        case LESS_EQUAL -> a[i] <= b[j];
                        case GREATER -> a[i] > b[j];
                        case GREATER_EQUAL -> a[i] >= b[j];
                      };
                  return holds ? 1 : 0;
                })));
  }

  private static Optional<byte[]> logical(Op.Logical.Kind kind, Wire x, Wire y, TensorType type) {
    long[] a = x.integers();
    long[] b = y.integers();
    return Optional.of(
        Folding.encode(
            ElementType.BOOL,
            each(
                x,
                y,
                type.shape(),
                (i, j) -> kind == Op.Logical.Kind.AND ? a[i] & b[j] : a[i] | b[j])));
  }

  private static Optional<byte[]> select(List<Wire> inputs, TensorType type) {
    if (type.element() == ElementType.INT64) {
      return Optional.empty();
    }
    Shape to = type.shape();
    long[] condition = inputs.get(0).integers();
    double[] x = inputs.get(1).numbers();
    double[] y = inputs.get(2).numbers();
    double[] result = new double[to.count()];
    for (int i = 0; i < result.length; i++) {
      boolean first = condition[at(inputs.get(0).shape().extendTo(to.rank()), to, i)] != 0;
      result[i] =
          first
              ? x[at(inputs.get(1).shape().extendTo(to.rank()), to, i)]
              : y[at(inputs.get(2).shape().extendTo(to.rank()), to, i)];
    }
    return Optional.of(Folding.encode(type.element(), result));
  }

  private static Optional<byte[]> reduce(Op.Reduce op, Wire x, TensorType type) {
    boolean exact = type.element() == ElementType.INT64 || type.element() == ElementType.INT32;
    if (x.shape().count() == 0 || op.axes().size() != x.rank() || !exact) {
      return Optional.empty();
    }
    long[] values = x.integers();
    long result = values[0];
    for (int i = 1; i < values.length; i++) {
      long value = values[i];
      switch (op.kind()) {
        case SUM -> result += value;
        case MAX -> result = Math.max(result, value);
        case MIN -> result = Math.min(result, value);
        default -> {
          return Optional.empty();
        }
      }
    }
    return op.kind() == Op.Reduce.Kind.MEAN
        ? Optional.empty()
        : Optional.of(Folding.encode(type.element(), new long[] {result}));
  }
}
