package dev.mote.builder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.ir.Blob;
import dev.mote.ir.Diagnostic;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ModelCheckTest {

  static final Path FASHION =
      Path.of(System.getProperty("mote.root", "../.."))
          .resolve("examples/fashion-mnist/fashion_mnist_int8.tflite");

  @Test
  void saysWhatAModelTakesAndWhereItFits() throws IOException {
    ModelCheck check = ModelCheck.of(Files.readAllBytes(FASHION), "fashion_mnist_int8.tflite");
    assertThat(check.isUsable()).isTrue();
    assertThat(check.format()).contains("tflite");
    assertThat(check.summary()).containsKeys("inputs", "outputs", "macs", "weightBytes");
    TargetFit fit = target(check, "cortex-m4");
    assertThat(fit.fits()).isTrue();
    assertThat(fit.arenaBytes().orElseThrow()).isBetween(1_000L, 20_000L);
    assertThat(fit.flashBytes().orElseThrow()).isBetween(10_000L, 100_000L);
    assertThat(target(check, "host").fits()).isTrue();
    assertThat(check.jsonText()).contains("\"usable\" : true", "\"target\" : \"rp2040\"");
  }

  @Test
  void whatIsNoModelIsAnIssue() {
    ModelCheck check = ModelCheck.of("no model".getBytes(StandardCharsets.UTF_8), "something.bin");
    assertThat(check.isUsable()).isFalse();
    assertThat(check.format()).isEmpty();
    assertThat(check.issues()).extracting(Diagnostic::label).containsExactly("MOTE-4011");
    assertThat(check.targets()).isEmpty();
  }

  @Test
  void damagedFilesAreIssues() throws IOException {
    byte[] good = Files.readAllBytes(FASHION);
    Random random = new Random(3);
    for (int round = 0; round < 40; round++) {
      byte[] bytes = good.clone();
      for (int i = 0; i < 20; i++) {
        bytes[8 + random.nextInt(bytes.length - 8)] = (byte) random.nextInt();
      }
      ModelCheck check =
          ModelCheck.of(
              Blob.of(bytes), "m.tflite", new ModelCheck.Budget(System.nanoTime(), Duration.ZERO));
      assertThat(check.issues())
          .allSatisfy(issue -> assertThat(issue.kind()).isNotEqualTo(Diagnostic.Kind.INTERNAL));
    }
  }

  @Test
  void targetsForWhichThereIsNoTimeAreSaid() throws IOException {
    ModelCheck check =
        ModelCheck.of(
            Blob.of(Files.readAllBytes(FASHION)),
            "m.tflite",
            new ModelCheck.Budget(System.nanoTime() - 10, Duration.ofNanos(1)));
    assertThat(check.isUsable()).isTrue();
    assertThat(check.targets())
        .isNotEmpty()
        .allSatisfy(
            fit ->
                assertThat(fit.problems())
                    .extracting(Diagnostic::label)
                    .containsExactly("MOTE-8203"));
  }

  private static TargetFit target(ModelCheck check, String name) {
    return check.targets().stream().filter(t -> t.target().equals(name)).findFirst().orElseThrow();
  }
}
