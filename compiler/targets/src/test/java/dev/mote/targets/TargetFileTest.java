package dev.mote.targets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mote.ir.DiagnosticException;
import dev.mote.plugin.Target;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TargetFileTest {

  private static final String VALID =
      """
      description = A chip
      core = Cortex-M3
      instruction-set = ARMV7M
      clock-hz = 72000000
      memory.1 = Flash | FLASH | 0x08000000 | 128K | 2
      memory.2 = SRAM | RAM | 0x20000000 | 20K | 0
      compiler = arm-none-eabi-gcc
      flags = -mcpu=cortex-m3   -mthumb
      board = mps2-an385
      source.1 = its data sheet
      """;

  @Test
  void aValidFileIsRead() {
    Target chip = TargetFile.parse("chip", VALID);

    assertThat(chip.name()).isEqualTo("chip");
    assertThat(chip.toolchain().flags()).containsExactly("-mcpu=cortex-m3", "-mthumb");
    assertThat(chip.memories())
        .containsExactly(
            new Target.Memory("Flash", Target.Memory.Kind.FLASH, 0x08000000L, 131072, 2),
            new Target.Memory("SRAM", Target.Memory.Kind.RAM, 0x20000000L, 20480, 0));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '"',
      value = {
        "board = mps2-an385; fact.active-microwatts = 3.3 mA; fact.active-microwatts '3.3 mA' is not a power",
        "board; fact.-x; unknown key 'fact.-x'",
        "clock-hz = 72000000; clock-hz = 72 MHz; clock-hz '72 MHz' is not a frequency",
        "core = Cortex-M3; ; the key 'core' is missing or empty",
        "core =; kore =; unknown key 'kore'; did you mean 'core'?",
        "ARMV7M; ARMV9; 'ARMV9' is not an instruction set",
        "0x20000000; 20000000; 'SRAM | RAM | 20000000 | 20K | 0' is not a memory",
        "memory.2; memory.3; 'memory.2' is missing, though there are 2 such keys",
        "source.1 = its data sheet; ; there is no 'source.1'",
        "A chip; \\uZZZZ; it is not a properties file"
      })
  void aWrongFileIsRefusedWithTheReason(String from, String to, String what) {
    String text = VALID.replace(from, to == null ? "" : to);

    assertThatThrownBy(() -> TargetFile.parse("chip", text))
        .isInstanceOf(DiagnosticException.class)
        .hasMessageContaining("MOTE-4002 target file chip.properties: " + what);
  }

  @Test
  void everyProblemIsReportedAtOnce() {
    assertThatThrownBy(() -> TargetFile.parse("chip", "color = red"))
        .isInstanceOfSatisfying(
            DiagnosticException.class, e -> assertThat(e.diagnostics()).hasSize(6));
  }
}
