package dev.mote.pipeline.cascade;

import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.Window2d;
import java.util.List;
import java.util.Optional;

/// How a node makes its output from the rows of its inputs: output row `n` needs the input rows
/// from
/// `n * stride - padTop` on, `rows` of them.
///
/// @param rows height of the window
/// @param stride rows from one window to the next
/// @param padTop rows above the image that the windows reach
/// @param padBottom rows below the image that the windows reach
/// @param collects whether every row of the input goes into one row of output, which is complete
///     after the last: a reduction over the image
record RowRule(int rows, int stride, int padTop, int padBottom, boolean collects) {

  private static final RowRule ELEMENT_WISE = new RowRule(1, 1, 0, 0, false);
  private static final RowRule COLLECTION = new RowRule(1, 1, 0, 0, true);

  /// The rule of `node`; empty when its rows cannot be computed one by one.
  static Optional<RowRule> of(Graph graph, Node node) {
    if (node.inputs().isEmpty() || node.outputs().size() != 1 || !isImage(graph, node.input(0))) {
      return Optional.empty();
    }
    boolean collects = collects(graph, node);
    if (!collects && !isImage(graph, node.output())) {
      return Optional.empty();
    }
    return switch (node.op()) {
      case Op.Conv2d op when hasConstantWeights(graph, node) ->
          Optional.of(windows(graph, node, op.window()));
      case Op.DepthwiseConv2d op when hasConstantWeights(graph, node) ->
          Optional.of(windows(graph, node, op.window()));
      case Op.Pool2d _ when collects -> Optional.of(COLLECTION);
      // What lies outside the image does not count in a pool, so it cannot be a row of zeros.
      case Op.Pool2d op ->
          Optional.of(windows(graph, node, op.window()))
              .filter(rule -> rule.padTop == 0 && rule.padBottom == 0);
      case Op.Reduce _ when collects -> Optional.of(COLLECTION);
      case Op.Binary _, Op.AddN _, Op.Prelu _ ->
          Optional.of(ELEMENT_WISE).filter(_ -> operandsFit(graph, node));
      case Op.Unary _, Op.LeakyRelu _, Op.Quantize _, Op.Dequantize _ -> Optional.of(ELEMENT_WISE);
      case Op.Concat op when op.axis() == 3 ->
          Optional.of(ELEMENT_WISE)
              .filter(_ -> node.inputs().stream().allMatch(input -> isImage(graph, input)));
      default -> Optional.empty();
    };
  }

  private static RowRule windows(Graph graph, Node node, Window2d window) {
    int height = graph.input(node, 0).shape().dim(1);
    int outputs = graph.output(node).shape().dim(1);
    int reach = (outputs - 1) * window.strideHeight() - window.padTop() + window.spanHeight();
    return new RowRule(
        window.spanHeight(),
        window.strideHeight(),
        window.padTop(),
        Math.max(0, reach - height),
        false);
  }

  private static boolean isImage(Graph graph, String tensor) {
    Shape shape = graph.tensor(tensor).shape();
    return shape.rank() == 4
        && shape.dim(0) == 1
        && shape.count() > 0
        && !graph.tensor(tensor).isConstant()
        && !graph.isVariable(tensor)
        && graph.tensor(tensor).element() != ElementType.INT4;
  }

  /// Operands are images as high as the output, or have one row that serves every row.
  private static boolean operandsFit(Graph graph, Node node) {
    int height = graph.output(node).shape().dim(1);
    return node.inputs().stream()
        .map(graph::tensor)
        .allMatch(
            tensor -> {
              Shape shape = tensor.shape();
              boolean oneRow = shape.rank() < 3 || shape.dim(shape.rank() - 3) == 1;
              return (isImage(graph, tensor.name()) && shape.dim(1) == height)
                  || (oneRow && !graph.isVariable(tensor.name()));
            });
  }

  /// Whether weights and bias are constants, and the scales of activations are not found as the
  /// model runs, over all rows.
  private static boolean hasConstantWeights(Graph graph, Node node) {
    boolean dynamic =
        graph.input(node, 0).element() == ElementType.FLOAT32
            && graph.input(node, 1).element() == ElementType.INT8;
    return !dynamic
        && node.inputs().stream().skip(1).allMatch(input -> graph.tensor(input).isConstant());
  }

  private static boolean collects(Graph graph, Node node) {
    Shape x = graph.input(node, 0).shape();
    if (graph.input(node, 0).element() != ElementType.INT8
        || graph.output(node).element() != ElementType.INT8) {
      return false;
    }
    return switch (node.op()) {
      case Op.Pool2d op ->
          op.kind() == Op.Pool2d.Kind.AVERAGE
              && op.window()
                  .equals(
                      Window2d.valid(
                          x.dim(1),
                          x.dim(2),
                          op.window().strideHeight(),
                          op.window().strideWidth(),
                          1,
                          1))
              && graph.output(node).shape().count() == x.last();
      case Op.Reduce op ->
          (op.kind() == Op.Reduce.Kind.MEAN || op.kind() == Op.Reduce.Kind.SUM)
              && op.axes().equals(List.of(1, 2));
      default -> false;
    };
  }
}
