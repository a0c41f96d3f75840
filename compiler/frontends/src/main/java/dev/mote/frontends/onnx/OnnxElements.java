package dev.mote.frontends.onnx;

import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Quantization;
import dev.mote.ir.TensorType;
import java.util.ArrayList;
import java.util.List;

/// Writes element-wise operators, normalisations and changes of representation.
final class OnnxElements {

  private OnnxElements() {}

  static void unary(OnnxNode node, Op.Unary.Kind kind) {
    List<Integer> order = node.order();
    String x = node.real(0, order);
    node.result(
        switch (kind) {
          case RELU -> node.add("Relu", List.of(x));
          case RELU6 -> clip(node, x, 0, 6);
          case RELU_N1_TO_1 -> clip(node, x, -1, 1);
          case RELU_0_TO_1 -> clip(node, x, 0, 1);
          case ELU -> node.add("Elu", List.of(x));
          case HARD_SWISH -> node.add("HardSwish", List.of(x));
          case LOGISTIC -> node.add("Sigmoid", List.of(x));
          case TANH -> node.add("Tanh", List.of(x));
          case ABS -> node.add("Abs", List.of(x));
          case NEG -> node.add("Neg", List.of(x));
          case SQUARE -> node.add("Mul", List.of(x, x));
          case SQRT -> node.add("Sqrt", List.of(x));
          case RSQRT -> node.add("Reciprocal", List.of(node.add("Sqrt", List.of(x))));
          case EXP -> node.add("Exp", List.of(x));
          case LOG -> node.add("Log", List.of(x));
          case SIN -> node.add("Sin", List.of(x));
          case COS -> node.add("Cos", List.of(x));
          case FLOOR -> node.add("Floor", List.of(x));
          case CEIL -> node.add("Ceil", List.of(x));
          case ROUND -> node.add("Round", List.of(x));
          case LOGICAL_NOT -> node.add("Not", List.of(x));
          case TAN -> node.add("Tan", List.of(x));
          case ASIN -> node.add("Asin", List.of(x));
          case ACOS -> node.add("Acos", List.of(x));
          case ATAN -> node.add("Atan", List.of(x));
          case SINH -> node.add("Sinh", List.of(x));
          case COSH -> node.add("Cosh", List.of(x));
          case ASINH -> node.add("Asinh", List.of(x));
          case ACOSH -> node.add("Acosh", List.of(x));
          case ATANH -> node.add("Atanh", List.of(x));
          case ERF -> node.add("Erf", List.of(x));
          case SIGN -> node.add("Sign", List.of(x));
          case SOFTPLUS -> node.add("Softplus", List.of(x));
        },
        order);
  }

  private static String clip(OnnxNode node, String x, float lower, float upper) {
    return node.add("Clip", List.of(x, node.scalar(lower), node.scalar(upper)));
  }

  static void leakyRelu(OnnxNode node, Op.LeakyRelu op) {
    List<Integer> order = node.order();
    node.result(
        node.add("LeakyRelu", List.of(node.real(0, order)), Attributes.real("alpha", op.alpha())),
        order);
  }

  static void prelu(OnnxNode node) {
    List<Integer> order = node.commonOrder(node.outputType().shape().rank());
    node.result(
        node.add("PRelu", List.of(node.real(0, order), node.spread(1, order, true))), order);
  }

  static void softmax(OnnxNode node, Op.Softmax op) {
    List<Integer> order = node.order();
    String x = node.real(0, order);
    if (op.beta() != 1) {
      x = node.add("Mul", List.of(x, node.scalar(op.beta())));
    }
    node.result(node.add("Softmax", List.of(x), last(order)), order);
  }

  static void logSoftmax(OnnxNode node) {
    List<Integer> order = node.order();
    node.result(node.add("LogSoftmax", List.of(node.real(0, order)), last(order)), order);
  }

  static void l2Normalization(OnnxNode node) {
    List<Integer> order = node.order();
    node.result(
        node.add(
            "LpNormalization",
            List.of(node.real(0, order)),
            last(order),
            Attributes.integer("p", 2)),
        order);
  }

  /// Where the last dimension of the graph's tensor is.
  private static dev.mote.frontends.onnx.schema.OnnxMl.AttributeProto last(List<Integer> order) {
    return Attributes.integer("axis", order.indexOf(order.size() - 1));
  }

  // ---- two and more inputs ---------------------------------------------------------------------

  static void binary(OnnxNode node, Op.Binary op) {
    List<Integer> order = node.commonOrder(node.outputType().shape().rank());
    List<String> xy = List.of(node.spread(0, order, true), node.spread(1, order, true));
    boolean real = node.input(0).element().isFloat() || node.input(0).quantization().isQuantized();
    String y =
        switch (op.kind()) {
          case ADD -> node.add("Add", xy);
          case SUB -> node.add("Sub", xy);
          case MUL -> node.add("Mul", xy);
          case DIV -> node.add("Div", xy);
          case MINIMUM -> node.add("Min", xy);
          case MAXIMUM -> node.add("Max", xy);
          case POWER -> node.add("Pow", xy);
          case SQUARED_DIFFERENCE -> {
            String difference = node.add("Sub", xy);
            yield node.add("Mul", List.of(difference, difference));
          }
          case FLOOR_DIV -> {
            if (real) {
              yield node.add("Floor", List.of(node.add("Div", xy)));
            }
            yield floorDivision(node, xy);
          }
          case FLOOR_MOD -> real ? realRemainder(node, xy) : node.add("Mod", xy);
        };
    node.result(node.activated(y, op.activation()), order);
  }

  /// Division of integers rounds towards zero: one less where the remainder of that and the one
  /// with y's sign differ.
  private static String floorDivision(OnnxNode node, List<String> xy) {
    ElementType element = node.outputType().element();
    String quotient = node.add("Div", xy);
    String product = node.add("Mul", List.of(quotient, xy.getLast()));
    String rest = node.add("Sub", List.of(xy.getFirst(), product));
    String exact = node.add("Equal", List.of(rest, node.add("Mod", xy)));
    String less =
        node.add(
            "Cast",
            List.of(node.add("Not", List.of(exact))),
            Attributes.integer("to", OnnxConstants.code(element)));
    return node.add("Sub", List.of(quotient, less));
  }

  /// The remainder of floats has the sign of x; brought to that of y by adding y once more.
  private static String realRemainder(OnnxNode node, List<String> xy) {
    String first = node.add("Mod", xy, Attributes.integer("fmod", 1));
    String moved = node.add("Add", List.of(first, xy.getLast()));
    return node.add("Mod", List.of(moved, xy.getLast()), Attributes.integer("fmod", 1));
  }

  static void addN(OnnxNode node) {
    List<Integer> order = node.commonOrder(node.outputType().shape().rank());
    List<String> inputs = new ArrayList<>();
    for (int i = 0; i < node.inputCount(); i++) {
      inputs.add(node.real(i, order));
    }
    if (node.outputType().element().isInteger()
        && !node.outputType().quantization().isQuantized()) {
      String sum = inputs.getFirst();
      for (String next : inputs.subList(1, inputs.size())) {
        sum = node.add("Add", List.of(sum, next));
      }
      node.result(sum, order);
    } else {
      node.result(shifted(node, node.add("Sum", inputs)), order);
    }
  }

  /// Sums of int8 start from what the integer 0 stands for, as in TensorFlow Lite Micro, not from
  /// the real 0.
  static String shifted(OnnxNode node, String sum) {
    if (!(node.input(0).quantization() instanceof Quantization.PerTensor q)
        || q.zeroPoint() == 0
        || node.input(0).element() != ElementType.INT8) {
      return sum;
    }
    return node.add("Add", List.of(sum, node.scalar(-q.scale() * q.zeroPoint())));
  }

  static void compare(OnnxNode node, Op.Compare op) {
    List<Integer> order = node.commonOrder(node.outputType().shape().rank());
    List<String> xy = List.of(node.spread(0, order, true), node.spread(1, order, true));
    node.result(
        switch (op.kind()) {
          case EQUAL -> node.add("Equal", xy);
          case NOT_EQUAL -> node.add("Not", List.of(node.add("Equal", xy)));
          case LESS -> node.add("Less", xy);
          case LESS_EQUAL -> node.add("LessOrEqual", xy);
          case GREATER -> node.add("Greater", xy);
          case GREATER_EQUAL -> node.add("GreaterOrEqual", xy);
        },
        order);
  }

  static void logical(OnnxNode node, Op.Logical op) {
    List<Integer> order = node.commonOrder(node.outputType().shape().rank());
    List<String> xy = List.of(node.spread(0, order, true), node.spread(1, order, true));
    node.result(
        switch (op.kind()) {
          case AND -> node.add("And", xy);
          case OR -> node.add("Or", xy);
        },
        order);
  }

  static void select(OnnxNode node) {
    List<Integer> order = node.commonOrder(node.outputType().shape().rank());
    String condition = node.spread(0, order, false);
    String x = node.spread(1, order, true);
    String y = node.spread(2, order, true);
    if (node.outputType().element() == ElementType.BOOL) {
      // Runtimes lack Where of booleans.
      String chosen = node.add("And", List.of(condition, x));
      String other = node.add("And", List.of(node.add("Not", List.of(condition)), y));
      node.result(node.add("Or", List.of(chosen, other)), order);
    } else {
      node.result(node.add("Where", List.of(condition, x, y)), order);
    }
  }

  // ---- changes of representation ---------------------------------------------------------------

  static void quantize(OnnxNode node) {
    TensorType y = node.outputType();
    boolean exists =
        switch (y.element()) {
          case INT4, INT8, UINT8, INT16 -> true;
          case INT32, INT64, BOOL, FLOAT16, FLOAT32 -> false;
        };
    boolean zero =
        node.input(0).element() != ElementType.INT32
            || !node.input(0).quantization().isQuantized()
            || node.input(0).quantization().zeroPoint() == 0;
    if (!exists || !zero || y.quantization() instanceof Quantization.None) {
      throw node.unfit(
          "ONNX quantizes to 8 and 16 bits, and int32 has no zero point there",
          "write the model as .tflite.");
    }
    List<Integer> order = node.order();
    node.result(node.real(0, order), order);
  }

  static void cast(OnnxNode node) {
    List<Integer> order = node.order();
    String y =
        node.add(
            "Cast",
            List.of(node.stored(0, order)),
            Attributes.integer("to", OnnxConstants.code(node.outputType().element())));
    node.resultStored(0, y, order);
  }
}
