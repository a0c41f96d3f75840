package dev.mote.frontends.tflite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Verifier;
import dev.mote.plugin.ModelReader.Options;
import dev.mote.plugin.ModelReader.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MlperfTinyTest {

  @ParameterizedTest
  @CsvSource({
    "ad01_int8, INT8, 1x640, 1x640, FullyConnected:10",
    "ad01_fp32, FLOAT32, 1x640, 1x640, FullyConnected:10",
    "kws_ref_model, INT8, 1x49x10x1, 1x12,"
        + " AveragePool2d:1 Conv2d:5 DepthwiseConv2d:4 FullyConnected:1 Reshape:1 Softmax:1",
    "kws_ref_model_float32, FLOAT32, 1x49x10x1, 1x12,"
        + " AveragePool2d:1 Conv2d:5 DepthwiseConv2d:4 FullyConnected:1 Reshape:1 Softmax:1",
    "pretrainedResnet_quant, INT8, 1x32x32x3, 1x10,"
        + " Add:3 AveragePool2d:1 Conv2d:9 FullyConnected:1 Reshape:1 Softmax:1",
    "pretrainedResnet, FLOAT32, 1x32x32x3, 1x10,"
        + " Add:3 AveragePool2d:1 Conv2d:9 FullyConnected:1 Reshape:1 Softmax:1",
    "str_ww_ref_model, INT8, 1x30x1x40, 1x3,"
        + " Conv2d:4 DepthwiseConv2d:4 FullyConnected:1 Reshape:1 Softmax:1",
    "vww_96_int8, INT8, 1x96x96x3, 1x2,"
        + " AveragePool2d:1 Conv2d:14 DepthwiseConv2d:13 FullyConnected:1 Reshape:1 Softmax:1",
    "vww_96_float, FLOAT32, 1x96x96x3, 1x2,"
        + " AveragePool2d:1 Conv2d:14 DepthwiseConv2d:13 FullyConnected:1 Reshape:1 Softmax:1",
  })
  void everyMlperfTinyModelIsRead(
      String name, ElementType element, String input, String output, String operators)
      throws IOException {
    Graph graph = read(name);

    assertThat(graph.name()).isEqualTo(name);
    assertThat(graph.inputs()).hasSize(1);
    assertThat(graph.outputs()).hasSize(1);
    assertThat(graph.tensor(graph.inputs().getFirst()).element()).isEqualTo(element);
    assertThat(graph.tensor(graph.inputs().getFirst()).shape()).hasToString(input);
    assertThat(graph.tensor(graph.outputs().getFirst()).shape()).hasToString(output);
    assertThat(operators(graph)).isEqualTo(operators);
    assertThat(Verifier.verify(graph)).isEmpty();
  }

  private static Graph read(String name) throws IOException {
    Path file =
        Path.of(System.getProperty("mote.root"), "../shared/models/mlperf-tiny", name + ".tflite");
    assumeTrue(Files.exists(file), "the shared model " + file + " is not there");
    Result result =
        new TfliteReader()
            .read(Blob.of(Files.readAllBytes(file)), name + ".tflite", Options.standard());
    assertThat(result).isInstanceOf(Result.Model.class);
    return ((Result.Model) result).graph();
  }

  private static String operators(Graph graph) {
    return graph.nodes().stream()
        .map(Node::op)
        .collect(
            Collectors.groupingBy(op -> op.label(), java.util.TreeMap::new, Collectors.counting()))
        .entrySet()
        .stream()
        .map(e -> e.getKey() + ":" + e.getValue())
        .collect(Collectors.joining(" "));
  }
}
