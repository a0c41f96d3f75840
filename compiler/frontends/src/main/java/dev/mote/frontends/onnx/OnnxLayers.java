package dev.mote.frontends.onnx;

import dev.mote.frontends.onnx.schema.OnnxMl.AttributeProto;
import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import dev.mote.ir.Window2d;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// Writes layers with weights, and pooling.
final class OnnxLayers {

  /// Weights of a depthwise layer `[1,KH,KW,O]` as `[O,1,KH,KW]`, and those of a transposed
  /// convolution `[O,KH,KW,C]` as `[C,O,KH,KW]`.
  private static final List<Integer> LAST_FIRST = List.of(3, 0, 1, 2);

  private OnnxLayers() {}

  static void conv2d(OnnxNode node, Op.Conv2d op) {
    convolution(node, op.window(), ValueForms.CHANNELS_FIRST, op.groups(), op.activation());
  }

  static void depthwise(OnnxNode node, Op.DepthwiseConv2d op) {
    convolution(node, op.window(), LAST_FIRST, node.inputShape(0).dim(3), op.activation());
  }

  private static void convolution(
      OnnxNode node,
      Window2d window,
      List<Integer> weights,
      int groups,
      dev.mote.ir.Activation activation) {
    List<AttributeProto> attributes = new ArrayList<>(window(window));
    attributes.add(Attributes.integer("group", groups));
    finish(node, "Conv", node.real(1, weights), attributes, activation);
  }

  static void transposeConv(OnnxNode node, Op.TransposeConv2d op) {
    Window2d w = op.window();
    Shape x = node.inputShape(0);
    Shape y = node.outputType().shape();
    int rows = (x.dim(1) - 1) * w.strideHeight() + w.spanHeight() - w.padTop() - w.padBottom();
    int columns = (x.dim(2) - 1) * w.strideWidth() + w.spanWidth() - w.padLeft() - w.padRight();
    List<AttributeProto> attributes = new ArrayList<>(window(w));
    attributes.add(Attributes.integers("output_padding", y.dim(1) - rows, y.dim(2) - columns));
    finish(node, "ConvTranspose", node.real(1, LAST_FIRST), attributes, op.activation());
  }

  private static void finish(
      OnnxNode node,
      String operator,
      String weights,
      List<AttributeProto> attributes,
      dev.mote.ir.Activation activation) {
    List<String> inputs = new ArrayList<>();
    inputs.add(node.real(0, ValueForms.CHANNELS_FIRST));
    inputs.add(weights);
    if (node.inputCount() > 2) {
      inputs.add(bias(node));
    }
    String y = node.add(operator, inputs, attributes.toArray(AttributeProto[]::new));
    node.result(node.activated(y, activation), ValueForms.CHANNELS_FIRST);
  }

  private static List<AttributeProto> window(Window2d w) {
    return List.of(
        Attributes.integers("kernel_shape", w.kernelHeight(), w.kernelWidth()),
        Attributes.integers("strides", w.strideHeight(), w.strideWidth()),
        Attributes.integers("dilations", w.dilationHeight(), w.dilationWidth()),
        Attributes.integers("pads", w.padTop(), w.padLeft(), w.padBottom(), w.padRight()));
  }

  /// Rows of any shape are brought to a matrix first, as integers where they are quantized: so a
  /// dequantization stays next to the layer, where runtimes look for it.
  static void fullyConnected(OnnxNode node, Op.FullyConnected op) {
    int depth = node.inputShape(1).dim(1);
    int units = node.inputShape(1).dim(0);
    Shape x = node.inputShape(0);
    Shape y = node.outputType().shape();
    Shape rows = Shape.of(x.count() / depth, depth);
    Shape result = Shape.of(rows.dim(0), units);
    String matrix;
    if (x.equals(rows)) {
      matrix = node.real(0);
    } else if (node.input(0).quantization().isQuantized()) {
      String flat = node.reshape(node.stored(0), rows);
      TensorType type = node.input(0).type().withShape(rows);
      matrix = node.file().forms().dequantize(node.node().input(0), flat, type);
    } else {
      matrix = node.reshape(node.real(0), rows);
    }
    List<String> inputs = new ArrayList<>(List.of(matrix, node.real(1)));
    if (node.inputCount() > 2) {
      inputs.add(bias(node));
    }
    String product = node.add("Gemm", inputs, Attributes.integer("transB", 1));
    String value = node.activated(product, op.activation());
    if (y.equals(result)) {
      node.result(value);
    } else if (node.outputType().quantization().isQuantized()) {
      TensorType type = node.outputType().withShape(result);
      String stored = node.file().forms().quantize(node.node().output(), value, type);
      node.resultStored(0, node.reshape(stored, y), ValueForms.identity(y.rank()));
    } else {
      node.result(node.reshape(value, y));
    }
  }

  static void batchMatMul(OnnxNode node, Op.BatchMatMul op) {
    String x = node.real(0, matrix(node.inputShape(0).rank(), op.adjointX()));
    String y = node.real(1, matrix(node.inputShape(1).rank(), op.adjointY()));
    node.result(node.add("MatMul", List.of(x, y)));
  }

  private static List<Integer> matrix(int rank, boolean exchanged) {
    List<Integer> order = new ArrayList<>(ValueForms.identity(rank));
    if (exchanged) {
      order.set(rank - 1, rank - 2);
      order.set(rank - 2, rank - 1);
    }
    return order;
  }

  /// The bias as a vector of real numbers; integers as int32, of which a dequantization exists.
  private static String bias(OnnxNode node) {
    Tensor bias = node.input(2);
    int channels = bias.shape().count();
    if (!bias.isConstant() || !bias.element().isInteger()) {
      return bias.shape().rank() == 1
          ? node.real(2)
          : node.reshape(node.real(2), Shape.of(channels));
    }
    List<Float> scales = scales(node, channels);
    long[] values = bias.constantIntegers();
    boolean narrow = true;
    for (long value : values) {
      narrow &= value == (int) value;
    }
    if (!narrow) {
      List<Float> reals = new ArrayList<>();
      for (int i = 0; i < channels; i++) {
        reals.add((float) ((double) values[i] * scales.get(i)));
      }
      TensorType real = TensorType.plain(ElementType.FLOAT32, Shape.of(channels));
      return node.file().constant(bias.name(), real, OnnxConstants.floats(reals));
    }
    ByteBuffer bytes = ByteBuffer.allocate(4 * channels).order(ByteOrder.LITTLE_ENDIAN);
    for (long value : values) {
      bytes.putInt((int) value);
    }
    boolean one = scales.stream().distinct().count() == 1;
    TensorType type =
        new TensorType(
            ElementType.INT32,
            Shape.of(channels),
            one
                ? new Quantization.PerTensor(scales.getFirst(), 0)
                : new Quantization.PerChannel(scales, 0));
    String value = node.file().constant(bias.name(), type, Blob.of(bytes.array()));
    return node.file().forms().dequantize(bias.name(), value, type);
  }

  /// The scale of the accumulator for each channel: what the integers of a bias always count in.
  private static List<Float> scales(OnnxNode node, int channels) {
    Quantization x = node.input(0).quantization();
    Quantization weights = node.input(1).quantization();
    List<Float> scales = new ArrayList<>();
    for (int i = 0; i < channels; i++) {
      float scale = weights instanceof Quantization.PerChannel ? weights.scale(i) : weights.scale();
      scales.add(x.scale() * (scale == 0 ? Float.MIN_NORMAL : scale));
    }
    return scales;
  }

  static void pool(OnnxNode node, Op.Pool2d op) {
    Window2d w = op.window();
    if (op.kind() != Op.Pool2d.Kind.MAX && (w.dilationHeight() != 1 || w.dilationWidth() != 1)) {
      throw node.unfit(
          "ONNX %d has no dilated average pooling".formatted(node.file().operatorSet()),
          "train the model without the dilation.");
    }
    List<AttributeProto> attributes = new ArrayList<>(window(w));
    String x = node.real(0, ValueForms.CHANNELS_FIRST);
    if (op.kind() != Op.Pool2d.Kind.MAX) {
      attributes.remove(2);
    }
    AttributeProto[] all = attributes.toArray(AttributeProto[]::new);
    String y =
        switch (op.kind()) {
          case MAX -> node.add("MaxPool", List.of(x), all);
          case AVERAGE -> node.add("AveragePool", List.of(x), all);
          case L2 -> {
            String squares = node.add("Mul", List.of(x, x));
            yield node.add("Sqrt", List.of(node.add("AveragePool", List.of(squares), all)));
          }
        };
    node.result(node.activated(y, op.activation()), ValueForms.CHANNELS_FIRST);
  }
}
