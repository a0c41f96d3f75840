package dev.mote.pipeline.plan;

import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Tensor;
import java.util.HashMap;
import java.util.Map;

/// Which tensors share one buffer because they are the same elements in another shape.
public final class Storage {

  private final Graph graph;
  private final Map<String, String> owners = new HashMap<>();

  public Storage(Graph graph) {
    this.graph = graph;
    for (Node node : graph.nodes()) {
      if (isView(node)) {
        owners.put(node.output(), owner(node.input(0)));
      }
    }
  }

  /// Whether `node` needs no code: its output is its input, seen in another shape. A caller's input
  /// that is also the caller's output, a constant, and state (which changes) are copied instead.
  public boolean isView(Node node) {
    if (!(node.op() instanceof Op.Reshape)) {
      return false;
    }
    String source = owner(node.input(0));
    return !isElsewhere(source)
        && !(graph.inputs().contains(source) && graph.outputs().contains(node.output()));
  }

  /// The tensor that owns the buffer of `tensor`; itself when it is not a view.
  public String owner(String tensor) {
    return owners.getOrDefault(tensor, tensor);
  }

  private boolean isElsewhere(String name) {
    Tensor tensor = graph.tensor(name);
    return tensor.isConstant() || graph.isVariable(name);
  }
}
