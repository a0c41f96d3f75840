package dev.mote.testkit.mlperf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mote.emulator.BuildCache;
import dev.mote.emulator.Comparison;
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
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// The int8 models of MLPerf Tiny on the host and on every emulated core: for their fixed inputs
/// they give, bit for bit, what TensorFlow Lite Micro gives.
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
    CompiledModel model = compile(name, target, Compiler.Optimize.SPEED);
    assertThatGoldenInputGivesGoldenOutput(name, model);
  }

  @ParameterizedTest
  @CsvSource({
    "kws_ref_model, cortex-m0",
    "kws_ref_model, cortex-m4",
    "str_ww_ref_model, cortex-m55",
    "ad01_int8, rv32imc"
  })
  void alsoWhenCompiledForSize(String name, String target) {
    assumeTrue(MlperfTiny.folder().isPresent(), MlperfTiny.absence());
    assertThatGoldenInputGivesGoldenOutput(name, compile(name, target, Compiler.Optimize.SIZE));
  }

  /// The host's floats are compared with TFLite elsewhere.
  @ParameterizedTest
  @CsvSource({
    "kws_ref_model_float32, cortex-m0",
    "kws_ref_model_float32, cortex-m55",
    "pretrainedResnet, cortex-m4",
    "vww_96_float, cortex-m4",
    "ad01_fp32, rv32imc"
  })
  void floatsOnABoardAreThoseOfTheHost(String name, String target) {
    assumeTrue(MlperfTiny.folder().isPresent(), MlperfTiny.absence());
    CompiledModel host = compile(name, "host", Compiler.Optimize.SPEED);
    CompiledModel model = compile(name, target, Compiler.Optimize.SPEED);
    Blob input = randomFloats(host.inputs().getFirst().type().shape().count());
    List<Blob> expected = run(host, input);

    assertThat(Comparison.standard().outputs(model, run(model, input), expected)).isEmpty();
  }

  private static void assertThatGoldenInputGivesGoldenOutput(String name, CompiledModel model) {
    Blob input = Blob.of(MlperfTiny.read(name + ".in.bin"));
    Blob golden = Blob.of(MlperfTiny.read(name + ".out.bin"));
    assertThat(new Comparison(0).outputs(model, run(model, input), List.of(golden))).isEmpty();
  }

  private static List<Blob> run(CompiledModel model, Blob input) {
    try (ModelRunner runner = ModelRunner.open(model, BuildCache.standard())) {
      return runner.run(List.of(List.of(input)), RunOptions.standard()).getFirst().outputs();
    }
  }

  private static Blob randomFloats(int count) {
    SplittableRandom random = new SplittableRandom(1);
    ByteBuffer floats = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      floats.putFloat((float) random.nextDouble(-1, 1));
    }
    return Blob.of(floats.array());
  }

  private static CompiledModel compile(String name, String target, Compiler.Optimize optimize) {
    ModelReader.Result read =
        new TfliteReader()
            .read(
                Blob.of(MlperfTiny.model(name)), name + ".tflite", ModelReader.Options.standard());
    Graph graph =
        switch (read) {
          case ModelReader.Result.Model(Graph model) -> model;
          case ModelReader.Result.Refused refused -> throw new AssertionError(refused.problems());
        };
    return switch (MoteCompiler.compile(graph, Targets.find(target), optimize, "model")) {
      case MoteCompiler.Outcome.Compiled(CompiledModel model) -> model;
      case MoteCompiler.Outcome.Refused refused -> throw new AssertionError(refused.problems());
    };
  }
}
