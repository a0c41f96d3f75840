package dev.mote.frontends.onnx;

import dev.mote.frontends.onnx.Operators.Reading;
import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Op.Reduce;
import dev.mote.ir.Op.Unary;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/// Reads reductions, positions of extrema and running sums.
final class ReductionReaders {

  private ReductionReaders() {}

  static void register(Map<String, Reading> readings) {
    put(readings, "ReduceSum", Reduce.Kind.SUM, 13);
    put(readings, "ReduceMean", Reduce.Kind.MEAN, 18);
    put(readings, "ReduceMax", Reduce.Kind.MAX, 18);
    put(readings, "ReduceMin", Reduce.Kind.MIN, 18);
    put(readings, "ReduceProd", Reduce.Kind.PRODUCT, 18);
    composed(readings, "ReduceL1", draw -> x -> draw.unary(Unary.Kind.ABS, x), draw -> y -> y);
    composed(
        readings,
        "ReduceL2",
        draw -> x -> draw.multiply(x, x),
        draw -> y -> draw.unary(Unary.Kind.SQRT, y));
    composed(readings, "ReduceSumSquare", draw -> x -> draw.multiply(x, x), draw -> y -> y);
    composed(readings, "ReduceLogSum", draw -> x -> x, draw -> y -> draw.unary(Unary.Kind.LOG, y));
    readings.put("ReduceLogSumExp", ReductionReaders::logSumExp);
    readings.put("ArgMax", (node, draw) -> List.of(extremum(node, draw, true)));
    readings.put("ArgMin", (node, draw) -> List.of(extremum(node, draw, false)));
    readings.put("CumSum", (node, draw) -> List.of(runningSum(node, draw)));
    readings.put("Hardmax", (node, draw) -> List.of(hardmax(node, draw)));
  }

  private interface Mapping {
    UnaryOperator<Wire> with(Blocks draw);
  }

  private static void put(
      Map<String, Reading> readings, String name, Reduce.Kind kind, int axesInputSince) {
    readings.put(
        name,
        (node, draw) -> {
          Wire x = node.input(0);
          List<Integer> axes = axes(node, x.rank(), axesInputSince);
          boolean keep = node.flag("keepdims", true);
          boolean narrow = x.element().isInteger() && x.element().bits() < 32;
          if (narrow) {
            Wire wide = draw.cast(x, ElementType.INT32);
            return List.of(draw.cast(draw.reduce(kind, wide, axes, keep), x.element()));
          }
          return List.of(draw.reduce(kind, x, axes, keep));
        });
  }

  private static void composed(
      Map<String, Reading> readings, String name, Mapping before, Mapping after) {
    readings.put(
        name,
        (node, draw) -> {
          Wire x = ElementReaders.real(node);
          List<Integer> axes = axes(node, x.rank(), 18);
          Wire sum =
              draw.reduce(
                  Reduce.Kind.SUM, before.with(draw).apply(x), axes, node.flag("keepdims", true));
          return List.of(after.with(draw).apply(sum));
        });
  }

  /// The largest exponent is taken out, so that nothing overflows.
  private static List<Wire> logSumExp(NodeView node, Blocks draw) {
    Wire x = ElementReaders.real(node);
    List<Integer> axes = axes(node, x.rank(), 18);
    Wire largest = draw.reduce(Reduce.Kind.MAX, x, axes, true);
    Wire powers = draw.unary(Unary.Kind.EXP, draw.subtract(x, largest));
    Wire sum = draw.unary(Unary.Kind.LOG, draw.reduce(Reduce.Kind.SUM, powers, axes, true));
    Wire result = draw.add(sum, largest);
    if (node.flag("keepdims", true)) {
      return List.of(result);
    }
    List<Integer> dims = new ArrayList<>();
    for (int axis = 0; axis < x.rank(); axis++) {
      if (!axes.contains(axis)) {
        dims.add(x.shape().dim(axis));
      }
    }
    return List.of(draw.reshape(result, new Shape(dims)));
  }

  /// Reduced dimensions, sorted: an attribute, or an input in newer operator sets; all when none
  /// are given.
  private static List<Integer> axes(NodeView node, int rank, int inputSince) {
    long[] given = new long[0];
    if (node.opset() >= inputSince && node.optional(1).isPresent()) {
      given = node.integers(1, "axes");
    } else if (node.has("axes")) {
      given = node.longs("axes").orElseThrow();
    }
    if (given.length == 0) {
      return node.flag("noop_with_empty_axes", false) ? List.of() : Blocks.range(rank);
    }
    return node.axes(given, rank);
  }

  private static Wire extremum(NodeView node, Blocks draw, boolean largest) {
    Wire x = node.input(0);
    int axis = node.axis(node.integer("axis", 0), x.rank());
    boolean last = node.flag("select_last_index", false);
    Wire source = x;
    if (last) {
      source = draw.drawing().add(new Op.Reverse(List.of(axis)), x.type(), List.of(x));
    }
    List<Integer> dims = new ArrayList<>(x.shape().dims());
    dims.set(axis, 1);
    Wire index =
        draw.drawing()
            .add(
                new Op.ArgReduce(largest, axis),
                TensorType.plain(ElementType.INT64, new Shape(dims)),
                List.of(source));
    if (last) {
      index = draw.subtract(draw.scalar(ElementType.INT64, x.shape().dim(axis) - 1), index);
    }
    if (!node.flag("keepdims", true)) {
      dims.remove(axis);
      return draw.reshape(index, new Shape(dims));
    }
    return index;
  }

  private static Wire runningSum(NodeView node, Blocks draw) {
    Wire x = node.input(0);
    int axis = node.axis(node.integers(1, "axis")[0], x.rank());
    return draw.drawing()
        .add(
            new Op.CumulativeSum(axis, node.flag("exclusive", false), node.flag("reverse", false)),
            x.type(),
            List.of(x));
  }

  /// 1 at the first largest element along an axis, 0 elsewhere.
  private static Wire hardmax(NodeView node, Blocks draw) {
    Wire x = ElementReaders.real(node);
    NormalizationReaders.AlongLast view =
        NormalizationReaders.AlongLast.of(node, draw, x, node.opset() < 13);
    Wire rows = view.rows();
    int last = rows.rank() - 1;
    List<Integer> dims = new ArrayList<>(rows.shape().dims());
    dims.set(last, 1);
    Wire index =
        draw.drawing()
            .add(
                new Op.ArgReduce(true, last),
                TensorType.plain(ElementType.INT32, new Shape(dims)),
                List.of(rows));
    int[] places = Blocks.range(rows.shape().last()).stream().mapToInt(i -> i).toArray();
    Wire equal = draw.compare(Op.Compare.Kind.EQUAL, draw.indices(places), index);
    return view.back(draw, draw.cast(equal, ElementType.FLOAT32));
  }
}
