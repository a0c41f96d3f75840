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
import dev.mote.plugin.Compiler.Optimize;
import dev.mote.reference.Interpreter;
import dev.mote.targets.Targets;
import dev.mote.testkit.cases.CaseRandom;
import dev.mote.testkit.representative.NetworkSketch.Slide;
import dev.mote.testkit.representative.NetworkSketch.Value;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
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
    CompiledModel model = compile(source.graph(), target);
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
    Files.writeString(folder.resolve(model.symbol() + ".h"), model.header());
    Files.writeString(folder.resolve(model.symbol() + ".c"), model.source());
    Files.writeString(folder.resolve("main.c"), main(input));
    run(
        compiler,
        "-std=c99",
        "-O1",
        "-Wall",
        "-Wextra",
        "-Wconversion",
        "-Wpedantic",
        "-Werror",
        "-fsanitize=address,undefined",
        "-fno-sanitize-recover=all",
        "-o",
        "packed",
        "main.c",
        model.symbol() + ".c");
    Blob expected = expected(source.graph(), List.of(input)).getFirst();
    List<String> numbers = new ArrayList<>();
    for (byte value : expected.toByteArray()) {
      numbers.add(Byte.toString(value));
    }
    assertThat(run("./packed").strip()).isEqualTo(String.join(" ", numbers));
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
    KernelChoice packed = steps -> steps.stream().map(PackedWeightsTest::packedIfPossible).toList();
    Settings settings = Settings.preferring(Optimize.SIZE).withKernels(packed);
    CompiledModel model =
        switch (MoteCompiler.compile(graph, Targets.find(target), settings, "packed")) {
          case MoteCompiler.Outcome.Compiled(CompiledModel compiled) -> compiled;
          case MoteCompiler.Outcome.Refused(var problems) -> fail(problems.toString());
        };
    assertThat(model.layers().stream().filter(layer -> layer.kernel().contains("packed")))
        .hasSizeGreaterThanOrEqualTo(4);
    return model;
  }

  private static Candidate packedIfPossible(List<Candidate> candidates) {
    return candidates.stream()
        .filter(candidate -> candidate.call().kernel().contains("packed"))
        .findFirst()
        .orElse(candidates.getFirst());
  }

  private static List<Blob> expected(Graph graph, List<Blob> inputs) {
    return new Interpreter(graph)
        .run(inputs.stream().map(Blob::toByteArray).toList()).stream().map(Blob::of).toList();
  }

  private static String main(Blob input) {
    byte[] bytes = input.toByteArray();
    String values =
        IntStream.range(0, bytes.length)
            .mapToObj(i -> Byte.toString(bytes[i]))
            .reduce((a, b) -> a + ", " + b)
            .orElseThrow();
    return """
    #include <stdio.h>
    #include <string.h>
    #include "packed.h"
    static const int8_t input[] = {%s};
    static uint8_t arena[PACKED_ARENA_BYTES] __attribute__((aligned(PACKED_ARENA_ALIGN)));
    int main(void) {
      (void)packed_init(arena, sizeof(arena));
      memcpy(packed_input_0(arena), input, sizeof(input));
      (void)packed_invoke(arena);
      for (unsigned i = 0; i < PACKED_OUTPUT_0_LENGTH; ++i) {
        printf("%%d ", packed_output_0(arena)[i]);
      }
      return 0;
    }
    """
        .formatted(values);
  }

  private String run(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(text).isZero();
    return text;
  }
}
