package dev.mote.testkit.emitted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mote.emulator.BuildCache;
import dev.mote.emulator.Comparison;
import dev.mote.emulator.Inference;
import dev.mote.emulator.ModelRunner;
import dev.mote.emulator.RequiredTools;
import dev.mote.emulator.RunOptions;
import dev.mote.frontends.tflite.TfliteReader;
import dev.mote.ir.Blob;
import dev.mote.ir.Graph;
import dev.mote.pipeline.CmsisNnCompiler;
import dev.mote.pipeline.CompiledModel;
import dev.mote.pipeline.MoteCompiler;
import dev.mote.pipeline.Settings;
import dev.mote.plugin.Compiler;
import dev.mote.plugin.Compiler.Optimize;
import dev.mote.plugin.Device;
import dev.mote.plugin.ModelReader;
import dev.mote.plugin.Progress;
import dev.mote.plugin.SourceModel;
import dev.mote.reference.Interpreter;
import dev.mote.targets.Targets;
import dev.mote.testkit.mlperf.MlperfTiny;
import dev.mote.testkit.representative.RepresentativeModels;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Sources that call CMSIS-NN compute what the model means, if the library does what it documents:
/// a plain stand-in written from the documentation takes its place on the emulated boards. It
/// checks what it is given, and writes all over its scratch memory.
class CmsisNnTest {

  private static final String FASHION = "fashion";

  @ParameterizedTest
  @CsvSource({
    "kws_ref_model, cortex-m4, 2",
    "pretrainedResnet_quant, cortex-m4, 1",
    "vww_96_int8, cortex-m4, 1",
    "ad01_int8, cortex-m4, 2",
    "str_ww_ref_model, cortex-m4, 2",
    "fashion, cortex-m4, 3",
    "fashion, cortex-m55, 3"
  })
  void everyLayerComputesWhatTheModelMeans(String name, String target, int inputs) {
    Graph graph = graph(name);
    CompiledModel model = compiled(graph, target);
    assumeTrue(RequiredTools.missing(List.of(model.target())).isEmpty(), "no tools for " + target);
    assertThat(model.layers()).anyMatch(layer -> layer.kernel().startsWith("cmsis_nn/"));
    Interpreter interpreter = new Interpreter(graph);
    List<List<Blob>> sets = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < inputs; i++) {
      sets.add(randomInputs(graph, random));
    }
    try (ModelRunner runner = ModelRunner.open(withStandIn(model), BuildCache.standard())) {
      List<Inference> inferences = runner.run(sets, RunOptions.standard());
      for (int i = 0; i < inputs; i++) {
        interpreter.reset();
        List<Blob> expected =
            interpreter.run(sets.get(i).stream().map(Blob::toByteArray).toList()).stream()
                .map(Blob::of)
                .toList();
        assertThat(new Comparison(0).outputs(model, inferences.get(i).outputs(), expected))
            .as("%s on %s, input %d", name, target, i)
            .isEmpty();
      }
    }
  }

  @Test
  void theSourcesCompileWithoutAWarning(@TempDir Path folder)
      throws IOException, InterruptedException {
    CompiledModel model = compiled(graph(FASHION), "cortex-m4");
    Files.writeString(folder.resolve("m.h"), model.header());
    Files.writeString(folder.resolve("m.c"), model.source());
    Files.writeString(folder.resolve("arm_nnfunctions.h"), resource("arm_nnfunctions.h"));
    List<String> command = new ArrayList<>(List.of(model.target().toolchain().compiler()));
    command.addAll(model.target().toolchain().flags());
    command.addAll(List.of("-std=c99", "-Wall", "-Wextra", "-Wconversion", "-Wpedantic"));
    command.addAll(List.of("-Werror", "-O2", "-I.", "-c", "m.c"));
    Process gcc =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    assertThat(new String(gcc.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).isEmpty();
    assertThat(gcc.waitFor(1, TimeUnit.MINUTES)).isTrue();
  }

  @Test
  void whatHasNoCortexIsRefused() {
    Compiler.Result result =
        new CmsisNnCompiler()
            .compile(
                new Compiler.Request(
                    SourceModel.of(graph(FASHION)),
                    new Device(Targets.find("rv32imc"), Map.of("firmware.cmsis-nn", "7.0.0")),
                    Optimize.SPEED,
                    "m"),
                Progress.NONE);
    assertThat(result)
        .isInstanceOfSatisfying(
            Compiler.Result.Refused.class,
            refused ->
                assertThat(refused.problems().getFirst().toString())
                    .startsWith("MOTE-3010")
                    .contains("CMSIS-NN is a library for Arm Cortex-M"));
  }

  private static Graph graph(String name) {
    if (name.equals(FASHION)) {
      return own();
    }
    if (MlperfTiny.INT8.contains(name)) {
      assumeTrue(MlperfTiny.folder().isPresent(), MlperfTiny.absence());
      return MlperfTiny.graph(name);
    }
    return RepresentativeModels.all().stream()
        .filter(model -> model.name().equals(name))
        .findFirst()
        .orElseThrow()
        .graph();
  }

  private static Graph own() {
    Path file =
        Path.of(System.getProperty("mote.root", ".."))
            .resolve("examples/fashion-mnist/fashion_mnist_int8.tflite");
    try {
      return switch (new TfliteReader()
          .read(Blob.of(Files.readAllBytes(file)), FASHION, ModelReader.Options.standard())) {
        case ModelReader.Result.Model(Graph graph) -> graph;
        case ModelReader.Result.Refused(var problems) -> fail(problems.toString());
      };
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static CompiledModel compiled(Graph graph, String target) {
    return switch (MoteCompiler.compile(
        graph, Targets.find(target), Settings.preferring(Optimize.SPEED).withCmsisNn(), "m")) {
      case MoteCompiler.Outcome.Compiled(CompiledModel model) -> model;
      case MoteCompiler.Outcome.Refused(var problems) -> fail(problems.toString());
    };
  }

  private static List<Blob> randomInputs(Graph graph, SplittableRandom random) {
    List<Blob> inputs = new ArrayList<>();
    for (String name : graph.inputs()) {
      byte[] bytes = new byte[Math.toIntExact(graph.tensor(name).type().bytes())];
      if (graph.tensor(name).quantization().isQuantized()) {
        random.nextBytes(bytes);
      }
      inputs.add(Blob.of(bytes));
    }
    return inputs;
  }

  /// The model with the stand-in in its source, in place of the include.
  private static CompiledModel withStandIn(CompiledModel m) {
    String include = "#include <arm_nnfunctions.h>\n";
    assertThat(m.source()).containsOnlyOnce(include);
    String library =
        "#define MOTE_CMSIS_NN_CHECK(status) ((status) == 0 ? (void)0 : __builtin_trap())\n"
            + resource("arm_nnfunctions.h")
            + resource("stand_in.c").replace(include, "");
    return new CompiledModel(
        m.symbol(),
        m.target(),
        m.optimize(),
        m.header(),
        m.source().replace(include, library),
        m.graph(),
        m.arenaBytes(),
        m.firstBytes(),
        m.arenaAlignment(),
        m.inputs(),
        m.outputs(),
        m.layers(),
        m.weightBytes(),
        m.tableBytes(),
        m.estimatedCodeBytes(),
        m.lowerBoundBytes(),
        m.planBoundBytes(),
        m.macs(),
        m.buffers(),
        m.permits(),
        m.streamed(),
        m.external());
  }

  private static String resource(String name) {
    try (InputStream in =
        Objects.requireNonNull(CmsisNnTest.class.getResourceAsStream("/cmsis-nn/" + name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
