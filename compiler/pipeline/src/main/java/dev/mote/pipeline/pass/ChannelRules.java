package dev.mote.pipeline.pass;

import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Tensor;
import java.util.List;
import java.util.Optional;

/// What [LinkedChannels] has to know of operators.
public interface ChannelRules {

  /// Channel `offset + i` of `to` is linked to channel `i / repeat`, modulo their number, of
  /// `from`, for
  /// every `i` below `count`.
  record Link(String from, String to, int offset, int repeat, int count) {}

  /// The links that `node` makes between its inputs and outputs: none for a layer, which computes
  /// each output channel from all inputs and can be cut on both sides; empty when the channels of
  /// none of its inputs and outputs may be removed.
  Optional<List<Link>> links(Graph graph, Node node);

  /// Whether channels of the activation `tensor` may be removed at all.
  boolean mayShrink(Tensor tensor);

  /// The links of an operator that treats each channel apart: input `index` to the first output.
  static Link alike(Graph graph, Node node, int index) {
    return new Link(node.input(index), node.output(), 0, 1, graph.output(node).shape().last());
  }
}
