package dev.mote.targets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mote.ir.DiagnosticException;
import dev.mote.plugin.Target;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetsTest {

  private static final Set<String> EMULATED_BOARDS =
      Set.of(
          "microbit", "mps2-an385", "mps2-an386", "mps2-an500", "mps2-an505", "mps3-an547", "virt");

  static Stream<Target> targets() {
    return Targets.all().stream();
  }

  @ParameterizedTest
  @MethodSource("targets")
  void everyTargetSaysHowToCompileWhereItRunsAndWhoSaysSo(Target target) {
    assertThat(target.toolchain().compiler()).isNotBlank();
    assertThat(target.description()).isNotBlank();
    assertThat(target.sources()).isNotEmpty();
    if (target.instructionSet() == Target.InstructionSet.HOST
        || target.instructionSet() == Target.InstructionSet.WASM32) {
      assertThat(target.board()).isEmpty();
    } else {
      assertThat(target.board()).isPresent().get().isIn(EMULATED_BOARDS);
      assertThat(target.toolchain().flags()).isNotEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("targets")
  void everyChipHasPlausibleMemoriesThatDoNotOverlap(Target target) {
    if (target.memories().isEmpty()) {
      assertThat(target.clockHz()).isZero();
      return;
    }
    assertThat(target.clockHz()).isBetween(16_000_000L, 1_000_000_000L);
    assertThat(target.limit(Target.Memory.Kind.RAM).orElseThrow()).isBetween(16L << 10, 8L << 20);
    assertThat(target.limit(Target.Memory.Kind.FLASH).orElseThrow())
        .isBetween(64L << 10, 16L << 20);
    List<Target.Memory> memories = target.memories();
    for (Target.Memory a : memories) {
      assertThat(a.origin() + a.bytes()).isLessThanOrEqualTo(1L << 32);
      assertThat(a.waitStates()).isBetween(0, 16);
      for (Target.Memory b : memories) {
        assertThat(
                a == b
                    || a.origin() + a.bytes() <= b.origin()
                    || b.origin() + b.bytes() <= a.origin())
            .as("%s and %s do not overlap", a, b)
            .isTrue();
      }
    }
  }

  @Test
  void theListIsComplete() {
    assertThat(Targets.all().stream().map(Target::name))
        .containsExactly(
            "host",
            "cortex-m0",
            "cortex-m0plus",
            "cortex-m3",
            "cortex-m4",
            "cortex-m7",
            "cortex-m33",
            "cortex-m55",
            "rv32imc",
            "stm32f746",
            "stm32h743",
            "stm32l4r5",
            "nrf52840",
            "rp2040",
            "samd21",
            "stm32g0b1",
            "stm32u575",
            "nrf5340",
            "apollo3",
            "alif-e3",
            "gd32vf103",
            "esp32c3",
            "wasm32");
  }

  @Test
  void bareCoresHaveNoLimits() {
    assertThat(targets().filter(t -> t.name().startsWith("cortex-") || t.name().equals("rv32imc")))
        .hasSize(8)
        .allSatisfy(t -> assertThat(t.limit(Target.Memory.Kind.RAM)).isEqualTo(Optional.empty()));
  }

  @ParameterizedTest
  @CsvSource({
    "stm32f746, RAM, 327680",
    "stm32f746, FLASH, 1048576",
    "stm32l4r5, RAM, 655360",
    "samd21, RAM, 32768",
    "rp2040, RAM, 270336"
  })
  void limitsAreTheDataSheets(String name, Target.Memory.Kind kind, long bytes) {
    assertThat(Targets.find(name).limit(kind)).hasValue(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cortex-m4", "Cortex-M4", "CORTEX-M4"})
  void namesAreFoundInAnyCase(String name) {
    assertThat(Targets.find(name).name()).isEqualTo("cortex-m4");
  }

  @ParameterizedTest
  @CsvSource({"cortex-m5, cortex-m0", "stm32l4, stm32l4r5", "nrf52480, nrf52840", "ho st, host"})
  void aMistypedNameGetsASuggestion(String typed, String meant) {
    assertThatThrownBy(() -> Targets.find(typed))
        .isInstanceOf(DiagnosticException.class)
        .hasMessageStartingWith(
            "MOTE-4001 target '" + typed + "': there is no such target; did you mean '" + meant)
        .hasMessageContaining("Fix: Name one of: host, cortex-m0, ");
  }

  @Test
  void aNameLikeNoOtherGetsTheListOnly() {
    assertThatThrownBy(() -> Targets.find("z80"))
        .hasMessageStartingWith("MOTE-4001 target 'z80': there is no such target\n");
  }
}
