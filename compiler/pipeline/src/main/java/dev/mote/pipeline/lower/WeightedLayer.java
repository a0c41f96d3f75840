package dev.mote.pipeline.lower;

import dev.mote.ir.Activation;
import dev.mote.ir.ElementType;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.pipeline.lower.KernelCall.Argument;
import dev.mote.pipeline.lower.KernelCall.Parameter;
import java.util.List;

/// What layers with weights have in common: inputs x, weights and optional bias, sums that are
/// rescaled per output channel, and a zero point of x that is folded into the bias where it can be.
final class WeightedLayer {

  /// How the scales of x and of per-tensor weights are multiplied before they are divided by the
  /// output's: TFLite does it one way in convolutions and another in matrix products.
  enum ScaleProduct {
    IN_DOUBLE,
    IN_FLOAT
  }

  private final Step step;
  private final Activation activation;
  private final int channelAxis;
  private final ScaleProduct product;

  /// @param channelAxis dimension of the weights that counts output channels
  WeightedLayer(Step step, Activation activation, int channelAxis, ScaleProduct product) {
    this.step = step;
    this.activation = activation;
    this.channelAxis = channelAxis;
    this.product = product;
  }

  int channels() {
    return weights().shape().dim(channelAxis);
  }

  Tensor weights() {
    return step.input(1);
  }

  boolean hasBias() {
    return step.hasInput(2);
  }

  /// Whether the bias table holds `bias - xZero·Σw` for a window inside the image.
  boolean folded() {
    return weights().isConstant()
        && (!hasBias() || step.input(2).isConstant())
        && weightsZero() == 0;
  }

  int xZero() {
    return step.inputType(0).quantization().zeroPoint();
  }

  int weightsZero() {
    return weights().quantization().zeroPoint();
  }

  /// Parameters of the zero points, the same in every convolution of int8.
  List<Parameter> zeroPoints() {
    return List.of(
        new Parameter.Int("folded", folded() ? 1 : 0),
        new Parameter.Int("x_zero", xZero()),
        new Parameter.Int("w_zero", weightsZero()));
  }

  /// Parameters of the rescaling of 32-bit sums, the same in every kernel.
  List<Parameter> rescaling() {
    QuantizedRange range = QuantizedRange.of(activation, step.outputType());
    FixedPoint first = factor(0);
    return List.of(
        new Parameter.Int("multiplier", perTensor() ? first.multiplier() : 0),
        new Parameter.Int("shift", perTensor() ? first.shift() : 0),
        new Parameter.Int("right_only", rightOnly() ? 1 : 0),
        new Parameter.Int("output_zero", step.outputType().quantization().zeroPoint()),
        new Parameter.Int("output_min", range.low()),
        new Parameter.Int("output_max", range.high()));
  }

  /// Multiplier of each output channel; absent when one holds for all.
  Argument multipliers() {
    if (perTensor()) {
      return new Argument.Absent();
    }
    int[] multipliers = new int[channels()];
    for (int channel = 0; channel < multipliers.length; channel++) {
      multipliers[channel] = factor(channel).multiplier();
    }
    return new Argument.Table(ConstantTable.ofInt32(multipliers));
  }

  /// Shift of each output channel; absent when one holds for all.
  Argument shifts() {
    if (perTensor()) {
      return new Argument.Absent();
    }
    byte[] shifts = new byte[channels()];
    for (int channel = 0; channel < shifts.length; channel++) {
      shifts[channel] = (byte) factor(channel).shift();
    }
    return new Argument.Table(ConstantTable.ofInt8(shifts));
  }

  /// The int32 bias, with the zero point of x folded in if possible.
  Argument bias() {
    if (!folded()) {
      return hasBias() ? new Argument.Input(2) : new Argument.Absent();
    }
    if (!hasBias() && xZero() == 0) {
      return new Argument.Absent();
    }
    return new Argument.Table(ConstantTable.weights(foldedBias()));
  }

  /// The bias of each output channel for x as it is stored: `bias - xZero·Σw`.
  int[] foldedBias() {
    long[] sums = weightSums();
    long[] bias = hasBias() ? step.input(2).constantIntegers() : new long[sums.length];
    int[] folded = new int[sums.length];
    for (int channel = 0; channel < folded.length; channel++) {
      folded[channel] = (int) (bias[channel] - xZero() * sums[channel]);
    }
    return folded;
  }

  /// Sum of the magnitudes of each output channel's weights.
  long[] weightMagnitudes() {
    return channelSums(true);
  }

  /// The constant int8 weights in the order of the model.
  byte[] weightBytes() {
    return weights().data().orElseThrow().toByteArray();
  }

  private long[] weightSums() {
    return channelSums(false);
  }

  private long[] channelSums(boolean magnitudes) {
    Shape shape = weights().shape();
    int inner = shape.count(channelAxis + 1, shape.rank());
    long[] values = weights().constantIntegers();
    long[] sums = new long[channels()];
    for (int i = 0; i < values.length; i++) {
      sums[i / inner % sums.length] += magnitudes ? Math.abs(values[i]) : values[i];
    }
    return sums;
  }

  boolean perTensor() {
    return switch (weights().quantization()) {
      case Quantization.PerChannel p -> p.scales().size() == 1;
      case Quantization.PerTensor _, Quantization.None _ -> true;
    };
  }

  private boolean rightOnly() {
    for (int channel = 0; channel < channels(); channel++) {
      if (factor(channel).shift() >= 0) {
        return false;
      }
    }
    return true;
  }

  FixedPoint factor(int channel) {
    float xScale = step.inputType(0).quantization().scale();
    float weightScale = weights().quantization().scale(perTensor() ? 0 : channel);
    double scales =
        product == ScaleProduct.IN_FLOAT && perTensor()
            ? xScale * weightScale
            : (double) xScale * weightScale;
    FixedPoint factor = FixedPoint.of(scales / step.outputType().quantization().scale());
    // zero times anything is zero: keep the layer among those with right shifts only
    return factor.multiplier() == 0 ? new FixedPoint(0, -1) : factor;
  }

  /// Element types of x and of the weights, to choose a kernel by.
  record Types(ElementType x, ElementType weights) {}

  Types types() {
    return new Types(step.inputType(0).element(), weights().element());
  }
}
