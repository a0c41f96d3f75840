package dev.mote.frontends.tflite;

import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Takes float inputs that are only quantized, and float outputs that are only dequantized, off the
/// border of a graph.
final class QuantizedBorder {

  private final Graph graph;
  private final Map<String, String> renamed = new HashMap<>();
  private final Set<Node> dropped = new HashSet<>();

  private QuantizedBorder(Graph graph) {
    this.graph = graph;
  }

  /// The graph with quantized tensors at its border wherever the float ones had no other use.
  static Graph apply(Graph graph) {
    QuantizedBorder border = new QuantizedBorder(graph);
    graph.inputs().forEach(border::input);
    graph.outputs().forEach(border::output);
    return border.rewritten();
  }

  private void input(String name) {
    List<Node> readers = graph.nodes().stream().filter(n -> n.inputs().contains(name)).toList();
    if (graph.tensor(name).element() == ElementType.FLOAT32
        && readers.size() == 1
        && !graph.outputs().contains(name)
        && readers.getFirst().op() instanceof Op.Quantize) {
      take(name, readers.getFirst().output(), readers.getFirst());
    }
  }

  private void output(String name) {
    boolean read = graph.nodes().stream().anyMatch(n -> n.inputs().contains(name));
    for (Node node : graph.nodes()) {
      if (node.op() instanceof Op.Dequantize && node.outputs().contains(name) && !read) {
        Tensor quantized = graph.input(node, 0);
        if (quantized.element().isInteger()
            && !quantized.isConstant()
            && !graph.outputs().contains(quantized.name())
            && !renamed.containsValue(quantized.name())) {
          take(name, quantized.name(), node);
        }
      }
    }
  }

  private void take(String outer, String inner, Node node) {
    renamed.put(outer, inner);
    dropped.add(node);
  }

  private Graph rewritten() {
    List<Node> nodes = new ArrayList<>(graph.nodes());
    nodes.removeAll(dropped);
    Map<String, Tensor> tensors = new LinkedHashMap<>(graph.tensors());
    tensors.keySet().removeAll(renamed.keySet());
    List<Graph.Signature> signatures =
        graph.signatures().stream()
            .map(s -> new Graph.Signature(s.name(), names(s.inputs()), names(s.outputs())))
            .toList();
    return new Graph(
        graph.name(),
        tensors,
        nodes,
        graph.inputs().stream().map(this::name).toList(),
        graph.outputs().stream().map(this::name).toList(),
        graph.variables(),
        signatures,
        graph.classes());
  }

  private Map<String, String> names(Map<String, String> map) {
    Map<String, String> result = new LinkedHashMap<>();
    map.forEach((alias, tensor) -> result.put(alias, name(tensor)));
    return result;
  }

  private String name(String tensor) {
    return renamed.getOrDefault(tensor, tensor);
  }
}
