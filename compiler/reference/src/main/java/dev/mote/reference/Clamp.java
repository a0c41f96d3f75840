package dev.mote.reference;

import dev.mote.ir.Activation;
import dev.mote.ir.TensorType;

/// The range that a fused activation leaves to a quantized output.
///
/// @param low smallest quantized value
/// @param high largest quantized value
record Clamp(int low, int high) {

  /// Range of `activation` on a tensor of `type`, which is quantized per tensor.
  ///
  /// The bounds are quantized in `float`, rounded half away from zero, as TFLite's
  /// `CalculateActivationRangeQuantized` does.
  static Clamp of(Activation activation, TensorType type) {
    int low = (int) type.element().minValue();
    int high = (int) type.element().maxValue();
    if (Float.isFinite(activation.lower())) {
      low = Math.max(low, quantize(activation.lower(), type));
    }
    if (Float.isFinite(activation.upper())) {
      high = Math.min(high, quantize(activation.upper(), type));
    }
    return new Clamp(low, high);
  }

  int apply(int value) {
    return Math.min(Math.max(value, low), high);
  }

  long apply(long value) {
    return Math.min(Math.max(value, low), high);
  }

  /// `value` limited to the bounds of `activation`, and to finite numbers in any case.
  static float apply(Activation activation, float value) {
    float low = Math.max(activation.lower(), -Float.MAX_VALUE);
    float high = Math.min(activation.upper(), Float.MAX_VALUE);
    return Math.min(Math.max(value, low), high);
  }

  private static int quantize(float bound, TensorType type) {
    float scaled = bound / type.quantization().scale();
    double rounded = Math.copySign(Math.floor(Math.abs((double) scaled) + 0.5), scaled);
    return type.quantization().zeroPoint() + (int) rounded;
  }
}
