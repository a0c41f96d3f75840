package dev.mote.reference;

import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Quantization;
import dev.mote.ir.TensorType;

/// Element-wise arithmetic on operands that are quantized per tensor.
///
/// Source: TensorFlow Lite Micro's `add_common.cc`, `sub_common.cc`, `mul_common.cc`, `div.cc`,
/// `squared_difference.cc`, `add_n.cc` and the reference kernels that they call.
final class QuantizedArithmetic {

  private QuantizedArithmetic() {}

  /// An operand brought to the scale that both operands share: `(q - zeroPoint) · 2^leftShift`
  /// times a factor.
  record Operand(int zeroPoint, int leftShift, Requantization factor) {
    int scaled(long q) {
      return factor.apply(((int) q - zeroPoint) << leftShift);
    }
  }

  static Arithmetic.IntegerFunction of(Invocation call, Op.Binary op) {
    return switch (op.kind()) {
      case ADD, SUB -> sum(call, op);
      case MUL -> product(call, op);
      case DIV -> quotient(call, op);
      case SQUARED_DIFFERENCE -> squaredDifference(call, op);
      case FLOOR_DIV, FLOOR_MOD, MINIMUM, MAXIMUM, POWER -> throw call.unsupported();
    };
  }

  private static Arithmetic.IntegerFunction sum(Invocation call, Op.Binary op) {
    float scaleX = call.inputType(0).quantization().scale();
    float scaleY = call.inputType(1).quantization().scale();
    Quantization.PerTensor z = call.outputType().quantization().perTensor();
    int leftShift = call.outputType().element() == ElementType.INT16 ? 15 : 20;
    Operand x;
    Operand y;
    Requantization output;
    if (op.kind() == Op.Binary.Kind.ADD) {
      double twice = 2.0 * Math.max(scaleX, scaleY);
      x = operand(call.inputType(0), leftShift, scaleX / twice);
      y = operand(call.inputType(1), leftShift, scaleY / twice);
      output = Requantization.of(twice / ((1 << leftShift) * (double) z.scale()));
    } else {
      // Subtraction derives its factors in single precision.
      float twice = 2 * Math.max(scaleX, scaleY);
      x = operand(call.inputType(0), leftShift, scaleX / twice);
      y = operand(call.inputType(1), leftShift, scaleY / twice);
      output = Requantization.of(twice / ((1 << leftShift) * z.scale()));
    }
    int sign = op.kind() == Op.Binary.Kind.ADD ? 1 : -1;
    Clamp clamp = Clamp.of(op.activation(), call.outputType());
    return (u, v) -> clamp.apply(output.apply(x.scaled(u) + sign * y.scaled(v)) + z.zeroPoint());
  }

  private static Arithmetic.IntegerFunction product(Invocation call, Op.Binary op) {
    Quantization.PerTensor x = call.inputType(0).quantization().perTensor();
    Quantization.PerTensor y = call.inputType(1).quantization().perTensor();
    Quantization.PerTensor z = call.outputType().quantization().perTensor();
    Requantization output =
        Requantization.of((double) x.scale() * (double) y.scale() / (double) z.scale());
    Clamp clamp = Clamp.of(op.activation(), call.outputType());
    return (u, v) -> {
      int product = ((int) u - x.zeroPoint()) * ((int) v - y.zeroPoint());
      return clamp.apply(output.apply(product) + z.zeroPoint());
    };
  }

  private static Arithmetic.IntegerFunction quotient(Invocation call, Op.Binary op) {
    Quantization.PerTensor x = call.inputType(0).quantization().perTensor();
    Quantization.PerTensor y = call.inputType(1).quantization().perTensor();
    Quantization.PerTensor z = call.outputType().quantization().perTensor();
    Requantization output = Requantization.of(x.scale() / (y.scale() * z.scale()));
    Clamp clamp = Clamp.of(op.activation(), call.outputType());
    return (u, v) -> {
      int dividend = (int) u - x.zeroPoint();
      int divisor = (int) v - y.zeroPoint();
      return clamp.apply(FixedPointDivision.divide(dividend, divisor, output) + z.zeroPoint());
    };
  }

  private static Arithmetic.IntegerFunction squaredDifference(Invocation call, Op.Binary op) {
    float scaleX = call.inputType(0).quantization().scale();
    float scaleY = call.inputType(1).quantization().scale();
    Quantization.PerTensor z = call.outputType().quantization().perTensor();
    int leftShift = call.outputType().element() == ElementType.INT16 ? 0 : 7;
    double twice = 2.0 * Math.max(scaleX, scaleY);
    Operand x = operand(call.inputType(0), leftShift, scaleX / twice);
    Operand y = operand(call.inputType(1), leftShift, scaleY / twice);
    Requantization output =
        Requantization.of(twice * twice / (double) ((1 << 2 * leftShift) * z.scale()));
    Clamp clamp = Clamp.of(op.activation(), call.outputType());
    return (u, v) -> {
      int difference = x.scaled(u) - y.scaled(v);
      return clamp.apply(output.apply(difference * difference) + z.zeroPoint());
    };
  }

  /// The sum of int8 operands of one quantization. It starts from the integer 0, not from the real
  /// 0, and so is off by the zero point: what TensorFlow Lite Micro computes.
  static void addN(Invocation call) {
    Quantization.PerTensor in = call.inputType(0).quantization().perTensor();
    Quantization.PerTensor out = call.outputType().quantization().perTensor();
    Operand operand = operand(call.inputType(0), 20, 0.5);
    Requantization output =
        Requantization.of(2.0 * in.scale() / ((1 << 20) * (double) out.scale()));
    for (int i = 0; i < call.output().count(); i++) {
      int sum = operand.scaled(0);
      for (Value x : call.inputs()) {
        sum += operand.scaled(x.integer(i));
      }
      int result = output.apply(sum) + out.zeroPoint();
      call.output().set(i, Math.clamp(result, Byte.MIN_VALUE, Byte.MAX_VALUE));
    }
  }

  /// The operand of type `type` that is shifted left and then multiplied by `factor`.
  static Operand operand(TensorType type, int leftShift, double factor) {
    return new Operand(type.quantization().zeroPoint(), leftShift, Requantization.of(factor));
  }
}
