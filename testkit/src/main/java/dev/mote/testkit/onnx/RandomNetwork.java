package dev.mote.testkit.onnx;

import dev.mote.frontends.onnx.schema.OnnxMl.AttributeProto;
import dev.mote.frontends.onnx.schema.OnnxMl.GraphProto;
import dev.mote.frontends.onnx.schema.OnnxMl.ModelProto;
import dev.mote.frontends.onnx.schema.OnnxMl.NodeProto;
import dev.mote.frontends.onnx.schema.OnnxMl.OperatorSetIdProto;
import dev.mote.frontends.onnx.schema.OnnxMl.TensorProto;
import dev.mote.frontends.onnx.schema.OnnxMl.TensorShapeProto;
import dev.mote.frontends.onnx.schema.OnnxMl.TypeProto;
import dev.mote.frontends.onnx.schema.OnnxMl.ValueInfoProto;
import java.util.List;
import java.util.Random;

/// A small network of images as PyTorch exports it: convolutions, some depthwise, a sum around one
/// of them, a pool and a fully connected layer; in floats, or quantized as exporters do ("QDQ").
final class RandomNetwork {

  static final long[] INPUT_SHAPE = {1, 3, 10, 10};
  static final int PIXELS = 300;

  /// Step of the quantized network's output.
  static final float LAST_SCALE = 0.05f;

  private static final float SCALE = 0.03f;

  private final Random random;
  private final GraphProto.Builder graph = GraphProto.newBuilder();
  private boolean quantizes;
  private boolean unsigned;
  private int number;

  RandomNetwork(long seed) {
    this.random = new Random(seed);
  }

  ModelProto real() {
    return build();
  }

  /// Odd seeds have uint8 activations, even ones int8.
  ModelProto quantized() {
    quantizes = true;
    unsigned = random.nextBoolean();
    return build();
  }

  private ModelProto build() {
    graph.addInput(value("x", INPUT_SHAPE));
    String x = activation("x", SCALE);
    int channels = 4 + 2 * random.nextInt(3);
    String a = convolution(x, 3, channels, 1, 1 + random.nextInt(2));
    String b = convolution(a, channels, channels, channels, 1);
    String c = activation(node("Add", List.of(a, b)), 2 * SCALE);
    String d = convolution(c, channels, 6, 1, 1);
    String pooled = activation(node("MaxPool", List.of(d), ints("kernel_shape", 2, 2)), SCALE);
    String mean = activation(node("GlobalAveragePool", List.of(pooled)), SCALE);
    String flat = activation(node("Flatten", List.of(mean)), SCALE);
    String weights = weights(0.5f, 5, 6);
    String y = node("Gemm", List.of(flat, weights, bias(5)), integer("transB", 1));
    String last = activation(y, LAST_SCALE);
    graph.addNode(NodeProto.newBuilder().setOpType("Identity").addInput(last).addOutput("y"));
    graph.addOutput(value("y", 1, 5));
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(13))
        .setGraph(graph.setName("net"))
        .build();
  }

  private String convolution(String x, int inputs, int outputs, int groups, int stride) {
    String weights = weights(1f / inputs, outputs, inputs / groups, 3, 3);
    String y =
        node(
            "Conv",
            List.of(x, weights, bias(outputs)),
            ints("kernel_shape", 3, 3),
            ints("pads", 1, 1, 1, 1),
            ints("strides", stride, stride),
            integer("group", groups));
    return activation(node("Relu", List.of(y)), SCALE);
  }

  /// `x`, or what its integers stand for in a quantized network.
  private String activation(String x, float scale) {
    if (!quantizes) {
      return x;
    }
    TensorProto.DataType type = unsigned ? TensorProto.DataType.UINT8 : TensorProto.DataType.INT8;
    String s = constant(real(scale));
    String z = constant(byteScalar(type, unsigned ? 120 : -8));
    String q = node("QuantizeLinear", List.of(x, s, z));
    return node("DequantizeLinear", List.of(q, s, z));
  }

  private String weights(float size, int... dims) {
    TensorProto.Builder tensor = TensorProto.newBuilder();
    int count = 1;
    for (int dim : dims) {
      tensor.addDims(dim);
      count *= dim;
    }
    if (!quantizes) {
      tensor.setDataType(TensorProto.DataType.FLOAT.getNumber());
      for (int i = 0; i < count; i++) {
        tensor.addFloatData((random.nextFloat() * 2 - 1) * size);
      }
      return constant(tensor);
    }
    tensor.setDataType(TensorProto.DataType.INT8.getNumber());
    for (int i = 0; i < count; i++) {
      tensor.addInt32Data(random.nextInt(255) - 127);
    }
    TensorProto.Builder scales =
        TensorProto.newBuilder()
            .setDataType(TensorProto.DataType.FLOAT.getNumber())
            .addDims(dims[0]);
    TensorProto.Builder zeros =
        TensorProto.newBuilder()
            .setDataType(TensorProto.DataType.INT8.getNumber())
            .addDims(dims[0]);
    for (int i = 0; i < dims[0]; i++) {
      scales.addFloatData(size / 127 * (0.5f + random.nextFloat()));
      zeros.addInt32Data(0);
    }
    return node(
        "DequantizeLinear",
        List.of(constant(tensor), constant(scales), constant(zeros)),
        integer("axis", 0));
  }

  private String bias(int count) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setDataType(TensorProto.DataType.FLOAT.getNumber()).addDims(count);
    for (int i = 0; i < count; i++) {
      tensor.addFloatData(random.nextFloat() - 0.5f);
    }
    return constant(tensor);
  }

  private static TensorProto.Builder real(float value) {
    return TensorProto.newBuilder()
        .setDataType(TensorProto.DataType.FLOAT.getNumber())
        .addFloatData(value);
  }

  private static TensorProto.Builder byteScalar(TensorProto.DataType type, int value) {
    return TensorProto.newBuilder().setDataType(type.getNumber()).addInt32Data(value);
  }

  private String constant(TensorProto.Builder tensor) {
    String name = "c" + number++;
    graph.addInitializer(tensor.setName(name));
    return name;
  }

  private String node(String operator, List<String> inputs, AttributeProto... attributes) {
    String name = "t" + number++;
    graph.addNode(
        NodeProto.newBuilder()
            .setOpType(operator)
            .setName(operator + number)
            .addAllInput(inputs)
            .addOutput(name)
            .addAllAttribute(List.of(attributes)));
    return name;
  }

  private static AttributeProto ints(String name, long... values) {
    AttributeProto.Builder attribute =
        AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
    for (long value : values) {
      attribute.addInts(value);
    }
    return attribute.build();
  }

  private static AttributeProto integer(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  private static ValueInfoProto value(String name, long... dims) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long dim : dims) {
      shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(dim));
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder()
                        .setElemType(TensorProto.DataType.FLOAT.getNumber())
                        .setShape(shape)))
        .build();
  }
}
