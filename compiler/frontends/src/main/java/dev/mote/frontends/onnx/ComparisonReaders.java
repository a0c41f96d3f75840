package dev.mote.frontends.onnx;

import dev.mote.frontends.onnx.Operators.Reading;
import dev.mote.ir.ElementType;
import dev.mote.ir.Op.Compare;
import dev.mote.ir.Op.Logical;
import dev.mote.ir.Op.Unary;
import java.util.List;
import java.util.Map;

/// Reads comparisons, logical connectives and selections.
final class ComparisonReaders {

  private ComparisonReaders() {}

  static void register(Map<String, Reading> readings) {
    compare(readings, "Equal", Compare.Kind.EQUAL);
    compare(readings, "Greater", Compare.Kind.GREATER);
    compare(readings, "GreaterOrEqual", Compare.Kind.GREATER_EQUAL);
    compare(readings, "Less", Compare.Kind.LESS);
    compare(readings, "LessOrEqual", Compare.Kind.LESS_EQUAL);
    readings.put(
        "And",
        (node, draw) -> List.of(draw.logical(Logical.Kind.AND, bool(node, 0), other(node, draw))));
    readings.put(
        "Or",
        (node, draw) -> List.of(draw.logical(Logical.Kind.OR, bool(node, 0), other(node, draw))));
    readings.put(
        "Xor",
        (node, draw) ->
            List.of(draw.compare(Compare.Kind.NOT_EQUAL, bool(node, 0), other(node, draw))));
    readings.put("Not", (node, draw) -> List.of(draw.unary(Unary.Kind.LOGICAL_NOT, bool(node, 0))));
    readings.put("Where", ComparisonReaders::where);
    readings.put("IsNaN", ComparisonReaders::isNan);
    readings.put("IsInf", ComparisonReaders::isInfinite);
  }

  private static void compare(Map<String, Reading> readings, String name, Compare.Kind kind) {
    readings.put(
        name,
        (node, draw) -> {
          Wire x = node.input(0);
          Wire y = node.input(1);
          ElementReaders.sameTypes(node, x, y);
          if (x.element() == ElementType.FLOAT16) {
            throw node.types("it is not supported for float16");
          }
          return List.of(draw.compare(kind, x, ElementReaders.legacy(node, draw, x, y)));
        });
  }

  private static Wire bool(NodeView node, int index) {
    Wire x = node.input(index);
    if (x.element() != ElementType.BOOL) {
      throw node.types("its operands are not bool");
    }
    return x;
  }

  private static Wire other(NodeView node, Blocks draw) {
    return ElementReaders.legacy(node, draw, node.input(0), bool(node, 1));
  }

  private static List<Wire> where(NodeView node, Blocks draw) {
    Wire condition = bool(node, 0);
    Wire x = node.input(1);
    Wire y = node.input(2);
    ElementReaders.sameTypes(node, x, y);
    return List.of(draw.select(condition, x, y));
  }

  private static List<Wire> isNan(NodeView node, Blocks draw) {
    Wire x = ElementReaders.real(node);
    return List.of(draw.compare(Compare.Kind.NOT_EQUAL, x, x));
  }

  private static List<Wire> isInfinite(NodeView node, Blocks draw) {
    Wire x = ElementReaders.real(node);
    boolean negative = node.flag("detect_negative", true);
    boolean positive = node.flag("detect_positive", true);
    Wire infinity = draw.real(Double.POSITIVE_INFINITY);
    if (negative && positive) {
      return List.of(draw.compare(Compare.Kind.EQUAL, draw.unary(Unary.Kind.ABS, x), infinity));
    }
    if (!negative && !positive) {
      return List.of(draw.constant(ElementType.BOOL, x.shape(), new double[x.shape().count()]));
    }
    Wire bound = positive ? infinity : draw.real(Double.NEGATIVE_INFINITY);
    return List.of(draw.compare(Compare.Kind.EQUAL, x, bound));
  }
}
