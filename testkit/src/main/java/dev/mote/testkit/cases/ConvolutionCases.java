package dev.mote.testkit.cases;

import dev.mote.frontends.tflite.schema.ActivationFunctionType;
import dev.mote.frontends.tflite.schema.BuiltinOperator;
import dev.mote.frontends.tflite.schema.Conv2DOptionsT;
import dev.mote.frontends.tflite.schema.DepthwiseConv2DOptionsT;
import dev.mote.frontends.tflite.schema.Padding;
import dev.mote.frontends.tflite.schema.TransposeConvOptionsT;
import dev.mote.ir.Shape;
import java.util.List;
import java.util.stream.Stream;

/// Cases of convolutions.
final class ConvolutionCases {

  private ConvolutionCases() {}

  static List<CaseFamily> families() {
    return Stream.of(
            Stream.of(
                    Precision.INT8_PER_CHANNEL,
                    Precision.INT8_PER_TENSOR,
                    Precision.INT16_WIDE_BIAS,
                    Precision.INT16_NARROW_BIAS,
                    Precision.INT4_PER_CHANNEL,
                    Precision.INT4_PER_TENSOR,
                    Precision.UINT8,
                    Precision.FLOAT32,
                    Precision.FLOAT16,
                    Precision.DYNAMIC_PER_CHANNEL,
                    Precision.DYNAMIC_PER_TENSOR)
                .map(p -> p.family("CONV_2D", random -> conv2d(p, random, true))),
            Stream.of(Precision.INT8_PER_CHANNEL, Precision.FLOAT32)
                .map(
                    p ->
                        p.family("CONV_2D", random -> conv2d(p, random, false))
                            .detail("weights computed")),
            Stream.of(
                    Precision.INT8_PER_CHANNEL,
                    Precision.INT8_PER_TENSOR,
                    Precision.INT16_WIDE_BIAS,
                    Precision.INT4_PER_CHANNEL,
                    Precision.UINT8,
                    Precision.FLOAT32,
                    Precision.FLOAT16,
                    Precision.DYNAMIC_PER_CHANNEL)
                .map(p -> p.family("DEPTHWISE_CONV_2D", random -> depthwise(p, random))),
            Stream.of(
                    Precision.INT8_PER_CHANNEL,
                    Precision.INT16_WIDE_BIAS,
                    Precision.FLOAT32,
                    Precision.FLOAT16)
                .map(p -> p.family("TRANSPOSE_CONV", random -> transposed(p, random))))
        .flatMap(families -> families)
        .toList();
  }

  /// How a window slides over one dimension.
  private record Slide(int input, int kernel, int stride, int dilation) {

    // A kernel that still fits when there is no padding.
    static Slide draw(CaseRandom random, boolean dilated) {
      int kernel = random.between(1, 5);
      int dilation = dilated && kernel > 1 ? random.between(1, 3) : 1;
      int span = (kernel - 1) * dilation + 1;
      return new Slide(random.between(span, span + 7), kernel, random.between(1, 3), dilation);
    }

    int output(byte padding) {
      return padding == Padding.SAME
          ? Math.ceilDiv(input, stride)
          : (input - (kernel - 1) * dilation - 1) / stride + 1;
    }
  }

  private static ModelSketch conv2d(
      Precision precision, CaseRandom random, boolean constantWeights) {
    boolean dilated = random.chance(0.25);
    Slide rows = Slide.draw(random, dilated);
    Slide columns = Slide.draw(random, dilated);
    byte padding = padding(random);
    boolean grouped = !precision.isFloat() && random.chance(0.15);
    int inChannels = grouped ? random.pick(2, 4, 6) : channels(random);
    int groups = grouped ? 2 : 1;
    int outChannels = groups * channels(random);
    Conv2DOptionsT options = new Conv2DOptionsT();
    options.setPadding(padding);
    options.setStrideH(rows.stride());
    options.setStrideW(columns.stride());
    options.setDilationHFactor(rows.dilation());
    options.setDilationWFactor(columns.dilation());
    options.setFusedActivationFunction(activation(random));
    options.setQuantizedBiasType(precision.biasCode());
    WeightedLayer layer = new WeightedLayer(precision, random);
    layer.input(Shape.of(random.between(1, 2), rows.input(), columns.input(), inChannels));
    if (!constantWeights) {
      layer.computeWeights();
    }
    layer.weights(Shape.of(outChannels, rows.kernel(), columns.kernel(), inChannels / groups), 0);
    // TFLite insists on a bias here.
    layer.bias(outChannels);
    return layer.output(
        BuiltinOperator.CONV_2D,
        options,
        Shape.of(layer.batch(), rows.output(padding), columns.output(padding), outChannels),
        rows.kernel() * columns.kernel() * inChannels / groups);
  }

  private static ModelSketch depthwise(Precision precision, CaseRandom random) {
    boolean dilated = random.chance(0.25);
    Slide rows = Slide.draw(random, dilated);
    Slide columns = Slide.draw(random, dilated);
    byte padding = padding(random);
    int inChannels = channels(random);
    int multiplier = random.chance(0.6) ? 1 : random.between(2, 4);
    int channels = inChannels * multiplier;
    DepthwiseConv2DOptionsT options = new DepthwiseConv2DOptionsT();
    options.setPadding(padding);
    options.setStrideH(rows.stride());
    options.setStrideW(columns.stride());
    options.setDilationHFactor(rows.dilation());
    options.setDilationWFactor(columns.dilation());
    options.setDepthMultiplier(multiplier);
    options.setFusedActivationFunction(activation(random));
    WeightedLayer layer = new WeightedLayer(precision, random);
    layer.input(Shape.of(random.between(1, 2), rows.input(), columns.input(), inChannels));
    layer.weights(Shape.of(1, rows.kernel(), columns.kernel(), channels), 3);
    layer.optionalBias(channels);
    return layer.output(
        BuiltinOperator.DEPTHWISE_CONV_2D,
        options,
        Shape.of(layer.batch(), rows.output(padding), columns.output(padding), channels),
        rows.kernel() * columns.kernel());
  }

  private static ModelSketch transposed(Precision precision, CaseRandom random) {
    Slide rows = Slide.draw(random, false);
    Slide columns = Slide.draw(random, false);
    byte padding = padding(random);
    int batch = random.between(1, 2);
    int inChannels = random.between(1, 6);
    int outChannels = random.between(1, 6);
    TransposeConvOptionsT options = new TransposeConvOptionsT();
    options.setPadding(padding);
    options.setStrideH(rows.stride());
    options.setStrideW(columns.stride());
    options.setFusedActivationFunction(
        random.chance(0.7) ? ActivationFunctionType.NONE : ActivationFunctionType.RELU);
    WeightedLayer layer = new WeightedLayer(precision, random);
    // The slides are those of the convolution that this one transposes: its input is the output.
    layer.vector(batch, rows.input(), columns.input(), outChannels);
    layer.weights(Shape.of(outChannels, rows.kernel(), columns.kernel(), inChannels), 0);
    layer.input(Shape.of(batch, rows.output(padding), columns.output(padding), inChannels));
    layer.optionalBias(outChannels);
    return layer.output(
        BuiltinOperator.TRANSPOSE_CONV,
        options,
        Shape.of(batch, rows.input(), columns.input(), outChannels),
        rows.kernel() * columns.kernel() * inChannels);
  }

  private static byte padding(CaseRandom random) {
    return random.pick(Padding.SAME, Padding.VALID);
  }

  private static int channels(CaseRandom random) {
    return random.chance(0.2) ? random.pick(1, 8, 16, 17) : random.between(1, 9);
  }

  static byte activation(CaseRandom random) {
    return random.chance(0.4)
        ? ActivationFunctionType.NONE
        : random.pick(
            ActivationFunctionType.RELU,
            ActivationFunctionType.RELU6,
            ActivationFunctionType.RELU_N1_TO_1);
  }
}
