package dev.mote.testkit.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostileOnnxTest {

  private static final int MUTANTS = 1_500;
  private static final int CLASSICAL_MUTANTS = 500;

  @Test
  void everyMutantEndsAsAModelOrAsAnError(@TempDir Path folder) throws IOException {
    assumeTrue(NodeCase.installed(), "ONNX's test cases (libonnx-testdata) are not installed");
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(log, true, StandardCharsets.UTF_8);
    int failures = OnnxFuzz.run(NodeCase.all(), MUTANTS, 0, out, folder);
    assertThat(failures).as(log.toString(StandardCharsets.UTF_8)).isZero();
  }

  @Test
  void everyMutantOfAClassicalModelEndsAsAModelOrAsAnError(@TempDir Path folder)
      throws IOException {
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(log, true, StandardCharsets.UTF_8);
    int failures = OnnxFuzz.run(OnnxFuzz.classical(), CLASSICAL_MUTANTS, 0, out, folder);
    assertThat(failures).as(log.toString(StandardCharsets.UTF_8)).isZero();
  }
}
