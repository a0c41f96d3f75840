package dev.mote.pipeline.compress;

import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Quantization;
import dev.mote.ir.Tensor;
import dev.mote.pipeline.pass.ChannelRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The links between channels that follow from what operators are, whatever the values.
final class StructuralChannels implements ChannelRules {

  @Override
  public boolean mayShrink(Tensor tensor) {
    boolean plain =
        switch (tensor.element()) {
          case FLOAT32, FLOAT16, INT8, UINT8, INT16 -> true;
          case INT4, INT32, INT64, BOOL -> false;
        };
    return plain
        && tensor.shape().rank() > 0
        && tensor.shape().count() > 0
        && !(tensor.quantization() instanceof Quantization.PerChannel);
  }

  @Override
  public Optional<List<Link>> links(Graph graph, Node node) {
    return switch (node.op()) {
      case Op.Conv2d op -> layer(graph, node, op.groups() == 1);
      case Op.TransposeConv2d _ -> layer(graph, node, true);
      case Op.FullyConnected _ -> {
        int depth = graph.input(node, 1).shape().last();
        int channels = graph.input(node, 0).shape().last();
        yield layer(graph, node, channels > 0 && depth % channels == 0);
      }
      case Op.DepthwiseConv2d op ->
          hasWholeConstants(graph, node)
              ? Optional.of(
                  List.of(
                      new Link(
                          node.input(0), node.output(), 0, op.multiplier(), last(graph, node))))
              : Optional.empty();
      case Op.Unary _,
          Op.LeakyRelu _,
          Op.Quantize _,
          Op.Dequantize _,
          Op.Cast _,
          Op.Pool2d _,
          Op.Resize _,
          Op.Binary _,
          Op.AddN _,
          Op.Prelu _ ->
          alike(graph, node, true);
      case Op.Reduce op -> alike(graph, node, isBeforeLast(graph, node, op.axes()));
      case Op.Reverse op -> alike(graph, node, isBeforeLast(graph, node, op.axes()));
      case Op.CumulativeSum op -> alike(graph, node, isBeforeLast(graph, node, List.of(op.axis())));
      case Op.Pad op -> alike(graph, node, op.before().getLast() == 0 && op.after().getLast() == 0);
      case Op.Transpose op ->
          alike(graph, node, op.permutation().getLast() == op.permutation().size() - 1);
      case Op.Slice op ->
          alike(
              graph,
              node,
              op.extents().getLast() == graph.input(node, 0).shape().last()
                  && op.strides().getLast() == 1);
      case Op.SpaceToBatch op -> alike(graph, node, op.block().size() < rank(graph, node) - 1);
      case Op.BatchToSpace op -> alike(graph, node, op.block().size() < rank(graph, node) - 1);
      case Op.Concat op -> concat(graph, node, op.axis());
      case Op.Split op -> split(graph, node, op.axis());
      case Op.Reshape _ -> reshape(graph, node);
      case Op.BatchMatMul _,
          Op.Lstm _,
          Op.Svdf _,
          Op.L2Normalization _,
          Op.Softmax _,
          Op.LogSoftmax _,
          Op.Compare _,
          Op.Logical _,
          Op.Select _,
          Op.ArgReduce _,
          Op.Gather _,
          Op.GatherNd _,
          Op.BroadcastTo _,
          Op.BroadcastArgs _,
          Op.SpaceToDepth _,
          Op.DepthToSpace _,
          Op.TreeEnsemble _,
          Op.KernelMatrix _,
          Op.NearestVote _,
          Op.ReadVariable _,
          Op.AssignVariable _,
          Op.CustomOp _ ->
          Optional.empty();
    };
  }

  private static Optional<List<Link>> layer(Graph graph, Node node, boolean fits) {
    return fits && hasWholeConstants(graph, node) ? Optional.of(List.of()) : Optional.empty();
  }

  /// Whether weights and bias are constants whose elements are whole bytes.
  private static boolean hasWholeConstants(Graph graph, Node node) {
    return !graph.input(node, 0).isConstant()
        && node.inputs().stream()
            .skip(1)
            .map(graph::tensor)
            .allMatch(tensor -> tensor.isConstant() && tensor.element() != ElementType.INT4);
  }

  /// Channel by channel from every activation that is read; constants have as many channels, or
  /// one.
  private static Optional<List<Link>> alike(Graph graph, Node node, boolean fits) {
    int channels = last(graph, node);
    List<Link> links = new ArrayList<>();
    for (int i = 0; i < node.inputs().size(); i++) {
      Tensor x = graph.input(node, i);
      boolean sliced = x.shape().rank() > 0 && x.shape().last() == channels;
      if (!x.isConstant() && sliced) {
        links.add(ChannelRules.alike(graph, node, i));
      } else if (!x.isConstant()
          || (!sliced && x.shape().last() != 1)
          || x.element() == ElementType.INT4) {
        return Optional.empty();
      }
    }
    return fits && !links.isEmpty() ? Optional.of(links) : Optional.empty();
  }

  private static Optional<List<Link>> concat(Graph graph, Node node, int axis) {
    if (node.inputs().stream().anyMatch(name -> graph.tensor(name).isConstant())) {
      return Optional.empty();
    }
    boolean channels = axis == rank(graph, node) - 1;
    List<Link> links = new ArrayList<>();
    int offset = 0;
    for (String name : node.inputs()) {
      int count = graph.tensor(name).shape().last();
      links.add(new Link(name, node.output(), offset, 1, count));
      offset += channels ? count : 0;
    }
    return Optional.of(links);
  }

  private static Optional<List<Link>> split(Graph graph, Node node, int axis) {
    if (graph.input(node, 0).isConstant()) {
      return Optional.empty();
    }
    boolean channels = axis == graph.input(node, 0).shape().rank() - 1;
    List<Link> links = new ArrayList<>();
    int offset = 0;
    for (String name : node.outputs()) {
      int count = graph.tensor(name).shape().last();
      links.add(new Link(name, node.input(0), offset, 1, count));
      offset += channels ? count : 0;
    }
    return Optional.of(links);
  }

  /// A reshape that merges whole pixels into the last dimension, or cuts it into such, repeats the
  /// channels.
  private static Optional<List<Link>> reshape(Graph graph, Node node) {
    Tensor x = graph.input(node, 0);
    int from = x.shape().last();
    int to = last(graph, node);
    if (x.isConstant() || x.shape().count() == 0) {
      return Optional.empty();
    }
    if (to % from == 0) {
      return Optional.of(List.of(new Link(node.input(0), node.output(), 0, 1, to)));
    }
    return from % to == 0
        ? Optional.of(List.of(new Link(node.output(), node.input(0), 0, 1, from)))
        : Optional.empty();
  }

  private static boolean isBeforeLast(Graph graph, Node node, List<Integer> axes) {
    return !axes.contains(graph.input(node, 0).shape().rank() - 1);
  }

  private static int rank(Graph graph, Node node) {
    return graph.output(node).shape().rank();
  }

  private static int last(Graph graph, Node node) {
    return graph.output(node).shape().last();
  }
}
