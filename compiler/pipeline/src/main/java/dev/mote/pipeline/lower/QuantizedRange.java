package dev.mote.pipeline.lower;

import dev.mote.ir.Activation;
import dev.mote.ir.TensorType;
import dev.mote.pipeline.lower.KernelCall.Parameter;
import java.util.List;

/// The values that a quantized output may take after its fused activation.
///
/// Source: TFLite's `CalculateActivationRangeQuantized`: the bounds are divided by the scale in
/// `float` and rounded half away from zero.
///
/// @param low smallest value
/// @param high largest value
public record QuantizedRange(int low, int high) {

  /// Range of `activation` on an integer tensor of `type`, quantized per tensor.
  public static QuantizedRange of(Activation activation, TensorType type) {
    int low = (int) type.element().minValue();
    int high = (int) type.element().maxValue();
    return switch (activation) {
      case NONE -> new QuantizedRange(low, high);
      case RELU -> new QuantizedRange(Math.max(low, image(0, type)), high);
      case RELU6, RELU_N1_TO_1 ->
          new QuantizedRange(
              Math.max(low, image(activation.lower(), type)),
              Math.min(high, image(activation.upper(), type)));
    };
  }

  /// Whether saturation to int8 is the clamp.
  boolean isWholeInt8() {
    return low == Byte.MIN_VALUE && high == Byte.MAX_VALUE;
  }

  public int clamp(int value) {
    return Math.clamp(value, low, high);
  }

  /// Fields `output_min` and `output_max`.
  List<Parameter> parameters() {
    return List.of(new Parameter.Int("output_min", low), new Parameter.Int("output_max", high));
  }

  private static int image(float bound, TensorType type) {
    float quotient = bound / type.quantization().scale();
    int rounded = (int) (quotient + Math.copySign(0.5, quotient));
    return type.quantization().zeroPoint() + rounded;
  }
}
