package dev.mote.testkit.mlperf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mote.emulator.BuildCache;
import dev.mote.emulator.Comparison;
import dev.mote.emulator.Inference;
import dev.mote.emulator.ModelRunner;
import dev.mote.emulator.RunOptions;
import dev.mote.frontends.tflite.TfliteReader;
import dev.mote.ir.Blob;
import dev.mote.ir.Graph;
import dev.mote.pipeline.CompiledModel;
import dev.mote.pipeline.MoteCompiler;
import dev.mote.plugin.Compiler;
import dev.mote.plugin.ModelReader;
import dev.mote.targets.Targets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The int8 models of MLPerf Tiny on the host and on every emulated core: for their fixed inputs
/// they
/// give, bit for bit, what TensorFlow Lite Micro gives.
class GoldenOnBoardsTest {

  private static final List<String> TARGETS =
      List.of(
          "host",
          "cortex-m0",
          "cortex-m3",
          "cortex-m4",
          "cortex-m7",
          "cortex-m33",
          "cortex-m55",
          "rv32imc");

  static Stream<Arguments> modelsAndTargets() {
    return MlperfTiny.INT8.stream()
        .flatMap(model -> TARGETS.stream().map(target -> Arguments.of(model, target)));
  }

  @ParameterizedTest
  @MethodSource("modelsAndTargets")
  void theGoldenInputGivesTheGoldenOutput(String name, String target) {
    assumeTrue(MlperfTiny.folder().isPresent(), MlperfTiny.absence());
    CompiledModel model = compile(name, target);
    Blob input = Blob.of(MlperfTiny.read(name + ".in.bin"));
    Blob golden = Blob.of(MlperfTiny.read(name + ".out.bin"));
    try (ModelRunner runner = ModelRunner.open(model, BuildCache.standard())) {
      Inference inference = runner.run(List.of(List.of(input)), RunOptions.standard()).getFirst();
      assertThat(new Comparison(0).outputs(model, inference.outputs(), List.of(golden))).isEmpty();
    }
  }

  private static CompiledModel compile(String name, String target) {
    ModelReader.Result read =
        new TfliteReader()
            .read(
                Blob.of(MlperfTiny.model(name)), name + ".tflite", ModelReader.Options.standard());
    Graph graph =
        switch (read) {
          case ModelReader.Result.Model(Graph model) -> model;
          case ModelReader.Result.Refused refused -> throw new AssertionError(refused.problems());
        };
    return switch (MoteCompiler.compile(
        graph, Targets.find(target), Compiler.Optimize.SPEED, "model")) {
      case MoteCompiler.Outcome.Compiled(CompiledModel model) -> model;
      case MoteCompiler.Outcome.Refused refused -> throw new AssertionError(refused.problems());
    };
  }
}
