package dev.mote.frontends.onnx;

import dev.mote.ir.Activation;
import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/// What readers of operators draw with: steps whose result types follow from their operands.
final class Blocks {

  private final Drawing drawing;

  Blocks(Drawing drawing) {
    this.drawing = drawing;
  }

  Drawing drawing() {
    return drawing;
  }

  // ---- constants -------------------------------------------------------------------------------

  Wire constant(ElementType element, Shape shape, double... values) {
    return drawing.constant(TensorType.plain(element, shape), Folding.encode(element, values));
  }

  Wire scalar(ElementType element, double value) {
    return constant(element, Shape.SCALAR, value);
  }

  Wire real(double value) {
    return scalar(ElementType.FLOAT32, value);
  }

  Wire integers(long... values) {
    return drawing.constant(
        TensorType.plain(ElementType.INT64, Shape.of(values.length)),
        Folding.encode(ElementType.INT64, values));
  }

  Wire indices(int... values) {
    return constant(
        ElementType.INT32,
        Shape.of(values.length),
        Arrays.stream(values).asDoubleStream().toArray());
  }

  /// The strings `texts` by their numbers.
  Wire texts(Wire numbers, List<String> texts) {
    Wire result = drawing.activationCopy(numbers);
    result.setTexts(texts);
    return result;
  }

  /// `scores`, whose columns are about `classes`.
  Wire classes(Wire scores, List<String> classes) {
    scores.setClasses(classes);
    return scores;
  }

  // ---- movement --------------------------------------------------------------------------------

  Wire reshape(Wire x, Shape shape) {
    return x.shape().equals(shape) ? x : moved(new Op.Reshape(), x, shape);
  }

  private Wire moved(Op op, Wire x, Shape shape) {
    return drawing.add(op, x.type().withShape(shape), List.of(x));
  }

  Wire transpose(Wire x, List<Integer> permutation) {
    if (permutation.equals(range(x.rank()))) {
      return x;
    }
    Shape shape = new Shape(permutation.stream().map(x.shape()::dim).toList());
    return moved(new Op.Transpose(permutation), x, shape);
  }

  Wire transpose(Wire x, Integer... permutation) {
    return transpose(x, List.of(permutation));
  }

  /// x with dimension `from` put at place `to`.
  Wire moveAxis(Wire x, int from, int to) {
    List<Integer> permutation = new ArrayList<>(range(x.rank()));
    permutation.remove(from);
    permutation.add(to, from);
    return transpose(x, permutation);
  }

  Wire slice(Wire x, List<Integer> begin, List<Integer> strides, List<Integer> extents) {
    return moved(new Op.Slice(begin, strides, extents), x, new Shape(extents));
  }

  /// Positions `from` to `to` (exclusive) of x along `axis`.
  Wire part(Wire x, int axis, int from, int to) {
    if (from == 0 && to == x.shape().dim(axis)) {
      return x;
    }
    List<Integer> begin = new ArrayList<>(Collections.nCopies(x.rank(), 0));
    begin.set(axis, from);
    List<Integer> extents = new ArrayList<>(x.shape().dims());
    extents.set(axis, to - from);
    return slice(x, begin, Collections.nCopies(x.rank(), 1), extents);
  }

  Wire concat(int axis, List<Wire> parts) {
    if (parts.size() == 1) {
      return parts.getFirst();
    }
    List<Integer> dims = new ArrayList<>(parts.getFirst().shape().dims());
    dims.set(axis, parts.stream().mapToInt(part -> part.shape().dim(axis)).sum());
    return drawing.add(
        new Op.Concat(axis), parts.getFirst().type().withShape(new Shape(dims)), parts);
  }

  Wire broadcastTo(Wire x, Shape shape) {
    return x.shape().equals(shape) ? x : moved(new Op.BroadcastTo(), x, shape);
  }

  /// Elements of x along `axis` at constant `indices`.
  Wire gather(Wire x, int axis, Wire indices) {
    List<Integer> dims = new ArrayList<>(x.shape().dims().subList(0, axis));
    dims.addAll(indices.shape().dims());
    dims.addAll(x.shape().dims().subList(axis + 1, x.rank()));
    return drawing.add(
        new Op.Gather(axis, 0), x.type().withShape(new Shape(dims)), List.of(x, indices));
  }

  /// x with `before` and `after` elements of constant `value` around it, all ≥ 0.
  Wire pad(Wire x, List<Integer> before, List<Integer> after, double value) {
    if (before.stream().allMatch(n -> n == 0) && after.stream().allMatch(n -> n == 0)) {
      return x;
    }
    List<Integer> dims = new ArrayList<>();
    for (int axis = 0; axis < x.rank(); axis++) {
      dims.add(before.get(axis) + x.shape().dim(axis) + after.get(axis));
    }
    List<Wire> operands = new ArrayList<>(List.of(x));
    if (value != 0) {
      operands.add(scalar(x.element(), value));
    }
    return drawing.add(
        new Op.Pad(before, after, Op.Pad.Mode.CONSTANT),
        x.type().withShape(new Shape(dims)),
        operands);
  }

  // ---- element-wise ----------------------------------------------------------------------------

  Wire unary(Op.Unary.Kind kind, Wire x) {
    return drawing.add(new Op.Unary(kind), x.type(), List.of(x));
  }

  private void requireSame(Wire x, Wire y) {
    if (x.element() != y.element()) {
      throw new OnnxRefusal(
          OnnxProblem.OPERAND_TYPES.at(
              drawing.where(),
              "it mixes %s and %s".formatted(x.element().label(), y.element().label()),
              "insert a Cast before the export."));
    }
  }

  /// `x` where positive, `slope·x` elsewhere.
  Wire prelu(Wire x, Wire slope) {
    requireSame(x, slope);
    return drawing.add(new Op.Prelu(), x.type(), List.of(x, slope));
  }

  /// Of integers that are narrower than the kernels', by way of int32.
  Wire binary(Op.Binary.Kind kind, Wire x, Wire y) {
    requireSame(x, y);
    ElementType element = x.element();
    boolean narrow =
        !x.type().quantization().isQuantized()
            && switch (element) {
              case INT8, UINT8, INT16 -> true;
              default -> false;
            };
    if (narrow) {
      Wire z = binary(kind, cast(x, ElementType.INT32), cast(y, ElementType.INT32));
      return cast(z, element);
    }
    Shape shape = x.shape().broadcast(y.shape());
    return drawing.add(
        new Op.Binary(kind, Activation.NONE), TensorType.plain(element, shape), List.of(x, y));
  }

  Wire add(Wire x, Wire y) {
    return binary(Op.Binary.Kind.ADD, x, y);
  }

  Wire subtract(Wire x, Wire y) {
    return binary(Op.Binary.Kind.SUB, x, y);
  }

  Wire multiply(Wire x, Wire y) {
    return binary(Op.Binary.Kind.MUL, x, y);
  }

  Wire divide(Wire x, Wire y) {
    return binary(Op.Binary.Kind.DIV, x, y);
  }

  Wire minimum(Wire x, Wire y) {
    return binary(Op.Binary.Kind.MINIMUM, x, y);
  }

  Wire maximum(Wire x, Wire y) {
    return binary(Op.Binary.Kind.MAXIMUM, x, y);
  }

  Wire relu(Wire x) {
    return unary(Op.Unary.Kind.RELU, x);
  }

  Wire compare(Op.Compare.Kind kind, Wire x, Wire y) {
    requireSame(x, y);
    if (x.element() == ElementType.UINT8) {
      return compare(kind, cast(x, ElementType.INT32), cast(y, ElementType.INT32));
    }
    Shape shape = x.shape().broadcast(y.shape());
    return drawing.add(
        new Op.Compare(kind), TensorType.plain(ElementType.BOOL, shape), List.of(x, y));
  }

  Wire logical(Op.Logical.Kind kind, Wire x, Wire y) {
    Shape shape = x.shape().broadcast(y.shape());
    return drawing.add(
        new Op.Logical(kind), TensorType.plain(ElementType.BOOL, shape), List.of(x, y));
  }

  Wire select(Wire condition, Wire x, Wire y) {
    requireSame(x, y);
    Shape shape = condition.shape().broadcast(x.shape()).broadcast(y.shape());
    return drawing.add(new Op.Select(), x.type().withShape(shape), List.of(condition, x, y));
  }

  Wire cast(Wire x, ElementType to) {
    if (x.element() == to && !x.type().quantization().isQuantized()) {
      return x;
    }
    if (x.element() == ElementType.FLOAT16 && to == ElementType.FLOAT32) {
      return drawing.add(new Op.Dequantize(), TensorType.plain(to, x.shape()), List.of(x));
    }
    return drawing.add(new Op.Cast(), TensorType.plain(to, x.shape()), List.of(x));
  }

  // ---- over several elements -------------------------------------------------------------------

  Wire reduce(Op.Reduce.Kind kind, Wire x, List<Integer> axes, boolean keepDims) {
    List<Integer> dims = new ArrayList<>();
    for (int axis = 0; axis < x.rank(); axis++) {
      if (!axes.contains(axis)) {
        dims.add(x.shape().dim(axis));
      } else if (keepDims) {
        dims.add(1);
      }
    }
    Shape shape = new Shape(dims);
    if (axes.isEmpty()) {
      return x;
    }
    return drawing.add(new Op.Reduce(kind, axes), x.type().withShape(shape), List.of(x));
  }

  Wire matrixProduct(Wire x, Wire y) {
    requireSame(x, y);
    Shape batch =
        new Shape(x.shape().dims().subList(0, x.rank() - 2))
            .broadcast(new Shape(y.shape().dims().subList(0, y.rank() - 2)));
    List<Integer> dims = new ArrayList<>(batch.dims());
    dims.add(x.shape().dim(-2));
    dims.add(y.shape().dim(-1));
    return drawing.add(
        new Op.BatchMatMul(false, false),
        TensorType.plain(x.element(), new Shape(dims)),
        List.of(x, y));
  }

  // ---- layout ----------------------------------------------------------------------------------

  /// `[N,C,H,W]` → `[N,H,W,C]`.
  Wire channelsLast(Wire x) {
    return transpose(x, 0, 2, 3, 1);
  }

  /// `[N,H,W,C]` → `[N,C,H,W]`.
  Wire channelsFirst(Wire x) {
    return transpose(x, 0, 3, 1, 2);
  }

  /// x with a dimension of 1 put in at each of the sorted places `axes` of the result.
  Wire unsqueeze(Wire x, List<Integer> axes) {
    List<Integer> dims = new ArrayList<>(x.shape().dims());
    axes.forEach(axis -> dims.add(axis, 1));
    return reshape(x, new Shape(dims));
  }

  static List<Integer> range(int count) {
    return IntStream.range(0, count).boxed().toList();
  }
}
