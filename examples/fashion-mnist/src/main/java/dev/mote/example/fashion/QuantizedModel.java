package dev.mote.example.fashion;

import dev.mote.frontends.tflite.schema.ActivationFunctionType;
import dev.mote.frontends.tflite.schema.BuiltinOperator;
import dev.mote.frontends.tflite.schema.BuiltinOptions;
import dev.mote.frontends.tflite.schema.Conv2DOptionsT;
import dev.mote.frontends.tflite.schema.DepthwiseConv2DOptionsT;
import dev.mote.frontends.tflite.schema.FullyConnectedOptionsT;
import dev.mote.frontends.tflite.schema.Padding;
import dev.mote.frontends.tflite.schema.ReducerOptionsT;
import dev.mote.frontends.tflite.schema.SoftmaxOptionsT;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/// A float network as int8, by TFLite's quantization specification.
///
/// Weights are symmetric, of one scale per output channel (per tensor in the dense layer);
/// activations have the range that [Calibration] saw; a bias has the product of its input's and its
/// weights' scales.
final class QuantizedModel {

  private final TfliteFile file = new TfliteFile("Fashion-MNIST, int8");
  private final Calibration calibration;

  private QuantizedModel(Calibration calibration) {
    this.calibration = calibration;
  }

  /// Bytes of the `.tflite` file.
  static byte[] of(List<FloatLayer> layers, Calibration calibration) {
    return new QuantizedModel(calibration).build(layers);
  }

  private byte[] build(List<FloatLayer> layers) {
    float scale = 1 / 255f;
    int tensor = file.activation("image", scale, -128, 1, Pictures.SIDE, Pictures.SIDE, 1);
    file.input(tensor);
    for (int i = 0; i < layers.size(); i++) {
      tensor = layer(layers.get(i), i, tensor, scale);
      scale = calibration.scale(i);
    }
    // TFLite fixes the quantization of a softmax: 256 steps from 0 to 1.
    int scores = file.activation("scores", 1 / 256f, -128, 1, Pictures.CLASSES.size());
    SoftmaxOptionsT options = new SoftmaxOptionsT();
    options.setBeta(1);
    file.operator(
        BuiltinOperator.SOFTMAX, 2, BuiltinOptions.SoftmaxOptions, options, scores, tensor);
    file.output(scores);
    return file.build();
  }

  private int layer(FloatLayer layer, int index, int input, float inputScale) {
    String name = "layer" + index;
    float scale = calibration.scale(index);
    int zeroPoint = calibration.zeroPoint(index);
    int side = layer.outputSide();
    return switch (layer.kind) {
      case CONVOLUTION -> {
        int[] weights = weights(layer, name, inputScale);
        int output = file.activation(name, scale, zeroPoint, 1, side, side, layer.outputs);
        file.operator(
            BuiltinOperator.CONV_2D,
            3,
            BuiltinOptions.Conv2DOptions,
            convolutionOptions(layer.stride),
            output,
            input,
            weights[0],
            weights[1]);
        yield output;
      }
      case DEPTHWISE -> {
        int[] weights = weights(layer, name, inputScale);
        int output = file.activation(name, scale, zeroPoint, 1, side, side, layer.outputs);
        file.operator(
            BuiltinOperator.DEPTHWISE_CONV_2D,
            3,
            BuiltinOptions.DepthwiseConv2DOptions,
            depthwiseOptions(layer.stride),
            output,
            input,
            weights[0],
            weights[1]);
        yield output;
      }
      case MEAN -> {
        int axes = file.integers(name + "/axes", new int[] {1, 2});
        int output = file.activation(name, scale, zeroPoint, 1, layer.outputs);
        file.operator(
            BuiltinOperator.MEAN,
            2,
            BuiltinOptions.ReducerOptions,
            new ReducerOptionsT(),
            output,
            input,
            axes);
        yield output;
      }
      case DENSE -> {
        int[] weights = weights(layer, name, inputScale);
        int output = file.activation(name, scale, zeroPoint, 1, layer.outputs);
        file.operator(
            BuiltinOperator.FULLY_CONNECTED,
            4,
            BuiltinOptions.FullyConnectedOptions,
            new FullyConnectedOptionsT(),
            output,
            input,
            weights[0],
            weights[1]);
        yield output;
      }
    };
  }

  static Conv2DOptionsT convolutionOptions(int stride) {
    Conv2DOptionsT options = new Conv2DOptionsT();
    options.setPadding(Padding.SAME);
    options.setStrideH(stride);
    options.setStrideW(stride);
    options.setDilationHFactor(1);
    options.setDilationWFactor(1);
    options.setFusedActivationFunction(ActivationFunctionType.RELU);
    return options;
  }

  static DepthwiseConv2DOptionsT depthwiseOptions(int stride) {
    DepthwiseConv2DOptionsT options = new DepthwiseConv2DOptionsT();
    options.setPadding(Padding.SAME);
    options.setStrideH(stride);
    options.setStrideW(stride);
    options.setDepthMultiplier(1);
    options.setDilationHFactor(1);
    options.setDilationWFactor(1);
    options.setFusedActivationFunction(ActivationFunctionType.RELU);
    return options;
  }

  /// Adds weights and bias of a layer; their tensors.
  private int[] weights(FloatLayer layer, String name, float inputScale) {
    boolean depthwise = layer.kind == FloatLayer.Kind.DEPTHWISE;
    boolean dense = layer.kind == FloatLayer.Kind.DENSE;
    int perChannel = layer.weights.length / layer.outputs;
    float[] scales = new float[dense ? 1 : layer.outputs];
    for (int i = 0; i < layer.weights.length; i++) {
      int slot = dense ? 0 : depthwise ? i % layer.outputs : i / perChannel;
      scales[slot] = Math.max(scales[slot], Math.abs(layer.weights[i]) / 127);
    }
    byte[] bytes = new byte[layer.weights.length];
    for (int i = 0; i < bytes.length; i++) {
      int slot = dense ? 0 : depthwise ? i % layer.outputs : i / perChannel;
      bytes[i] = (byte) Math.clamp(Math.round(layer.weights[i] / scales[slot]), -127, 127);
    }
    float[] biasScales = new float[scales.length];
    for (int i = 0; i < scales.length; i++) {
      biasScales[i] = inputScale * scales[i];
    }
    ByteBuffer bias = ByteBuffer.allocate(4 * layer.outputs).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < layer.outputs; i++) {
      bias.putInt(Math.round(layer.bias[i] / biasScales[dense ? 0 : i]));
    }
    return new int[] {
      file.weights(name + "/weights", bytes, scales, depthwise ? 3 : 0, layer.weightShape()),
      file.bias(name + "/bias", bias.array(), biasScales)
    };
  }
}
