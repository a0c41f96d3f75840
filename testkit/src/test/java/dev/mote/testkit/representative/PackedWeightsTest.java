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
import dev.mote.pipeline.lower.KernelChoice;
import dev.mote.pipeline.lower.KernelChoice.Candidate;
import dev.mote.pipeline.lower.StoredWeights.Form;
import dev.mote.plugin.Compiler.Optimize;
import dev.mote.reference.Interpreter;
import dev.mote.targets.Targets;
import dev.mote.testkit.cases.CaseRandom;
import dev.mote.testkit.representative.NetworkSketch.Slide;
import dev.mote.testkit.representative.NetworkSketch.Value;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Layers whose weights are packed, wherever they can be, compute what the reference computes: in a
/// Huffman code (of int8 weights) and as indices (of int4 ones).
class PackedWeightsTest {

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "INT8, host, 1", "INT8, cortex-m4, 1", "INT8, cortex-m4, 2", "INT8, rv32imc, 1",
    "INT4, host, 1", "INT4, cortex-m4, 1", "INT4, cortex-m4, 2", "INT4, rv32imc, 1"
  })
  void packedLayersAgreeWithTheReference(ElementType weights, String target, int seed) {
    RepresentativeModel source = network(weights, seed);
    compare(source, compile(source.graph(), target), seed);
  }

  @ParameterizedTest
  @CsvSource({"cortex-m4, 1", "cortex-m4, 2", "cortex-m55, 1"})
  void layersOfNibblesAgreeWithTheReference(String target, int seed) {
    RepresentativeModel source = network(ElementType.INT4, seed);
    CompiledModel model =
        compile(source.graph(), target, first(c -> c.call().function().endsWith("_s4")));
    assertThat(model.source())
        .contains("mote_dsp_conv2d_s4(", "mote_dsp_pointwise_s4(", "mote_dsp_fully_connected_s4(");
    compare(source, model, seed);
  }

  /// Unpacking needs a row of weights more at most, whatever is preferred.
  @ParameterizedTest
  @CsvSource({"INT8, cortex-m4", "INT4, cortex-m4", "INT8, rv32imc", "INT4, cortex-m0plus"})
  void unpackingCostsNoMoreArenaThanARow(ElementType weights, String target) {
    NetworkSketch n = new NetworkSketch(ElementType.INT8, weights, 2.5, new CaseRandom(5, 0));
    Value x = n.pointwise(n.input(1, 12, 9, 24), 24, RELU);
    x = n.pointwise(n.pointwise(x, 24, RELU), 24, RELU);
    n.output(n.pointwise(x, 4, NONE));
    Graph graph = new RepresentativeModel("row", "rows", Blob.of(n.sketch().build())).graph();
    KernelChoice smallest = KernelChoice.preferring(Optimize.SIZE);
    KernelChoice plain =
        layers -> smallest.among(layers.stream().map(PackedWeightsTest::withoutPacked).toList());
    int largestRow = 24;

    assertThat(compile(graph, target, smallest).arenaBytes())
        .isLessThanOrEqualTo(compile(graph, target, plain).arenaBytes() + largestRow);
  }

  private static void compare(RepresentativeModel source, CompiledModel model, int seed) {
    List<List<Blob>> inputs = List.of(source.inputs(seed), source.inputs(seed + 1));
    try (ModelRunner runner = ModelRunner.open(model, BuildCache.standard())) {
      var inferences = runner.run(inputs, RunOptions.standard());
      for (int i = 0; i < inputs.size(); i++) {
        List<Blob> expected = expected(source.graph(), inputs.get(i));
        assertThat(new Comparison(0).outputs(model, inferences.get(i).outputs(), expected))
            .isEmpty();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"INT8, gcc", "INT4, gcc", "INT8, clang-19", "INT4, clang-19"})
  void nothingIsReadBehindThePackedWeights(ElementType weights, String compiler)
      throws IOException, InterruptedException {
    RepresentativeModel source = network(weights, 3);
    CompiledModel model = compile(source.graph(), "host");
    Blob input = source.inputs(3).getFirst();
    String output = new SanitizedRun(folder).output(compiler, model, input);
    assertThat(output)
        .isEqualTo(SanitizedRun.numbers(expected(source.graph(), List.of(input)).getFirst()));
  }

  /// Odd numbers of channels, ragged rows, padding, strides, single pixels.
  private static RepresentativeModel network(ElementType weights, int seed) {
    double spread = weights == ElementType.INT4 ? 2.5 : 6;
    NetworkSketch n = new NetworkSketch(ElementType.INT8, weights, spread, new CaseRandom(seed, 0));
    Value x = n.conv(n.input(1, 9, 7, 3), 13, Slide.same(3, 1), RELU);
    x = n.depthwise(x, Slide.same(3, seed), RELU);
    x = n.pointwise(x, 18, RELU);
    x = n.conv(x, 5, new Slide(3, 2, 2, Padding.VALID), NONE);
    x = n.conv(x, 30, new Slide(x.height(), x.width(), 1, Padding.VALID), RELU);
    x = n.fullyConnected(n.reshape(x, 1, 30), 11, NONE);
    n.output(n.softmax(x));
    return new RepresentativeModel("packed", "packed weights", Blob.of(n.sketch().build()));
  }

  private static CompiledModel compile(Graph graph, String target) {
    CompiledModel model = compile(graph, target, first(PackedWeightsTest::isPacked));
    assertThat(model.layers().stream().filter(layer -> layer.kernel().contains("packed")))
        .hasSizeGreaterThanOrEqualTo(4);
    assertThat(model.storedWeights())
        .filteredOn(weights -> weights.form() == Form.HUFFMAN || weights.form() == Form.CODE_BOOK)
        .hasSizeGreaterThanOrEqualTo(4)
        .allSatisfy(
            weights -> {
              assertThat(weights.bytes()).isLessThan(2 * weights.plainBytes());
              assertThat(weights.detail()).matches("\\d+ to \\d+ bits|\\d bits, \\d+ values");
            });
    return model;
  }

  private static CompiledModel compile(Graph graph, String target, KernelChoice kernels) {
    Settings settings = Settings.preferring(Optimize.SIZE).withKernels(kernels);
    return switch (MoteCompiler.compile(graph, Targets.find(target), settings, "packed")) {
      case MoteCompiler.Outcome.Compiled(CompiledModel compiled) -> compiled;
      case MoteCompiler.Outcome.Refused(var problems) -> fail(problems.toString());
    };
  }

  /// The first kernel that `isWanted`, where a layer has one.
  private static KernelChoice first(Predicate<Candidate> isWanted) {
    return layers ->
        layers.stream()
            .map(all -> all.stream().filter(isWanted).findFirst().orElse(all.getFirst()))
            .toList();
  }

  private static boolean isPacked(Candidate candidate) {
    return candidate.call().kernel().contains("packed");
  }

  private static List<Candidate> withoutPacked(List<Candidate> candidates) {
    return candidates.stream().filter(candidate -> !isPacked(candidate)).toList();
  }

  private static List<Blob> expected(Graph graph, List<Blob> inputs) {
    return new Interpreter(graph)
        .run(inputs.stream().map(Blob::toByteArray).toList()).stream().map(Blob::of).toList();
  }
}
