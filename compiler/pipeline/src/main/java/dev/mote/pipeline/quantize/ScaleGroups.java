package dev.mote.pipeline.quantize;

import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Quantization.PerTensor;
import dev.mote.ir.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// The quantization of every tensor that is made as an integer.
///
/// Operators that only hand elements on need one scale for inputs and outputs, so such tensors form
/// groups. Where several inputs are joined, one that is read elsewhere too, or whose scale is
/// fixed, stays outside and is rescaled for the join alone. The range of a group is that of its
/// members which something else reads: values beyond it never get that far, so that limiting them
/// early loses nothing.
final class ScaleGroups {

  private final Graph graph;
  private final Formats formats;
  private final Ranges ranges;
  private final boolean symmetric;
  private final Map<String, String> parents = new HashMap<>();
  private final Map<String, PerTensor> fixed = new HashMap<>();
  private final Map<String, List<Node>> readers = new HashMap<>();
  private final Map<String, Node> producers = new HashMap<>();
  private final Map<String, List<String>> members = new HashMap<>();
  private final Map<String, PerTensor> known = new HashMap<>();
  private final Set<String> undecided = new HashSet<>();

  ScaleGroups(Graph graph, Formats formats, Ranges ranges, boolean symmetric) {
    this.graph = graph;
    this.formats = formats;
    this.ranges = ranges;
    this.symmetric = symmetric;
    for (Node node : graph.nodes()) {
      node.inputs().stream()
          .distinct()
          .forEach(input -> readers.computeIfAbsent(input, _ -> new ArrayList<>()).add(node));
    }
    List<Node> integers =
        graph.nodes().stream().filter(node -> formats.of(node).isInteger()).toList();
    integers.forEach(node -> node.outputs().forEach(output -> producers.put(output, node)));
    integers.forEach(this::join);
    graph
        .tensors()
        .keySet()
        .forEach(name -> members.computeIfAbsent(root(name), _ -> new ArrayList<>()).add(name));
  }

  /// The quantization in which the node that makes `tensor` makes it.
  PerTensor of(String tensor) {
    String group = root(tensor);
    PerTensor there = known.get(group);
    if (there == null) {
      undecided.add(group);
      there = decide(tensor);
      undecided.remove(group);
      known.put(group, there);
    }
    return there;
  }

  /// The quantization of `tensor` in a format in which it is not made.
  PerTensor converted(String tensor, ActivationFormat format) {
    boolean centred = symmetric || isSummedUp(tensor);
    return ActivationScale.of(ranges.of(tensor), format, centred, 0);
  }

  // ---- groups ----------------------------------------------------------------------------------

  private void join(Node node) {
    OperatorRule rule = OperatorRule.of(node.op());
    switch (rule.scales()) {
      case FIXED -> {
        PerTensor output = rule.fixed().get(formats.of(node));
        if (output != null) {
          fixed.put(node.output(), output);
        }
      }
      case SAME, SAME_AVERAGE -> {
        if (isMadeFor(node, node.input(0))) {
          unite(node.input(0), node.output());
        }
        node.outputs().forEach(output -> unite(node.output(), output));
      }
      case SHARED -> share(node);
      case STATE -> joinState(node);
      case OWN, NONE, SPECIAL -> {}
    }
  }

  private void share(Node node) {
    List<String> inputs = node.inputs().stream().filter(name -> isMadeFor(node, name)).toList();
    List<PerTensor> fixedOnes =
        inputs.stream().map(name -> fixed.get(root(name))).distinct().toList();
    if (!inputs.isEmpty() && inputs.size() == node.inputs().size() && fixedOnes.size() == 1) {
      // all have one fixed scale, which then is the output's, or none has
      PerTensor common = fixedOnes.getFirst();
      if (common != null) {
        inputs.forEach(input -> unite(input, node.output()));
        return;
      }
    }
    for (String input : inputs) {
      if (!fixed.containsKey(root(input)) && isReadOnce(input)) {
        unite(input, node.output());
      }
    }
  }

  private void joinState(Node node) {
    switch (node.op()) {
      case Op.ReadVariable read -> unite(read.variable(), node.output());
      case Op.AssignVariable assign -> {
        String input = node.input(0);
        if (isMadeFor(node, input) && !fixed.containsKey(root(input)) && isReadOnce(input)) {
          unite(assign.variable(), input);
        }
      }
      default -> {}
    }
  }

  /// Whether `tensor` is an activation in the format of its reader `node`.
  private boolean isMadeFor(Node node, String tensor) {
    return Formats.isActivation(graph.tensor(tensor))
        && formats.of(tensor) == formats.of(node)
        && !graph.isVariable(tensor);
  }

  private boolean isReadOnce(String tensor) {
    return readers.getOrDefault(tensor, List.of()).size() == 1 && !graph.outputs().contains(tensor);
  }

  private String root(String tensor) {
    String root = tensor;
    while (parents.containsKey(root)) {
      root = parents.getOrDefault(root, root);
    }
    if (!root.equals(tensor)) {
      parents.put(tensor, root);
    }
    return root;
  }

  private void unite(String a, String b) {
    String to = root(a);
    String from = root(b);
    if (!to.equals(from)) {
      parents.put(from, to);
      PerTensor quantization = fixed.get(from);
      if (quantization != null) {
        fixed.putIfAbsent(to, quantization);
      }
    }
  }

  // ---- scales ----------------------------------------------------------------------------------

  private PerTensor decide(String tensor) {
    String group = root(tensor);
    PerTensor given = fixed.get(group);
    if (given != null) {
      return given;
    }
    List<String> tensors = members.getOrDefault(group, List.of(tensor));
    ValueRange range =
        Stream.concat(
                tensors.stream().filter(this::isReadOutside),
                tensors.stream().flatMap(this::averaged))
            .distinct()
            .map(ranges::of)
            .reduce(ValueRange::union)
            .orElseGet(() -> ranges.of(tensor));
    double least =
        tensors.stream()
            .flatMap(member -> producer(member).stream())
            .mapToDouble(node -> OutputBound.leastScale(graph, node, ranges::magnitude))
            .max()
            .orElse(0);
    boolean centred = symmetric || tensors.stream().anyMatch(this::isSummedUp);
    return ActivationScale.of(range, formats.of(tensor), centred, least(tensors, least));
  }

  /// What `tensor` is an average of, if it is one: that has to be represented whole.
  private Stream<String> averaged(String tensor) {
    return producer(tensor).stream()
        .filter(node -> OperatorRule.of(node.op()).scales() == OperatorRule.Scales.SAME_AVERAGE)
        .map(node -> node.input(0));
  }

  /// The table of HARD_SWISH takes scales of the input up to 128 times the output's.
  private double least(List<String> tensors, double least) {
    double result = least;
    for (String member : tensors) {
      Optional<Node> producer = producer(member);
      if (producer.isPresent()
          && producer.get().op() instanceof Op.Unary unary
          && unary.kind() == Op.Unary.Kind.HARD_SWISH) {
        result = Math.max(result, scaleOfInput(producer.get()) / 64);
      }
    }
    return result;
  }

  private double scaleOfInput(Node node) {
    String input = node.input(0);
    ActivationFormat format = formats.of(node);
    if (formats.of(input) != format) {
      return converted(input, format).scale();
    }
    // a state may lead from the output back to the input
    return undecided.contains(root(input)) ? 0 : of(input).scale();
  }

  private Optional<Node> producer(String tensor) {
    return Optional.ofNullable(producers.get(tensor));
  }

  /// Whether something else than the group's own movements reads `tensor`.
  private boolean isReadOutside(String tensor) {
    if (graph.outputs().contains(tensor)) {
      return true;
    }
    Tensor value = graph.tensor(tensor);
    if (!Formats.isActivation(value) || graph.isVariable(tensor)) {
      return false;
    }
    return readers.getOrDefault(tensor, List.of()).stream()
        .anyMatch(node -> !handsOn(node, tensor));
  }

  private boolean handsOn(Node node, String tensor) {
    if (!formats.of(node).isInteger()) {
      return false;
    }
    return switch (OperatorRule.of(node.op()).scales()) {
      case SAME, SHARED -> root(node.output()).equals(root(tensor));
      case STATE ->
          node.op() instanceof Op.AssignVariable assign
              && root(assign.variable()).equals(root(tensor));
      case OWN, SAME_AVERAGE, FIXED, NONE, SPECIAL -> false;
    };
  }

  /// Running sums of int8 start from the integer 0, which has to be the real 0.
  private boolean isSummedUp(String tensor) {
    return readers.getOrDefault(tensor, List.of()).stream()
            .anyMatch(node -> node.op() instanceof Op.CumulativeSum)
        || producer(tensor).stream().anyMatch(node -> node.op() instanceof Op.CumulativeSum);
  }
}
