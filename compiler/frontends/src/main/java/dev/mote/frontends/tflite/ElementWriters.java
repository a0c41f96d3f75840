package dev.mote.frontends.tflite;

import dev.mote.frontends.tflite.schema.AddOptionsT;
import dev.mote.frontends.tflite.schema.BuiltinOperator;
import dev.mote.frontends.tflite.schema.CastOptionsT;
import dev.mote.frontends.tflite.schema.DivOptionsT;
import dev.mote.frontends.tflite.schema.L2NormOptionsT;
import dev.mote.frontends.tflite.schema.LeakyReluOptionsT;
import dev.mote.frontends.tflite.schema.MulOptionsT;
import dev.mote.frontends.tflite.schema.SoftmaxOptionsT;
import dev.mote.frontends.tflite.schema.SubOptionsT;
import dev.mote.ir.Activation;
import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Quantization;
import dev.mote.ir.TensorType;
import java.util.List;
import java.util.Optional;

/// Writes element-wise operators, normalisations and changes of representation.
final class ElementWriters {

  private ElementWriters() {}

  // ---- one input -------------------------------------------------------------------------------

  static void unary(NodeExport node, Op.Unary.Kind kind) {
    Optional<Integer> builtin = builtin(kind);
    if (builtin.isPresent()) {
      plain(node, builtin.get());
    } else {
      RealFunctions.unary(node, kind);
    }
  }

  private static Optional<Integer> builtin(Op.Unary.Kind kind) {
    return switch (kind) {
      case RELU -> Optional.of(BuiltinOperator.RELU);
      case RELU6 -> Optional.of(BuiltinOperator.RELU6);
      case RELU_N1_TO_1 -> Optional.of(BuiltinOperator.RELU_N1_TO_1);
      case RELU_0_TO_1 -> Optional.of(BuiltinOperator.RELU_0_TO_1);
      case ELU -> Optional.of(BuiltinOperator.ELU);
      case HARD_SWISH -> Optional.of(BuiltinOperator.HARD_SWISH);
      case LOGISTIC -> Optional.of(BuiltinOperator.LOGISTIC);
      case TANH -> Optional.of(BuiltinOperator.TANH);
      case ABS -> Optional.of(BuiltinOperator.ABS);
      case NEG -> Optional.of(BuiltinOperator.NEG);
      case SQUARE -> Optional.of(BuiltinOperator.SQUARE);
      case SQRT -> Optional.of(BuiltinOperator.SQRT);
      case RSQRT -> Optional.of(BuiltinOperator.RSQRT);
      case EXP -> Optional.of(BuiltinOperator.EXP);
      case LOG -> Optional.of(BuiltinOperator.LOG);
      case SIN -> Optional.of(BuiltinOperator.SIN);
      case COS -> Optional.of(BuiltinOperator.COS);
      case FLOOR -> Optional.of(BuiltinOperator.FLOOR);
      case CEIL -> Optional.of(BuiltinOperator.CEIL);
      case ROUND -> Optional.of(BuiltinOperator.ROUND);
      case LOGICAL_NOT -> Optional.of(BuiltinOperator.LOGICAL_NOT);
      case TAN, ASIN, ACOS, ATAN, SINH, COSH, ASINH, ACOSH, ATANH, ERF, SIGN, SOFTPLUS ->
          Optional.empty();
    };
  }

  /// An operator without attributes, of any number of inputs.
  private static void plain(NodeExport node, int builtin) {
    node.emit(builtin, node.inputType(0), Optional.empty(), node.inputs(), node.y());
  }

  static void leakyRelu(NodeExport node, Op.LeakyRelu op) {
    LeakyReluOptionsT options = new LeakyReluOptionsT();
    options.setAlpha(op.alpha());
    node.emit(
        BuiltinOperator.LEAKY_RELU,
        node.inputType(0),
        Optional.of(options),
        node.inputs(),
        node.y());
  }

  static void prelu(NodeExport node) {
    plain(node, BuiltinOperator.PRELU);
  }

  static void softmax(NodeExport node, Op.Softmax op) {
    SoftmaxOptionsT options = new SoftmaxOptionsT();
    options.setBeta(op.beta());
    node.emit(
        BuiltinOperator.SOFTMAX, node.inputType(0), Optional.of(options), node.inputs(), node.y());
  }

  static void logSoftmax(NodeExport node) {
    plain(node, BuiltinOperator.LOG_SOFTMAX);
  }

  static void l2Normalization(NodeExport node) {
    node.emit(
        BuiltinOperator.L2_NORMALIZATION,
        node.inputType(0),
        Optional.of(new L2NormOptionsT()),
        node.inputs(),
        node.y());
  }

  static void quantize(NodeExport node) {
    boolean wide = node.outputType().element() == ElementType.INT16;
    boolean packed = node.outputType().element() == ElementType.INT4;
    node.emit(
        BuiltinOperator.QUANTIZE,
        packed ? 4 : wide ? 2 : 1,
        Optional.empty(),
        List.of(node.x(0)),
        node.y());
  }

  static void dequantize(NodeExport node) {
    boolean perChannel = node.inputType(0).quantization() instanceof Quantization.PerChannel;
    int version = OperatorVersions.of(BuiltinOperator.DEQUANTIZE, node.inputType(0));
    node.emit(
        BuiltinOperator.DEQUANTIZE,
        perChannel ? Math.max(version, 5) : version,
        Optional.empty(),
        List.of(node.x(0)),
        node.y());
  }

  static void cast(NodeExport node) {
    ElementType from = node.inputType(0).element();
    ElementType to = node.outputType().element();
    CastOptionsT options = new CastOptionsT();
    options.setInDataType(FileDraft.elementCode(from));
    options.setOutDataType(FileDraft.elementCode(to));
    boolean half = from == ElementType.FLOAT16 || to == ElementType.FLOAT16;
    boolean bytes = from == ElementType.INT8 || to == ElementType.INT8;
    node.emit(
        BuiltinOperator.CAST,
        half ? 5 : bytes ? 3 : 1,
        Optional.of(options),
        List.of(node.x(0)),
        node.y());
  }

  // ---- two and more inputs ---------------------------------------------------------------------

  static void binary(NodeExport node, Op.Binary op) {
    byte fused = NodeExport.code(op.activation());
    switch (op.kind()) {
      case ADD -> {
        AddOptionsT options = new AddOptionsT();
        options.setFusedActivationFunction(fused);
        // The other arithmetic of int16, by powers of two, is not what the graph means.
        options.setPotScaleInt16(false);
        fused(node, BuiltinOperator.ADD, options);
      }
      case SUB -> {
        SubOptionsT options = new SubOptionsT();
        options.setFusedActivationFunction(fused);
        options.setPotScaleInt16(false);
        fused(node, BuiltinOperator.SUB, options);
      }
      case MUL -> {
        MulOptionsT options = new MulOptionsT();
        options.setFusedActivationFunction(fused);
        node.emit(
            BuiltinOperator.MUL,
            productVersion(node),
            Optional.of(options),
            node.inputs(),
            node.y());
      }
      case DIV -> {
        DivOptionsT options = new DivOptionsT();
        options.setFusedActivationFunction(fused);
        fused(node, BuiltinOperator.DIV, options);
      }
      case FLOOR_DIV -> unfused(node, op, BuiltinOperator.FLOOR_DIV);
      case FLOOR_MOD -> unfused(node, op, BuiltinOperator.FLOOR_MOD);
      case SQUARED_DIFFERENCE -> unfused(node, op, BuiltinOperator.SQUARED_DIFFERENCE);
      case MINIMUM -> unfused(node, op, BuiltinOperator.MINIMUM);
      case MAXIMUM -> unfused(node, op, BuiltinOperator.MAXIMUM);
      case POWER -> unfused(node, op, BuiltinOperator.POW);
    }
  }

  private static void fused(NodeExport node, int builtin, Object options) {
    node.emit(builtin, broadcast(node, builtin), Optional.of(options), node.inputs(), node.y());
  }

  /// The operators that have no attribute for an activation are followed by one.
  private static void unfused(NodeExport node, Op.Binary op, int builtin) {
    TensorType on = broadcast(node, builtin);
    if (op.activation() == Activation.NONE) {
      node.emit(builtin, on, Optional.empty(), node.inputs(), node.y());
      return;
    }
    int linear = node.part("linear", node.outputType());
    node.emit(builtin, on, Optional.empty(), node.inputs(), linear);
    int activation =
        switch (op.activation()) {
          case RELU6 -> BuiltinOperator.RELU6;
          case RELU_N1_TO_1 -> BuiltinOperator.RELU_N1_TO_1;
          case RELU, NONE -> BuiltinOperator.RELU;
        };
    node.emit(activation, node.outputType(), Optional.empty(), List.of(linear), node.y());
  }

  /// What the version depends on; the rank counts only where shapes differ.
  private static TensorType broadcast(NodeExport node, int builtin) {
    boolean differ = !node.inputShape(0).equals(node.inputShape(1));
    boolean ranked = builtin != BuiltinOperator.ADD;
    return differ && ranked
        ? node.outputType().withElement(node.inputType(0).element())
        : TensorType.plain(node.inputType(0).element(), dev.mote.ir.Shape.SCALAR);
  }

  private static int productVersion(NodeExport node) {
    return switch (node.inputType(0).element()) {
      case INT64 -> 5;
      case INT16 -> 4;
      case INT8 -> {
        double product =
            (double) node.inputType(0).quantization().scale()
                * node.inputType(1).quantization().scale();
        yield product / node.outputType().quantization().scale() >= 1 ? 3 : 2;
      }
      case INT4, UINT8, INT32, BOOL, FLOAT16, FLOAT32 -> 1;
    };
  }

  static void addN(NodeExport node) {
    plain(node, BuiltinOperator.ADD_N);
  }

  static void compare(NodeExport node, Op.Compare op) {
    plain(
        node,
        switch (op.kind()) {
          case EQUAL -> BuiltinOperator.EQUAL;
          case NOT_EQUAL -> BuiltinOperator.NOT_EQUAL;
          case LESS -> BuiltinOperator.LESS;
          case LESS_EQUAL -> BuiltinOperator.LESS_EQUAL;
          case GREATER -> BuiltinOperator.GREATER;
          case GREATER_EQUAL -> BuiltinOperator.GREATER_EQUAL;
        });
  }

  static void logical(NodeExport node, Op.Logical op) {
    plain(
        node,
        switch (op.kind()) {
          case AND -> BuiltinOperator.LOGICAL_AND;
          case OR -> BuiltinOperator.LOGICAL_OR;
        });
  }

  static void select(NodeExport node) {
    plain(node, BuiltinOperator.SELECT_V2);
  }
}
