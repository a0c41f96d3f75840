package dev.mote.testkit.emitted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.mote.emulator.BoardRunner;
import dev.mote.emulator.BuildCache;
import dev.mote.emulator.Comparison;
import dev.mote.emulator.Inference;
import dev.mote.emulator.NativePayload;
import dev.mote.emulator.RunOptions;
import dev.mote.frontends.tflite.TfliteReader;
import dev.mote.ir.Blob;
import dev.mote.ir.Graph;
import dev.mote.module.NativeTable;
import dev.mote.pipeline.CompiledModel;
import dev.mote.pipeline.MoteCompiler;
import dev.mote.pipeline.Settings;
import dev.mote.plugin.Compiler.Optimize;
import dev.mote.plugin.ModelReader;
import dev.mote.reference.Interpreter;
import dev.mote.targets.Targets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Native payloads compute, at whatever address they lie, what the reference interpreter computes,
/// with as many instructions as the same model in a firmware.
class NativePayloadTest {

  private static final Path EXAMPLE =
      Path.of(System.getProperty("mote.root", ".."))
          .resolve("examples/fashion-mnist/fashion_mnist_int8.tflite");

  /// Two addresses that have little in common.
  private static final List<Integer> SHIFTS = List.of(0, 0x1340);

  @ParameterizedTest
  @CsvSource({
    "cortex-m0, SPEED, false, armv6-m",
    "cortex-m3, BALANCED, false, armv7-m",
    "cortex-m4, SPEED, false, armv7e-m",
    "cortex-m4, MEMORY, true, armv7e-m",
    "cortex-m33, SIZE, false, armv8-m.main",
    "cortex-m55, SPEED, false, armv8.1-m.main",
    "rv32imc, MEMORY, false, rv32imc",
    "rv32imc, MEMORY, true, rv32imc",
  })
  void theExampleRunsWhereverItLies(
      String target, Optimize optimize, boolean stream, String architecture) throws IOException {
    Graph graph = read(Files.readAllBytes(EXAMPLE));
    CompiledModel model =
        compile(graph, target, Settings.preferring(optimize).withStreamInput(stream));
    List<List<Blob>> inputs = List.of(randomInputs(graph, 1), randomInputs(graph, 2));

    NativePayload payload = check(graph, model, inputs);

    assertThat(payload.architecture()).isEqualTo(architecture);
    assertThat(payload.features()).doesNotContain("fpu-sp", "fpu-dp");
    assertThat(payload.table().streamed().isPresent()).isEqualTo(stream);
  }

  /// Builds the payload, runs it at both addresses, and compares.
  static NativePayload check(Graph graph, CompiledModel model, List<List<Blob>> inputs) {
    BuildCache cache = BuildCache.standard();
    NativePayload payload = NativePayload.build(model, cache);
    assertThat(NativeTable.read(payload.contents())).isEqualTo(payload.table());
    List<Inference> linked;
    try (BoardRunner runner = BoardRunner.open(model, cache)) {
      linked = runner.run(inputs, RunOptions.standard());
    }
    Interpreter interpreter = new Interpreter(graph);
    for (int shift : SHIFTS) {
      try (BoardRunner runner = BoardRunner.ofPayload(model, payload, shift, cache)) {
        List<Inference> inferences = runner.run(inputs, RunOptions.standard());
        for (int i = 0; i < inputs.size(); i++) {
          interpreter.reset();
          List<Blob> expected =
              interpreter.run(inputs.get(i).stream().map(Blob::toByteArray).toList()).stream()
                  .map(Blob::of)
                  .toList();
          assertThat(Comparison.standard().outputs(model, inferences.get(i).outputs(), expected))
              .isEmpty();
          double ratio =
              (double) inferences.get(i).instructions().orElseThrow()
                  / linked.get(i).instructions().orElseThrow();
          assertThat(ratio).as("instructions, of those of linked C").isBetween(0.97, 1.02);
        }
      }
    }
    return payload;
  }

  static CompiledModel compile(Graph graph, String target, Settings settings) {
    return switch (MoteCompiler.compile(graph, Targets.find(target), settings, "model")) {
      case MoteCompiler.Outcome.Compiled(CompiledModel compiled) -> compiled;
      case MoteCompiler.Outcome.Refused(var problems) -> fail(problems.toString());
    };
  }

  static Graph read(byte[] file) {
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
      random.nextBytes(bytes);
      inputs.add(Blob.of(bytes));
    }
    return inputs;
  }
}
