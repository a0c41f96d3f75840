package dev.mote.pipeline.pass;

import dev.mote.ir.Blob;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// A graph while a pass changes it, with who writes and who reads each tensor.
public final class GraphEdit {

  private final Graph original;
  private final Map<String, Tensor> tensors;
  private final List<Node> nodes;

  public GraphEdit(Graph graph) {
    this.original = graph;
    this.tensors = new LinkedHashMap<>(graph.tensors());
    this.nodes = new ArrayList<>(graph.nodes());
  }

  public Graph graph() {
    return original.withTensors(tensors).withNodes(nodes);
  }

  /// Calls `action` with every node that exists now, as it is when its turn comes; nodes that have
  /// been removed by then are left out.
  public void each(Consumer<Node> action) {
    for (String name : nodes.stream().map(Node::name).toList()) {
      nodes.stream().filter(node -> node.name().equals(name)).findFirst().ifPresent(action);
    }
  }

  public Tensor tensor(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("no tensor '" + name + "'");
    }
    return tensor;
  }

  public Tensor add(Tensor tensor) {
    tensors.put(tensor.name(), tensor);
    return tensor;
  }

  /// Adds a constant under a free name that begins with `hint`.
  public Tensor addConstant(String hint, TensorType type, byte[] bytes) {
    return add(Tensor.constant(freeName(hint), type, Blob.of(bytes)));
  }

  public String freeName(String hint) {
    String name = hint;
    for (int i = 1; tensors.containsKey(name); i++) {
      name = hint + "_" + i;
    }
    return name;
  }

  public void append(Node node) {
    nodes.add(node);
  }

  /// Puts `replacement` where `node` was; [#remove] when there is none.
  public void replace(Node node, Node... replacement) {
    int index = nodes.indexOf(node);
    nodes.remove(index);
    nodes.addAll(index, List.of(replacement));
  }

  public void remove(Node node) {
    nodes.remove(node);
  }

  /// Lets every reader of `from` read `to`.
  public void redirect(String from, String to) {
    nodes.replaceAll(
        node ->
            node.inputs().contains(from)
                ? new Node(
                    node.name(),
                    node.op(),
                    node.inputs().stream().map(name -> name.equals(from) ? to : name).toList(),
                    node.outputs())
                : node);
  }

  /// Removes `node`, whose output equals its first input; returns false when both are part of the
  /// graph's border, so that a copy is needed.
  boolean bypass(Node node) {
    String source = node.input(0);
    String result = node.output();
    if (!isOutput(result)) {
      remove(node);
      redirect(result, source);
      return true;
    }
    Optional<Node> producer = producer(source);
    if (producer.isEmpty() || isBorder(source) || readCounts().getOrDefault(source, 0) != 1) {
      return false;
    }
    remove(node);
    replace(producer.get(), renameOutput(producer.get(), source, result));
    return true;
  }

  /// `node`, writing `to` where it wrote `from`.
  static Node renameOutput(Node node, String from, String to) {
    return new Node(
        node.name(),
        node.op(),
        node.inputs(),
        node.outputs().stream().map(name -> name.equals(from) ? to : name).toList());
  }

  /// The only reader of `tensor`; empty when several nodes or the caller read it.
  public Optional<Node> onlyReader(String tensor) {
    if (isBorder(tensor) || readCounts().getOrDefault(tensor, 0) != 1) {
      return Optional.empty();
    }
    return nodes.stream().filter(node -> node.inputs().contains(tensor)).findFirst();
  }

  /// The node that writes `tensor`; empty for constants, inputs and state.
  public Optional<Node> producer(String tensor) {
    return nodes.stream().filter(node -> node.outputs().contains(tensor)).findFirst();
  }

  /// How often each tensor is read, the graph's outputs counted as reads.
  public Map<String, Integer> readCounts() {
    Map<String, Integer> counts = new HashMap<>();
    for (Node node : nodes) {
      node.inputs().forEach(input -> counts.merge(input, 1, Integer::sum));
    }
    original.outputs().forEach(output -> counts.merge(output, 1, Integer::sum));
    return counts;
  }

  public boolean isBorder(String tensor) {
    return original.inputs().contains(tensor)
        || original.outputs().contains(tensor)
        || original.variables().contains(tensor);
  }

  public boolean isOutput(String tensor) {
    return original.outputs().contains(tensor);
  }
}
