package dev.mote.testkit.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mote.frontends.onnx.OnnxReader;
import dev.mote.frontends.onnx.OnnxWriter;
import dev.mote.frontends.onnx.schema.OnnxMl.GraphProto;
import dev.mote.frontends.onnx.schema.OnnxMl.ModelProto;
import dev.mote.frontends.onnx.schema.OnnxMl.NodeProto;
import dev.mote.frontends.onnx.schema.OnnxMl.TensorProto;
import dev.mote.frontends.tflite.TfliteReader;
import dev.mote.frontends.tflite.TfliteWriter;
import dev.mote.ir.Blob;
import dev.mote.ir.Graph;
import dev.mote.ir.TensorType;
import dev.mote.plugin.ModelReader;
import dev.mote.plugin.ModelWriter;
import dev.mote.reference.Interpreter;
import dev.mote.testkit.cases.Agreement;
import dev.mote.testkit.cases.CaseRandom;
import dev.mote.testkit.cases.Values;
import dev.mote.testkit.differential.Comparison;
import dev.mote.testkit.oracle.TfliteOracle;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Networks that came as ONNX, written in both formats.
class WrittenNetworksTest {

  private static final int NETWORKS = 6;

  static Stream<ModelProto> networks() {
    return Stream.iterate(0, seed -> seed < NETWORKS, seed -> seed + 1)
        .flatMap(
            seed -> Stream.of(new RandomNetwork(seed).real(), new RandomNetwork(seed).quantized()));
  }

  @ParameterizedTest
  @MethodSource("networks")
  void aNetworkOfOnnxRunsInTflite(ModelProto model) {
    assumeTrue(TfliteOracle.obstacle().isEmpty(), () -> TfliteOracle.obstacle().orElse(""));
    Graph graph = read(Blob.of(model.toByteArray()), new OnnxReader());
    Blob file = written(new TfliteWriter().write(graph));
    // One step of a fully connected layer spreads: see docs/reference/tflite-differences.md.
    Agreement agreement = new Agreement.Close(1e-5f, RandomNetwork.LAST_SCALE * 1.01f);
    TensorType output = graph.tensor(graph.outputs().getFirst()).type();
    Interpreter again = new Interpreter(read(file, new TfliteReader()));
    Interpreter interpreter = new Interpreter(graph);
    try (TfliteOracle tflite = TfliteOracle.of(file.toByteArray())) {
      for (int i = 0; i < 3; i++) {
        List<byte[]> inputs =
            List.of(
                Values.reals(-1, 1)
                    .draw(new CaseRandom(i, i), graph.tensor(graph.inputs().getFirst()).type()));
        byte[] expected = interpreter.run(inputs).getFirst();
        assertThat(
                Comparison.difference(output, expected, tflite.run(inputs).getFirst(), agreement))
            .isEmpty();
        assertThat(
                Comparison.difference(
                    output, expected, again.run(inputs).getFirst(), Agreement.FLOAT))
            .isEmpty();
      }
    }
  }

  /// ONNX Runtime refuses to start a session with `session.x64quantprecision` otherwise, on
  /// processors where that matters.
  @Test
  void weightsHaveZeroPointsOfTheirOwn() throws Exception {
    Graph graph = read(Blob.of(new RandomNetwork(0).quantized().toByteArray()), new OnnxReader());
    GraphProto file =
        ModelProto.parseFrom(written(new OnnxWriter().write(graph)).toByteArray()).getGraph();
    Set<String> bytes =
        file.getInitializerList().stream()
            .filter(constant -> constant.getDataType() == TensorProto.DataType.INT8_VALUE)
            .map(TensorProto::getName)
            .collect(Collectors.toSet());
    assertThat(
            file.getNodeList().stream()
                .filter(node -> node.getOpType().equals("DequantizeLinear"))
                .filter(node -> bytes.contains(node.getInput(0)))
                .map(node -> node.getInput(2)))
        .hasSizeGreaterThan(1)
        .doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @MethodSource("networks")
  void aNetworkOfOnnxIsWrittenWithoutTranspositions(ModelProto model) throws Exception {
    Graph graph = read(Blob.of(model.toByteArray()), new OnnxReader());
    Blob file = written(new OnnxWriter().write(graph));
    ModelProto again = ModelProto.parseFrom(file.toByteArray());
    assertThat(again.getGraph().getInputList()).isEqualTo(model.getGraph().getInputList());
    assertThat(again.getGraph().getOutput(0).getName()).isEqualTo(graph.outputs().getFirst());
    assertThat(again.getGraph().getOutput(0).getType())
        .isEqualTo(model.getGraph().getOutput(0).getType());
    assertThat(again.getGraph().getNodeList().stream().map(NodeProto::getOpType))
        .doesNotContain("Transpose");
    Graph back = read(file, new OnnxReader());
    assertThat(back.nodes().stream().map(n -> n.op().toString()))
        .containsExactlyInAnyOrderElementsOf(
            graph.nodes().stream().map(n -> n.op().toString()).toList());
  }

  private static Blob written(ModelWriter.Result result) {
    return switch (result) {
      case ModelWriter.Result.Written(Blob file) -> file;
      case ModelWriter.Result.Refused(var problems) -> throw new AssertionError(problems);
    };
  }

  private static Graph read(Blob file, ModelReader reader) {
    return switch (reader.read(file, "net", ModelReader.Options.standard())) {
      case ModelReader.Result.Model(Graph graph) -> graph;
      case ModelReader.Result.Refused(var problems) -> throw new AssertionError(problems);
    };
  }
}
