package dev.mote.pipeline.pass;

import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import dev.mote.ir.Window2d;
import java.util.List;
import java.util.stream.IntStream;

/// Removes nodes that hand on their input unchanged, merges views of views, and turns movements
/// that only touch dimensions of extent 1 into views.
final class DropNoOps implements Pass {

  @Override
  public Graph apply(Graph graph) {
    GraphEdit edit = new GraphEdit(graph);
    Graph before;
    Graph after = graph;
    do {
      before = after;
      edit.each(node -> simplify(edit, node));
      after = edit.graph();
    } while (!after.nodes().equals(before.nodes()));
    return after;
  }

  private static void simplify(GraphEdit edit, Node node) {
    if (node.inputs().isEmpty() || node.outputs().size() != 1) {
      return;
    }
    TensorType x = edit.tensor(node.input(0)).type();
    TensorType y = edit.tensor(node.output()).type();
    if (x.equals(y) && keepsElements(node, x.shape())) {
      edit.bypass(node);
    } else if (node.op() instanceof Op.Reshape) {
      mergeViews(edit, node);
    } else if (x.element() == y.element()
        && x.quantization().equals(y.quantization())
        && isView(node.op(), x.shape())) {
      edit.replace(
          node, new Node(node.name(), new Op.Reshape(), List.of(node.input(0)), node.outputs()));
    }
  }

  /// Whether the output has the input's elements in order, given that the types are equal.
  private static boolean keepsElements(Node node, Shape shape) {
    return switch (node.op()) {
      case Op.Reshape _, Op.Quantize _, Op.Cast _, Op.BroadcastTo _, Op.Pad _, Op.Slice _ ->
          !reverses(node.op());
      case Op.Concat _, Op.Split _, Op.SpaceToDepth _, Op.DepthToSpace _, Op.Resize _ -> true;
      case Op.Transpose op -> movesOnlyUnits(op.permutation(), shape);
      case Op.Reverse op -> op.axes().stream().allMatch(axis -> shape.dim(axis) == 1);
      case Op.Pool2d op ->
          op.kind() == Op.Pool2d.Kind.MAX
              && op.activation() == dev.mote.ir.Activation.NONE
              && op.window().equals(Window2d.valid(1, 1, 1, 1, 1, 1));
      case Op.Reduce op -> reducesUnits(op, shape);
      default -> false;
    };
  }

  private static boolean reverses(Op op) {
    return op instanceof Op.Slice slice && slice.strides().stream().anyMatch(stride -> stride < 0);
  }

  /// Whether the output is the input in another shape.
  private static boolean isView(Op op, Shape x) {
    return switch (op) {
      case Op.Transpose t -> movesOnlyUnits(t.permutation(), x);
      case Op.Reduce r -> reducesUnits(r, x);
      default -> false;
    };
  }

  private static boolean reducesUnits(Op.Reduce op, Shape shape) {
    return op.axes().stream().allMatch(axis -> shape.dim(axis) == 1);
  }

  /// Whether the dimensions larger than 1 keep their order.
  private static boolean movesOnlyUnits(List<Integer> permutation, Shape shape) {
    int[] moved = permutation.stream().mapToInt(i -> i).filter(i -> shape.dim(i) != 1).toArray();
    return IntStream.range(1, moved.length).allMatch(i -> moved[i - 1] < moved[i]);
  }

  private static void mergeViews(GraphEdit edit, Node node) {
    edit.producer(node.input(0))
        .filter(before -> before.op() instanceof Op.Reshape)
        .ifPresent(
            before ->
                edit.replace(
                    node,
                    new Node(node.name(), node.op(), List.of(before.input(0)), node.outputs())));
  }
}
