package dev.mote.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mote.ir.Blob;
import dev.mote.ir.DiagnosticException;
import dev.mote.pipeline.CompiledModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What every runner does, on each core and on the host.
class ModelRunnerTest {

  @TempDir static Path directory;

  private static final Comparison WITHIN_ROUNDING = new Comparison(1e-6);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "host",
        "cortex-m0",
        "cortex-m0plus",
        "cortex-m3",
        "cortex-m4",
        "cortex-m7",
        "cortex-m33",
        "cortex-m55",
        "rv32imc",
        "gd32vf103"
      })
  void aBatchGivesOutputsAndLayerOutputs(String target) {
    CompiledModel model = ToyModel.forTarget(target);
    List<List<Blob>> inputs = List.of(List.of(ToyModel.input(0)), List.of(ToyModel.input(-40)));
    try (ModelRunner runner = ModelRunner.open(model, BuildCache.in(directory))) {
      List<Inference> plain = runner.run(inputs, RunOptions.standard());
      List<Inference> observed = runner.run(inputs, RunOptions.standard().withLayerOutputs(true));

      assertThat(plain).hasSize(2).allSatisfy(i -> assertThat(i.layerOutputs()).isEmpty());
      assertThat(observed).extracting(Inference::outputs).isEqualTo(outputs(plain));
      for (int i = 0; i < 2; i++) {
        Blob sum = ToyModel.sum(inputs.get(i).getFirst(), 0);
        Map<String, Blob> expected = Map.of("sum", sum, "y", ToyModel.exponentials(sum));
        assertThat(WITHIN_ROUNDING.first(model, observed.get(i), expected)).isEmpty();
        assertThat(observed.get(i).layerOutputs())
            .extracting(Inference.LayerOutput::tensor)
            .containsExactly("sum", "y");
      }
      assertThat(runner.run(List.of(), RunOptions.standard())).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"host", "cortex-m3"})
  void stateIsKeptOnlyWhenAskedFor(String target) {
    CompiledModel model = ToyModel.forTarget(target);
    Blob input = ToyModel.input(0);
    List<List<Blob>> inputs = List.of(List.of(input), List.of(input));
    try (ModelRunner runner = ModelRunner.open(model, BuildCache.in(directory))) {
      List<Inference> fresh = runner.run(inputs, RunOptions.standard());
      List<Inference> kept = runner.run(inputs, RunOptions.standard().withKeepState(true));

      assertThat(fresh.get(1).outputs()).isEqualTo(fresh.get(0).outputs());
      assertThat(kept.get(0).outputs()).isEqualTo(fresh.get(0).outputs());
      assertThat(
              WITHIN_ROUNDING.outputs(
                  model,
                  kept.get(1).outputs(),
                  List.of(ToyModel.exponentials(ToyModel.sum(input, 1)))))
          .isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"host", "cortex-m3"})
  void wrongInputsAreRefused(String target) {
    try (ModelRunner runner =
        ModelRunner.open(ToyModel.forTarget(target), BuildCache.in(directory))) {
      assertThatThrownBy(() -> runner.run(List.of(List.of()), RunOptions.standard()))
          .hasMessage(
              """
              MOTE-5010 model 'toy': 0 inputs were given, it takes 1
                Fix: Give every input, in the model's order, as raw bytes.""");
      assertThatThrownBy(
              () -> runner.run(List.of(List.of(Blob.of(new byte[3]))), RunOptions.standard()))
          .hasMessageStartingWith(
              "MOTE-5010 model 'toy', input 'x': 3 bytes were given, it takes 64 (INT8 1x64)");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"host", "cortex-m3", "rv32imc"})
  void writingBehindTheArenaIsFound(String target) {
    CompiledModel model = ToyModel.withExtraCode(target, "arena[TOY_ARENA_BYTES + 5] = 1;");
    try (ModelRunner runner = ModelRunner.open(model, BuildCache.in(directory))) {
      assertThatThrownBy(
              () -> runner.run(List.of(List.of(ToyModel.input(0))), RunOptions.standard()))
          .isInstanceOf(DiagnosticException.class)
          .hasMessageContaining("MOTE-5004 model 'toy' on ")
          .hasMessageContaining("it wrote behind its arena");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"host", "cortex-m3"})
  void theCompilersMessageIsShown(String target) {
    CompiledModel model = ToyModel.withSource(target, "int broken(void) { return 1 }\n");

    assertThatThrownBy(() -> ModelRunner.open(model, BuildCache.in(directory)))
        .isInstanceOf(DiagnosticException.class)
        .hasMessageStartingWith(
            "MOTE-5002 model 'toy' for "
                + (target.equals("host") ? "the " : "")
                + target
                + ": the C compiler refused it\n$ ")
        .hasMessageContaining("model.c:1:")
        .hasMessageContaining("expected ';'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"host", "cortex-m3"})
  void aStatusOtherThanOkIsReported(String target) {
    CompiledModel model = ToyModel.forTarget(target);
    String refusing = model.source().replace("return TOY_OK;", "return TOY_ERROR_ARENA;");
    try (ModelRunner runner =
        ModelRunner.open(ToyModel.withSource(target, refusing), BuildCache.in(directory))) {
      assertThatThrownBy(
              () -> runner.run(List.of(List.of(ToyModel.input(0))), RunOptions.standard()))
          .hasMessageContaining("MOTE-5007 model 'toy' on ")
          .hasMessageContaining("toy_invoke returned status 1");
    }
  }

  @Test
  void twoHostRunnersShareNothing() {
    BuildCache cache = BuildCache.in(directory);
    CompiledModel model = ToyModel.forTarget("host");
    List<List<Blob>> inputs = List.of(List.of(ToyModel.input(1)));
    try (HostRunner one = HostRunner.open(model, cache)) {
      try (HostRunner two = HostRunner.open(model, cache)) {
        assertThat(two.run(inputs, RunOptions.standard()))
            .isEqualTo(one.run(inputs, RunOptions.standard()));
      }
      assertThat(one.run(inputs, RunOptions.standard())).hasSize(1);
    }
  }

  private static List<List<Blob>> outputs(List<Inference> inferences) {
    return inferences.stream().map(Inference::outputs).toList();
  }
}
