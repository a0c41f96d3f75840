package dev.mote.example.fashion;

import dev.mote.frontends.tflite.schema.BuiltinOperator;
import dev.mote.frontends.tflite.schema.BuiltinOptions;
import dev.mote.frontends.tflite.schema.FullyConnectedOptionsT;
import dev.mote.frontends.tflite.schema.ReducerOptionsT;
import dev.mote.frontends.tflite.schema.SoftmaxOptionsT;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/// A float network as a `.tflite` file: what a user brings who has not quantized.
final class FloatModel {

  private final TfliteFile file = new TfliteFile("Fashion-MNIST, float");

  private FloatModel() {}

  /// Bytes of the file; its input is a picture with pixels of 0 to 1, its output a probability for
  /// each class.
  static byte[] of(List<FloatLayer> layers) {
    return new FloatModel().build(layers);
  }

  private byte[] build(List<FloatLayer> layers) {
    int tensor = file.real("image", 1, Pictures.SIDE, Pictures.SIDE, 1);
    file.input(tensor);
    for (int i = 0; i < layers.size(); i++) {
      tensor = layer(layers.get(i), "layer" + i, tensor);
    }
    int scores = file.real("scores", 1, Pictures.CLASSES.size());
    SoftmaxOptionsT options = new SoftmaxOptionsT();
    options.setBeta(1);
    file.operator(
        BuiltinOperator.SOFTMAX, 1, BuiltinOptions.SoftmaxOptions, options, scores, tensor);
    file.output(scores);
    return file.build();
  }

  private int layer(FloatLayer layer, String name, int input) {
    int side = layer.outputSide();
    return switch (layer.kind) {
      case CONVOLUTION, DEPTHWISE -> {
        boolean depthwise = layer.kind == FloatLayer.Kind.DEPTHWISE;
        int output = file.real(name, 1, side, side, layer.outputs);
        file.operator(
            depthwise ? BuiltinOperator.DEPTHWISE_CONV_2D : BuiltinOperator.CONV_2D,
            1,
            depthwise ? BuiltinOptions.DepthwiseConv2DOptions : BuiltinOptions.Conv2DOptions,
            depthwise
                ? QuantizedModel.depthwiseOptions(layer.stride)
                : QuantizedModel.convolutionOptions(layer.stride),
            output,
            input,
            weights(layer, name),
            bias(layer, name));
        yield output;
      }
      case MEAN -> {
        int axes = file.integers(name + "/axes", new int[] {1, 2});
        int output = file.real(name, 1, layer.outputs);
        file.operator(
            BuiltinOperator.MEAN,
            1,
            BuiltinOptions.ReducerOptions,
            new ReducerOptionsT(),
            output,
            input,
            axes);
        yield output;
      }
      case DENSE -> {
        int output = file.real(name, 1, layer.outputs);
        file.operator(
            BuiltinOperator.FULLY_CONNECTED,
            1,
            BuiltinOptions.FullyConnectedOptions,
            new FullyConnectedOptionsT(),
            output,
            input,
            weights(layer, name),
            bias(layer, name));
        yield output;
      }
    };
  }

  private int weights(FloatLayer layer, String name) {
    return file.constant(name + "/weights", bytes(layer.weights), layer.weightShape());
  }

  private int bias(FloatLayer layer, String name) {
    return file.constant(name + "/bias", bytes(layer.bias), layer.outputs);
  }

  private static byte[] bytes(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }
}
