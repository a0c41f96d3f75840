package dev.mote.reference;

import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Op.Unary.Kind;

/// Element-wise operators of one input.
final class Unaries {

  private Unaries() {}

  static void unary(Invocation call, Op.Unary op) {
    Value x = call.input(0);
    if (x.element() != call.output().element()) {
      throw call.unsupported();
    }
    boolean quantized = x.type().quantization().isQuantized();
    switch (x.element()) {
      case FLOAT32 -> ofFloats(call, op.kind());
      case BOOL -> logicalNot(call, op.kind());
      case INT8, INT16 -> {
        if (quantized) {
          QuantizedUnaries.unary(call, op.kind());
        } else {
          ofPlainIntegers(call, op.kind());
        }
      }
      case INT32, INT64 -> ofPlainIntegers(call, op.kind());
      case INT4, UINT8, FLOAT16 -> throw call.unsupported();
    }
  }

  private static void ofFloats(Invocation call, Kind kind) {
    if (kind == Kind.LOGICAL_NOT) {
      throw call.unsupported();
    }
    for (int i = 0; i < call.input(0).count(); i++) {
      call.output().setReal(i, real(kind, call.input(0).real(i)));
    }
  }

  /// The function of a real number, in `float`.
  static float real(Kind kind, float x) {
    return switch (kind) {
      case RELU -> x < 0 ? 0 : x;
      case RELU6 -> clamp(x, 0, 6);
      case RELU_N1_TO_1 -> clamp(x, -1, 1);
      case RELU_0_TO_1 -> clamp(x, 0, 1);
      case ELU -> x < 0 ? (float) Math.expm1(x) : x;
      case HARD_SWISH -> x * Math.min(6, Math.max(0, x + 3)) / 6;
      case LOGISTIC -> logistic(x);
      case TANH -> (float) Math.tanh(x);
      case ABS -> Math.abs(x);
      case NEG -> -x;
      case SQUARE -> x * x;
      case SQRT -> (float) Math.sqrt(x);
      case RSQRT -> 1 / (float) Math.sqrt(x);
      case EXP -> (float) Math.exp(x);
      case LOG -> (float) Math.log(x);
      case SIN -> (float) Math.sin(x);
      case COS -> (float) Math.cos(x);
      case FLOOR -> (float) Math.floor(x);
      case CEIL -> (float) Math.ceil(x);
      case ROUND -> (float) Math.rint(x);
      case LOGICAL_NOT -> throw new IllegalArgumentException("LOGICAL_NOT of a real number");
      case TAN -> (float) Math.tan(x);
      case ASIN -> (float) Math.asin(x);
      case ACOS -> (float) Math.acos(x);
      case ATAN -> (float) Math.atan(x);
      case SINH -> (float) Math.sinh(x);
      case COSH -> (float) Math.cosh(x);
      case ASINH -> (float) Math.copySign(inverseSinh(Math.abs(x)), x);
      case ACOSH -> x < 1 ? Float.NaN : (float) Math.log(x + Math.sqrt((double) x * x - 1));
      case ATANH -> (float) (0.5 * (Math.log1p(x) - Math.log1p(-x)));
      case ERF -> (float) error(x);
      case SIGN -> Math.signum(x);
      case SOFTPLUS -> (float) (Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs((double) x))));
    };
  }

  /// Of no negative number.
  private static double inverseSinh(double x) {
    return Double.isInfinite(x) ? x : Math.log1p(x + x * x / (1 + Math.sqrt(x * x + 1)));
  }

  /// The error function by its power series; beyond 4 a float does not tell it from 1.
  private static double error(double x) {
    if (x == 0 || Math.abs(x) > 4) {
      return Math.signum(x);
    }
    double term = x;
    double sum = x;
    for (int n = 1; n < 100; n++) {
      term *= -x * x / n;
      sum += term / (2 * n + 1);
    }
    return sum * 2 / Math.sqrt(Math.PI);
  }

  private static float clamp(float x, float low, float high) {
    return x > high ? high : x < low ? low : x;
  }

  /// Beyond the cut-offs, which are TFLite's, the plain formula loses accuracy or changes nothing.
  private static float logistic(float x) {
    if (x > 16.619047164916992188f) {
      return 1;
    }
    return x < -9 ? (float) Math.exp(x) : 1 / (1 + (float) Math.exp(-x));
  }

  private static void logicalNot(Invocation call, Kind kind) {
    if (kind != Kind.LOGICAL_NOT) {
      throw call.unsupported();
    }
    for (int i = 0; i < call.input(0).count(); i++) {
      call.output().set(i, call.input(0).integer(i) == 0 ? 1 : 0);
    }
  }

  /// Magnitude and negation, which wrap around for the smallest integer.
  private static void ofPlainIntegers(Invocation call, Kind kind) {
    Value y = call.output();
    for (int i = 0; i < y.count(); i++) {
      long x = call.input(0).integer(i);
      long result =
          switch (kind) {
            case ABS -> Math.abs(x);
            case NEG -> -x;
            default -> throw call.unsupported();
          };
      y.set(i, wrap(y.element(), result));
    }
  }

  private static long wrap(ElementType type, long value) {
    int unused = 64 - type.bits();
    return value << unused >> unused;
  }
}
