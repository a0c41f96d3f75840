package dev.mote.pipeline.pass;

import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Removes nodes whose results nobody reads, and tensors that nothing mentions. Inputs of the graph
/// stay, read or not: they are part of its interface.
final class DropDeadNodes implements Pass {

  @Override
  public Graph apply(Graph graph) {
    Set<String> live = new HashSet<>(graph.outputs());
    List<Node> kept = new ArrayList<>();
    for (Node node : graph.nodes().reversed()) {
      if (hasEffect(graph, node) || node.outputs().stream().anyMatch(live::contains)) {
        kept.add(node);
        live.addAll(node.inputs());
        live.addAll(node.outputs());
      }
    }
    live.addAll(graph.inputs());
    live.addAll(graph.variables());
    Map<String, Tensor> tensors = new LinkedHashMap<>(graph.tensors());
    tensors.keySet().retainAll(live);
    return graph.withNodes(kept.reversed()).withTensors(tensors);
  }

  private static boolean hasEffect(Graph graph, Node node) {
    return node.op() instanceof Op.AssignVariable
        || node.inputs().stream().anyMatch(graph::isVariable);
  }
}
