package dev.mote.frontends.onnx;

import dev.mote.frontends.onnx.Operators.Reading;
import dev.mote.ir.ElementType;
import dev.mote.ir.Op.Binary;
import dev.mote.ir.Op.Compare;
import dev.mote.ir.Op.Unary;
import dev.mote.ir.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;

/// Reads arithmetic by element.
final class ElementReaders {

  private ElementReaders() {}

  static void register(Map<String, Reading> readings) {
    for (Unary.Kind kind :
        List.of(
            Unary.Kind.EXP,
            Unary.Kind.LOG,
            Unary.Kind.SQRT,
            Unary.Kind.SIN,
            Unary.Kind.COS,
            Unary.Kind.TAN,
            Unary.Kind.ASIN,
            Unary.Kind.ACOS,
            Unary.Kind.ATAN,
            Unary.Kind.SINH,
            Unary.Kind.COSH,
            Unary.Kind.ASINH,
            Unary.Kind.ACOSH,
            Unary.Kind.ATANH,
            Unary.Kind.ERF,
            Unary.Kind.FLOOR,
            Unary.Kind.CEIL,
            Unary.Kind.ROUND)) {
      String name =
          kind.name().charAt(0) + kind.name().substring(1).toLowerCase(java.util.Locale.ROOT);
      readings.put(name, (node, draw) -> List.of(draw.unary(kind, real(node))));
    }
    readings.put("Abs", (node, draw) -> List.of(ofNumbers(node, draw, Unary.Kind.ABS)));
    readings.put("Neg", (node, draw) -> List.of(ofNumbers(node, draw, Unary.Kind.NEG)));
    readings.put("Sign", (node, draw) -> List.of(sign(node, draw)));
    readings.put("Reciprocal", (node, draw) -> List.of(draw.divide(draw.real(1), real(node))));
    binary(readings, "Add", Binary.Kind.ADD);
    binary(readings, "Sub", Binary.Kind.SUB);
    binary(readings, "Mul", Binary.Kind.MUL);
    binary(readings, "Div", Binary.Kind.DIV);
    readings.put("Pow", (node, draw) -> List.of(power(node, draw)));
    readings.put("Mod", (node, draw) -> List.of(modulo(node, draw)));
    readings.put("Max", (node, draw) -> List.of(chain(node, draw::maximum)));
    readings.put("Min", (node, draw) -> List.of(chain(node, draw::minimum)));
    readings.put("Sum", (node, draw) -> List.of(chain(node, draw::add)));
    readings.put(
        "Mean",
        (node, draw) ->
            List.of(draw.multiply(chain(node, draw::add), draw.real(1.0 / node.inputCount()))));
    readings.put("Clip", (node, draw) -> List.of(clip(node, draw)));
    readings.put("Identity", (node, draw) -> List.of(node.input(0)));
    readings.put("Dropout", ElementReaders::dropout);
    readings.put(
        "Cast",
        (node, draw) ->
            List.of(
                cast(node, draw, TensorData.element(node.small("to", 0), draw.drawing().where()))));
    readings.put("CastLike", (node, draw) -> List.of(cast(node, draw, node.input(1).element())));
  }

  private static void binary(Map<String, Reading> readings, String name, Binary.Kind kind) {
    readings.put(
        name,
        (node, draw) -> {
          Wire x = number(node, 0);
          Wire y = number(node, 1);
          sameTypes(node, x, y);
          return List.of(draw.binary(kind, x, legacy(node, draw, x, y)));
        });
  }

  /// Before operator set 7, the second operand lies along the first from an attribute `axis` on.
  static Wire legacy(NodeView node, Blocks draw, Wire x, Wire y) {
    if (node.opset() >= 7 || !node.has("axis") || y.rank() >= x.rank()) {
      return y;
    }
    int axis = node.axis(node.integer("axis", 0), x.rank());
    List<Integer> dims = new ArrayList<>(y.shape().dims());
    int missing = x.rank() - axis - y.rank();
    dims.addAll(Collections.nCopies(Math.max(0, missing), 1));
    return draw.reshape(y, new Shape(dims));
  }

  static void sameTypes(NodeView node, Wire x, Wire y) {
    if (x.element() != y.element()) {
      throw node.types("it mixes %s and %s".formatted(x.element().label(), y.element().label()));
    }
  }

  /// The first input, which must be of floats.
  static Wire real(NodeView node) {
    node.requireFloat(node.input(0));
    return node.input(0);
  }

  private static Wire number(NodeView node, int index) {
    Wire x = node.input(index);
    if (x.element() == ElementType.BOOL || x.element() == ElementType.FLOAT16) {
      throw node.types("it is not supported for " + x.element().label());
    }
    return x;
  }

  private static Wire ofNumbers(NodeView node, Blocks draw, Unary.Kind kind) {
    Wire x = number(node, 0);
    return switch (x.element()) {
      case INT8, UINT8, INT16 ->
          draw.cast(draw.unary(kind, draw.cast(x, ElementType.INT32)), x.element());
      default -> draw.unary(kind, x);
    };
  }

  private static Wire sign(NodeView node, Blocks draw) {
    Wire x = number(node, 0);
    if (x.element() == ElementType.FLOAT32) {
      return draw.unary(Unary.Kind.SIGN, x);
    }
    Wire zero = draw.scalar(x.element(), 0);
    Wire above = draw.cast(draw.compare(Compare.Kind.GREATER, x, zero), ElementType.INT32);
    Wire below = draw.cast(draw.compare(Compare.Kind.LESS, x, zero), ElementType.INT32);
    return draw.cast(draw.subtract(above, below), x.element());
  }

  private static Wire chain(NodeView node, BinaryOperator<Wire> function) {
    Wire result = number(node, 0);
    for (int i = 1; i < node.inputCount(); i++) {
      sameTypes(node, result, node.input(i));
      result = function.apply(result, node.input(i));
    }
    return result;
  }

  /// Integers are raised by way of floats, which are exact up to 2^24.
  private static Wire power(NodeView node, Blocks draw) {
    Wire x = number(node, 0);
    Wire y = legacy(node, draw, x, number(node, 1));
    Wire base = draw.cast(x, ElementType.FLOAT32);
    Wire exponent = draw.cast(y, ElementType.FLOAT32);
    boolean single = exponent.isConstant() && exponent.shape().count() == 1 && y.rank() <= x.rank();
    Wire result;
    if (single && exponent.floats()[0] == 2f) {
      result = draw.unary(Unary.Kind.SQUARE, base);
    } else if (single && exponent.floats()[0] == 0.5f) {
      result = draw.unary(Unary.Kind.SQRT, base);
    } else {
      result = draw.binary(Binary.Kind.POWER, base, exponent);
    }
    return draw.cast(result, x.element());
  }

  /// The remainder with the divisor's sign, or with the dividend's (`fmod`).
  private static Wire modulo(NodeView node, Blocks draw) {
    Wire x = number(node, 0);
    Wire y = number(node, 1);
    sameTypes(node, x, y);
    if (!node.flag("fmod", false)) {
      if (x.element().isFloat()) {
        throw node.attribute("a remainder of floats needs the attribute fmod = 1");
      }
      return draw.binary(Binary.Kind.FLOOR_MOD, x, y);
    }
    ElementType element = x.element();
    boolean narrow = element.isInteger() && element.bits() < 32;
    Wire a = narrow ? draw.cast(x, ElementType.INT32) : x;
    Wire b = narrow ? draw.cast(y, ElementType.INT32) : y;
    Wire size =
        draw.binary(
            Binary.Kind.FLOOR_MOD, draw.unary(Unary.Kind.ABS, a), draw.unary(Unary.Kind.ABS, b));
    Wire below = draw.compare(Compare.Kind.LESS, a, draw.scalar(a.element(), 0));
    return draw.cast(draw.select(below, draw.unary(Unary.Kind.NEG, size), size), element);
  }

  private static Wire clip(NodeView node, Blocks draw) {
    Wire x = number(node, 0);
    if (node.opset() < 11) {
      float low = node.real("min", Float.NEGATIVE_INFINITY);
      float high = node.real("max", Float.POSITIVE_INFINITY);
      return between(draw, x, low, high);
    }
    Wire low = node.optional(1).orElse(null);
    Wire high = node.optional(2).orElse(null);
    boolean known = (low == null || low.isConstant()) && (high == null || high.isConstant());
    if (known && x.element() == ElementType.FLOAT32) {
      return between(
          draw,
          x,
          low == null ? Float.NEGATIVE_INFINITY : low.floats()[0],
          high == null ? Float.POSITIVE_INFINITY : high.floats()[0]);
    }
    Wire result = low == null ? x : draw.maximum(x, low);
    return high == null ? result : draw.minimum(result, high);
  }

  /// x limited to constant bounds, by the cheapest step that does it.
  static Wire between(Blocks draw, Wire x, float low, float high) {
    if (low == 0 && high == Float.POSITIVE_INFINITY) {
      return draw.relu(x);
    }
    if (low == 0 && high == 6) {
      return draw.unary(Unary.Kind.RELU6, x);
    }
    if (low == -1 && high == 1) {
      return draw.unary(Unary.Kind.RELU_N1_TO_1, x);
    }
    if (low == 0 && high == 1) {
      return draw.unary(Unary.Kind.RELU_0_TO_1, x);
    }
    Wire result = low > -Float.MAX_VALUE ? draw.maximum(x, draw.scalar(x.element(), low)) : x;
    return high < Float.MAX_VALUE ? draw.minimum(result, draw.scalar(x.element(), high)) : result;
  }

  private static List<Wire> dropout(NodeView node, Blocks draw) {
    boolean training =
        node.optional(2).isPresent() && node.constant(2, "training mode").numbers()[0] != 0;
    boolean drops =
        node.optional(1).map(ratio -> !ratio.isConstant() || ratio.numbers()[0] != 0).orElse(true);
    if (training && drops) {
      throw node.unsupported("training mode");
    }
    Wire x = node.input(0);
    double[] ones = new double[x.shape().count()];
    java.util.Arrays.fill(ones, 1);
    return node.hasOutput(1)
        ? List.of(x, draw.constant(ElementType.BOOL, x.shape(), ones))
        : List.of(x);
  }

  private static Wire cast(NodeView node, Blocks draw, ElementType to) {
    Wire x = node.input(0);
    if (to == ElementType.FLOAT16 && x.element() != to) {
      throw node.types("a conversion to float16 is not supported");
    }
    return draw.cast(x, to);
  }
}
