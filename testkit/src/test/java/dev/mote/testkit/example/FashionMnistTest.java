package dev.mote.testkit.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mote.emulator.BuildCache;
import dev.mote.emulator.Inference;
import dev.mote.emulator.ModelRunner;
import dev.mote.emulator.RunOptions;
import dev.mote.frontends.tflite.TfliteReader;
import dev.mote.ir.Blob;
import dev.mote.ir.Graph;
import dev.mote.pipeline.CompiledModel;
import dev.mote.pipeline.MoteCompiler;
import dev.mote.plugin.Compiler.Optimize;
import dev.mote.plugin.ModelReader;
import dev.mote.reference.Interpreter;
import dev.mote.targets.Targets;
import dev.mote.testkit.oracle.TfliteOracle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The project's own model and its samples, `examples/fashion-mnist`.
class FashionMnistTest {

  private static final Path FOLDER =
      Path.of(System.getProperty("mote.root", "..")).resolve("examples/fashion-mnist");
  private static final String NAME = "fashion_mnist_int8";

  private static byte[] file;
  private static Graph graph;
  private static List<byte[]> samples;
  private static List<byte[]> expected;

  @BeforeAll
  static void interpretAllSamples() throws IOException {
    file = Files.readAllBytes(FOLDER.resolve(NAME + ".tflite"));
    graph =
        switch (new TfliteReader().read(Blob.of(file), NAME, ModelReader.Options.standard())) {
          case ModelReader.Result.Model(Graph read) -> read;
          case ModelReader.Result.Refused refused -> throw new AssertionError(refused.problems());
        };
    byte[] bytes = Files.readAllBytes(FOLDER.resolve("samples/samples.bin"));
    int size = (int) graph.tensor(graph.inputs().getFirst()).type().bytes();
    samples = new ArrayList<>();
    for (int from = 0; from < bytes.length; from += size) {
      samples.add(Arrays.copyOfRange(bytes, from, from + size));
    }
    Interpreter interpreter = new Interpreter(graph);
    expected = samples.stream().map(s -> interpreter.run(List.of(s)).getFirst()).toList();
  }

  @Test
  void theReadmeGivesItsAccuracyOnTheSamples() throws IOException {
    List<String> labels = Files.readAllLines(FOLDER.resolve("samples/samples.labels.txt"));
    assertThat(samples).hasSize(100).hasSameSizeAs(labels);
    int right = 0;
    for (int i = 0; i < samples.size(); i++) {
      right += best(expected.get(i)) == Integer.parseInt(labels.get(i)) ? 1 : 0;
    }

    Matcher row =
        Pattern.compile("\\| int8 \\| the samples, 100 \\| ([0-9]+) \\|")
            .matcher(Files.readString(FOLDER.resolve("README.md")));
    assertThat(row.find()).isTrue();
    assertThat(right).isEqualTo(Integer.parseInt(row.group(1))).isGreaterThan(75);
  }

  @Test
  void itsFolderNamesEveryClass() throws IOException {
    assertThat(Files.readAllLines(FOLDER.resolve("labels.txt")))
        .hasSize(expected.getFirst().length)
        .doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @ValueSource(strings = {"host", "cortex-m4"})
  void theEmittedCodeAgreesWithTheReferenceOnAllSamples(String target) {
    CompiledModel model =
        switch (MoteCompiler.compile(graph, Targets.find(target), Optimize.BALANCED, NAME)) {
          case MoteCompiler.Outcome.Compiled(CompiledModel compiled) -> compiled;
          case MoteCompiler.Outcome.Refused refused -> throw new AssertionError(refused.problems());
        };
    try (ModelRunner runner = ModelRunner.open(model, BuildCache.standard())) {
      List<Inference> inferences =
          runner.run(
              samples.stream().map(sample -> List.of(Blob.of(sample))).toList(),
              RunOptions.standard());
      for (int i = 0; i < inferences.size(); i++) {
        assertThat(inferences.get(i).outputs().getFirst().toByteArray())
            .as("sample %d", i)
            .isEqualTo(expected.get(i));
      }
    }
  }

  // Desktop TFLite rounds a fully connected layer otherwise (docs/reference/tflite-differences.md),
  // which the softmax behind it may show; the class of a picture is the same.
  @Test
  void tfliteGivesTheSameClasses() {
    assumeTrue(TfliteOracle.obstacle().isEmpty(), () -> TfliteOracle.obstacle().orElse(""));
    try (TfliteOracle oracle = TfliteOracle.of(file)) {
      for (int i = 0; i < samples.size(); i++) {
        byte[] scores = oracle.run(List.of(samples.get(i))).getFirst();
        assertThat(expected.get(i)[best(scores)])
            .as("sample %d", i)
            .isEqualTo(expected.get(i)[best(expected.get(i))]);
      }
    }
  }

  private static int best(byte[] scores) {
    int best = 0;
    for (int i = 1; i < scores.length; i++) {
      best = scores[i] > scores[best] ? i : best;
    }
    return best;
  }
}
