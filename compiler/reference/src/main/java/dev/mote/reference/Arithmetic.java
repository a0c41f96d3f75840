package dev.mote.reference;

import dev.mote.ir.Activation;
import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;

/// Element-wise arithmetic on two or more operands: floats and plain integers here, quantized ones
/// by [QuantizedArithmetic].
final class Arithmetic {

  private Arithmetic() {}

  static void binary(Invocation call, Op.Binary op) {
    Value x = call.input(0);
    Value y = call.input(1);
    Value z = call.output();
    Shape shape = z.shape();
    IntegerFunction integers =
        z.element().isFloat() ? (u, v) -> 0 : integerFunction(call, op, z.element());
    for (int i = 0; i < z.count(); i++) {
      int atX = Broadcast.source(x.shape(), shape, i);
      int atY = Broadcast.source(y.shape(), shape, i);
      if (z.element().isFloat()) {
        float result = real(op.kind(), x.real(atX), y.real(atY));
        z.setReal(i, Clamp.apply(op.activation(), result));
      } else {
        z.set(i, integers.of(x.integer(atX), y.integer(atY)));
      }
    }
  }

  static void addN(Invocation call) {
    Value z = call.output();
    if (z.element() == ElementType.INT8) {
      QuantizedArithmetic.addN(call);
      return;
    }
    for (int i = 0; i < z.count(); i++) {
      float sum = 0;
      long integerSum = 0;
      for (Value x : call.inputs()) {
        if (z.element().isFloat()) {
          sum += x.real(i);
        } else {
          integerSum += x.integer(i);
        }
      }
      if (z.element().isFloat()) {
        z.setReal(i, sum);
      } else {
        z.set(i, wrap(integerSum, z.element()));
      }
    }
  }

  /// A function of one element of each operand.
  interface IntegerFunction {
    long of(long x, long y);
  }

  private static IntegerFunction integerFunction(
      Invocation call, Op.Binary op, ElementType element) {
    boolean comparesOnly =
        op.kind() == Op.Binary.Kind.MINIMUM || op.kind() == Op.Binary.Kind.MAXIMUM;
    if (!comparesOnly && call.outputType().quantization().isQuantized()) {
      return QuantizedArithmetic.of(call, op);
    }
    return (x, y) -> clamp(op.activation(), wrap(plain(op.kind(), x, y), element));
  }

  private static float real(Op.Binary.Kind kind, float x, float y) {
    return switch (kind) {
      case ADD -> x + y;
      case SUB -> x - y;
      case MUL -> x * y;
      case DIV -> x / y;
      case FLOOR_DIV -> (float) Math.floor((double) x / (double) y);
      case FLOOR_MOD -> {
        float remainder = x % y;
        yield remainder != 0 && (y < 0) != (remainder < 0) ? remainder + y : remainder;
      }
      case SQUARED_DIFFERENCE -> (x - y) * (x - y);
      case MINIMUM -> x < y ? x : y;
      case MAXIMUM -> x > y ? x : y;
      case POWER -> (float) Math.pow(x, y);
    };
  }

  /// Integers divided by zero give 0, as the divide instruction of Cortex-M does.
  private static long plain(Op.Binary.Kind kind, long x, long y) {
    return switch (kind) {
      case ADD -> x + y;
      case SUB -> x - y;
      case MUL -> x * y;
      case DIV -> y == 0 ? 0 : x / y;
      case FLOOR_DIV -> y == 0 ? 0 : Math.floorDiv(x, y);
      case FLOOR_MOD -> y == 0 ? 0 : Math.floorMod(x, y);
      case SQUARED_DIFFERENCE -> (x - y) * (x - y);
      case MINIMUM -> Math.min(x, y);
      case MAXIMUM -> Math.max(x, y);
      case POWER -> throw new IllegalArgumentException("POWER of integers");
    };
  }

  private static long wrap(long value, ElementType element) {
    return switch (element) {
      case INT8 -> (byte) value;
      case INT16 -> (short) value;
      case INT32 -> (int) value;
      case INT64 -> value;
      case INT4, UINT8, BOOL, FLOAT16, FLOAT32 ->
          throw new IllegalArgumentException("no integer arithmetic on " + element);
    };
  }

  private static long clamp(Activation activation, long value) {
    return switch (activation) {
      case NONE -> value;
      case RELU -> Math.max(value, 0);
      case RELU6 -> Math.clamp(value, 0, 6);
      case RELU_N1_TO_1 -> Math.clamp(value, -1, 1);
    };
  }
}
