package dev.mote.frontends.tflite;

import dev.mote.frontends.tflite.schema.BuiltinOperator;
import dev.mote.frontends.tflite.schema.FullyConnectedOptionsT;
import dev.mote.frontends.tflite.schema.ReducerOptionsT;
import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import java.util.List;
import java.util.Optional;

/// Writes float functions that TFLite does not have as several that it has.
///
/// Each method takes and returns numbers of tensors; only the last operator writes to the node's
/// output. Formulas avoid overflow and the loss of digits where numbers cancel.
final class RealFunctions {

  private final NodeExport node;
  private final TensorType type;

  private RealFunctions(NodeExport node, TensorType type) {
    this.node = node;
    this.type = type;
  }

  static void unary(NodeExport node, Op.Unary.Kind kind) {
    if (node.inputType(0).element() != ElementType.FLOAT32) {
      throw node.missing("use it on floats only.");
    }
    RealFunctions f = new RealFunctions(node, node.outputType());
    int x = node.x(0);
    switch (kind) {
      case TAN ->
          f.last(
              BuiltinOperator.DIV,
              f.apply(BuiltinOperator.SIN, x),
              f.apply(BuiltinOperator.COS, x));
      case SIGN -> {
        int zero = f.constant(0);
        f.last(
            BuiltinOperator.SUB,
            f.indicator(BuiltinOperator.GREATER, x, zero),
            f.indicator(BuiltinOperator.LESS, x, zero));
      }
      // max(x, 0) + log(1 + e^-|x|)
      case SOFTPLUS -> {
        int tail =
            f.apply(
                BuiltinOperator.EXP, f.apply(BuiltinOperator.NEG, f.apply(BuiltinOperator.ABS, x)));
        int log = f.apply(BuiltinOperator.LOG, f.apply(BuiltinOperator.ADD, tail, f.constant(1)));
        f.last(BuiltinOperator.ADD, f.apply(BuiltinOperator.RELU, x), log);
      }
      case COSH -> {
        int sum =
            f.apply(
                BuiltinOperator.ADD,
                f.apply(BuiltinOperator.EXP, x),
                f.apply(BuiltinOperator.EXP, f.apply(BuiltinOperator.NEG, x)));
        f.last(BuiltinOperator.MUL, sum, f.constant(0.5f));
      }
      case SINH -> {
        int difference =
            f.apply(
                BuiltinOperator.SUB,
                f.apply(BuiltinOperator.EXP, x),
                f.apply(BuiltinOperator.EXP, f.apply(BuiltinOperator.NEG, x)));
        f.last(BuiltinOperator.MUL, difference, f.constant(0.5f));
      }
      // log(x + sqrt(x² - 1))
      case ACOSH -> {
        int under = f.apply(BuiltinOperator.SUB, f.apply(BuiltinOperator.SQUARE, x), f.constant(1));
        f.last(
            BuiltinOperator.LOG,
            f.apply(BuiltinOperator.ADD, x, f.apply(BuiltinOperator.SQRT, under)));
      }
      // log((1 + x) / (1 - x)) / 2
      case ATANH -> {
        int one = f.constant(1);
        int ratio =
            f.apply(
                BuiltinOperator.DIV,
                f.apply(BuiltinOperator.ADD, x, one),
                f.apply(BuiltinOperator.SUB, one, x));
        f.last(BuiltinOperator.MUL, f.apply(BuiltinOperator.LOG, ratio), f.constant(0.5f));
      }
      // sign(x) · log(|x| + sqrt(x² + 1)); the sign as x / max(|x|, smallest)
      case ASINH -> {
        int size = f.apply(BuiltinOperator.ABS, x);
        int under = f.apply(BuiltinOperator.ADD, f.apply(BuiltinOperator.SQUARE, x), f.constant(1));
        int log =
            f.apply(
                BuiltinOperator.LOG,
                f.apply(BuiltinOperator.ADD, size, f.apply(BuiltinOperator.SQRT, under)));
        int sign =
            f.apply(
                BuiltinOperator.DIV,
                x,
                f.apply(BuiltinOperator.MAXIMUM, size, f.constant(Float.MIN_NORMAL)));
        f.last(BuiltinOperator.MUL, sign, log);
      }
      default -> throw node.missing("write the model as .onnx, which has it.");
    }
  }

  /// Kernels of classical models as matrix product or sum of differences.
  static void kernel(NodeExport node, Op.KernelMatrix op) {
    RealFunctions f = new RealFunctions(node, node.outputType());
    switch (op.kind()) {
      case LINEAR -> f.scaledProduct(op, true);
      case POLYNOMIAL -> {
        int base = f.scaledProduct(op, false);
        f.last(BuiltinOperator.POW, base, f.constant(op.degree()));
      }
      case SIGMOID -> {
        int product = f.scaledProduct(op, false);
        f.last(BuiltinOperator.TANH, product);
      }
      case RBF -> {
        int distance = f.distances(BuiltinOperator.SQUARED_DIFFERENCE, false);
        int scaled = f.apply(BuiltinOperator.MUL, distance, f.constant(-op.gamma()));
        f.last(BuiltinOperator.EXP, scaled);
      }
      case SQUARED_DISTANCE -> f.distances(BuiltinOperator.SQUARED_DIFFERENCE, true);
      case MANHATTAN -> f.distances(BuiltinOperator.SUB, true);
    }
  }

  private int scaledProduct(Op.KernelMatrix op, boolean last) {
    int product = node.part("product", type);
    node.emit(
        BuiltinOperator.FULLY_CONNECTED,
        6,
        Optional.of(new FullyConnectedOptionsT()),
        List.of(node.x(0), node.x(1), FileDraft.ABSENT),
        product);
    int scaled = apply(BuiltinOperator.MUL, product, constant(op.gamma()));
    if (last) {
      last(BuiltinOperator.ADD, scaled, constant(op.offset()));
      return node.y();
    }
    return apply(BuiltinOperator.ADD, scaled, constant(op.offset()));
  }

  /// Sums over features of `difference` between rows of x, as `[N,1,F]`, and vectors `[S,F]`.
  private int distances(int difference, boolean last) {
    Shape x = node.inputShape(0);
    Shape column = Shape.of(x.dim(0), 1, x.dim(1));
    TensorType cube = type.withShape(Shape.of(x.dim(0), node.inputShape(1).dim(0), x.dim(1)));
    int rows = node.part("rows", type.withShape(column));
    node.reshape(node.x(0), rows, column);
    RealFunctions wide = new RealFunctions(node, cube);
    int parts = wide.apply(difference, rows, node.x(1));
    if (difference == BuiltinOperator.SUB) {
      parts = wide.apply(BuiltinOperator.ABS, parts);
    }
    if (node.inputCount() > 2) {
      parts = wide.apply(BuiltinOperator.MUL, parts, node.x(2));
    }
    int sum = last ? node.y() : node.part("distances", type);
    node.emit(
        BuiltinOperator.SUM,
        1,
        Optional.of(new ReducerOptionsT()),
        List.of(parts, node.vector("axes", List.of(2))),
        sum);
    return sum;
  }

  /// 1 where the comparison holds, else 0.
  private int indicator(int comparison, int x, int y) {
    int holds =
        node.emitPart(
            comparison, type.withElement(ElementType.BOOL), Optional.empty(), List.of(x, y));
    dev.mote.frontends.tflite.schema.CastOptionsT options =
        new dev.mote.frontends.tflite.schema.CastOptionsT();
    options.setInDataType(FileDraft.elementCode(ElementType.BOOL));
    options.setOutDataType(FileDraft.elementCode(ElementType.FLOAT32));
    return node.emitPart(BuiltinOperator.CAST, type, Optional.of(options), List.of(holds));
  }

  private int apply(int builtin, Integer... operands) {
    return node.emitPart(builtin, type, Optional.empty(), List.of(operands));
  }

  private void last(int builtin, Integer... operands) {
    node.emit(builtin, type, Optional.empty(), List.of(operands), node.y());
  }

  private int constant(float value) {
    return node.floats("constant", Shape.SCALAR, value);
  }
}
