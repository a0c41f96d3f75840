package dev.mote.testkit.representative;

import static dev.mote.testkit.representative.NetworkSketch.NONE;
import static dev.mote.testkit.representative.NetworkSketch.RELU;
import static dev.mote.testkit.representative.NetworkSketch.RELU6;

import dev.mote.frontends.tflite.schema.BuiltinOperator;
import dev.mote.frontends.tflite.schema.Padding;
import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.testkit.cases.CaseRandom;
import dev.mote.testkit.representative.NetworkSketch.Slide;
import dev.mote.testkit.representative.NetworkSketch.Value;
import java.util.List;
import java.util.function.Consumer;

/// All of them.
public final class RepresentativeModels {

  private RepresentativeModels() {}

  /// The models, in the order in which reports list them.
  public static List<RepresentativeModel> all() {
    return List.of(
        int8("mobilenet_v2", "MobileNetV2 0.35, 96x96", RepresentativeModels::mobileNetV2),
        int8(
            "mobilenet_v3",
            "MobileNetV3 small, 64x64, squeeze-and-excite, hard swish",
            RepresentativeModels::mobileNetV3),
        int8("mcunet_96", "MCUNet, 96x96, depthwise 3x3 to 7x7", n -> mcuNet(n, 96, 16)),
        int8("mcunet_176", "MCUNet, 176x176", n -> mcuNet(n, 176, 8)),
        int8("ds_cnn_float", "depthwise separable, float borders", RepresentativeModels::dsCnn),
        network("ds_cnn_int4", "the same with int4 weights", ElementType.INT8, ElementType.INT4)
            .apply(RepresentativeModels::dsCnn),
        int8("lstm", "LSTM over 28 steps", RecurrentNetworks::lstm),
        int8("svdf", "keyword SVDF, called frame by frame", RecurrentNetworks::svdf),
        network("conv_16x8", "convolutions, int16", ElementType.INT16, ElementType.INT8)
            .apply(RepresentativeModels::conv16),
        int8("tcn", "temporal convolutions, dilated", RepresentativeModels::tcn),
        int8("unet", "U-Net, 48x48", RepresentativeModels::uNet));
  }

  private interface Started {
    RepresentativeModel apply(Consumer<NetworkSketch> layers);
  }

  private static Started network(
      String name, String about, ElementType element, ElementType weights) {
    return layers -> {
      NetworkSketch network =
          new NetworkSketch(element, weights, new CaseRandom(31L * name.hashCode(), 0));
      layers.accept(network);
      return new RepresentativeModel(name, about, Blob.of(network.sketch().build()));
    };
  }

  private static RepresentativeModel int8(
      String name, String about, Consumer<NetworkSketch> layers) {
    return network(name, about, ElementType.INT8, ElementType.INT8).apply(layers);
  }

  // ---- MobileNets ------------------------------------------------------------------------------

  private static void mobileNetV2(NetworkSketch n) {
    Value x = n.input(1, 96, 96, 3);
    x = n.conv(n.pad(x, 0, 1, 0, 1), 16, Slide.valid(3, 2), RELU6);
    x = n.pointwise(n.depthwise(x, Slide.same(3, 1), RELU6), 8, NONE);
    int[][] stages = {{8, 2, 2}, {16, 3, 2}, {24, 2, 2}, {32, 2, 1}, {56, 2, 2}, {112, 1, 1}};
    for (int[] stage : stages) {
      for (int block = 0; block < stage[1]; block++) {
        x = inverted(n, x, 6 * x.channels(), stage[0], 3, block == 0 ? stage[2] : 1);
      }
    }
    x = n.pointwise(x, 256, RELU6);
    classify(n, n.mean(x, false), 10);
  }

  /// Expansion, depthwise convolution and projection; PAD before a stride of 2, as converters of
  /// Keras write it, and a residual sum where shapes allow.
  private static Value inverted(
      NetworkSketch n, Value x, int wide, int channels, int kernel, int stride) {
    Value y = n.pointwise(x, wide, RELU6);
    if (stride == 2) {
      int pad = kernel / 2;
      y = n.pad(y, pad - 1 + y.height() % 2, pad, pad - 1 + y.width() % 2, pad);
      y = n.depthwise(y, Slide.valid(kernel, 2), RELU6);
    } else {
      y = n.depthwise(y, Slide.same(kernel, 1), RELU6);
    }
    y = n.pointwise(y, channels, NONE);
    return stride == 1 && channels == x.channels() ? n.add(x, y) : y;
  }

  private static void mobileNetV3(NetworkSketch n) {
    Value x = n.hardSwish(n.conv(n.input(1, 64, 64, 3), 16, Slide.same(3, 2), NONE));
    x = squeezed(n, n.depthwise(x, Slide.same(3, 2), RELU), 8, true);
    x = n.pointwise(x, 16, NONE);
    x = n.pointwise(n.depthwise(n.pointwise(x, 72, RELU), Slide.same(3, 2), RELU), 24, NONE);
    Value y = n.depthwise(n.pointwise(x, 88, RELU), Slide.same(3, 1), RELU);
    x = n.add(x, n.pointwise(y, 24, NONE));
    y = n.hardSwish(n.pointwise(x, 96, NONE));
    y = n.hardSwish(n.depthwise(y, Slide.same(5, 2), NONE));
    x = n.pointwise(squeezed(n, y, 24, false), 40, NONE);
    for (int block = 0; block < 2; block++) {
      y = n.hardSwish(n.pointwise(x, 240, NONE));
      y = n.hardSwish(n.depthwise(y, Slide.same(5, 1), NONE));
      x = n.add(x, n.pointwise(squeezed(n, y, 64, block == 0), 40, NONE));
    }
    x = n.hardSwish(n.pointwise(x, 128, NONE));
    x = n.pool(BuiltinOperator.AVERAGE_POOL_2D, x, Slide.valid(4, 1));
    x = n.hardSwish(n.pointwise(x, 160, NONE));
    classify(n, n.reshape(x, 1, 160), 12);
  }

  /// Squeeze-and-excite, by a mean or by a pool of the whole image.
  private static Value squeezed(NetworkSketch n, Value x, int channels, boolean byMean) {
    Value s =
        byMean
            ? n.mean(x, true)
            : n.pool(
                BuiltinOperator.AVERAGE_POOL_2D,
                x,
                new Slide(x.height(), x.width(), 1, Padding.VALID));
    s = n.pointwise(n.pointwise(s, channels, RELU), x.channels(), NONE);
    return n.multiply(x, n.logistic(s));
  }

  private static void mcuNet(NetworkSketch n, int size, int first) {
    Value x = n.conv(n.input(1, size, size, 3), first, Slide.same(3, 2), RELU6);
    x = n.pointwise(n.depthwise(x, Slide.same(3, 1), RELU6), 8, NONE);
    int[][] blocks = {
      {3, 7, 16, 2},
      {4, 3, 16, 1},
      {4, 5, 24, 2},
      {3, 7, 24, 1},
      {4, 3, 40, 2},
      {4, 7, 40, 1},
      {3, 5, 48, 1},
      {4, 7, 64, 2},
      {4, 5, 64, 1}
    };
    for (int[] block : blocks) {
      x = inverted(n, x, block[0] * x.channels(), block[2], block[1], block[3]);
    }
    x = n.pool(BuiltinOperator.AVERAGE_POOL_2D, x, Slide.valid(x.height(), 1));
    classify(n, n.reshape(x, 1, 64), 5);
  }

  // ---- others ----------------------------------------------------------------------------------

  private static void dsCnn(NetworkSketch n) {
    Value x = n.floatInput(1, 49, 10, 1);
    x = n.conv(x, 32, new Slide(10, 4, 2, Padding.SAME), RELU);
    for (int block = 0; block < 4; block++) {
      x = n.pointwise(n.depthwise(x, Slide.same(3, 1), RELU), 32, RELU);
    }
    x = n.mean(x, false);
    n.floatOutput(n.softmax(n.fullyConnected(x, 12, NONE)));
  }

  private static void conv16(NetworkSketch n) {
    Value x = n.conv(n.input(1, 32, 32, 3), 12, Slide.same(3, 2), RELU);
    x = n.conv(x, 16, Slide.same(3, 1), RELU);
    x = n.pool(BuiltinOperator.MAX_POOL_2D, x, Slide.valid(2, 2));
    x = n.pointwise(n.depthwise(x, Slide.same(3, 1), RELU), 24, RELU);
    x = n.add(x, n.conv(x, 24, Slide.same(3, 1), NONE));
    x = n.pool(BuiltinOperator.AVERAGE_POOL_2D, x, Slide.valid(8, 1));
    classify(n, n.reshape(x, 1, 24), 10);
  }

  private static void tcn(NetworkSketch n) {
    Value x = n.conv(n.input(1, 1, 128, 12), 24, new Slide(1, 1, 1, Padding.SAME), RELU);
    for (int dilation = 1; dilation <= 8; dilation *= 2) {
      Slide causal = new Slide(1, 3, 1, Padding.VALID);
      Value y = n.conv(n.pad(x, 0, 0, 2 * dilation, 0), 24, causal, dilation, RELU);
      y = n.conv(n.pad(y, 0, 0, 2 * dilation, 0), 24, causal, dilation, NONE);
      x = n.add(x, y);
    }
    classify(n, n.mean(x, false), 6);
  }

  private static void uNet(NetworkSketch n) {
    Value a = n.conv(n.input(1, 48, 48, 3), 8, Slide.same(3, 1), RELU);
    Value b = n.pool(BuiltinOperator.MAX_POOL_2D, a, Slide.valid(2, 2));
    b = n.conv(b, 16, Slide.same(3, 1), RELU);
    Value c = n.pool(BuiltinOperator.MAX_POOL_2D, b, Slide.valid(2, 2));
    c = n.conv(c, 32, Slide.same(3, 1), RELU);
    Value up = n.concatenate(b, n.transposedConv(c, 16, 3));
    up = n.conv(up, 16, Slide.same(3, 1), RELU);
    up = n.concatenate(a, n.resize(up, 48, 48));
    up = n.conv(up, 8, Slide.same(3, 1), RELU);
    n.output(n.logistic(n.pointwise(up, 1, NONE)));
  }

  private static void classify(NetworkSketch n, Value features, int classes) {
    n.output(n.softmax(n.fullyConnected(features, classes, NONE)));
  }
}
