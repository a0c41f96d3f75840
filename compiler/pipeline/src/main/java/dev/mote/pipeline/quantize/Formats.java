package dev.mote.pipeline.quantize;

import dev.mote.ir.Activation;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// In what each node of a float graph is to compute, and so in what each float tensor is made.
final class Formats {

  /// Comparisons of values below keep fewer than seven bits.
  private static final double LEAST_COMPARED = 0.5;

  private static final double LEAST_COMPARED_WIDE = 2;

  private final Graph graph;
  private final QuantizationScheme scheme;
  private final Ranges ranges;
  private final Map<String, ActivationFormat> ofNodes = new HashMap<>();
  private final Map<String, ActivationFormat> ofTensors = new HashMap<>();
  private final Set<String> states;
  private final List<KeptLayer> kept = new ArrayList<>();

  Formats(Graph graph, QuantizationScheme scheme, Ranges ranges) {
    this.graph = graph;
    this.scheme = scheme;
    this.ranges = ranges;
    this.states = plainStates();
    for (String input : graph.inputs()) {
      ofTensors.put(input, ofBorder());
    }
    for (Node node : graph.nodes()) {
      ActivationFormat format = isFloat(node) ? decide(node) : ActivationFormat.FLOAT32;
      ofNodes.put(node.name(), format);
      node.outputs().forEach(output -> ofTensors.put(output, format));
      stateOf(node.op()).ifPresent(state -> ofTensors.put(state, format));
    }
  }

  /// In what `node` computes.
  ActivationFormat of(Node node) {
    return ofNodes.getOrDefault(node.name(), ActivationFormat.FLOAT32);
  }

  /// In what the float activation `tensor` is made.
  ActivationFormat of(String tensor) {
    return ofTensors.getOrDefault(tensor, ActivationFormat.FLOAT32);
  }

  /// The form of the float inputs and outputs of the graph.
  ActivationFormat ofBorder() {
    return scheme.integerBorder() ? scheme.standard().activations() : ActivationFormat.FLOAT32;
  }

  List<KeptLayer> kept() {
    return kept;
  }

  /// Whether `tensor` holds float numbers that are not constant.
  static boolean isActivation(Tensor tensor) {
    return tensor.element() == ElementType.FLOAT32 && !tensor.isConstant();
  }

  /// Whether `node` computes on floats: reads or writes some, and is no change of representation.
  boolean isFloat(Node node) {
    return switch (node.op()) {
      case Op.Quantize _, Op.Dequantize _, Op.Cast _ -> false;
      default ->
          Stream.concat(node.inputs().stream(), node.outputs().stream())
              .anyMatch(name -> graph.tensor(name).element() == ElementType.FLOAT32);
    };
  }

  /// State tensors that are only read and assigned as a whole.
  private Set<String> plainStates() {
    Set<String> plain = new HashSet<>(graph.variables());
    for (Node node : graph.nodes()) {
      node.inputs().forEach(plain::remove);
    }
    plain.removeIf(name -> graph.tensor(name).element() != ElementType.FLOAT32);
    return plain;
  }

  private ActivationFormat decide(Node node) {
    String layer = Quantizer.layerName(node);
    ActivationFormat wanted = scheme.format(layer).activations();
    if (!wanted.isInteger()) {
      return ActivationFormat.FLOAT32;
    }
    if (OperatorRule.of(node.op()).follows()
        && !scheme.layers().containsKey(layer)
        && readsOnlyFloats(node)) {
      return ActivationFormat.FLOAT32;
    }
    Optional<String> refusal = refusal(node, wanted);
    refusal.ifPresent(reason -> kept.add(new KeptLayer(layer, node.op().label(), reason)));
    return refusal.isEmpty() ? wanted : ActivationFormat.FLOAT32;
  }

  /// Whether everything that the node reads is made by nodes that stay float.
  private boolean readsOnlyFloats(Node node) {
    List<String> activations =
        node.inputs().stream().filter(name -> isActivation(graph.tensor(name))).toList();
    return !activations.isEmpty()
        && activations.stream().noneMatch(name -> of(name).isInteger() || isBorder(name));
  }

  private boolean isBorder(String tensor) {
    return graph.inputs().contains(tensor);
  }

  /// Why `node` cannot compute in `format`.
  private Optional<String> refusal(Node node, ActivationFormat format) {
    OperatorRule rule = OperatorRule.of(node.op());
    if (!rule.formats().contains(format)) {
      String name = format.element().label();
      return Optional.of("the operator has no " + name + " form");
    }
    return switch (node.op()) {
      case Op.Conv2d _, Op.DepthwiseConv2d _, Op.TransposeConv2d _ -> operands(node, 1);
      case Op.FullyConnected _ -> operands(node, format == ActivationFormat.INT8 ? 2 : 1);
      case Op.Lstm _ -> operands(node, 1, 13).or(() -> foreignState(node, 13, 14));
      case Op.Svdf op ->
          foreignState(node, 3)
              .or(() -> operands(node, 1, 3))
              .or(() -> operands(node, 4))
              .or(
                  () ->
                      op.activation() == Activation.NONE
                          ? Optional.empty()
                          : Optional.of("its activation has no effect on integers"));
      case Op.Prelu _ -> operands(node, 1);
      case Op.Compare _ -> coarse(node, format);
      case Op.Reduce _ -> overflow(node, format);
      case Op.ReadVariable op -> plainState(op.variable());
      case Op.AssignVariable op -> plainState(op.variable());
      default ->
          node.inputs().stream().anyMatch(graph::isVariable)
              ? Optional.of("it reads a state tensor")
              : Optional.empty();
    };
  }

  /// Kernels compare real values with 8 fractional bits, whatever the scales are.
  private Optional<String> coarse(Node node, ActivationFormat format) {
    double largest = node.inputs().stream().mapToDouble(ranges::magnitude).max().orElse(0);
    return largest < (format == ActivationFormat.INT8 ? LEAST_COMPARED : LEAST_COMPARED_WIDE)
        ? Optional.of("integers are compared in steps of 1/256, which are coarse for its values")
        : Optional.empty();
  }

  /// Sums have 32 bits.
  private Optional<String> overflow(Node node, ActivationFormat format) {
    long count =
        graph.input(node, 0).shape().count() / Math.max(1, graph.output(node).shape().count());
    return count * -format.element().minValue() > Integer.MAX_VALUE
        ? Optional.of("a sum of so many elements overflows")
        : Optional.empty();
  }

  private Optional<String> plainState(String variable) {
    return states.contains(variable)
        ? Optional.empty()
        : Optional.of("its state tensor is used otherwise as well");
  }

  /// State tensors are the operator's own.
  private Optional<String> foreignState(Node node, int... indices) {
    for (int index : indices) {
      String state = node.input(index);
      long readers =
          graph.nodes().stream()
              .filter(
                  other ->
                      other.inputs().contains(state)
                          || stateOf(other.op()).equals(Optional.of(state)))
              .count();
      if (readers != 1) {
        return Optional.of("its state tensor is used otherwise as well");
      }
    }
    return Optional.empty();
  }

  /// The state tensor that `op` moves.
  private static Optional<String> stateOf(Op op) {
    return switch (op) {
      case Op.ReadVariable read -> Optional.of(read.variable());
      case Op.AssignVariable assign -> Optional.of(assign.variable());
      default -> Optional.empty();
    };
  }

  /// What is wrong with the operands of a layer whose inputs from `from` on have to be constant.
  private Optional<String> operands(Node node, int from) {
    return operands(node, from, node.inputs().size());
  }

  private Optional<String> operands(Node node, int from, int to) {
    if (!isActivation(graph.input(node, 0)) || graph.isVariable(node.input(0))) {
      return Optional.of("its input is no activation");
    }
    int size = node.inputs().size();
    return node.inputs().subList(Math.min(from, size), Math.min(to, size)).stream()
        .filter(name -> !graph.tensor(name).isConstant())
        .findFirst()
        .map(name -> "'%s' is computed, and would have to be a constant".formatted(name));
  }
}
