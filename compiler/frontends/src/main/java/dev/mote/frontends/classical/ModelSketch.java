package dev.mote.frontends.classical;

import dev.mote.ir.Activation;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A graph in the making: a chain of steps, each of which takes the result `[1,K]` of the one
/// before.
final class ModelSketch {

  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final List<Node> nodes = new ArrayList<>();
  private final String input;
  private String current;

  ModelSketch(int features, ElementType type) {
    if (features < 1 || features > ClassicalLimits.FEATURES) {
      throw ClassicalProblem.TOO_LARGE.at("", "it has %d features".formatted(features));
    }
    input = "features";
    current = input;
    tensors.put(input, Tensor.activation(input, TensorType.plain(type, Shape.of(1, features))));
  }

  /// Columns of the present result.
  int columns() {
    return tensor(current).shape().last();
  }

  ElementType element() {
    return tensor(current).element();
  }

  private Tensor tensor(String name) {
    return java.util.Objects.requireNonNull(tensors.get(name));
  }

  Graph graph(String name) {
    return new Graph(name, tensors, nodes, List.of(input), List.of(current), List.of(), List.of());
  }

  void trees(
      ForestBuilder forest, Op.TreeEnsemble.Aggregate how, ElementType leaf, double... base) {
    if (base.length < 1 || base.length > ClassicalLimits.COLUMNS) {
      throw ClassicalProblem.TOO_LARGE.at("", "it has %d columns".formatted(base.length));
    }
    forest.requireColumns(base.length);
    String name = "trees_" + nodes.size();
    ElementType sum = leaf == ElementType.FLOAT32 ? ElementType.FLOAT32 : ElementType.INT32;
    List<Tensor> constants = new ArrayList<>(forest.constants(name, leaf));
    finite(base);
    constants.add(ForestBuilder.numbers(name + "/base", sum, Shape.of(base.length), base));
    node(
        name, new Op.TreeEnsemble(how), constants, TensorType.plain(sum, Shape.of(1, base.length)));
  }

  /// `weights · x + bias`, weights row by row.
  void affine(double[] weights, double... bias) {
    String name = "affine_" + nodes.size();
    int columns = bias.length;
    if (columns < 1 || weights.length != columns * columns()) {
      throw ClassicalProblem.FIELD.at(
          "",
          "%d weights do not take %d columns to %d".formatted(weights.length, columns(), columns));
    }
    node(
        name,
        new Op.FullyConnected(Activation.NONE),
        List.of(
            floats(name + "/weights", Shape.of(columns, columns()), weights),
            floats(name + "/bias", Shape.of(columns), bias)),
        floatRow(columns));
  }

  /// Each column with its own number, or all with the same.
  void binary(Op.Binary.Kind kind, double... operand) {
    if (operand.length != 1 && operand.length != columns()) {
      throw ClassicalProblem.FIELD.at(
          "", "%d numbers for %d columns".formatted(operand.length, columns()));
    }
    String name = "binary_" + nodes.size();
    node(
        name,
        new Op.Binary(kind, Activation.NONE),
        List.of(floats(name + "/operand", Shape.of(1, operand.length), operand)),
        floatRow(columns()));
  }

  void kernel(Op.KernelMatrix op, double[] vectors, double... weights) {
    String name = "kernel_" + nodes.size();
    if (vectors.length == 0 || vectors.length % columns() != 0) {
      throw ClassicalProblem.FIELD.at(
          "", "the vectors do not have %d columns".formatted(columns()));
    }
    Shape shape = Shape.of(vectors.length / columns(), columns());
    List<Tensor> constants = new ArrayList<>(List.of(floats(name + "/vectors", shape, vectors)));
    if (weights.length > 0) {
      constants.add(floats(name + "/weights", shape, weights));
    }
    node(name, op, constants, floatRow(shape.dim(0)));
  }

  void nearest(Op.NearestVote op, double... values) {
    if (values.length == 0 || values.length % columns() != 0) {
      throw ClassicalProblem.FIELD.at("", "the values are not those of %d".formatted(columns()));
    }
    if (op.neighbours() < 1 || op.neighbours() > columns()) {
      throw ClassicalProblem.FIELD.at("", "it has no %d neighbours".formatted(op.neighbours()));
    }
    String name = "nearest_" + nodes.size();
    Shape shape = Shape.of(columns(), values.length / columns());
    node(name, op, List.of(floats(name + "/values", shape, values)), floatRow(shape.last()));
  }

  void unary(Op.Unary.Kind kind) {
    requireFloats();
    node("function_" + nodes.size(), new Op.Unary(kind), List.of(), floatRow(columns()));
  }

  void softmax() {
    requireFloats();
    node("softmax_" + nodes.size(), new Op.Softmax(1), List.of(), floatRow(columns()));
  }

  /// Sums of `groups` equal runs of columns.
  void groupSums(int groups) {
    requireFloats();
    if (groups < 1 || columns() % groups != 0) {
      throw ClassicalProblem.FIELD.at(
          "", "%d columns do not make %d groups".formatted(columns(), groups));
    }
    Shape shape = Shape.of(1, groups, columns() / groups);
    node(
        "reshape_" + nodes.size(),
        new Op.Reshape(),
        List.of(),
        TensorType.plain(ElementType.FLOAT32, shape));
    node(
        "sums_" + nodes.size(),
        new Op.Reduce(Op.Reduce.Kind.SUM, List.of(2)),
        List.of(),
        floatRow(groups));
  }

  /// Votes of all pairs of `classes`: a positive decision is one for the first of the pair.
  void pairVotes(int classes) {
    if (classes < 2 || columns() != classes * (classes - 1) / 2) {
      throw ClassicalProblem.FIELD.at(
          "", "%d columns are not the pairs of %d classes".formatted(columns(), classes));
    }
    double[] weights = new double[classes * columns()];
    double[] bias = new double[classes];
    int pair = 0;
    for (int i = 0; i < classes; i++) {
      for (int j = i + 1; j < classes; j++, pair++) {
        weights[i * columns() + pair] = 1;
        weights[j * columns() + pair] = -1;
        bias[j]++;
      }
    }
    positive();
    affine(weights, bias);
  }

  /// 1 where a column is positive, else 0.
  void positive() {
    String name = "positive_" + nodes.size();
    node(
        name,
        new Op.Compare(Op.Compare.Kind.GREATER),
        List.of(floats(name + "/zero", Shape.of(1, 1), 0)),
        TensorType.plain(ElementType.BOOL, Shape.of(1, columns())));
    node("number_" + nodes.size(), new Op.Cast(), List.of(), floatRow(columns()));
  }

  /// 0 where a column is missing (NaN), which alone is not equal to itself.
  void zeroWhereMissing() {
    requireFloats();
    String there = "there_" + nodes.size();
    TensorType flags = TensorType.plain(ElementType.BOOL, Shape.of(1, columns()));
    tensors.put(there, Tensor.activation(there, flags));
    nodes.add(
        new Node(
            there,
            new Op.Compare(Op.Compare.Kind.EQUAL),
            List.of(current, current),
            List.of(there)));
    String name = "filled_" + nodes.size();
    Tensor zero = floats(name + "/zero", Shape.of(1, 1), 0);
    tensors.put(zero.name(), zero);
    tensors.put(name, Tensor.activation(name, floatRow(columns())));
    nodes.add(new Node(name, new Op.Select(), List.of(there, current, zero.name()), List.of(name)));
    current = name;
  }

  /// Index of the first largest (or smallest) column.
  void arg(boolean largest) {
    node(
        "class_" + nodes.size(),
        new Op.ArgReduce(largest, 1),
        List.of(),
        TensorType.plain(ElementType.INT32, Shape.of(1)));
  }

  private void node(String name, Op op, List<Tensor> constants, TensorType type) {
    if (!nodes.isEmpty() && nodes.getLast().op() instanceof Op.ArgReduce) {
      throw ClassicalProblem.UNSUPPORTED.at("", "nothing can follow the choice of a class");
    }
    List<String> inputs = new ArrayList<>(List.of(current));
    for (Tensor constant : constants) {
      tensors.put(constant.name(), constant);
      inputs.add(constant.name());
    }
    tensors.put(name, Tensor.activation(name, type));
    nodes.add(new Node(name, op, inputs, List.of(name)));
    current = name;
  }

  private static TensorType floatRow(int columns) {
    if (columns < 1 || columns > ClassicalLimits.FEATURES) {
      throw ClassicalProblem.TOO_LARGE.at("", "a step has %d columns".formatted(columns));
    }
    return TensorType.plain(ElementType.FLOAT32, Shape.of(1, columns));
  }

  private Tensor floats(String name, Shape shape, double... values) {
    requireFloats();
    finite(values);
    return ForestBuilder.numbers(name, ElementType.FLOAT32, shape, values);
  }

  private void requireFloats() {
    if (element() != ElementType.FLOAT32) {
      throw ClassicalProblem.UNSUPPORTED.at("", "only trees take " + element().label());
    }
  }

  private static void finite(double... values) {
    for (double value : values) {
      if (!Float.isFinite((float) value)) {
        throw ClassicalProblem.NUMBER.at("", "a number is " + value);
      }
    }
  }
}
