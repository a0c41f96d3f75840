package dev.mote.ir;

/// Counts multiply-accumulate operations: products of an activation with a weight (or with another
/// activation in a matrix product). Positions in the padding count, as the field's tables do.
public final class MacCount {

  private MacCount() {}

  /// MACs of one inference.
  public static long of(Graph graph) {
    return graph.nodes().stream().mapToLong(node -> of(graph, node)).sum();
  }

  /// MACs of one execution of `node`; 0 for operators without products of this kind.
  public static long of(Graph graph, Node node) {
    return switch (node.op()) {
      case Op.Conv2d _ -> outputs(graph, node) * graph.input(node, 1).shape().count(1, 4);
      case Op.DepthwiseConv2d _ -> outputs(graph, node) * graph.input(node, 1).shape().count(1, 3);
      case Op.TransposeConv2d _ -> inputs(graph, node) * graph.input(node, 1).shape().count(0, 3);
      case Op.FullyConnected _ -> outputs(graph, node) * graph.input(node, 1).shape().last();
      case Op.KernelMatrix _ -> outputs(graph, node) * graph.input(node, 1).shape().last();
      case Op.BatchMatMul op -> {
        Shape x = graph.input(node, 0).shape();
        yield outputs(graph, node) * x.dim(op.adjointX() ? -2 : -1);
      }
      case Op.Lstm _ -> {
        long weights = 0;
        for (int i = 1; i <= 8; i++) {
          weights += graph.input(node, i).shape().count();
        }
        long units = graph.input(node, 1).shape().dim(0);
        yield units == 0 ? 0 : outputs(graph, node) / units * weights;
      }
      case Op.Svdf _ -> {
        long batches = graph.input(node, 0).shape().dim(0);
        long weights =
            (long) graph.input(node, 1).shape().count() + graph.input(node, 2).shape().count();
        yield batches * weights;
      }
      case Op.Pool2d _,
          Op.L2Normalization _,
          Op.Softmax _,
          Op.LogSoftmax _,
          Op.Unary _,
          Op.LeakyRelu _,
          Op.Prelu _,
          Op.Binary _,
          Op.AddN _,
          Op.Compare _,
          Op.Logical _,
          Op.Select _,
          Op.Quantize _,
          Op.Dequantize _,
          Op.Cast _,
          Op.Reduce _,
          Op.ArgReduce _,
          Op.CumulativeSum _,
          Op.Reshape _,
          Op.Pad _,
          Op.Concat _,
          Op.Split _,
          Op.Slice _,
          Op.Transpose _,
          Op.Gather _,
          Op.GatherNd _,
          Op.BroadcastTo _,
          Op.BroadcastArgs _,
          Op.Reverse _,
          Op.Resize _,
          Op.SpaceToDepth _,
          Op.DepthToSpace _,
          Op.SpaceToBatch _,
          Op.BatchToSpace _,
          Op.TreeEnsemble _,
          Op.NearestVote _,
          Op.ReadVariable _,
          Op.AssignVariable _,
          Op.CustomOp _ ->
          0;
    };
  }

  private static long outputs(Graph graph, Node node) {
    return graph.output(node).shape().count();
  }

  private static long inputs(Graph graph, Node node) {
    return graph.input(node, 0).shape().count();
  }
}
