package dev.mote.frontends.onnx;

import dev.mote.frontends.onnx.Operators.Reading;
import dev.mote.ir.ElementType;
import dev.mote.ir.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// Reads operators that make constants, and those that only change the shape.
final class ShapeReaders {

  private ShapeReaders() {}

  static void register(Map<String, Reading> readings) {
    readings.put("Constant", (node, draw) -> List.of(constant(node, draw)));
    readings.put("ConstantOfShape", (node, draw) -> List.of(filled(node, draw)));
    readings.put("Shape", (node, draw) -> List.of(shape(node, draw)));
    readings.put(
        "Size",
        (node, draw) -> List.of(draw.scalar(ElementType.INT64, node.input(0).shape().count())));
    readings.put("Range", (node, draw) -> List.of(range(node, draw)));
    readings.put("EyeLike", (node, draw) -> List.of(diagonal(node, draw)));
    readings.put("Reshape", (node, draw) -> List.of(reshape(node, draw)));
    readings.put("Flatten", (node, draw) -> List.of(flatten(node, draw)));
    readings.put("Squeeze", (node, draw) -> List.of(squeeze(node, draw)));
    readings.put("Unsqueeze", (node, draw) -> List.of(unsqueeze(node, draw)));
  }

  private static Wire constant(NodeView node, Blocks draw) {
    if (node.tensor("value").isPresent()) {
      return TensorData.wire(node.tensor("value").get(), "constant", draw.drawing().where());
    }
    if (node.has("value_float")) {
      return draw.real(node.real("value_float", 0));
    }
    if (node.has("value_int")) {
      Wire vector = draw.integers(node.integer("value_int", 0));
      return draw.reshape(vector, Shape.SCALAR);
    }
    if (node.has("value_ints")) {
      return draw.integers(node.longs("value_ints").orElseThrow());
    }
    if (node.has("value_floats")) {
      float[] values = node.floats("value_floats").orElseThrow();
      double[] reals = new double[values.length];
      for (int i = 0; i < reals.length; i++) {
        reals[i] = values[i];
      }
      return draw.constant(ElementType.FLOAT32, Shape.of(reals.length), reals);
    }
    throw node.attribute("it has no value that is supported (text and sparse tensors are not)");
  }

  /// A shape operand, checked against the limits.
  static Shape target(NodeView node, long[] dims, ElementType element) {
    return TensorData.shape(
        Arrays.stream(dims).boxed().toList(), element, "%s".formatted(node.operator()));
  }

  private static Wire filled(NodeView node, Blocks draw) {
    Wire value =
        node.tensor("value")
            .map(t -> TensorData.wire(t, "value", draw.drawing().where()))
            .orElseGet(() -> draw.real(0));
    Shape shape = target(node, node.integers(0, "shape"), value.element());
    return draw.broadcastTo(draw.reshape(value, Shape.SCALAR), shape);
  }

  private static Wire shape(NodeView node, Blocks draw) {
    List<Integer> dims = node.input(0).shape().dims();
    int rank = dims.size();
    int start = Math.clamp(fromEnd(node.integer("start", 0), rank), 0, rank);
    int end = Math.clamp(fromEnd(node.integer("end", rank), rank), 0, rank);
    long[] part =
        dims.subList(start, Math.max(start, end)).stream().mapToLong(Integer::longValue).toArray();
    return draw.integers(part);
  }

  private static long fromEnd(long position, int rank) {
    return position < 0 ? position + rank : position;
  }

  private static Wire range(NodeView node, Blocks draw) {
    Wire start = node.constant(0, "start");
    double first = start.numbers()[0];
    double limit = node.constant(1, "limit").numbers()[0];
    double delta = node.constant(2, "delta").numbers()[0];
    double count = Math.max(0, Math.ceil((limit - first) / delta));
    if (!(count <= 1 << 20)) {
      throw node.unsupported("a range of %s elements".formatted(count));
    }
    double[] values = new double[(int) count];
    for (int i = 0; i < values.length; i++) {
      values[i] = first + i * delta;
    }
    return draw.constant(start.element(), Shape.of(values.length), values);
  }

  private static Wire diagonal(NodeView node, Blocks draw) {
    Wire x = node.input(0);
    node.require(x.rank() == 2, "it needs a matrix");
    ElementType element =
        node.has("dtype")
            ? TensorData.element(node.small("dtype", 1), draw.drawing().where())
            : x.element();
    int k = node.small("k", 0);
    double[] values = new double[x.shape().count()];
    for (int row = 0; row < x.shape().dim(0); row++) {
      if (row + k >= 0 && row + k < x.shape().dim(1)) {
        values[row * x.shape().dim(1) + row + k] = 1;
      }
    }
    return draw.constant(element, x.shape(), values);
  }

  private static Wire reshape(NodeView node, Blocks draw) {
    Wire x = node.input(0);
    long[] dims =
        node.opset() < 5 ? node.longs("shape").orElse(new long[0]) : node.integers(1, "shape");
    boolean zeros = node.flag("allowzero", false);
    long known = 1;
    int open = -1;
    for (int i = 0; i < dims.length; i++) {
      if (dims[i] == 0 && !zeros) {
        node.require(i < x.rank(), "dimension %d cannot be copied".formatted(i));
        dims[i] = x.shape().dim(i);
      }
      node.require(dims[i] >= -1 && dims[i] <= Integer.MAX_VALUE, "a dimension of " + dims[i]);
      if (dims[i] == -1) {
        node.require(open < 0, "two dimensions are open");
        open = i;
      } else {
        known = Math.min(known * dims[i], Integer.MAX_VALUE);
      }
    }
    if (open >= 0) {
      node.require(
          known > 0 && x.shape().count() % known == 0,
          "[%s] has no shape %s".formatted(x.shape(), Arrays.toString(dims)));
      dims[open] = x.shape().count() / known;
    }
    Shape shape = target(node, dims, x.element());
    node.require(
        shape.count() == x.shape().count(), "[%s] has no shape [%s]".formatted(x.shape(), shape));
    return draw.reshape(x, shape);
  }

  private static Wire flatten(NodeView node, Blocks draw) {
    Wire x = node.input(0);
    long axis = node.integer("axis", 1);
    int at = axis == x.rank() ? x.rank() : node.axis(axis, Math.max(1, x.rank()));
    return draw.reshape(x, Shape.of(x.shape().count(0, at), x.shape().count(at, x.rank())));
  }

  private static List<Integer> axes(NodeView node, int rank) {
    if (node.opset() >= 13) {
      return node.axes(node.integers(1, "axes"), rank);
    }
    return node.axes(node.longs("axes").orElse(new long[0]), rank);
  }

  private static Wire squeeze(NodeView node, Blocks draw) {
    Wire x = node.input(0);
    boolean given = node.opset() >= 13 ? node.optional(1).isPresent() : node.has("axes");
    List<Integer> axes = given ? axes(node, x.rank()) : List.of();
    List<Integer> dims = new ArrayList<>();
    for (int axis = 0; axis < x.rank(); axis++) {
      int dim = x.shape().dim(axis);
      boolean drop = given ? axes.contains(axis) : dim == 1;
      node.require(!drop || dim == 1, "dimension %d is %d, not 1".formatted(axis, dim));
      if (!drop) {
        dims.add(dim);
      }
    }
    return draw.reshape(x, new Shape(dims));
  }

  private static Wire unsqueeze(NodeView node, Blocks draw) {
    Wire x = node.input(0);
    long[] given =
        node.opset() >= 13 ? node.integers(1, "axes") : node.longs("axes").orElse(new long[0]);
    node.require(given.length + x.rank() <= OnnxLimits.RANK, "its result has too many dimensions");
    return draw.unsqueeze(x, node.axes(given, x.rank() + given.length));
  }
}
