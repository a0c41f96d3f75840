package dev.mote.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a user sees who makes no or a small mistake, before any model is involved.
class CommandLineTest {

  @Test
  void noArgumentsPrintHelp() {
    Run run = Run.of();
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).startsWith("Usage: mote").contains("inspect", "compile", "targets");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void unknownOptionIsWrongUsage() {
    Run run = Run.of("inspect", "model.tflite", "--jsno");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .isEqualTo(
            """
            inspect: Unknown option: '--jsno'
            Possible solutions: --json
            Help: mote inspect --help
            """);
  }

  @Test
  void unknownCommandIsWrongUsage() {
    Run run = Run.of("inspct", "model.tflite");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .matches(
            """
            mote: there is no command 'inspct'
            Did you mean: mote inspect(?: or mote [a-z]+)*\\?
            Help: mote --help
            """);
  }

  @Test
  void absentFileIsBadInput() {
    Run run = Run.of("inspect", "nowhere/model.tflite");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .isEqualTo(
            """
            MOTE-4010 nowhere/model.tflite: there is no such file
              Fix: give the path of a model file.
            """);
  }

  @Test
  void fileOfUnknownFormatIsBadInput(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("model.tflite"), "not a model");
    Run run = Run.of("inspect", file.toString());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .startsWith(
            "MOTE-4011 " + file + ": the contents are of no model format that Mote reads\n");
  }

  @Test
  void unknownTargetListsThem() {
    Run run = Run.of("targets", "show", "cortex-m5");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).startsWith("MOTE-4001").contains("did you mean", "stm32l4r5");
  }

  @Test
  void targetsAreListedAndShown() {
    assertThat(Run.of("targets").out()).contains("cortex-m4", "nrf52840", "esp32c3");
    assertThat(Run.of("targets", "show", "nrf52840").out())
        .contains("Nordic Semiconductor nRF52840", "256 KiB", "1 MiB", "source");
  }

  @Test
  void targetsAsJsonAreOneDocument() throws Exception {
    Run run = Run.of("targets", "list", "--json");
    assertThat(run.exitCode()).isZero();
    assertThat(run.jsonArray()).hasSizeGreaterThan(20);
    assertThat(run.err()).isEmpty();
  }

  @Test
  void unknownErrorCodeIsBadInput() {
    Run run = Run.of("errors", "MOTE-0000");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .isEqualTo(
            """
            MOTE-4021 MOTE-0000: there is no such error code
              Fix: 'mote errors' lists them all.
            """);
  }

  @Test
  void completionIsAScript() {
    Run run = Run.of("completion");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("complete -F").contains("inspect");
  }
}
