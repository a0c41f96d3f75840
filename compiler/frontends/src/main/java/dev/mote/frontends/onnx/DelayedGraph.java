package dev.mote.frontends.onnx;

import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A graph that is written anew, in which transposed tensors wait until a node needs them.
final class DelayedGraph {

  /// A tensor that is another one transposed.
  ///
  /// @param base the other tensor, which is computed
  /// @param permutation the tensor's dimension `i` is the base's `permutation[i]`
  /// @param flat the shape that it has been given since, if any
  private record Delayed(String base, List<Integer> permutation, Optional<Shape> flat) {}

  private final Graph graph;
  private final Map<String, Tensor> tensors;
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Delayed> delayed = new HashMap<>();
  private final Set<String> computed = new HashSet<>();
  private final Map<String, String> transpositions = new HashMap<>();
  private final Set<String> nodeNames = new HashSet<>();

  DelayedGraph(Graph graph) {
    this.graph = graph;
    this.tensors = new LinkedHashMap<>(graph.tensors());
  }

  Tensor tensor(String name) {
    return Optional.ofNullable(tensors.get(name)).orElseThrow();
  }

  /// How tensor `name` is transposed; empty when it is not, or has been given another shape since.
  Optional<List<Integer>> permutation(String name) {
    return Optional.ofNullable(delayed.get(name))
        .filter(d -> d.flat.isEmpty())
        .map(Delayed::permutation);
  }

  /// The tensor that `name` is the transposition of.
  String base(String name) {
    return Optional.ofNullable(delayed.get(name)).orElseThrow().base;
  }

  void emit(Node node) {
    String name = node.name();
    for (int i = 1; !nodeNames.add(name); i++) {
      name = node.name() + "_" + i;
    }
    nodes.add(new Node(name, node.op(), node.inputs(), node.outputs()));
    computed.addAll(node.outputs());
  }

  /// Emits `node` as it is.
  void keep(Node node) {
    emit(
        new Node(
            node.name(),
            node.op(),
            node.inputs().stream().map(this::materialize).toList(),
            node.outputs()));
  }

  /// A tensor with the contents of `name`, computed by now.
  String materialize(String name) {
    Delayed waiting = delayed.get(name);
    if (waiting != null
        && waiting.flat.isEmpty()
        && waiting.permutation.equals(Blocks.range(waiting.permutation.size()))) {
      return waiting.base;
    }
    return materializeNamed(name);
  }

  /// Tensor `name` itself, computed by now.
  private String materializeNamed(String name) {
    Delayed waiting = delayed.get(name);
    if (waiting == null || !computed.add(name)) {
      return name;
    }
    if (waiting.flat.isPresent()) {
      Tensor base = tensor(waiting.base);
      TensorType type = ChannelsLast.reordered(base.type(), waiting.permutation);
      String rows =
          movesOnlyUnits(waiting.permutation, base.shape())
              ? waiting.base
              : transposed(waiting.base, type, waiting.permutation);
      emit(new Node(name, new Op.Reshape(), List.of(rows), List.of(name)));
    } else if (waiting.permutation.equals(Blocks.range(waiting.permutation.size()))) {
      emit(new Node(name, new Op.Reshape(), List.of(waiting.base), List.of(name)));
    } else {
      Optional<Node> before = representation(waiting.base);
      emit(
          before.isPresent()
              ? new Node(
                  name,
                  before.get().op(),
                  List.of(transposed(before.get().input(0), waiting.permutation)),
                  List.of(name))
              : new Node(
                  name,
                  new Op.Transpose(waiting.permutation),
                  List.of(waiting.base),
                  List.of(name)));
    }
    return name;
  }

  /// The computed tensor `name` transposed.
  String transposed(String name, List<Integer> permutation) {
    return transposed(name, ChannelsLast.reordered(tensor(name).type(), permutation), permutation);
  }

  private String transposed(String name, TensorType type, List<Integer> permutation) {
    return transpositions.computeIfAbsent(
        name + permutation,
        key -> {
          String result = add(Tensor.activation(freeName(name), type));
          emit(new Node(result, new Op.Transpose(permutation), List.of(name), List.of(result)));
          return result;
        });
  }

  /// The change of representation that computes `name`: what is transposed is its input, so that it
  /// stays next to the layer that reads it.
  private Optional<Node> representation(String name) {
    return nodes.stream()
        .filter(n -> n.outputs().contains(name))
        .filter(
            n ->
                (n.op() instanceof Op.Quantize || n.op() instanceof Op.Dequantize)
                    && !(tensor(n.input(0)).quantization() instanceof Quantization.PerChannel))
        .findFirst();
  }

  /// `output` is `input` transposed; nothing is computed yet.
  void delayTransposed(String output, String input, List<Integer> permutation) {
    Delayed before = delayed.get(input);
    if (before == null || before.flat.isPresent()) {
      delayed.put(output, new Delayed(materialize(input), permutation, Optional.empty()));
      return;
    }
    List<Integer> both = permutation.stream().map(before.permutation::get).toList();
    delayed.put(output, new Delayed(before.base, both, Optional.empty()));
  }

  /// Lets a node compute `output` before its transposition; returns what the node computes.
  String delayBase(String output, List<Integer> permutation) {
    TensorType type =
        ChannelsLast.reordered(tensor(output).type(), ChannelsLast.inverse(permutation));
    String base = add(Tensor.activation(freeName(output), type));
    delayed.put(output, new Delayed(base, permutation, Optional.empty()));
    return base;
  }

  /// `node` gives a transposed tensor another shape: false when nothing is transposed.
  boolean delayFlattened(Node node) {
    Delayed before = delayed.get(node.input(0));
    if (before == null || before.flat.isPresent()) {
      return false;
    }
    delayed.put(
        node.output(),
        new Delayed(before.base, before.permutation, Optional.of(tensor(node.output()).shape())));
    return true;
  }

  /// Draws a fully connected layer on a flattened image before its transposition, with its weights'
  /// columns in that order; false when `node` is none.
  boolean connected(Node node) {
    Delayed x = delayed.get(node.input(0));
    Optional<Node> dequantization =
        nodes.stream()
            .filter(n -> n.op() instanceof Op.Dequantize && n.output().equals(node.input(1)))
            .findFirst();
    Tensor weights = tensor(dequantization.map(n -> n.input(0)).orElse(node.input(1)));
    if (x == null || x.flat.isEmpty() || !weights.isConstant() || weights.element().bits() < 8) {
      return false;
    }
    Tensor base = tensor(x.base);
    Shape flat = x.flat.get();
    boolean rows =
        x.permutation.getFirst() == 0
            && flat.rank() == 2
            && flat.dim(0) == base.shape().dim(0)
            && weights.shape().dim(1) == flat.dim(1);
    if (!rows) {
      return false;
    }
    // Columns in the transposed order, brought into the base's.
    List<Integer> dims =
        new ArrayList<>(ChannelsLast.reordered(base.type(), x.permutation).shape().dims());
    dims.set(0, weights.shape().dim(0));
    Wire columns = new Wire(weights.name(), plain(weights, new Shape(dims)), weights.data());
    TensorType type = ChannelsLast.reordered(columns.type(), ChannelsLast.inverse(x.permutation));
    byte[] bytes =
        Folding.fold(
                new Op.Transpose(ChannelsLast.inverse(x.permutation)),
                List.of(columns),
                List.of(type))
            .orElseThrow()
            .getFirst();
    String ordered = add(Tensor.constant(freeName(weights.name()), weights.type(), Blob.of(bytes)));
    String image = add(Tensor.activation(freeName(node.input(0)), base.type().withShape(flat)));
    emit(new Node(image, new Op.Reshape(), List.of(x.base), List.of(image)));
    List<String> operands = new ArrayList<>(node.inputs());
    operands.set(0, image);
    operands.set(1, dequantization.isPresent() ? real(ordered) : ordered);
    emit(new Node(node.name(), node.op(), operands, node.outputs()));
    return true;
  }

  /// The dequantization of constant `name`.
  private String real(String name) {
    TensorType type = TensorType.plain(ElementType.FLOAT32, tensor(name).shape());
    String result = add(Tensor.activation(freeName(name), type));
    emit(new Node(result, new Op.Dequantize(), List.of(name), List.of(result)));
    return result;
  }

  private static TensorType plain(Tensor tensor, Shape shape) {
    return TensorType.plain(tensor.element(), shape);
  }

  /// A constant operand for nodes that compute before a transposition.
  String permutedConstant(Tensor constant, List<Integer> order) {
    return transpositions.computeIfAbsent(
        constant.name() + order,
        key -> {
          Shape extended = constant.shape().extendTo(order.size());
          Wire x = new Wire("x", constant.type().withShape(extended), constant.data());
          TensorType type = ChannelsLast.reordered(x.type(), order);
          byte[] bytes =
              Folding.fold(new Op.Transpose(order), List.of(x), List.of(type))
                  .orElseThrow()
                  .getFirst();
          return add(Tensor.constant(freeName(constant.name()), type, Blob.of(bytes)));
        });
  }

  private static boolean movesOnlyUnits(List<Integer> permutation, Shape shape) {
    List<Integer> moved = permutation.stream().filter(i -> shape.dim(i) != 1).toList();
    return moved.stream().sorted().toList().equals(moved);
  }

  private String freeName(String hint) {
    String name = hint + "_nhwc";
    for (int i = 1; tensors.containsKey(name); i++) {
      name = hint + "_nhwc_" + i;
    }
    return name;
  }

  private String add(Tensor tensor) {
    tensors.put(tensor.name(), tensor);
    return tensor.name();
  }

  /// The graph with everything computed that its outputs need.
  Graph finish() {
    graph.outputs().forEach(this::materializeNamed);
    return LiveNodes.of(graph.withTensors(tensors).withNodes(nodes));
  }
}
