package dev.mote.reference;

import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.TensorType;

/// Comparisons, logical connectives and selection: what makes booleans and what uses them.
final class Comparison {

  private Comparison() {}

  static void compare(Invocation call, Op.Compare op) {
    Value x = call.input(0);
    Value y = call.input(1);
    for (int i = 0; i < call.output().count(); i++) {
      int atX = Broadcast.source(x.shape(), call.output().shape(), i);
      int atY = Broadcast.source(y.shape(), call.output().shape(), i);
      boolean holds =
          x.element().isFloat()
              ? holds(op.kind(), x.real(atX), y.real(atY))
              : holds(op.kind(), comparable(x, atX), comparable(y, atY));
      call.output().set(i, holds ? 1 : 0);
    }
  }

  static void logical(Invocation call, Op.Logical op) {
    Value x = call.input(0);
    Value y = call.input(1);
    for (int i = 0; i < call.output().count(); i++) {
      long u = x.integer(Broadcast.source(x.shape(), call.output().shape(), i));
      long v = y.integer(Broadcast.source(y.shape(), call.output().shape(), i));
      call.output()
          .set(
              i,
              switch (op.kind()) {
                case AND -> u & v;
                case OR -> u | v;
              });
    }
  }

  static void select(Invocation call) {
    Value condition = call.input(0);
    for (int i = 0; i < call.output().count(); i++) {
      boolean first =
          condition.integer(Broadcast.source(condition.shape(), call.output().shape(), i)) != 0;
      Value chosen = call.input(first ? 1 : 2);
      call.output().copy(chosen, Broadcast.source(chosen.shape(), call.output().shape(), i), i);
    }
  }

  /// Quantized elements are compared as real numbers with 8 fractional bits, rounded: values that
  /// differ by less can be equal.
  private static long comparable(Value value, int index) {
    TensorType type = value.type();
    boolean small = type.element() == ElementType.INT8 || type.element() == ElementType.INT16;
    if (!small || !type.quantization().isQuantized()) {
      return value.integer(index);
    }
    return QuantizedArithmetic.operand(type, 8, type.quantization().scale())
        .scaled(value.integer(index));
  }

  private static boolean holds(Op.Compare.Kind kind, long x, long y) {
    return switch (kind) {
      case EQUAL -> x == y;
      case NOT_EQUAL -> x != y;
      case LESS -> x < y;
      case LESS_EQUAL -> x <= y;
      case GREATER -> x > y;
      case GREATER_EQUAL -> x >= y;
    };
  }

  private static boolean holds(Op.Compare.Kind kind, float x, float y) {
    return switch (kind) {
      case EQUAL -> x == y;
      case NOT_EQUAL -> x != y;
      case LESS -> x < y;
      case LESS_EQUAL -> x <= y;
      case GREATER -> x > y;
      case GREATER_EQUAL -> x >= y;
    };
  }
}
