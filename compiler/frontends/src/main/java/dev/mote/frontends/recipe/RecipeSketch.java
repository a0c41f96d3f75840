package dev.mote.frontends.recipe;

import dev.mote.frontends.classical.ClassicalProblem;
import dev.mote.ir.Activation;
import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// A graph of floats in the making; values are called by the names of their tensors.
final class RecipeSketch {

  private static final int MOST_NODES = 1 << 13;

  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final List<Node> nodes = new ArrayList<>();
  private final String input;

  RecipeSketch(String input, Shape shape) {
    this.input = input;
    tensors.put(input, Tensor.activation(input, type(shape)));
  }

  private static TensorType type(Shape shape) {
    return TensorType.plain(ElementType.FLOAT32, shape);
  }

  Shape shape(String name) {
    return Objects.requireNonNull(tensors.get(name)).shape();
  }

  String constant(String name, Shape shape, double... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (double value : values) {
      if (!Float.isFinite((float) value)) {
        throw ClassicalProblem.NUMBER.at("", "a number is " + value);
      }
      bytes.putFloat((float) value);
    }
    tensors.put(name, Tensor.constant(name, type(shape), Blob.of(bytes.array())));
    return name;
  }

  String add(String name, Op op, Shape shape, String... inputs) {
    if (nodes.size() >= MOST_NODES) {
      throw ClassicalProblem.TOO_LARGE.at(
          "", "it becomes more than %d steps".formatted(MOST_NODES));
    }
    tensors.put(name, Tensor.activation(name, type(shape)));
    nodes.add(new Node(name, op, List.of(inputs), List.of(name)));
    return name;
  }

  /// `x · weightsᵀ + bias` for each row of x; weights row by row.
  String affine(String name, String x, double[] weights, double... bias) {
    Shape shape = shape(x);
    int features = shape.last();
    String w = constant(name + "/weights", Shape.of(bias.length, features), weights);
    String b = constant(name + "/bias", Shape.of(bias.length), bias);
    return connected(name, x, w, b);
  }

  /// The same with constants that are there.
  String connected(String name, String x, String weights, String bias) {
    Shape rows = Shape.of(shape(x).dim(0), shape(weights).dim(0));
    return add(name, new Op.FullyConnected(Activation.NONE), rows, x, weights, bias);
  }

  String unary(String name, Op.Unary.Kind kind, String x) {
    return add(name, new Op.Unary(kind), shape(x), x);
  }

  String binary(String name, Op.Binary.Kind kind, String x, String y) {
    return add(name, new Op.Binary(kind, Activation.NONE), shape(x).broadcast(shape(y)), x, y);
  }

  String reshape(String name, String x, Shape shape) {
    return add(name, new Op.Reshape(), shape, x);
  }

  /// `count` elements of x from `from` on along dimension `axis`.
  String part(String name, String x, int axis, int from, int count) {
    int rank = shape(x).rank();
    List<Integer> begin = new ArrayList<>(Collections.nCopies(rank, 0));
    begin.set(axis, from);
    List<Integer> extents = new ArrayList<>(shape(x).dims());
    extents.set(axis, count);
    Op op = new Op.Slice(begin, Collections.nCopies(rank, 1), extents);
    return add(name, op, new Shape(extents), x);
  }

  String concat(String name, int axis, List<String> parts) {
    List<Integer> dims = new ArrayList<>(shape(parts.getFirst()).dims());
    dims.set(axis, parts.stream().mapToInt(part -> shape(part).dim(axis)).sum());
    return add(name, new Op.Concat(axis), new Shape(dims), parts.toArray(String[]::new));
  }

  Graph graph(String name, String output) {
    return new Graph(name, tensors, nodes, List.of(input), List.of(output), List.of(), List.of());
  }
}
