package dev.mote.pipeline.pass;

import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Tensor;
import java.util.Optional;

/// Removes a dequantization that is undone: quantizing a dequantized tensor to the type that it had
/// gives the tensor back, because every int8 and int16 value survives the way through `float`.
final class CancelQuantization implements Pass {

  @Override
  public Graph apply(Graph graph) {
    GraphEdit edit = new GraphEdit(graph);
    edit.each(
        node -> {
          if (node.op() instanceof Op.Quantize) {
            cancel(edit, node);
          }
        });
    return edit.graph();
  }

  private static void cancel(GraphEdit edit, Node quantize) {
    Optional<Node> before = edit.producer(quantize.input(0));
    if (before.isEmpty() || !(before.get().op() instanceof Op.Dequantize)) {
      return;
    }
    Tensor source = edit.tensor(before.get().input(0));
    boolean narrow = source.element().isInteger() && source.element().bits() <= 16;
    if (narrow
        && source.type().equals(edit.tensor(quantize.output()).type())
        && !edit.isOutput(quantize.output())) {
      edit.remove(quantize);
      edit.redirect(quantize.output(), source.name());
    }
  }
}
