package dev.mote.frontends.tflite;

import dev.mote.frontends.tflite.schema.BatchMatMulOptions;
import dev.mote.frontends.tflite.schema.BuiltinOptions;
import dev.mote.frontends.tflite.schema.Conv2DOptions;
import dev.mote.frontends.tflite.schema.DepthwiseConv2DOptions;
import dev.mote.frontends.tflite.schema.FullyConnectedOptions;
import dev.mote.frontends.tflite.schema.FullyConnectedOptionsWeightsFormat;
import dev.mote.frontends.tflite.schema.Padding;
import dev.mote.frontends.tflite.schema.Pool2DOptions;
import dev.mote.frontends.tflite.schema.TransposeConvOptions;
import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.Window2d;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads convolutions, matrix products and pooling.
final class ConvolutionReaders {

  private ConvolutionReaders() {}

  static void conv2d(OperatorView view) {
    view.expectCounts(2, 3, 1);
    Conv2DOptions o = view.requiredOptions(BuiltinOptions.Conv2DOptions, new Conv2DOptions());
    Shape x = view.inputShape(0);
    Shape weights = view.inputShape(1);
    ShapeInference.requireRank("the input", x, 4);
    ShapeInference.requireRank("the weights", weights, 4);
    int depth = weights.dim(3);
    ShapeInference.require(
        x.dim(3) % depth == 0 && weights.dim(0) % (x.dim(3) / depth) == 0,
        "%d channels of input do not fit weights [%s]".formatted(x.dim(3), weights));
    Window2d window =
        window(
            view,
            x,
            o.padding(),
            new int[] {weights.dim(1), weights.dim(2)},
            new int[] {o.strideH(), o.strideW()},
            new int[] {o.dilationHFactor(), o.dilationWFactor()});
    requireWeights(view, 1, 0);
    byte activation = o.fusedActivationFunction();
    view.emitFused(
        activation,
        new Op.Conv2d(window, x.dim(3) / depth, view.fusable(activation)),
        operands(view, weights.dim(0)),
        ShapeInference.window(x, window, weights.dim(0)));
  }

  static void depthwiseConv2d(OperatorView view) {
    view.expectCounts(2, 3, 1);
    DepthwiseConv2DOptions o =
        view.requiredOptions(BuiltinOptions.DepthwiseConv2DOptions, new DepthwiseConv2DOptions());
    Shape x = view.inputShape(0);
    Shape weights = view.inputShape(1);
    ShapeInference.requireRank("the input", x, 4);
    ShapeInference.requireRank("the weights", weights, 4);
    ShapeInference.require(
        weights.dim(0) == 1 && weights.dim(3) % x.dim(3) == 0,
        "%d channels of input do not fit weights [%s]".formatted(x.dim(3), weights));
    Window2d window =
        window(
            view,
            x,
            o.padding(),
            new int[] {weights.dim(1), weights.dim(2)},
            new int[] {o.strideH(), o.strideW()},
            new int[] {o.dilationHFactor(), o.dilationWFactor()});
    requireWeights(view, 1, 3);
    byte activation = o.fusedActivationFunction();
    view.emitFused(
        activation,
        new Op.DepthwiseConv2d(window, weights.dim(3) / x.dim(3), view.fusable(activation)),
        operands(view, weights.dim(3)),
        ShapeInference.window(x, window, weights.dim(3)));
  }

  static void transposeConv(OperatorView view) {
    view.expectCounts(3, 4, 1);
    TransposeConvOptions o =
        view.requiredOptions(BuiltinOptions.TransposeConvOptions, new TransposeConvOptions());
    Shape weights = view.inputShape(1);
    Shape x = view.inputShape(2);
    ShapeInference.requireRank("the input", x, 4);
    ShapeInference.requireRank("the weights", weights, 4);
    ShapeInference.require(
        weights.dim(3) == x.dim(3),
        "%d channels of input do not fit weights [%s]".formatted(x.dim(3), weights));
    requireWeights(view, 1, 0);
    long[] sizes = view.constantIntegers(0, "the output's shape");
    ShapeInference.require(sizes.length == 4, "the output's shape has not 4 dimensions");
    Shape output = TensorTable.sized(ints(sizes), view.target(0).element(), view.where());
    ShapeInference.require(
        output.dim(0) == x.dim(0) && output.dim(3) == weights.dim(0),
        "the output's shape [%s] does not fit".formatted(output));
    // The window is that of the forward convolution, which maps the output's shape to the input's.
    Window2d window =
        window(
            view,
            output,
            o.padding(),
            new int[] {weights.dim(1), weights.dim(2)},
            new int[] {o.strideH(), o.strideW()},
            new int[] {1, 1});
    ShapeInference.require(
        ShapeInference.window(output, window, x.dim(3)).equals(x),
        "the output's shape [%s] does not fit the input [%s]".formatted(output, x));
    List<String> operands = new ArrayList<>(List.of(view.input(2).name(), view.input(1).name()));
    if (view.hasInput(3)) {
      operands.add(bias(view, 3, weights.dim(0)));
    }
    byte activation = o.fusedActivationFunction();
    view.emitFused(
        activation, new Op.TransposeConv2d(window, view.fusable(activation)), operands, output);
  }

  static void fullyConnected(OperatorView view) {
    view.expectCounts(2, 3, 1);
    Optional<FullyConnectedOptions> o =
        view.options(BuiltinOptions.FullyConnectedOptions, new FullyConnectedOptions());
    byte format = o.map(FullyConnectedOptions::weightsFormat).orElse((byte) 0);
    if (format != FullyConnectedOptionsWeightsFormat.DEFAULT) {
      throw view.problem(
          ReadProblem.ATTRIBUTE,
          "its weights are stored in a shuffled format",
          "export the model without shuffled weights.");
    }
    Shape x = view.inputShape(0);
    Shape weights = view.inputShape(1);
    ShapeInference.requireRank("the weights", weights, 2);
    int depth = weights.dim(1);
    ShapeInference.require(
        depth > 0 && x.count() % depth == 0,
        "an input [%s] does not fit weights [%s]".formatted(x, weights));
    requireWeights(view, 1, 0);
    boolean keep = o.map(FullyConnectedOptions::keepNumDims).orElse(false);
    Shape computed =
        keep && x.rank() > 0 && x.last() == depth
            ? ShapeInference.with(x, x.rank() - 1, weights.dim(0))
            : Shape.of(x.count() / depth, weights.dim(0));
    // Converters give the rows any shape; only their number matters.
    Shape output =
        view.claimedShape(0)
            .filter(s -> s.count() == computed.count() && s.last() == weights.dim(0))
            .orElse(computed);
    byte activation = o.map(FullyConnectedOptions::fusedActivationFunction).orElse((byte) 0);
    view.emitFused(
        activation,
        new Op.FullyConnected(view.fusable(activation)),
        operands(view, weights.dim(0)),
        output);
  }

  static void batchMatMul(OperatorView view) {
    view.expectCounts(2, 2, 1);
    Optional<BatchMatMulOptions> o =
        view.options(BuiltinOptions.BatchMatMulOptions, new BatchMatMulOptions());
    boolean adjointX = o.map(BatchMatMulOptions::adjX).orElse(false);
    boolean adjointY = o.map(BatchMatMulOptions::adjY).orElse(false);
    view.emit(
        new Op.BatchMatMul(adjointX, adjointY),
        view.inputNames(),
        ShapeInference.matrixProduct(view.inputShape(0), view.inputShape(1), adjointX, adjointY));
  }

  static void pool(OperatorView view, Op.Pool2d.Kind kind) {
    view.expectCounts(1, 1, 1);
    Pool2DOptions o = view.requiredOptions(BuiltinOptions.Pool2DOptions, new Pool2DOptions());
    Shape x = view.inputShape(0);
    ShapeInference.requireRank("the input", x, 4);
    Window2d window =
        window(
            view,
            x,
            o.padding(),
            new int[] {o.filterHeight(), o.filterWidth()},
            new int[] {o.strideH(), o.strideW()},
            new int[] {1, 1});
    byte activation = o.fusedActivationFunction();
    view.emitFused(
        activation,
        new Op.Pool2d(kind, window, view.fusable(activation)),
        view.inputNames(),
        ShapeInference.window(x, window, x.dim(3)));
  }

  /// A window over `x`; each pair is height, width.
  static Window2d window(
      OperatorView view, Shape x, byte padding, int[] kernel, int[] stride, int[] dilation) {
    for (int[] pair : List.of(kernel, stride, dilation)) {
      for (int value : pair) {
        if (value < 1 || value > Limits.WINDOW) {
          throw view.damaged(
              ReadProblem.ATTRIBUTE,
              "its kernel %dx%d, stride %dx%d and dilation %dx%d must be between 1 and %d"
                  .formatted(
                      kernel[0],
                      kernel[1],
                      stride[0],
                      stride[1],
                      dilation[0],
                      dilation[1],
                      Limits.WINDOW));
        }
      }
    }
    long span = Math.max((kernel[0] - 1L) * dilation[0] + 1, (kernel[1] - 1L) * dilation[1] + 1);
    if (span > Limits.WINDOW) {
      throw view.damaged(
          ReadProblem.ATTRIBUTE, "its dilated kernel spans %d elements".formatted(span));
    }
    return switch (padding) {
      case Padding.SAME ->
          Window2d.same(
              x.dim(1),
              x.dim(2),
              kernel[0],
              kernel[1],
              stride[0],
              stride[1],
              dilation[0],
              dilation[1]);
      case Padding.VALID ->
          Window2d.valid(kernel[0], kernel[1], stride[0], stride[1], dilation[0], dilation[1]);
      default -> throw view.damaged(ReadProblem.ATTRIBUTE, "its padding is #" + padding);
    };
  }

  /// x, weights and, when there is one, the bias.
  private static List<String> operands(OperatorView view, int channels) {
    List<String> operands = new ArrayList<>(List.of(view.input(0).name(), view.input(1).name()));
    if (view.hasInput(2)) {
      operands.add(bias(view, 2, channels));
    }
    return operands;
  }

  private static String bias(OperatorView view, int index, int channels) {
    Tensor bias = view.input(index);
    ShapeInference.require(
        bias.shape().count() == channels,
        "a bias of [%s] does not fit %d channels".formatted(bias.shape(), channels));
    return bias.name();
  }

  /// Weights must be quantized along their output channels, or as a whole. A zero point other than
  /// 0 is only known from old uint8 models and from int8 fully connected layers.
  private static void requireWeights(OperatorView view, int index, int channelAxis) {
    Tensor weights = view.input(index);
    if (weights.quantization() instanceof Quantization.PerChannel q && q.axis() != channelAxis) {
      throw badWeights(
          view, "are quantized along dimension %d, not %d".formatted(q.axis(), channelAxis));
    }
    boolean mayBeShifted =
        view.source(index).fromUint8()
            || weights.shape().rank() == 2 && view.inputType(0).element() == ElementType.INT8;
    if (weights.quantization() instanceof Quantization.PerTensor q
        && q.zeroPoint() != 0
        && !mayBeShifted) {
      throw badWeights(view, "have the zero point %d, not 0".formatted(q.zeroPoint()));
    }
  }

  private static Refusal badWeights(OperatorView view, String what) {
    return view.problem(
        ReadProblem.BAD_QUANTIZATION,
        "its weights " + what,
        "quantize the model again with TFLite's converter.");
  }

  static List<Integer> ints(long[] values) {
    List<Integer> result = new ArrayList<>(values.length);
    for (long value : values) {
      ShapeInference.require(
          value >= 0 && value <= Integer.MAX_VALUE, "%d is no dimension".formatted(value));
      result.add((int) value);
    }
    return result;
  }
}
