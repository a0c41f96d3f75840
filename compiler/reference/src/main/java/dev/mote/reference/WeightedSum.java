package dev.mote.reference;

import dev.mote.ir.Activation;
import dev.mote.ir.ElementType;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `activation(bias + Σ x·w)`: what convolutions and fully connected layers share.
///
/// Inputs of the node: x, weights, optional bias. Use: [#add] the terms of one output element, then
/// [#finish] it.
///
/// Integers are summed exactly and then cut to the accumulator's width, which is what wrap-around
/// in every addition amounts to. int8 has a 32-bit accumulator; int16 the width of its bias. Float
/// activations with quantized weights are quantized first when there is a [DynamicRange], and take
/// the real values of the weights otherwise.
final class WeightedSum {

  private final Value x;
  private final Value weights;
  private final @Nullable Value bias;
  private final Value output;
  private final Activation activation;
  private final boolean real;
  private final boolean wide;
  private final float[] realWeights;
  private final Requantization[] rescale;
  private final Clamp clamp;
  private final int xZero;
  private final int weightsZero;
  private final int outputZero;
  private final @Nullable DynamicRange dynamic;
  private long integerSum;
  private float realSum;

  /// @param channels number of output channels
  /// @param productInFloat whether input and weight scale are multiplied in `float` when the
  ///     weights are quantized per tensor, as fully connected layers do it, or always in `double`
  /// @param wideWithoutBias accumulator of int16 without a bias: 64 or 32 bits
  /// @param dynamic how float activations are quantized to meet int8 weights; empty for none
  WeightedSum(
      Invocation call,
      Activation activation,
      int channels,
      boolean productInFloat,
      boolean wideWithoutBias,
      Optional<DynamicRange> dynamic) {
    this.dynamic = dynamic.orElse(null);
    this.x = call.input(0);
    this.weights = call.input(1);
    this.bias = call.hasInput(2) ? call.input(2) : null;
    this.output = call.output();
    this.activation = activation;
    this.real = x.element().isFloat();
    this.wide =
        x.element() == ElementType.INT16
            && (bias == null ? wideWithoutBias : bias.element() == ElementType.INT64);
    if (real) {
      this.realWeights = realValues(weights);
      this.rescale = new Requantization[0];
      this.clamp = new Clamp(0, 0);
      this.xZero = 0;
      this.weightsZero = 0;
      this.outputZero = 0;
    } else {
      this.realWeights = new float[0];
      this.rescale = new Requantization[channels];
      for (int channel = 0; channel < channels; channel++) {
        rescale[channel] = Requantization.of(factor(channel, productInFloat));
      }
      this.clamp = Clamp.of(activation, output.type());
      this.xZero = x.type().quantization().zeroPoint();
      this.weightsZero = weights.type().quantization().zeroPoint();
      this.outputZero = output.type().quantization().zeroPoint();
    }
  }

  /// Adds the products of `count` consecutive elements of x and of the weights.
  void add(int xIndex, int weightIndex, int count) {
    if (dynamic != null) {
      for (int i = 0; i < count; i++) {
        integerSum += dynamic.centered(xIndex + i) * weights.integer(weightIndex + i);
      }
    } else if (real) {
      for (int i = 0; i < count; i++) {
        realSum += x.real(xIndex + i) * realWeights[weightIndex + i];
      }
    } else {
      for (int i = 0; i < count; i++) {
        integerSum +=
            (x.integer(xIndex + i) - xZero) * (weights.integer(weightIndex + i) - weightsZero);
      }
    }
  }

  /// Writes output element `index`, which belongs to output channel `channel`, and starts anew.
  void finish(int index, int channel) {
    if (dynamic != null) {
      int batch = index / (output.count() / dynamic.batches());
      float sum = dynamic.real(integerSum, batch, weightScale(channel));
      sum = bias == null ? sum : sum + bias.real(channel);
      output.setReal(index, Clamp.apply(activation, sum));
    } else if (real) {
      float sum = bias == null ? realSum : realSum + bias.real(channel);
      output.setReal(index, Clamp.apply(activation, sum));
    } else {
      long sum = bias == null ? integerSum : integerSum + bias.integer(channel);
      int scaled = wide ? rescale[channel].applyWide(sum) : rescale[channel].apply((int) sum);
      output.set(index, clamp.apply(scaled + outputZero));
    }
    realSum = 0;
    integerSum = 0;
  }

  private float weightScale(int channel) {
    return switch (weights.type().quantization()) {
      case Quantization.PerChannel p -> p.scale(p.scales().size() == 1 ? 0 : channel);
      case Quantization.PerTensor p -> p.scale();
      case Quantization.None _ -> 1;
    };
  }

  private double factor(int channel, boolean productInFloat) {
    float xScale = x.type().quantization().scale();
    float outputScale = output.type().quantization().scale();
    Quantization quantization = weights.type().quantization();
    float weightScale = quantization.scale(channel);
    boolean perTensor =
        switch (quantization) {
          case Quantization.PerChannel p -> p.scales().size() == 1;
          case Quantization.PerTensor _, Quantization.None _ -> true;
        };
    double product =
        productInFloat && perTensor
            ? (double) (xScale * weightScale)
            : (double) xScale * (double) weightScale;
    return product / (double) outputScale;
  }

  private static float[] realValues(Value weights) {
    Quantization quantization = weights.type().quantization();
    Shape shape = weights.shape();
    float[] values = new float[weights.count()];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (quantization) {
            case Quantization.None _, Quantization.PerTensor _ -> weights.asReal(i);
            case Quantization.PerChannel p -> {
              int channel = i / shape.count(p.axis() + 1, shape.rank()) % shape.dim(p.axis());
              yield p.scale(channel) * weights.integer(i);
            }
          };
    }
    return values;
  }
}
