package dev.mote.pipeline.pass;

import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Tensor;
import java.util.List;
import java.util.Optional;

/// The links between channels of int8 tensors that [DropIdleChannels] can see through: those of
/// layers whose sums it bounds, and of operators that pass channels on.
final class IntegerChannels implements ChannelRules {

  @Override
  public Optional<List<Link>> links(Graph graph, Node node) {
    boolean layer = SummingLayer.of(graph, node).isPresent();
    boolean passedOn =
        switch (node.op()) {
          case Op.DepthwiseConv2d _ -> layer;
          case Op.Pool2d _, Op.Reshape _ -> sameChannels(graph, node);
          case Op.Reduce op -> sameChannels(graph, node) && op.axes().equals(List.of(1, 2));
          default -> false;
        };
    if (passedOn) {
      return Optional.of(List.of(ChannelRules.alike(graph, node, 0)));
    }
    return layer ? Optional.of(List.of()) : Optional.empty();
  }

  @Override
  public boolean mayShrink(Tensor tensor) {
    return SummingLayer.isInt8(tensor);
  }

  private static boolean sameChannels(Graph graph, Node node) {
    Tensor x = graph.input(node, 0);
    Tensor y = graph.output(node);
    return !x.isConstant()
        && SummingLayer.isInt8(x)
        && SummingLayer.isInt8(y)
        && x.shape().last() == y.shape().last()
        && x.shape().count() > 0;
  }
}
