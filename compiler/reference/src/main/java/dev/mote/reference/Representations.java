package dev.mote.reference;

import dev.mote.ir.ElementType;
import dev.mote.ir.Quantization;

/// Changes of a tensor's representation.
final class Representations {

  private Representations() {}

  static void quantize(Invocation call) {
    Value x = call.input(0);
    Value y = call.output();
    if (!y.type().quantization().isQuantized()) {
      throw call.unsupported();
    }
    if (x.element() == ElementType.FLOAT32) {
      quantizeFloats(x, y);
    } else if (x.type().quantization().isQuantized()) {
      requantize(x, y);
    } else {
      throw call.unsupported();
    }
  }

  /// Divided in `float`, rounded half away from zero, saturating; NaN becomes the smallest value.
  private static void quantizeFloats(Value x, Value y) {
    Quantization.PerTensor to = y.type().quantization().perTensor();
    long low = y.element().minValue();
    long high = y.element().maxValue();
    for (int i = 0; i < x.count(); i++) {
      double rounded = Rounding.halfAway(x.real(i) / to.scale());
      y.set(i, Rounding.saturate(rounded + to.zeroPoint(), low, high));
    }
  }

  /// The difference to the zero point and the sum with the new one wrap around in 32 bits.
  private static void requantize(Value x, Value y) {
    Quantization.PerTensor from = x.type().quantization().perTensor();
    Quantization.PerTensor to = y.type().quantization().perTensor();
    Requantization factor = Requantization.of((double) from.scale() / to.scale());
    int low = (int) y.element().minValue();
    int high = (int) y.element().maxValue();
    for (int i = 0; i < x.count(); i++) {
      long result = factor.apply(x.int32(i) - from.zeroPoint()) + to.zeroPoint();
      y.set(i, Math.clamp(result, low, high));
    }
  }

  /// The product is exact in `double` for elements of up to 16 bits and rounded once to `float`.
  static void dequantize(Invocation call) {
    Value x = call.input(0);
    Value y = call.output();
    if (y.element() != ElementType.FLOAT32) {
      throw call.unsupported();
    }
    if (x.element() == ElementType.FLOAT16) {
      y.copyFrom(x);
      return;
    }
    if (!x.element().isInteger() || !x.type().quantization().isQuantized()) {
      throw call.unsupported();
    }
    for (int i = 0; i < x.count(); i++) {
      Quantization from = x.type().quantization();
      double scale = from.scale(channel(x, i));
      y.setReal(i, (float) (scale * (x.integer(i) - from.zeroPoint())));
    }
  }

  private static int channel(Value x, int index) {
    return x.type().quantization() instanceof Quantization.PerChannel perChannel
        ? index / x.shape().strides().get(perChannel.axis()) % x.shape().dim(perChannel.axis())
        : 0;
  }

  /// As C converts: integers keep their low bits, floats lose their fraction. Where C leaves the
  /// result open, floats saturate and NaN becomes 0. Only 0 is false.
  static void cast(Invocation call) {
    Value x = call.input(0);
    Value y = call.output();
    for (int i = 0; i < x.count(); i++) {
      if (x.element().isFloat()) {
        castFloat(x.real(i), y, i);
      } else {
        castInteger(x.integer(i), y, i);
      }
    }
  }

  private static void castFloat(float value, Value y, int index) {
    switch (y.element()) {
      case FLOAT16, FLOAT32 -> y.setReal(index, value);
      case BOOL -> y.set(index, value != 0 ? 1 : 0);
      case INT4, INT8, UINT8, INT16, INT32, INT64 -> {
        long low = y.element().minValue();
        long high = y.element().maxValue();
        y.set(index, Math.clamp((long) value, low, high));
      }
    }
  }

  private static void castInteger(long value, Value y, int index) {
    switch (y.element()) {
      case FLOAT16, FLOAT32 -> y.setReal(index, value);
      case BOOL -> y.set(index, value != 0 ? 1 : 0);
      case INT4 -> y.set(index, value << 60 >> 60);
      case INT8 -> y.set(index, (byte) value);
      case UINT8 -> y.set(index, value & 0xFF);
      case INT16 -> y.set(index, (short) value);
      case INT32 -> y.set(index, (int) value);
      case INT64 -> y.set(index, value);
    }
  }
}
