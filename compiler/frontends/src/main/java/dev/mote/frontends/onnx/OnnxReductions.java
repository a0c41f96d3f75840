package dev.mote.frontends.onnx;

import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import java.util.ArrayList;
import java.util.List;

/// Writes reductions.
final class OnnxReductions {

  /// From this operator set on all reductions take their axes as an operand.
  private static final int SET_WITH_AXES_AS_OPERAND = 18;

  private OnnxReductions() {}

  static void reduce(OnnxNode node, Op.Reduce op) {
    List<Integer> order = node.order();
    String name =
        switch (op.kind()) {
          case MEAN -> "ReduceMean";
          case SUM -> "ReduceSum";
          case MAX -> "ReduceMax";
          case MIN -> "ReduceMin";
          case PRODUCT -> "ReduceProd";
        };
    boolean keep = node.outputType().shape().rank() == order.size();
    List<Integer> axes = op.axes().stream().map(order::indexOf).sorted().toList();
    if (axes.isEmpty()) {
      node.result(node.real(0, order), order);
      return;
    }
    boolean operand =
        op.kind() == Op.Reduce.Kind.SUM || node.file().operatorSet() >= SET_WITH_AXES_AS_OPERAND;
    String x = node.real(0, order);
    String y =
        operand
            ? node.add(name, List.of(x, node.vector(axes)), Attributes.flag("keepdims", keep))
            : node.add(
                name,
                List.of(x),
                Attributes.integers("axes", axes),
                Attributes.flag("keepdims", keep));
    finish(node, y, keep ? order : OnnxNode.without(order, op.axes()), keep);
  }

  static void argReduce(OnnxNode node, Op.ArgReduce op) {
    List<Integer> order = node.order();
    boolean keep = node.outputType().shape().rank() == order.size();
    String y =
        node.add(
            op.largest() ? "ArgMax" : "ArgMin",
            List.of(node.real(0, order)),
            Attributes.integer("axis", order.indexOf(op.axis())),
            Attributes.flag("keepdims", keep));
    if (node.outputType().element() != ElementType.INT64) {
      y =
          node.add(
              "Cast",
              List.of(y),
              Attributes.integer("to", OnnxConstants.code(node.outputType().element())));
    }
    finish(node, y, keep ? order : OnnxNode.without(order, List.of(op.axis())), keep);
  }

  /// An output that has neither all dimensions nor just those that are left is reshaped.
  private static void finish(OnnxNode node, String value, List<Integer> order, boolean keep) {
    Shape y = node.outputType().shape();
    if (keep || y.rank() == order.size()) {
      node.result(value, order);
    } else if (order.equals(ValueForms.identity(order.size()))) {
      node.result(node.reshape(value, y));
    } else {
      List<Integer> back = new ArrayList<>();
      ValueForms.identity(order.size()).forEach(axis -> back.add(order.indexOf(axis)));
      String sorted = node.add("Transpose", List.of(value), Attributes.integers("perm", back));
      node.result(node.reshape(sorted, y));
    }
  }

  static void cumulativeSum(OnnxNode node, Op.CumulativeSum op) {
    List<Integer> order = node.order();
    String sum =
        node.add(
            "CumSum",
            List.of(node.real(0, order), node.integer(ElementType.INT32, order.indexOf(op.axis()))),
            Attributes.flag("exclusive", op.exclusive()),
            Attributes.flag("reverse", op.reverse()));
    node.result(OnnxElements.shifted(node, sum), order);
  }
}
