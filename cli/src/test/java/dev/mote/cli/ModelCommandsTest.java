package dev.mote.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mote.emulator.RequiredTools;
import dev.mote.targets.Targets;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The commands on small models, in this process.
class ModelCommandsTest {

  @TempDir private Path folder;
  private String classifier;

  @BeforeEach
  void writeModel() throws IOException {
    classifier = Run.write(folder, "classifier", Run.CLASSIFIER).toString();
  }

  @Test
  void inspectShowsOperatorsAndFigures() {
    Run run = Run.of("inspect", classifier);
    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .startsWith(
            """
            classifier: 2 operators

                    name  type      meaning
            input   x     int8 1x4  real = 0.500000 * (q - 0)
            output  p     int8 1x3  real = 0.00390625 * (q + 128)

            #  operator        output    MACs  weights  name
            0  FullyConnected  int8 1x3    12       12  dense
            1  Softmax         int8 1x3     0        0  softmax

            multiply-accumulates  12
            weights               12 bytes

            for cortex-m4
            """);
  }

  @Test
  void inspectAsJsonHasOperatorsAndPlan() throws IOException {
    Map<String, Object> json = Run.of("inspect", classifier, "--json").jsonObject();
    assertThat(json)
        .containsEntry("model", "classifier")
        .containsEntry("macs", 12)
        .containsEntry("weightBytes", 12)
        .containsKeys("inputs", "outputs", "operators", "compiled");
  }

  @Test
  void inspectDrawsAPageOfItsOwn() throws IOException {
    Path page = folder.resolve("page.html");
    Run run = Run.of("inspect", classifier, "--html", page.toString());
    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).isEqualTo("wrote " + page + "\n");
    assertThat(page)
        .content()
        .startsWith("<!doctype html>")
        .contains("<svg", "FullyConnected", "Memory over time", "prefers-color-scheme: dark")
        .doesNotContain("http://", "https://", "<script", "{title}");
  }

  @Test
  void compileWritesHeaderAndSource() throws IOException {
    Path out = folder.resolve("made/by/mote");
    Run run =
        Run.of("compile", classifier, "-t", "nrf52840", "-o", out.toString(), "--name", "tiny");
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("tiny.h", "tiny.c", "for nrf52840", "arena", "weights");
    assertThat(out.resolve("tiny.h")).content().contains("tiny_invoke");
    assertThat(out.resolve("tiny.c")).content().contains("#include \"tiny.h\"");
  }

  @Test
  void compileAsJsonNamesFilesAndFigures() throws IOException {
    Map<String, Object> json =
        Run.of("compile", classifier, "-o", folder.toString(), "--json").jsonObject();
    assertThat(json)
        .containsEntry("name", "classifier")
        .containsEntry("target", "cortex-m4")
        .containsEntry("optimize", "balanced")
        .containsKeys("files", "arenaBytes", "weightBytes", "tableBytes", "macs", "layers");
  }

  @Test
  void compileReportsTheSizeOfTheCode() throws IOException {
    assumeTools("nrf52840");
    Map<String, Object> json =
        Run.of("compile", classifier, "-t", "nrf52840", "-o", folder.toString(), "--size", "--json")
            .jsonObject();
    assertThat((Integer) Objects.requireNonNull(json.get("codeBytes"))).isBetween(50, 20_000);
  }

  @Test
  void modelThatDoesNotFitIsRefusedWithFigures() throws IOException {
    String large = Run.write(folder, "large", Run.LARGE).toString();
    Run run = Run.of("compile", large, "--target", "samd21", "-o", folder.toString());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .startsWith("MOTE-3002 large for samd21: the arena needs ")
        .contains("the largest RAM has 32,768")
        .contains("\n  Fix: choose a target with more RAM");
    assertThat(folder.resolve("large.c")).doesNotExist();
  }

  @Test
  void nameThatIsNoIdentifierIsRefused() {
    Run run = Run.of("compile", classifier, "--name", "2nd-model", "-o", folder.toString());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .isEqualTo(
            """
            MOTE-4019 --name 2nd-model: '2nd-model' cannot start the names of C functions
              Fix: use lower-case letters, digits and underscores, not starting with a digit.
            """);
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "host", "cortex-m4", "cortex-m0plus", "rv32imc"})
  void runTakesAndGivesRawTensors(String target) throws IOException {
    assumeTools(target);
    Path in = Files.write(folder.resolve("in.bin"), new byte[] {1, 20, 3, 4});
    Path out = folder.resolve("out.bin");
    Run run =
        Run.of(
            "run",
            classifier,
            "--target",
            target,
            "--input",
            in.toString(),
            "--output",
            out.toString());
    assertThat(run.err()).isEqualTo("wrote " + out + "\n");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).isEmpty();
    assertThat(Files.readAllBytes(out)).hasSize(3).startsWith((byte) -128, (byte) 127);
  }

  @Test
  void runRanksLabelledScores() throws IOException {
    Path in = Files.writeString(folder.resolve("in.csv"), "# real values\n0.5, 10\n1.5, 2\n");
    Path labels = Files.writeString(folder.resolve("labels.txt"), "cat\ndog\nbird\n");
    Run run =
        Run.of(
            "run",
            classifier,
            "--input",
            in.toString(),
            "--labels",
            labels.toString(),
            "--top",
            "2");
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .isEqualTo(
            """
             score  class
            0.9961  dog
            0.0000  cat
            """);
  }

  @Test
  void runOfSeveralInputsTakesThemInOrder() throws IOException {
    String sum = Run.write(folder, "sum", Run.SUM).toString();
    Path a = Files.writeString(folder.resolve("a.csv"), "1,2");
    Path b = Files.writeString(folder.resolve("b.csv"), "10,20");
    Run run = Run.of("run", sum, "-i", a.toString(), "-i", b.toString(), "--json");
    assertThat(run.err()).isEmpty();
    List<?> outputs = (List<?>) Objects.requireNonNull(run.jsonObject().get("outputs"));
    assertThat(((Map<?, ?>) outputs.getFirst()).get("values")).isEqualTo(List.of(11.0, 22.0));
  }

  @Test
  void runWithTooFewInputsNamesThem() throws IOException {
    String sum = Run.write(folder, "sum", Run.SUM).toString();
    Run run = Run.of("run", sum);
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .isEqualTo(
            """
            MOTE-4016 sum: the model takes 2 inputs (a, b), 0 given
              Fix: give --input FILE once for each, in this order.
            """);
  }

  @Test
  void inputOfTheWrongSizeIsRefused() throws IOException {
    Path in = Files.write(folder.resolve("in.bin"), new byte[5]);
    Run run = Run.of("run", classifier, "--input", in.toString());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .isEqualTo(
            "MOTE-4015 "
                + in
                + ": 5 bytes do not fill input 'x' (int8 1x4), which needs exactly 4\n"
                + "  Fix: write the tensor's elements densely, little-endian, in row-major order.\n");
  }

  @Test
  void labelsMustFitTheScores() throws IOException {
    Path labels = Files.writeString(folder.resolve("labels.txt"), "cat\ndog\n");
    Run run = Run.of("run", classifier, "--labels", labels.toString());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .startsWith(
            "MOTE-4018 " + labels + ": 2 labels, but the model's output 'p' has 3 scores\n");
  }

  @Test
  void verifyComparesReferenceHostAndBoard() throws IOException {
    assumeTools("cortex-m4");
    Run run = Run.of("verify", classifier, "--target", "cortex-m4", "--random", "20");
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).isEqualTo("classifier: reference, host, cortex-m4 agree on 20 inputs\n");
  }

  @Test
  void verifyTakesAFolderOfInputs() throws IOException {
    assumeTools("host");
    Path inputs = Files.createDirectory(folder.resolve("inputs"));
    Files.write(inputs.resolve("1.bin"), new byte[] {1, 2, 3, 4});
    Files.writeString(inputs.resolve("2.csv"), "1 2 3 4");
    Files.writeString(inputs.resolve("README.md"), "not an input");
    Map<String, Object> json =
        Run.of("verify", classifier, "--target", "host", "--inputs", inputs.toString(), "--json")
            .jsonObject();
    assertThat(json)
        .containsEntry("agree", true)
        .containsEntry("inputs", 2)
        .containsEntry("targets", List.of("host"));
  }

  @Test
  void verifyOfAnEmptyFolderProvesNothing() throws IOException {
    Path inputs = Files.createDirectory(folder.resolve("inputs"));
    Run run = Run.of("verify", classifier, "--inputs", inputs.toString());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).startsWith("MOTE-4022 " + inputs + ": it holds no file of numbers\n");
  }

  @Test
  void benchIsAnArrayOfRows() throws IOException {
    assumeTools("cortex-m4");
    List<Object> rows =
        Run.of("bench", classifier, "--target", "cortex-m4", "--optimize", "size", "--json")
            .jsonArray();
    assertThat(rows).hasSize(1);
    Map<?, ?> row = (Map<?, ?>) rows.getFirst();
    assertThat(List.copyOf(row.keySet()))
        .isEqualTo(
            List.of(
                "model",
                "target",
                "optimize",
                "macs",
                "instructions",
                "estimatedCycles",
                "coreCycles",
                "fetchStallCycles",
                "dataStallCycles",
                "layers",
                "arenaBytes",
                "stackBytes",
                "codeBytes",
                "weightBytes"));
    assertThat(row.get("model")).isEqualTo("classifier");
    assertThat(row.get("target")).isEqualTo("cortex-m4");
    assertThat(row.get("optimize")).isEqualTo("size");
    assertThat(row.get("macs")).isEqualTo(12);
    assertThat((Integer) row.get("instructions")).isBetween(12, 100_000);
  }

  @Test
  void benchOnTheHostHasNothingToCount() {
    Run run = Run.of("bench", classifier, "--target", "host");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .isEqualTo(
            """
            MOTE-4020 target 'host': no emulated board counts its instructions
              Fix: name a target that 'mote targets' shows a board for.
            """);
  }

  @Test
  void numpyArraysAreInputs() throws IOException {
    String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }";
    String padded = header + " ".repeat(128 - 10 - header.length() - 1) + "\n";
    ByteBuffer npy = ByteBuffer.allocate(128 + 16).order(ByteOrder.LITTLE_ENDIAN);
    npy.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}).putShort((short) 118);
    npy.put(padded.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    npy.putFloat(0.5f).putFloat(10f).putFloat(1.5f).putFloat(2f);
    Path in = Files.write(folder.resolve("in.npy"), npy.array());
    Run run = Run.of("run", classifier, "--input", in.toString());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .startsWith(
            "MOTE-4015 " + in + ": an array of shape 2x2 does not fill input 'x' (int8 1x4)");
  }

  private static void assumeTools(String target) {
    if (!target.equals("reference")) {
      var missing = RequiredTools.missing(List.of(Targets.find(target)));
      assumeTrue(missing.isEmpty(), "not installed: " + missing);
    }
  }
}
