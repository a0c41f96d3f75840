package dev.mote.reference;

import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Quantization;
import java.util.List;

/// Rectifiers with a slope for negative numbers.
final class Rectifiers {

  private Rectifiers() {}

  static void leakyRelu(Invocation call, Op.LeakyRelu op) {
    Value x = call.input(0);
    Value y = call.output();
    if (x.element() != y.element()) {
      throw call.unsupported();
    }
    switch (x.element()) {
      case FLOAT32 -> {
        for (int i = 0; i < x.count(); i++) {
          float value = x.real(i);
          y.setReal(i, value > 0 ? value : value * op.alpha());
        }
      }
      case INT8, INT16 -> quantizedLeakyRelu(x, y, op.alpha());
      default -> throw call.unsupported();
    }
  }

  /// Both factors are computed in `float`; alpha may be negative.
  private static void quantizedLeakyRelu(Value x, Value y, float alpha) {
    Quantization.PerTensor from = x.type().quantization().perTensor();
    Quantization.PerTensor to = y.type().quantization().perTensor();
    float slope = from.scale() * alpha / to.scale();
    Requantization magnitude = Requantization.of(Math.abs(slope));
    Requantization negative =
        slope < 0 ? new Requantization(-magnitude.multiplier(), magnitude.shift()) : magnitude;
    Requantization positive = Requantization.of(from.scale() / to.scale());
    for (int i = 0; i < x.count(); i++) {
      int value = x.int32(i) - from.zeroPoint();
      int scaled = (value >= 0 ? positive : negative).apply(value);
      setClamped(y, i, to.zeroPoint() + scaled);
    }
  }

  static void prelu(Invocation call) {
    Value x = call.input(0);
    Value alpha = call.input(1);
    Value y = call.output();
    boolean int16 = x.element() == ElementType.INT16 && alpha.element() == ElementType.INT8;
    if (x.element() != y.element() || (x.element() != alpha.element() && !int16)) {
      throw call.unsupported();
    }
    switch (x.element()) {
      case FLOAT32 -> {
        for (int i = 0; i < y.count(); i++) {
          float value = x.real(i);
          y.setReal(i, value >= 0 ? value : value * alpha.real(broadcast(y, alpha, i)));
        }
      }
      case INT8, INT16 -> quantizedPrelu(x, alpha, y);
      default -> throw call.unsupported();
    }
  }

  private static void quantizedPrelu(Value x, Value alpha, Value y) {
    Quantization.PerTensor from = x.type().quantization().perTensor();
    Quantization.PerTensor slope = alpha.type().quantization().perTensor();
    Quantization.PerTensor to = y.type().quantization().perTensor();
    Requantization positive = Requantization.of((double) from.scale() / to.scale());
    Requantization negative = Requantization.of((double) from.scale() * slope.scale() / to.scale());
    for (int i = 0; i < y.count(); i++) {
      int value = x.int32(i) - from.zeroPoint();
      int factor = alpha.int32(broadcast(y, alpha, i)) - slope.zeroPoint();
      int scaled = value >= 0 ? positive.apply(value) : negative.apply(value * factor);
      setClamped(y, i, scaled + to.zeroPoint());
    }
  }

  /// Index in `operand`, broadcast to the shape of `whole`, of element `index` of `whole`.
  private static int broadcast(Value whole, Value operand, int index) {
    List<Integer> dims = operand.shape().extendTo(whole.shape().rank()).dims();
    int result = 0;
    int rest = index;
    int stride = 1;
    for (int axis = dims.size() - 1; axis >= 0; axis--) {
      int coordinate = rest % whole.shape().dim(axis);
      rest /= whole.shape().dim(axis);
      result += dims.get(axis) == 1 ? 0 : coordinate * stride;
      stride *= dims.get(axis);
    }
    return result;
  }

  private static void setClamped(Value y, int index, long value) {
    y.set(index, Math.clamp(value, y.element().minValue(), y.element().maxValue()));
  }
}
