package dev.mote.testkit.onnx;

import com.google.protobuf.ByteString;
import dev.mote.frontends.onnx.schema.OnnxMl.AttributeProto;
import dev.mote.frontends.onnx.schema.OnnxMl.AttributeProto.AttributeType;
import dev.mote.frontends.onnx.schema.OnnxMl.GraphProto;
import dev.mote.frontends.onnx.schema.OnnxMl.ModelProto;
import dev.mote.frontends.onnx.schema.OnnxMl.NodeProto;
import dev.mote.frontends.onnx.schema.OnnxMl.OperatorSetIdProto;
import dev.mote.frontends.onnx.schema.OnnxMl.TensorProto;
import dev.mote.frontends.onnx.schema.OnnxMl.TensorShapeProto;
import dev.mote.frontends.onnx.schema.OnnxMl.TypeProto;
import dev.mote.frontends.onnx.schema.OnnxMl.ValueInfoProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/// An ONNX model in the making.
final class OnnxSketch {

  static final String ML = "ai.onnx.ml";

  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("case");
  private final int opset;
  private final int mlOpset;
  private int number;

  OnnxSketch(int opset) {
    this(opset, 3);
  }

  OnnxSketch(int opset, int mlOpset) {
    this.opset = opset;
    this.mlOpset = mlOpset;
  }

  // ---- the graph -------------------------------------------------------------------------------

  String input(String name, TensorProto.DataType type, long... dims) {
    graph.addInput(value(name, type, dims));
    return name;
  }

  String input(String name, long... dims) {
    return input(name, TensorProto.DataType.FLOAT, dims);
  }

  String constant(TensorProto tensor) {
    String name = "c" + number++;
    graph.addInitializer(tensor.toBuilder().setName(name));
    return name;
  }

  /// The result of an operator of the standard domain.
  String node(String operator, List<String> inputs, AttributeProto... attributes) {
    return nodes("", operator, 1, inputs, attributes).getFirst();
  }

  List<String> nodes(
      String domain,
      String operator,
      int outputs,
      List<String> inputs,
      AttributeProto... attributes) {
    List<String> results = new ArrayList<>();
    for (int i = 0; i < outputs; i++) {
      results.add("t" + number++);
    }
    graph.addNode(
        NodeProto.newBuilder()
            .setOpType(operator)
            .setDomain(domain)
            .setName(operator + number)
            .addAllInput(inputs)
            .addAllOutput(results)
            .addAllAttribute(List.of(attributes)));
    return results;
  }

  /// A result; its type is left to who reads the model.
  OnnxSketch output(String name) {
    graph.addOutput(ValueInfoProto.newBuilder().setName(name));
    return this;
  }

  OnnxSketch output(String name, TensorProto.DataType type) {
    graph.addOutput(
        ValueInfoProto.newBuilder()
            .setName(name)
            .setType(
                TypeProto.newBuilder()
                    .setTensorType(TypeProto.Tensor.newBuilder().setElemType(type.getNumber()))));
    return this;
  }

  ModelProto build() {
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(opset))
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(ML).setVersion(mlOpset))
        .setGraph(graph)
        .build();
  }

  static ValueInfoProto value(String name, TensorProto.DataType type, long... dims) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long dim : dims) {
      shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(dim));
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder().setElemType(type.getNumber()).setShape(shape)))
        .build();
  }

  // ---- tensors ---------------------------------------------------------------------------------

  static TensorProto floats(List<Long> dims, float... values) {
    TensorProto.Builder tensor = tensor(TensorProto.DataType.FLOAT, dims);
    for (float value : values) {
      tensor.addFloatData(value);
    }
    return tensor.build();
  }

  static TensorProto floats(float... values) {
    return floats(List.of((long) values.length), values);
  }

  static TensorProto longs(List<Long> dims, long... values) {
    return tensor(TensorProto.DataType.INT64, dims)
        .addAllInt64Data(LongStream.of(values).boxed().toList())
        .build();
  }

  static TensorProto longs(long... values) {
    return longs(List.of((long) values.length), values);
  }

  /// A tensor whose elements are stored as int32.
  static TensorProto integers(TensorProto.DataType type, List<Long> dims, int... values) {
    return tensor(type, dims).addAllInt32Data(Arrays.stream(values).boxed().toList()).build();
  }

  static TensorProto.Builder tensor(TensorProto.DataType type, List<Long> dims) {
    return TensorProto.newBuilder().setDataType(type.getNumber()).addAllDims(dims);
  }

  // ---- attributes ------------------------------------------------------------------------------

  private static AttributeProto.Builder attribute(String name, AttributeType type) {
    return AttributeProto.newBuilder().setName(name).setType(type);
  }

  static AttributeProto real(String name, float value) {
    return attribute(name, AttributeType.FLOAT).setF(value).build();
  }

  static AttributeProto reals(String name, float... values) {
    AttributeProto.Builder attribute = attribute(name, AttributeType.FLOATS);
    for (float value : values) {
      attribute.addFloats(value);
    }
    return attribute.build();
  }

  static AttributeProto integer(String name, long value) {
    return attribute(name, AttributeType.INT).setI(value).build();
  }

  static AttributeProto ints(String name, long... values) {
    return attribute(name, AttributeType.INTS)
        .addAllInts(LongStream.of(values).boxed().toList())
        .build();
  }

  static AttributeProto text(String name, String value) {
    return attribute(name, AttributeType.STRING).setS(ByteString.copyFromUtf8(value)).build();
  }

  static AttributeProto texts(String name, String... values) {
    return attribute(name, AttributeType.STRINGS)
        .addAllStrings(Arrays.stream(values).map(ByteString::copyFromUtf8).toList())
        .build();
  }

  static AttributeProto tensor(String name, TensorProto value) {
    return attribute(name, AttributeType.TENSOR).setT(value).build();
  }

  static Map<String, TensorProto> feed(String name, TensorProto value) {
    Map<String, TensorProto> feed = new LinkedHashMap<>();
    feed.put(name, value);
    return feed;
  }
}
