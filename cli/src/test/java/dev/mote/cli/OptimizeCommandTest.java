package dev.mote.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptimizeCommandTest {

  private static final Path EXAMPLE =
      Path.of(System.getProperty("mote.root", ".")).resolve("examples/fashion-mnist");

  private static final String MODEL = EXAMPLE.resolve("fashion_mnist_float.tflite").toString();

  @TempDir private Path folder;
  private String data = "";

  /// The samples beside the model, in MNIST's format.
  @BeforeEach
  void writeData() throws IOException {
    byte[] samples = Files.readAllBytes(EXAMPLE.resolve("samples/samples.bin"));
    List<String> labels = Files.readAllLines(EXAMPLE.resolve("samples/samples.labels.txt"));
    ByteBuffer images = ByteBuffer.allocate(16 + samples.length);
    images.putInt(0x803).putInt(labels.size()).putInt(28).putInt(28);
    for (byte sample : samples) {
      images.put((byte) (sample + 128));
    }
    ByteBuffer classes = ByteBuffer.allocate(8 + labels.size());
    classes.putInt(0x801).putInt(labels.size());
    labels.forEach(label -> classes.put(Byte.parseByte(label)));
    Path file = folder.resolve("some-images-idx3-ubyte");
    Files.write(file, images.array());
    Files.write(folder.resolve("some-labels-idx1-ubyte"), classes.array());
    data = file.toString();
  }

  @Test
  void theChosenVariantKeepsTheBudgetAndIsWritten() throws IOException {
    Path out = folder.resolve("out");
    // Time runs out at once: what is known by then is evaluated and written all the same.
    Run run =
        Run.of(
            "optimize",
            MODEL,
            "--data",
            data,
            "--target",
            "stm32l4r5",
            "--max-flash",
            "90kB",
            "--min-accuracy",
            "-5%",
            "--time",
            "2s",
            "-o",
            out.toString(),
            "--json");
    assertThat(run.err()).doesNotContain("MOTE-");
    assertThat(run.exitCode()).isZero();
    Map<String, Object> result = JSON.std.mapFrom(run.out());
    Map<?, ?> chosen = (Map<?, ?>) Objects.requireNonNull(result.get("chosen"));
    assertThat(((Number) Objects.requireNonNull(chosen.get("flashBytes"))).longValue())
        .isLessThanOrEqualTo(90 * 1024);
    assertThat(out.resolve("report.html")).content().contains("Pareto front");
    assertThat(out.resolve("search.json")).content().isEqualTo(run.out());
    assertThat(out.resolve("fashion_mnist_float.c"))
        .content()
        .contains("fashion_mnist_float_invoke");
    assertThat(out.resolve("model-card.json")).content().contains("negativeFlips");
    Run inspected = Run.of("inspect", out.resolve("fashion_mnist_float.tflite").toString());
    assertThat(inspected.exitCode()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "--min-accuracy | 101% | an accuracy lies between 0 and 100 %",
        "--min-accuracy | fine | 'fine' is no accuracy such as 90%, 0.9 or, against the original, -1%",
        "--max-flips | 2 | '2' is no share such as 0.5% or 0.005",
        "--max-flash | none | 'none' is not a size such as 32kB, 1MB or 20000",
        "--max-cycles | 0 | a limit is more than nothing",
        "--time | 10 | '10' is no time such as 90s, 10m or 1h",
      })
  void nonsenseIsWrongUsage(String option, String value, String why) {
    Run run = Run.of("optimize", MODEL, "--data", data, option, value);
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains(why);
  }

  @Test
  void timeCannotBeLimitedWhereItIsNotKnown() {
    Run run = Run.of("optimize", MODEL, "--data", data, "-t", "cortex-m4", "--max-latency", "10ms");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .startsWith(
            "MOTE-1395 target 'cortex-m4': how long an inference takes on it is not known, so that it"
                + " cannot be limited");
  }

  @Test
  void aQuantizedModelIsRefused() {
    Run run =
        Run.of("optimize", EXAMPLE.resolve("fashion_mnist_int8.tflite").toString(), "--data", data);
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).startsWith("MOTE-1393 fashion_mnist_int8: its inputs are integers");
  }
}
