package dev.mote.testkit.emitted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mote.emulator.BoardRunner;
import dev.mote.emulator.BuildCache;
import dev.mote.emulator.Comparison;
import dev.mote.emulator.HostRunner;
import dev.mote.emulator.Inference;
import dev.mote.emulator.NativePayload;
import dev.mote.emulator.RunOptions;
import dev.mote.emulator.SharedLibrary;
import dev.mote.frontends.tflite.TfliteReader;
import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.module.NativeTable;
import dev.mote.pipeline.CompiledModel;
import dev.mote.pipeline.MoteCompiler;
import dev.mote.pipeline.Settings;
import dev.mote.plugin.Compiler.Optimize;
import dev.mote.plugin.ModelReader;
import dev.mote.reference.Interpreter;
import dev.mote.targets.Targets;
import dev.mote.testkit.mlperf.MlperfTiny;
import dev.mote.testkit.representative.RepresentativeModel;
import dev.mote.testkit.representative.RepresentativeModels;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Native payloads compute, at whatever address they lie, what the reference interpreter computes,
/// with as many instructions as the same model in a firmware.
class NativeModelsTest {

  private static final Path EXAMPLE =
      Path.of(System.getProperty("mote.root", ".."))
          .resolve("examples/fashion-mnist/fashion_mnist_int8.tflite");

  /// Two addresses that have little in common.
  private static final List<Integer> SHIFTS = List.of(0, 0x1340);

  @ParameterizedTest
  @CsvSource({
    "cortex-m0, SPEED, false, armv6-m",
    "cortex-m4, MEMORY, true, armv7e-m",
    "cortex-m33, BALANCED, false, armv8-m.main",
    "cortex-m55, SPEED, false, armv8.1-m.main",
    "rv32imc, MEMORY, true, rv32imc",
  })
  void theExampleRunsWhereverItLies(
      String target, Optimize optimize, boolean stream, String architecture) throws IOException {
    Graph graph = read(Files.readAllBytes(EXAMPLE));
    CompiledModel model =
        compile(graph, target, Settings.preferring(optimize).withStreamInput(stream));
    List<List<Blob>> inputs = List.of(randomInputs(graph, 1), randomInputs(graph, 2));

    NativePayload payload = check(graph, model, inputs, false);

    assertThat(payload.architecture()).isEqualTo(architecture);
    assertThat(payload.features()).doesNotContain("fpu-sp", "fpu-dp");
    assertThat(payload.table().streamed().isPresent()).isEqualTo(stream);
  }

  /// Floats at the borders, and a state that goes from one inference to the next.
  @ParameterizedTest
  @CsvSource({"ds_cnn_float, cortex-m4", "svdf, rv32imc"})
  void modelsLikeThoseThatPeopleBringRunWhereverTheyLie(String name, String target) {
    RepresentativeModel source =
        RepresentativeModels.all().stream()
            .filter(one -> one.name().equals(name))
            .findFirst()
            .orElseThrow();
    CompiledModel model = compile(source.graph(), target, Settings.preferring(Optimize.SPEED));

    check(source.graph(), model, List.of(source.inputs(1), source.inputs(2)), true);
  }

  @ParameterizedTest
  @CsvSource({
    "kws_ref_model, cortex-m4",
    "pretrainedResnet_quant, cortex-m55",
    "kws_ref_model_float32, cortex-m4"
  })
  void modelsOfMlperfTinyRunWhereverTheyLie(String name, String target) {
    assumeTrue(MlperfTiny.folder().isPresent(), MlperfTiny.absence());
    Graph graph = MlperfTiny.graph(name);
    CompiledModel model = compile(graph, target, Settings.preferring(Optimize.SPEED));

    check(graph, model, List.of(randomInputs(graph, 3)), false);
  }

  @Test
  void theExampleRunsAsASharedLibrary(@TempDir Path folder) throws IOException {
    Graph graph = read(Files.readAllBytes(EXAMPLE));
    for (boolean stream : List.of(false, true)) {
      Settings settings = Settings.preferring(Optimize.MEMORY).withStreamInput(stream);
      CompiledModel model = compile(graph, "host", settings);
      List<List<Blob>> inputs = List.of(randomInputs(graph, 1), randomInputs(graph, 2));
      Path library = folder.resolve(stream + ".so");
      Files.write(
          library, SharedLibrary.build(model, BuildCache.standard()).contents().toByteArray());
      try (HostRunner runner = HostRunner.ofLibrary(model, library)) {
        compare(graph, model, inputs, runner.run(inputs, RunOptions.standard()), false);
      }
    }
  }

  /// Builds the payload, runs it at both addresses, and compares.
  private static NativePayload check(
      Graph graph, CompiledModel model, List<List<Blob>> inputs, boolean keepState) {
    BuildCache cache = BuildCache.standard();
    RunOptions options = RunOptions.standard().withKeepState(keepState);
    NativePayload payload = NativePayload.build(model, cache);
    assertThat(NativeTable.read(payload.contents())).isEqualTo(payload.table());
    List<Inference> linked;
    try (BoardRunner runner = BoardRunner.open(model, cache)) {
      linked = runner.run(inputs, options);
    }
    for (int shift : SHIFTS) {
      try (BoardRunner runner = BoardRunner.ofPayload(model, payload, shift, cache)) {
        List<Inference> inferences = runner.run(inputs, options);
        compare(graph, model, inputs, inferences, keepState);
        for (int i = 0; i < inputs.size(); i++) {
          double ratio =
              (double) inferences.get(i).instructions().orElseThrow()
                  / linked.get(i).instructions().orElseThrow();
          assertThat(ratio).as("instructions, of those of linked C").isBetween(0.95, 1.02);
        }
      }
    }
    return payload;
  }

  private static void compare(
      Graph graph,
      CompiledModel model,
      List<List<Blob>> inputs,
      List<Inference> inferences,
      boolean keepState) {
    Interpreter interpreter = new Interpreter(graph);
    for (int i = 0; i < inputs.size(); i++) {
      if (!keepState) {
        interpreter.reset();
      }
      List<Blob> expected =
          interpreter.run(inputs.get(i).stream().map(Blob::toByteArray).toList()).stream()
              .map(Blob::of)
              .toList();
      assertThat(Comparison.standard().outputs(model, inferences.get(i).outputs(), expected))
          .isEmpty();
    }
  }

  private static CompiledModel compile(Graph graph, String target, Settings settings) {
    return switch (MoteCompiler.compile(graph, Targets.find(target), settings, "model")) {
      case MoteCompiler.Outcome.Compiled(CompiledModel compiled) -> compiled;
      case MoteCompiler.Outcome.Refused(var problems) -> fail(problems.toString());
    };
  }

  private static Graph read(byte[] file) {
    return switch (new TfliteReader()
        .read(Blob.of(file), "model", ModelReader.Options.standard())) {
      case ModelReader.Result.Model(Graph graph) -> graph;
      case ModelReader.Result.Refused(var problems) -> fail(problems.toString());
    };
  }

  private static List<Blob> randomInputs(Graph graph, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Blob> inputs = new ArrayList<>();
    for (String name : graph.inputs()) {
      byte[] bytes = new byte[Math.toIntExact(graph.tensor(name).type().bytes())];
      if (graph.tensor(name).element() == ElementType.FLOAT32) {
        ByteBuffer floats = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (floats.hasRemaining()) {
          floats.putFloat((float) random.nextDouble(-1, 1));
        }
      } else {
        random.nextBytes(bytes);
      }
      inputs.add(Blob.of(bytes));
    }
    return inputs;
  }
}
