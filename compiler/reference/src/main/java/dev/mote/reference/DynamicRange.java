package dev.mote.reference;

import dev.mote.ir.ElementType;
import dev.mote.ir.Quantization;
import java.util.Optional;

/// Float activations that are quantized to int8 as the model runs, because the weights of the layer
/// are int8 ("dynamic range"). TensorFlow Lite Micro has no such kernels: the arithmetic is that of
/// TFLite, bit by bit.
final class DynamicRange {

  private final boolean asymmetric;
  private final boolean weightScaleFirst;
  private final int batchSize;
  private final int[] centered;
  private final float[] scales;

  private DynamicRange(Value x, int batches, boolean asymmetric, boolean weightScaleFirst) {
    this.asymmetric = asymmetric;
    this.weightScaleFirst = weightScaleFirst;
    this.batchSize = x.count() / batches;
    this.centered = new int[x.count()];
    this.scales = new float[batches];
    for (int batch = 0; batch < batches; batch++) {
      quantize(x, batch);
    }
  }

  private static boolean applies(Invocation call) {
    return call.inputType(0).element().isFloat() && call.inputType(1).element() == ElementType.INT8;
  }

  /// For a convolution: images one by one, with a zero point when channels have their own scales.
  static Optional<DynamicRange> ofConvolution(Invocation call) {
    boolean perChannel =
        call.inputType(1).quantization() instanceof Quantization.PerChannel p
            && p.scales().size() > 1;
    return applies(call)
        ? Optional.of(
            new DynamicRange(call.input(0), call.input(0).shape().dim(0), perChannel, perChannel))
        : Optional.empty();
  }

  /// For a depthwise convolution: images one by one, with a zero point.
  static Optional<DynamicRange> ofDepthwise(Invocation call) {
    return applies(call)
        ? Optional.of(new DynamicRange(call.input(0), call.input(0).shape().dim(0), true, false))
        : Optional.empty();
  }

  /// For a matrix product: rows one by one, without a zero point.
  static Optional<DynamicRange> ofRows(Invocation call, int rows) {
    return applies(call)
        ? Optional.of(new DynamicRange(call.input(0), rows, false, false))
        : Optional.empty();
  }

  /// Quantized element `index` of x, less the zero point.
  int centered(int index) {
    return centered[index];
  }

  /// The real number that a sum of products stands for.
  ///
  /// @param batch what part of x the sum is over
  float real(long sum, int batch, float weightScale) {
    float value = (float) (int) sum;
    return weightScaleFirst
        ? value * weightScale * scales[batch]
        : value * (scales[batch] * weightScale);
  }

  int batches() {
    return scales.length;
  }

  private void quantize(Value x, int batch) {
    int first = batch * batchSize;
    float smallest = 0;
    float largest = 0;
    for (int i = first; i < first + batchSize; i++) {
      smallest = Math.min(smallest, x.real(i));
      largest = Math.max(largest, x.real(i));
    }
    if (smallest == largest) {
      scales[batch] = 1;
    } else if (asymmetric) {
      quantizeAsymmetric(x, batch, smallest, largest);
    } else {
      float range = Math.max(-smallest, largest);
      scales[batch] = range / 127f;
      float inverse = 127f / range;
      for (int i = first; i < first + batchSize; i++) {
        centered[i] = Math.clamp(round(x.real(i) * inverse), -127, 127);
      }
    }
  }

  private void quantizeAsymmetric(Value x, int batch, double smallest, double largest) {
    double scale = (largest - smallest) / 255;
    double fromLow = -128 - smallest / scale;
    double fromHigh = 127 - largest / scale;
    double errorLow = 128 + Math.abs(smallest / scale);
    double errorHigh = 127 + Math.abs(largest / scale);
    int zero = Math.clamp(round(errorLow < errorHigh ? fromLow : fromHigh), -128, 127);
    scales[batch] = (float) scale;
    float inverse = 1f / scales[batch];
    for (int i = batch * batchSize; i < (batch + 1) * batchSize; i++) {
      centered[i] = Math.clamp(round(zero + x.real(i) * inverse), -128, 127) - zero;
    }
  }

  /// To the nearest integer, ties away from zero.
  private static long round(double value) {
    return (long) (value < 0 ? Math.ceil(value - 0.5) : Math.floor(value + 0.5));
  }
}
