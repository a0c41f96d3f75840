package dev.mote.frontends.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.frontends.onnx.schema.OnnxMl.AttributeProto;
import dev.mote.frontends.onnx.schema.OnnxMl.GraphProto;
import dev.mote.frontends.onnx.schema.OnnxMl.ModelProto;
import dev.mote.frontends.onnx.schema.OnnxMl.NodeProto;
import dev.mote.frontends.onnx.schema.OnnxMl.OperatorSetIdProto;
import dev.mote.frontends.onnx.schema.OnnxMl.StringStringEntryProto;
import dev.mote.frontends.onnx.schema.OnnxMl.TensorProto;
import dev.mote.frontends.onnx.schema.OnnxMl.TensorShapeProto;
import dev.mote.frontends.onnx.schema.OnnxMl.TypeProto;
import dev.mote.frontends.onnx.schema.OnnxMl.ValueInfoProto;
import dev.mote.ir.Blob;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.Graph;
import dev.mote.ir.Op;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.plugin.ModelReader;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What is read, and how broken models are refused.
class OnnxReaderTest {

  private static final int FLOAT = TensorProto.DataType.FLOAT.getNumber();

  private final GraphProto.Builder graph = GraphProto.newBuilder();

  private static ValueInfoProto value(String name, int type, long... dims) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long dim : dims) {
      TensorShapeProto.Dimension.Builder extent = TensorShapeProto.Dimension.newBuilder();
      shape.addDim(dim < 0 && dim > -9 ? extent.setDimParam("n") : extent.setDimValue(dim));
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(type).setShape(shape)))
        .build();
  }

  private OnnxReaderTest input(String name, long... dims) {
    graph.addInput(value(name, FLOAT, dims));
    return this;
  }

  private OnnxReaderTest node(String operator, List<String> inputs, String output) {
    graph.addNode(NodeProto.newBuilder().setOpType(operator).addAllInput(inputs).addOutput(output));
    return this;
  }

  private OnnxReaderTest output(String name) {
    graph.addOutput(value(name, FLOAT));
    return this;
  }

  private ModelProto.Builder model(int opset) {
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(opset))
        .setGraph(graph);
  }

  private ModelReader.Result read(Map<String, Shape> shapes) {
    return new OnnxReader()
        .read(
            Blob.of(model(17).build().toByteArray()),
            "net.onnx",
            new ModelReader.Options(shapes, ModelReader.Io.MODEL));
  }

  private static String refusal(ModelReader.Result result) {
    return switch (result) {
      case ModelReader.Result.Refused(List<Diagnostic> problems) ->
          String.valueOf(problems.getFirst());
      case ModelReader.Result.Model _ -> "a model";
    };
  }

  private static Graph graph(ModelReader.Result result) {
    return switch (result) {
      case ModelReader.Result.Model(Graph graph) -> graph;
      case ModelReader.Result.Refused(List<Diagnostic> problems) ->
          throw new AssertionError(problems.toString());
    };
  }

  @Test
  void aCycleIsRefused() {
    input("x", 2).node("Add", List.of("x", "b"), "a").node("Relu", List.of("a"), "b").output("b");
    assertThat(refusal(read(Map.of())))
        .isEqualTo(
            """
            MOTE-1106 net.onnx, Add 'a' (node #0): it reads 'b' before that is computed (nodes out of order, or a cycle)
              Fix: the file is damaged or was written wrongly: export the model again.""");
  }

  @Test
  void aMissingInitializerIsRefused() {
    input("x", 2).node("Add", List.of("x", "w"), "y").output("y");
    assertThat(refusal(read(Map.of())))
        .isEqualTo(
            """
            MOTE-1106 net.onnx, Add 'y' (node #0): it reads 'w', which is no input, no constant, and computed by no node
              Fix: the file is damaged or was written wrongly: export the model again.""");
  }

  @Test
  void dataInAnotherFileAreRefusedWhereverThatLies() {
    graph.addInitializer(
        TensorProto.newBuilder()
            .setName("w")
            .setDataType(FLOAT)
            .addDims(2)
            .setDataLocation(TensorProto.DataLocation.EXTERNAL)
            .addExternalData(
                StringStringEntryProto.newBuilder().setKey("location").setValue("../secret")));
    input("x", 2).node("Add", List.of("x", "w"), "y").output("y");
    assertThat(refusal(read(Map.of())))
        .startsWith(
            "MOTE-1113 net.onnx, constant 'w': its data lie outside of the model's file, which is all"
                + " that is read\n  Fix: save the model with its data inside");
  }

  @Test
  void hugeAndNegativeDimensionsAreRefused() {
    input("x", 1L << 40).node("Relu", List.of("x"), "y").output("y");
    assertThat(refusal(read(Map.of())))
        .startsWith("MOTE-1110 net.onnx, input 'x': its shape has a dimension of 1099511627776");
    graph.clear();
    input("x", 1 << 20, 1 << 20).node("Relu", List.of("x"), "y").output("y");
    assertThat(refusal(read(Map.of())))
        .startsWith("MOTE-1104 net.onnx, input 'x': it has more than 256 MiB");
    graph.clear();
    input("x", 2, -1).node("Relu", List.of("x"), "y").output("y");
    assertThat(refusal(read(Map.of())))
        .isEqualTo(
            """
            MOTE-1114 net.onnx, input 'x': dimension 1 of its shape [2xn] is open
              Fix: give the shape, for instance --shape x=2x1.""");
  }

  @Test
  void dataThatDoNotFillTheShapeAreRefused() {
    graph.addInitializer(
        TensorProto.newBuilder().setName("w").setDataType(FLOAT).addDims(3).addFloatData(1));
    input("x", 3).node("Add", List.of("x", "w"), "y").output("y");
    assertThat(refusal(read(Map.of())))
        .startsWith("MOTE-1111 net.onnx, constant 'w': it stores 1 elements of 3");
  }

  @Test
  void unknownOperatorsDomainsAndControlFlowAreRefused() {
    input("x", 2).node("Fancy", List.of("x"), "y").output("y");
    assertThat(refusal(read(Map.of())))
        .startsWith("MOTE-1120 net.onnx, Fancy 'y' (node #0): operator Fancy is not supported");
    graph.clear();
    input("x", 2).node("Loop", List.of("x"), "y").output("y");
    assertThat(refusal(read(Map.of()))).startsWith("MOTE-1122 net.onnx, Loop 'y' (node #0)");
    graph.clear();
    graph.addNode(
        NodeProto.newBuilder().setOpType("Attention").setDomain("com.example").addOutput("y"));
    output("y");
    assertThat(refusal(read(Map.of()))).startsWith("MOTE-1121 net.onnx, Attention 'y' (node #0)");
  }

  @Test
  void bytesThatAreNoModelAreRefused() {
    byte[] text = "name: net, layers: none".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    OnnxReader reader = new OnnxReader();
    assertThat(reader.accepts(Blob.of(text), "net.txt")).isFalse();
    assertThat(refusal(reader.read(Blob.of(text), "net.onnx", ModelReader.Options.standard())))
        .startsWith("MOTE-1101 net.onnx: it is not an ONNX model, or cut off");
    input("x", 2).node("Relu", List.of("x"), "y").output("y");
    Blob future = Blob.of(model(99).build().toByteArray());
    assertThat(reader.accepts(future, "a.bin")).isTrue();
    assertThat(refusal(reader.read(future, "net.onnx", ModelReader.Options.standard())))
        .startsWith("MOTE-1103 net.onnx: it follows operator set 99; Mote reads 1 to 22");
  }

  @Test
  void aGivenShapeFixesOpenDimensions() {
    input("x", -1, 3, -1).node("Relu", List.of("x"), "y").output("y");
    Graph read = graph(read(Map.of("x", Shape.of(2, 3, 5))));
    assertThat(read.output(read.nodes().getFirst()).shape()).isEqualTo(Shape.of(2, 3, 5));
    assertThat(refusal(read(Map.of("x", Shape.of(2, 4, 5)))))
        .startsWith("MOTE-1115 net.onnx, input 'x': the given shape [2x4x5] does not fit");
    assertThat(refusal(read(Map.of("x", Shape.of(2, 3, 5), "z", Shape.of(1)))))
        .startsWith("MOTE-1115 net.onnx: a shape is given for 'z', but there is no such input");
  }

  @Test
  void shapesThatAModelComputesFromShapesAreKnown() {
    // As PyTorch exports x.view(x.size(0), -1).
    input("x", 2, 3, 4);
    graph.addInitializer(
        TensorProto.newBuilder()
            .setName("zero")
            .setDataType(TensorProto.DataType.INT64.getNumber())
            .addInt64Data(0));
    graph.addInitializer(
        TensorProto.newBuilder()
            .setName("open")
            .setDataType(TensorProto.DataType.INT64.getNumber())
            .addDims(1)
            .addInt64Data(-1));
    node("Shape", List.of("x"), "s").node("Gather", List.of("s", "zero"), "n");
    graph.addNode(
        NodeProto.newBuilder()
            .setOpType("Unsqueeze")
            .addInput("n")
            .addInput("zero")
            .addOutput("u"));
    graph.addNode(
        NodeProto.newBuilder()
            .setOpType("Concat")
            .addInput("u")
            .addInput("open")
            .addOutput("t")
            .addAttribute(AttributeProto.newBuilder().setName("axis").setI(0)));
    node("Reshape", List.of("x", "t"), "y").output("y");
    Graph read = graph(read(Map.of()));
    assertThat(read.nodes()).hasSize(1);
    assertThat(read.tensor("y").shape()).isEqualTo(Shape.of(2, 12));
  }

  @Test
  void betweenLayersNoTranspositionIsLeft() {
    input("x", 1, 2, 8, 8);
    graph.addInitializer(weights("w", 4, 2, 3, 3)).addInitializer(weights("v", 4, 4, 3, 3));
    node("Conv", List.of("x", "w"), "a").node("Relu", List.of("a"), "b");
    node("Conv", List.of("b", "v"), "c").node("Add", List.of("b", "b"), "d");
    node("GlobalAveragePool", List.of("c"), "p").node("Flatten", List.of("p"), "f");
    graph.addInitializer(weights("m", 4, 3));
    node("MatMul", List.of("f", "m"), "y").output("y");
    Graph read = graph(read(Map.of()));
    assertThat(read.nodes().stream().filter(n -> n.op() instanceof Op.Transpose)).hasSize(1);
    assertThat(read.nodes().getFirst().op()).isInstanceOf(Op.Transpose.class);
  }

  @Test
  void anInputOfIntegersHasTheMeaningThatItIsGivenBehindAMovement() {
    int bytes = TensorProto.DataType.INT8.getNumber();
    graph.addInput(value("x", bytes, 2, 3));
    graph
        .addInitializer(weights("s", 1).toBuilder().setFloatData(0, 0.5f).clearDims())
        .addInitializer(
            TensorProto.newBuilder().setName("z").setDataType(bytes).addInt32Data(7).build())
        .addInitializer(
            TensorProto.newBuilder()
                .setName("t")
                .setDataType(TensorProto.DataType.INT64.getNumber())
                .addDims(1)
                .addInt64Data(6));
    node("Reshape", List.of("x", "t"), "r").node("DequantizeLinear", List.of("r", "s", "z"), "d");
    node("Relu", List.of("d"), "y").output("y");
    Graph read = graph(read(Map.of()));
    assertThat(read.tensor("x").quantization()).isEqualTo(new Quantization.PerTensor(0.5f, 7));
    assertThat(read.nodes()).noneMatch(n -> n.op() instanceof Op.Cast);
  }

  private static TensorProto weights(String name, long... dims) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(FLOAT);
    long count = 1;
    for (long dim : dims) {
      tensor.addDims(dim);
      count *= dim;
    }
    for (int i = 0; i < count; i++) {
      tensor.addFloatData(i % 7 - 3);
    }
    return tensor.build();
  }
}
