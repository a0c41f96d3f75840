package dev.mote.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mote.ir.Blob;
import dev.mote.module.NativeTable;
import dev.mote.pipeline.CompiledModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Native payloads and shared libraries of a model written by hand: what is made, and what is
/// refused.
class NativePayloadTest {

  @TempDir private Path directory;

  private NativePayload build(String target, String statement) {
    return NativePayload.build(
        ToyModel.withExtraCode(target, statement), BuildCache.in(directory.resolve("cache")));
  }

  @ParameterizedTest
  @CsvSource({
    "cortex-m0, armv6-m, ''",
    "cortex-m4, armv7e-m, 'dsp fpu-sp'",
    "cortex-m55, armv8.1-m.main, 'dsp fpu-sp mve'",
    "rv32imc, rv32imc, ''"
  })
  void floatsStateAndExponentialsRunAnywhere(String target, String architecture, String features) {
    CompiledModel model = ToyModel.forTarget(target);
    BuildCache cache = BuildCache.in(directory.resolve("cache"));
    NativePayload payload = NativePayload.build(model, cache);
    assertThat(payload.architecture()).isEqualTo(architecture);
    assertThat(String.join(" ", payload.features())).isEqualTo(features);
    NativeTable table = payload.table();
    assertThat(table.size()).isEqualTo(payload.contents().size());
    assertThat(table.run() & 1).isEqualTo(target.startsWith("cortex") ? 1 : 0);
    Blob input = ToyModel.input(3);
    try (BoardRunner runner = BoardRunner.ofPayload(model, payload, 0x50, cache)) {
      List<Inference> kept =
          runner.run(
              List.of(List.of(input), List.of(input)), RunOptions.standard().withKeepState(true));
      for (int calls = 0; calls < 2; calls++) {
        Blob expected = ToyModel.exponentials(ToyModel.sum(input, calls));
        assertThat(
                Comparison.standard().outputs(model, kept.get(calls).outputs(), List.of(expected)))
            .isEmpty();
      }
    }
  }

  @Test
  void equalBuildsAreEqual() {
    NativePayload one = build("cortex-m4", "");
    NativePayload other =
        NativePayload.build(
            ToyModel.forTarget("cortex-m4"), BuildCache.in(directory.resolve("other")));
    assertThat(other.contents()).isEqualTo(one.contents());
  }

  @ParameterizedTest
  @ValueSource(strings = {"cortex-m0", "cortex-m4", "rv32imc"})
  void variablesAreRefused(String target) {
    assertThatThrownBy(
            () -> build(target, "{ static int counter; arena[0] = (uint8_t)++counter; }"))
        .hasMessageStartingWith(
            "MOTE-5012 model 'toy' for %s: it cannot be made code that runs anywhere: "
                .formatted(target))
        .hasMessageContaining("bytes outside of the arena are writable, or hold addresses")
        .hasMessageContaining("counter");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cortex-m0", "cortex-m4", "cortex-m55", "rv32imc"})
  void constantsWithAddressesAreRefused(String target) {
    String code =
        "{ static const int8_t *const volatile places[2] = {weights, weights + 9};"
            + " arena[0] = (uint8_t)*places[arena[1] & 1]; }";
    assertThatThrownBy(() -> build(target, code))
        .hasMessageContaining("MOTE-5012")
        .hasMessageContaining("places");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cortex-m4", "rv32imc"})
  void codeWithAddressesIsRefused(String target) {
    String code =
        target.startsWith("cortex")
            ? "{ uint32_t a; __asm__(\"movw %0, #:lower16:weights\" : \"=r\"(a)); arena[0] = (uint8_t)a; }"
            : "{ uint32_t a; __asm__(\"lui %0, %%hi(weights)\" : \"=r\"(a)); arena[0] = (uint8_t)a; }";
    assertThatThrownBy(() -> build(target, code))
        .hasMessageContaining("toy_invoke depends on where it lies (relocation ");
  }

  @Test
  void functionsThatNobodyHasAreRefused() {
    assertThatThrownBy(
            () ->
                build(
                    "cortex-m4",
                    "{ extern int elsewhere(void); arena[0] = (uint8_t)elsewhere(); }"))
        .hasMessageContaining("nothing defines elsewhere");
  }

  @Test
  void functionsWithVariablesAreRefused() {
    assertThatThrownBy(
            () -> build("cortex-m4", "{ extern int rand(void); arena[0] = (uint8_t)rand(); }"))
        .hasMessageContaining("bytes outside of the arena are writable");
  }

  @Test
  void theHostHasNoneButASharedLibrary() throws Exception {
    assertThatThrownBy(() -> build("host", ""))
        .hasMessageContaining("no native code is defined for this target");
    assertThatThrownBy(
            () ->
                SharedLibrary.build(
                    ToyModel.forTarget("cortex-m4"), BuildCache.in(directory.resolve("cache"))))
        .hasMessageContaining("shared libraries are made for the target 'host'");
    CompiledModel model = ToyModel.forTarget("host");
    SharedLibrary one = SharedLibrary.build(model, BuildCache.in(directory.resolve("cache")));
    SharedLibrary other = SharedLibrary.build(model, BuildCache.in(directory.resolve("other")));
    assertThat(other).isEqualTo(one);
    Path file = directory.resolve("toy.so");
    Files.write(file, one.contents().toByteArray());
    Blob input = ToyModel.input(-20);
    try (HostRunner runner = HostRunner.ofLibrary(model, file)) {
      List<Blob> outputs =
          runner.run(List.of(List.of(input)), RunOptions.standard()).getFirst().outputs();
      Blob expected = ToyModel.exponentials(ToyModel.sum(input, 0));
      assertThat(Comparison.standard().outputs(model, outputs, List.of(expected))).isEmpty();
      assertThatThrownBy(
              () ->
                  runner.run(List.of(List.of(input)), RunOptions.standard().withLayerOutputs(true)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
