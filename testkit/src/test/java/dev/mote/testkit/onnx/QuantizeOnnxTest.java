package dev.mote.testkit.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mote.ir.Blob;
import dev.mote.ir.Graph;
import dev.mote.testkit.quantize.GraphSweep;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What the ONNX reader makes of ONNX's own test cases can be quantized.
class QuantizeOnnxTest {

  private static final int EVERY = Integer.getInteger("every", 20);

  @Test
  void everyGraphQuantizes() {
    assumeTrue(NodeCase.installed(), "ONNX's test cases (libonnx-testdata) are not installed");
    List<NodeCase> all = NodeCase.all();
    GraphSweep sweep = new GraphSweep(-3);
    for (int i = 0; i < all.size(); i += EVERY) {
      NodeCase source = all.get(i);
      Optional<Graph> graph = NodeConformance.graph(source);
      if (graph.isPresent() && !source.sets().isEmpty()) {
        sweep.check(source.name(), graph.get(), List.of(inputs(graph.get(), source)));
      }
    }
    assertThat(sweep.problems()).isEmpty();
    assertThat(sweep.quantized()).isGreaterThan(all.size() / EVERY / 4);
  }

  private static List<Blob> inputs(Graph graph, NodeCase source) {
    return graph.inputs().stream()
        .map(
            name ->
                Blob.of(
                    TensorValues.bytes(
                        Optional.ofNullable(source.sets().getFirst().inputs().get(name))
                            .orElseThrow(),
                        graph.tensor(name).type())))
        .toList();
  }
}
