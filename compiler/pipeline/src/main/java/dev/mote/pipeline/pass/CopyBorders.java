package dev.mote.pipeline.pass;

import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Gives every output of the graph memory of its own: an output that is a constant, an input, a
/// state tensor, or an output a second time is copied by a [Op.Reshape].
final class CopyBorders implements Pass {

  @Override
  public Graph apply(Graph graph) {
    GraphEdit edit = new GraphEdit(graph);
    List<String> outputs = new ArrayList<>();
    Set<String> taken = new HashSet<>(graph.inputs());
    taken.addAll(graph.variables());
    for (String name : graph.outputs()) {
      Tensor tensor = graph.tensor(name);
      if (tensor.isConstant() || taken.contains(name)) {
        Tensor copy = edit.add(Tensor.activation(edit.freeName(name + "/copy"), tensor.type()));
        edit.append(new Node(copy.name(), new Op.Reshape(), List.of(name), List.of(copy.name())));
        outputs.add(copy.name());
      } else {
        outputs.add(name);
      }
      taken.add(name);
    }
    return edit.graph().withBorder(graph.inputs(), outputs);
  }
}
