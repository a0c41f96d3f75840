package dev.mote.testkit.emitted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mote.emulator.BuildCache;
import dev.mote.emulator.Comparison;
import dev.mote.emulator.Inference;
import dev.mote.emulator.ModelRunner;
import dev.mote.emulator.RunOptions;
import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.TensorType;
import dev.mote.pipeline.CompiledModel;
import dev.mote.pipeline.MoteCompiler;
import dev.mote.pipeline.Settings;
import dev.mote.plugin.Compiler.Optimize;
import dev.mote.reference.Interpreter;
import dev.mote.targets.Targets;
import dev.mote.testkit.mlperf.MlperfTiny;
import dev.mote.testkit.representative.RepresentativeModel;
import dev.mote.testkit.representative.RepresentativeModels;
import dev.mote.wasm.WasmBuild;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Emitted C as WebAssembly computes what the reference interpreter does.
class WasmModelsTest {

  private static final int RANDOM_INPUTS = 3;

  private static final List<String> LARGE =
      List.of("mobilenet_v2", "mobilenet_v3", "mcunet_96", "mcunet_176");

  @BeforeEach
  void requireTools() {
    assumeTrue(WasmBuild.isAvailable(), "no clang with wasm-ld: apt-get install clang lld");
  }

  static Stream<String> mlperf() {
    return Stream.concat(MlperfTiny.INT8.stream(), Stream.of("kws_ref_model_float32", "ad01_fp32"));
  }

  static Stream<RepresentativeModel> representative() {
    // The larger ones of a kind take long to compile, and show nothing new.
    return RepresentativeModels.all().stream().filter(model -> !LARGE.contains(model.name()));
  }

  @ParameterizedTest
  @MethodSource("mlperf")
  void mlperfModelsAgree(String name) {
    assumeTrue(MlperfTiny.folder().isPresent(), MlperfTiny.absence());
    Graph graph = MlperfTiny.graph(name);
    SplittableRandom random = new SplittableRandom(7);
    List<List<Blob>> inputs = new ArrayList<>();
    for (int i = 0; i < RANDOM_INPUTS; i++) {
      inputs.add(graph.inputs().stream().map(x -> fill(graph.tensor(x).type(), random)).toList());
    }
    double tolerance = MlperfTiny.INT8.contains(name) ? 0 : Comparison.standard().floatTolerance();
    compare(graph, Settings.preferring(Optimize.BALANCED), inputs, tolerance);
  }

  @ParameterizedTest
  @MethodSource("representative")
  void modelsOfManyKindsAgree(RepresentativeModel source) {
    compare(
        source.graph(),
        Settings.preferring(Optimize.MEMORY),
        List.of(source.inputs(1), source.inputs(2)),
        0);
  }

  @Test
  void anInputMayBeStreamed() {
    RepresentativeModel source = named("unet");
    compare(
        source.graph(),
        Settings.preferring(Optimize.MEMORY).withStreamInput(true),
        List.of(source.inputs(1)),
        0);
  }

  @Test
  void everyLayerIsObserved() {
    RepresentativeModel source = named("unet");
    CompiledModel model = compiled(source.graph(), Settings.preferring(Optimize.SPEED));
    try (ModelRunner runner = ModelRunner.open(model, BuildCache.standard())) {
      List<List<Blob>> inputs = List.of(source.inputs(1));
      Inference plain = runner.run(inputs, RunOptions.standard()).getFirst();
      Inference traced =
          runner.run(inputs, RunOptions.standard().withLayerOutputs(true)).getFirst();
      assertThat(traced.outputs()).isEqualTo(plain.outputs());
      assertThat(traced.layerOutputs())
          .hasSize(model.layers().stream().mapToInt(layer -> layer.outputs().size()).sum());
      assertThat(traced.layerOutputs().getLast().data()).isEqualTo(plain.outputs().getLast());
    }
  }

  private static RepresentativeModel named(String name) {
    return RepresentativeModels.all().stream()
        .filter(model -> model.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static void compare(
      Graph graph, Settings settings, List<List<Blob>> inputs, double tolerance) {
    CompiledModel model = compiled(graph, settings);
    Interpreter interpreter = new Interpreter(graph);
    try (ModelRunner runner = ModelRunner.open(model, BuildCache.standard())) {
      List<Inference> inferences = runner.run(inputs, RunOptions.standard());
      for (int i = 0; i < inferences.size(); i++) {
        interpreter.reset();
        List<Blob> expected =
            interpreter.run(inputs.get(i).stream().map(Blob::toByteArray).toList()).stream()
                .map(Blob::of)
                .toList();
        assertThat(new Comparison(tolerance).outputs(model, inferences.get(i).outputs(), expected))
            .as("%s, input %d", graph.name(), i)
            .isEmpty();
      }
    }
  }

  private static CompiledModel compiled(Graph graph, Settings settings) {
    return switch (MoteCompiler.compile(graph, Targets.find("wasm32"), settings, "m")) {
      case MoteCompiler.Outcome.Compiled(CompiledModel model) -> model;
      case MoteCompiler.Outcome.Refused(var problems) -> fail(problems.toString());
    };
  }

  private static Blob fill(TensorType type, SplittableRandom random) {
    byte[] bytes = new byte[Math.toIntExact(type.bytes())];
    if (type.element() == ElementType.FLOAT32) {
      ByteBuffer floats = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      while (floats.hasRemaining()) {
        floats.putFloat((float) random.nextDouble(-1, 1));
      }
    } else {
      random.nextBytes(bytes);
    }
    return Blob.of(bytes);
  }
}
