package dev.mote.testkit.representative;

import static dev.mote.testkit.representative.NetworkSketch.NONE;
import static dev.mote.testkit.representative.NetworkSketch.RELU;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.mote.emulator.BuildCache;
import dev.mote.emulator.Comparison;
import dev.mote.emulator.ModelRunner;
import dev.mote.emulator.RunOptions;
import dev.mote.frontends.tflite.schema.Padding;
import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.pipeline.CompiledModel;
import dev.mote.pipeline.MoteCompiler;
import dev.mote.pipeline.Settings;
import dev.mote.plugin.Compiler.Optimize;
import dev.mote.reference.Interpreter;
import dev.mote.targets.Targets;
import dev.mote.testkit.cases.CaseRandom;
import dev.mote.testkit.representative.NetworkSketch.Slide;
import dev.mote.testkit.representative.NetworkSketch.Value;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Layers that skip the groups of weights that are zero compute what the reference computes.
class SparseWeightsTest {

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "host, 0.5, 1, /sparse_",
    "host, 0.97, 2, /sparse_",
    "cortex-m4, 0.5, 1, /sparse_",
    "cortex-m4, 0.97, 2, /sparse_",
    "cortex-m4, 0.8, 3, /sparse_",
    "cortex-m4, 0.5, 1, /sparse_(?!pairs)",
    "cortex-m4, 0.97, 2, /sparse_(?!pairs)",
    "rv32imc, 0.7, 1, /sparse_",
    "cortex-m55, 0.8, 2, /sparse_"
  })
  void sparseLayersAgreeWithTheReference(
      String target, double zeros, int seed, String wantedKernel) {
    RepresentativeModel source = network(seed);
    Graph graph = ThinnedWeights.withoutGroups(source.graph(), zeros, seed);
    CompiledModel model = sparse(graph, target, wantedKernel);
    List<List<Blob>> inputs = List.of(source.inputs(seed), source.inputs(seed + 1));
    try (ModelRunner runner = ModelRunner.open(model, BuildCache.standard())) {
      var inferences = runner.run(inputs, RunOptions.standard());
      for (int i = 0; i < inputs.size(); i++) {
        List<Blob> expected = expected(graph, inputs.get(i));
        assertThat(new Comparison(0).outputs(model, inferences.get(i).outputs(), expected))
            .isEmpty();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gcc", "clang-19"})
  void nothingIsReadBesideTheGroups(String compiler) throws IOException, InterruptedException {
    RepresentativeModel source = network(3);
    Graph graph = ThinnedWeights.withoutGroups(source.graph(), 0.6, 3);
    Blob input = source.inputs(3).getFirst();

    String output =
        new SanitizedRun(folder).output(compiler, sparse(graph, "host", "/sparse_"), input);

    assertThat(output).isEqualTo(SanitizedRun.numbers(expected(graph, List.of(input)).getFirst()));
  }

  /// Long gaps, odd numbers of pixels, padding, strides, ragged rows, single pixels.
  private static RepresentativeModel network(int seed) {
    NetworkSketch n =
        new NetworkSketch(ElementType.INT8, ElementType.INT8, 30, new CaseRandom(seed, 0));
    Value x = n.conv(n.input(1, 9, 7, 3), 13, Slide.same(3, 1), RELU);
    x = n.pointwise(x, 18, RELU);
    x = n.conv(x, 24, new Slide(3, 2, 2, Padding.VALID), NONE);
    x = n.pointwise(x, 32, RELU);
    x = n.conv(x, 300, new Slide(x.height(), x.width(), 1, Padding.VALID), RELU);
    x = n.fullyConnected(n.reshape(x, 1, 300), 18, RELU);
    n.output(n.fullyConnected(x, 11, NONE));
    return new RepresentativeModel("sparse", "sparse weights", Blob.of(n.sketch().build()));
  }

  private static CompiledModel sparse(Graph graph, String target, String wantedKernel) {
    Pattern wanted = Pattern.compile(wantedKernel);
    Settings settings =
        Settings.preferring(Optimize.SPEED)
            .withKernels(
                layers ->
                    layers.stream()
                        .map(
                            all ->
                                all.stream()
                                    .filter(c -> wanted.matcher(c.call().kernel()).find())
                                    .findFirst()
                                    .orElse(all.getFirst()))
                        .toList());
    CompiledModel model =
        switch (MoteCompiler.compile(graph, Targets.find(target), settings, "sparse")) {
          case MoteCompiler.Outcome.Compiled(CompiledModel compiled) -> compiled;
          case MoteCompiler.Outcome.Refused(var problems) -> fail(problems.toString());
        };
    assertThat(model.layers().stream().filter(layer -> wanted.matcher(layer.kernel()).find()))
        .hasSizeGreaterThanOrEqualTo(6);
    return model;
  }

  private static List<Blob> expected(Graph graph, List<Blob> inputs) {
    return new Interpreter(graph)
        .run(inputs.stream().map(Blob::toByteArray).toList()).stream().map(Blob::of).toList();
  }
}
