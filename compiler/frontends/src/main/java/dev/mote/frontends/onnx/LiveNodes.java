package dev.mote.frontends.onnx;

import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Leaves out what no output depends on.
final class LiveNodes {

  private LiveNodes() {}

  static Graph of(Graph graph) {
    Set<String> needed = new HashSet<>(graph.outputs());
    List<Node> kept = new ArrayList<>();
    for (Node node : graph.nodes().reversed()) {
      if (node.outputs().stream().anyMatch(needed::contains)) {
        needed.addAll(node.inputs());
        needed.addAll(node.outputs());
        kept.addFirst(node);
      }
    }
    needed.addAll(graph.inputs());
    Map<String, Tensor> used = new LinkedHashMap<>(graph.tensors());
    used.keySet().retainAll(needed);
    return graph.withTensors(used).withNodes(kept);
  }
}
