package dev.mote.pipeline.pass;

import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Tensor;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// The int8 tensors of a graph whose channels can be removed, in groups that must keep the same
/// ones: those that some operator links channel by channel.
final class LinkedChannels {

  private final Graph graph;
  private final Map<String, String> parents = new HashMap<>();
  private final Set<String> fixed = new HashSet<>();

  LinkedChannels(Graph graph) {
    this.graph = graph;
    graph.nodes().forEach(this::link);
    fixed.addAll(graph.inputs());
    fixed.addAll(graph.outputs());
    fixed.addAll(graph.variables());
    graph.tensors().values().stream()
        .filter(tensor -> tensor.isConstant() || !SummingLayer.isInt8(tensor))
        .forEach(tensor -> fixed.add(tensor.name()));
  }

  /// The group of `tensor`, called by one of its members.
  String groupOf(String tensor) {
    String parent = parents.getOrDefault(tensor, tensor);
    return parent.equals(tensor) ? tensor : groupOf(parent);
  }

  /// The groups that may lose channels, in a stable order.
  Set<String> groups() {
    Set<String> written = new TreeSet<>();
    graph.nodes().forEach(node -> node.outputs().forEach(name -> written.add(groupOf(name))));
    fixed.forEach(name -> written.remove(groupOf(name)));
    return written;
  }

  /// How many channels the tensors of `group` have.
  int channels(String group) {
    return graph.tensor(group).shape().last();
  }

  private void link(Node node) {
    if (linksChannels(node)) {
      String x = groupOf(node.input(0));
      String y = groupOf(node.output());
      if (!x.equals(y)) {
        parents.put(x, y);
      }
    } else if (SummingLayer.of(graph, node).isEmpty()) {
      fixed.addAll(node.inputs());
      fixed.addAll(node.outputs());
    }
  }

  private boolean linksChannels(Node node) {
    return switch (node.op()) {
      case Op.DepthwiseConv2d _ -> SummingLayer.of(graph, node).isPresent();
      case Op.Pool2d _, Op.Reshape _ -> sameChannels(node);
      case Op.Reduce op -> sameChannels(node) && isSpatial(op.axes());
      default -> false;
    };
  }

  private boolean sameChannels(Node node) {
    Tensor x = graph.input(node, 0);
    Tensor y = graph.output(node);
    return SummingLayer.isInt8(x)
        && SummingLayer.isInt8(y)
        && x.shape().last() == y.shape().last()
        && x.shape().count() > 0;
  }

  private static boolean isSpatial(List<Integer> axes) {
    return axes.equals(List.of(1, 2));
  }
}
