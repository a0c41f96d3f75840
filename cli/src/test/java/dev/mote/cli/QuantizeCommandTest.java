package dev.mote.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `mote quantize` on a dense layer whose class is the largest of three inputs.
class QuantizeCommandTest {

  private static final String MODEL =
      """
      graph "largest" {
        tensor "x" float32 [1x3]
        tensor "w" float32 [3x3] = hex "\
      0000803f0000000000000000\
      000000000000803f00000000\
      00000000000000000000803f"
        tensor "scores" float32 [1x3]
        tensor "p" float32 [1x3]
        input "x"
        output "p"
        node "dense" FullyConnected(activation: NONE) "x" "w" -> "scores"
        node "softmax" Softmax(beta: 1.0) "scores" -> "p"
      }
      """;

  @TempDir private Path folder;
  private String model;
  private String data;

  @BeforeEach
  void writeModelAndData() throws IOException {
    model = Run.write(folder, "largest", MODEL).toString();
    StringBuilder lines = new StringBuilder("a,b,c,class\n");
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 60; i++) {
      double[] x = {random.nextDouble(), random.nextDouble(), random.nextDouble()};
      int largest = x[0] > x[1] ? (x[0] > x[2] ? 0 : 2) : x[1] > x[2] ? 1 : 2;
      lines.append(String.format(Locale.ROOT, "%.4f,%.4f,%.4f,%d%n", x[0], x[1], x[2], largest));
    }
    data = Files.writeString(folder.resolve("data.csv"), lines.toString()).toString();
  }

  private Run quantize(String... more) {
    List<String> arguments = new ArrayList<>(List.of("quantize", model));
    arguments.addAll(List.of(more));
    return Run.of(arguments.toArray(String[]::new));
  }

  @Test
  void writesAModelThatEverythingElseTakes() {
    Path out = folder.resolve("small.tflite");
    Run run = quantize("--data", data, "--label-column", "class", "-o", out.toString());
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).startsWith("wrote " + out + ", ").contains("agreement");
    Run inspect = Run.of("inspect", out.toString());
    assertThat(inspect.exitCode()).isZero();
    assertThat(inspect.out()).contains("int8 1x3", "FullyConnected", "Softmax");
  }

  @Test
  void theCardAndTheJsonSayWhatWasChosenAndMeasured() throws IOException {
    Path card = folder.resolve("card.json");
    Path page = folder.resolve("page.html");
    Run run =
        quantize(
            "--data",
            data,
            "--label-column",
            "class",
            "--calibration",
            "kl",
            "--bias-correction",
            "--round",
            "adaptive",
            "--equalize",
            "--weights",
            "4",
            "--card",
            card.toString(),
            "--report",
            page.toString(),
            "-o",
            folder.resolve("m.tflite").toString(),
            "--json");
    Map<String, Object> json = run.jsonObject();
    assertThat(json).containsKeys("bytes", "quantization", "layers", "data", "divergence");
    assertThat(json.get("quantization"))
        .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
        .containsEntry("format", "int8/4")
        .containsEntry("calibration", "kl")
        .containsEntry("rounding", "adaptive")
        .containsEntry("biasCorrection", true)
        .containsEntry("calibratedOnRandomData", false);
    assertThat(card).content().contains("\"int8/4\"", "agreement");
    assertThat(page)
        .content()
        .startsWith("<!doctype html>")
        .contains("agreement", "int4 per channel")
        .doesNotContain("<script", "{title}");
  }

  @Test
  void aThresholdThatIsMissedFails() throws IOException {
    // Every label is wrong, so that both models are right about nothing.
    Path wrong =
        Files.writeString(
            folder.resolve("wrong.csv"), "1,0,0,1\n0,1,0,2\n0,0,1,0\n0.9,0.1,0.2,1\n");
    String out = folder.resolve("m.tflite").toString();
    List<String> common =
        List.of("--data", wrong.toString(), "--label-column", "4", "-o", out, "--max-flips", "0%");
    Run kept = quantize(common.toArray(String[]::new));
    assertThat(kept.err()).isEmpty();
    assertThat(kept.exitCode()).isZero();
    List<String> strict = new ArrayList<>(common);
    strict.addAll(List.of("--min-accuracy", "50%"));
    Run missed = quantize(strict.toArray(String[]::new));
    assertThat(missed.exitCode()).isEqualTo(1);
    assertThat(missed.err()).startsWith("MOTE-1321 " + out + ": 0.00 % of 4 samples are right");
    assertThat(missed.out()).startsWith("wrote " + out);
  }

  @Test
  void withoutDataItSaysWhatToDo() {
    Run run = quantize();
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .isEqualTo(
            """
            MOTE-1345 %s: integer activations need ranges, and there are no data to find them on
              Fix: give samples of what the model will see with --data; for a first look \
            --random-data LOW:HIGH makes inputs up, which is worse; --format float16 and dynamic \
            need none.
            """
                .formatted(model));
  }

  @Test
  void randomDataAreCalledWorse() {
    Run run = quantize("--random-data", "0:1", "-o", folder.resolve("random.tflite").toString());
    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).startsWith("WARNING: calibrated on random inputs.");
  }

  @ParameterizedTest
  @CsvSource({"float16", "dynamic", "float32"})
  void formatsOfFloatActivationsNeedNoData(String format) {
    Path out = folder.resolve(format + ".tflite");
    Run run = quantize("--format", format, "-o", out.toString());
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    assertThat(out).isNotEmptyFile();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "MOTE-1328 | --format | int7",
        "MOTE-1328 | --weights | 3",
        "MOTE-1328 | --layer | scores=float16/4",
        "MOTE-1344 | --layer | nothing=int8",
        "MOTE-1346 | --random-data | 1:0",
        "MOTE-1346 | --random-data | one",
        "MOTE-1364 | -o | model.bin",
        "MOTE-1309 | --calibrate-on | 0",
      })
  void wrongOptionsAreNamed(String code, String option, String value) {
    Run run =
        option.equals("--random-data")
            ? quantize(option, value)
            : quantize("--data", data, "--label-column", "class", option, value);
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).startsWith(code + " ");
  }
}
