package dev.mote.testkit.writers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.mote.frontends.onnx.OnnxReader;
import dev.mote.frontends.onnx.OnnxWriter;
import dev.mote.frontends.onnx.schema.OnnxMl.ModelProto;
import dev.mote.frontends.onnx.schema.OnnxMl.NodeProto;
import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.GraphText;
import dev.mote.ir.MacCount;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.plugin.ModelReader;
import dev.mote.plugin.ModelWriter;
import dev.mote.testkit.cases.CaseRandom;
import dev.mote.testkit.cases.Values;
import dev.mote.testkit.mlperf.MlperfTiny;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The MLPerf Tiny models as ONNX, by ONNX Runtime with and without its optimisations.
class OnnxNetworksTest {

  private static final int INPUTS = 3;

  private static Graph model(String name) {
    assumeTrue(MlperfTiny.folder().isPresent(), MlperfTiny.absence());
    return MlperfTiny.graph(name);
  }

  static Stream<String> int8Models() {
    return MlperfTiny.INT8.stream();
  }

  /// The float models but the one whose weights are int8: that one ONNX computes with floats
  /// throughout, TFLite with activations that it quantizes as it runs.
  static Stream<String> floatModels() {
    return MlperfTiny.FLOAT.stream().filter(name -> !name.equals("kws_ref_model_float32"));
  }

  /// Up to the softmax, which turns a step before it into several after it. Steps of single layers
  /// add up on the way through a network.
  @ParameterizedTest
  @MethodSource("int8Models")
  void quantizedNetworksGiveNearlyTheSame(String name) throws OrtException {
    Graph graph = beforeSoftmax(model(name));
    Blob file = written(graph);
    for (OptLevel level : List.of(OptLevel.NO_OPT, OptLevel.ALL_OPT)) {
      assertThat(OnnxRoundTrip.difference(graph, file, inputs(graph), 6, level))
          .as("%s, %s", name, level)
          .isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("floatModels")
  void floatNetworksGiveTheSame(String name) throws OrtException {
    Graph graph = model(name);
    Blob file = written(graph);
    for (OptLevel level : List.of(OptLevel.NO_OPT, OptLevel.ALL_OPT)) {
      assertThat(OnnxRoundTrip.difference(graph, file, inputs(graph), 0, level))
          .as("%s, %s", name, level)
          .isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("int8Models")
  void layersAreIntegersAgainWhenTheyAreReadBack(String name) {
    Graph graph = model(name);
    Graph again = read(written(graph));
    assertThat(layers(again)).isEqualTo(layers(graph));
    assertThat(MacCount.of(again)).isEqualTo(MacCount.of(graph));
    assertThat(again.inputs()).isEqualTo(graph.inputs());
    assertThat(again.outputs()).isEqualTo(graph.outputs());
    assertThat(again.nodes()).noneMatch(n -> n.op() instanceof Op.Dequantize);
  }

  @Test
  void weightsOfFourBitsAreReadBackAsBytes() {
    Graph graph =
        GraphText.parse(
            """
            graph "net" {
              tensor "x" int8 [1x3] scale 0.5 zero 1
              tensor "w" int4 [2x3] scales 0 [0.25 0.5] = hex "7f890a"
              tensor "y" int8 [1x2] scale 0.25 zero 3
              input "x"
              output "y"
              node "y" FullyConnected(activation: NONE) "x" "w" -> "y"
            }
            """);
    Graph again = read(written(graph));
    Node layer = again.nodes().getFirst();
    assertThat(layer.op()).isInstanceOf(Op.FullyConnected.class);
    assertThat(again.input(layer, 1).element()).isEqualTo(ElementType.INT8);
    assertThat(again.input(layer, 1).constantIntegers())
        .isEqualTo(graph.tensor("w").constantIntegers());
    assertThat(again.outputs()).isEqualTo(graph.outputs());
  }

  /// Images come and go channels last; between them there is nothing to transpose but before a
  /// flattening.
  @ParameterizedTest
  @MethodSource("int8Models")
  void transpositionsAreAtTheBorderOnly(String name) throws Exception {
    ModelProto model = ModelProto.parseFrom(written(model(name)).toByteArray());
    assertThat(
            model.getGraph().getNodeList().stream()
                .map(NodeProto::getOpType)
                .filter("Transpose"::equals))
        .hasSizeLessThanOrEqualTo(1);
  }

  private static Graph beforeSoftmax(Graph graph) {
    Node last = graph.nodes().getLast();
    return last.op() instanceof Op.Softmax
        ? graph
            .withNodes(graph.nodes().subList(0, graph.nodes().size() - 1))
            .withBorder(graph.inputs(), last.inputs())
        : graph;
  }

  private static List<List<Blob>> inputs(Graph graph) {
    List<List<Blob>> all = new ArrayList<>();
    for (int i = 0; i < INPUTS; i++) {
      CaseRandom random = new CaseRandom(i, i);
      List<Blob> inputs = new ArrayList<>();
      for (String name : graph.inputs()) {
        Values values = graph.tensor(name).element().isFloat() ? Values.reals(-1, 1) : Values.any();
        inputs.add(Blob.of(values.draw(random, graph.tensor(name).type())));
      }
      all.add(inputs);
    }
    return all;
  }

  private static List<String> layers(Graph graph) {
    List<String> layers = new ArrayList<>();
    for (Node node : graph.nodes()) {
      if (MacCount.of(graph, node) > 0) {
        assertThat(graph.output(node).element()).isEqualTo(ElementType.INT8);
        layers.add(node.op() + " " + graph.output(node).quantization());
      }
    }
    return layers;
  }

  private static Blob written(Graph graph) {
    return switch (new OnnxWriter().write(graph)) {
      case ModelWriter.Result.Written(Blob file) -> file;
      case ModelWriter.Result.Refused(var problems) -> throw new AssertionError(problems);
    };
  }

  private static Graph read(Blob file) {
    return switch (new OnnxReader().read(file, "net.onnx", ModelReader.Options.standard())) {
      case ModelReader.Result.Model(Graph graph) -> graph;
      case ModelReader.Result.Refused(var problems) -> throw new AssertionError(problems);
    };
  }
}
