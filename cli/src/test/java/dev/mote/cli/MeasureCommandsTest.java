package dev.mote.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `mote evaluate` and `mote sensitivity` on small models.
class MeasureCommandsTest {

  /// The classifier of [Run#CLASSIFIER] in floats, without its rounding.
  private static final String FLOATS =
      """
      graph "floats" {
        tensor "x" float32 [1x4]
        tensor "w" float32 [3x4] = hex "0000803f0000000000000000000000000000803f0000000000000000000000000000803f000000000000000000000000"
        tensor "y" float32 [1x3]
        tensor "p" float32 [1x3]
        input "x"
        output "p"
        node "dense" FullyConnected(activation: NONE) "x" "w" -> "y"
        node "softmax" Softmax(beta: 1.0) "y" -> "p"
      }
      """;

  /// The same with rows that tell the classes apart, so that every layer matters.
  private static final String APART =
      FLOATS
          .replace("floats", "apart")
          .replace(
              "0000803f0000000000000000000000000000803f0000000000000000000000000000803f000000000000000000000000",
              "0000803f0000000000000000cdcccc3d000000000000803f00000000cdcccc3d00000000000000000000803fcdcccc3d");

  @TempDir private Path folder;
  private String model = "";
  private String data = "";

  @BeforeEach
  void write() throws IOException {
    model = Run.write(folder, "apart", APART).toString();
    data =
        Files.writeString(
                folder.resolve("data.csv"),
                """
                a,b,c,d,kind
                3,0,0,1,ant
                0,3,0,1,bee
                0,0,3,1,cat
                3,2,0,1,bee
                """)
            .toString();
  }

  private Run evaluate(String... more) {
    return Run.of(
        java.util.stream.Stream.concat(
                java.util.stream.Stream.of("evaluate", model, "--data", data),
                java.util.stream.Stream.of(more))
            .toArray(String[]::new));
  }

  @Test
  void aModelAloneHasAnAccuracy() {
    Run run = evaluate("--label-column", "kind");
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .isEqualTo(
            """
            data.csv: 4 samples with labels

            measure             value  95 % interval
            accuracy          75.00 %  30.06 … 95.44 %
            worst class, bee  50.00 %  9.45 … 90.55 %

            class  samples     right
            ant          1  100.00 %
            bee          2   50.00 %
            cat          1  100.00 %
            """);
  }

  @Test
  void aThresholdThatIsMissedEndsWithOne() throws IOException {
    String worse = Run.write(folder, "floats", FLOATS).toString();
    Run run =
        Run.of(
            "evaluate",
            worse,
            "--reference",
            model,
            "--data",
            data,
            "--label-column",
            "5",
            "--max-flips",
            "10%",
            "--min-accuracy",
            "-1%",
            "--min-agreement",
            "0.9",
            "--json");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("MOTE-1320 ", "MOTE-1321 ", "MOTE-1322 ", "10.00 %");
    assertThat(run.jsonObject())
        .contains(entry("model", "floats"), entry("worstClass", "bee"))
        .containsKeys("agreement", "divergence", "negativeFlips", "confusion", "data");
  }

  @Test
  void valuesHaveADivergence() {
    Run run = evaluate("--label-column", "5", "--reference", model, "--task", "values");
    assertThat(run.out()).containsPattern("signal to noise +equal").doesNotContain("flips");
    Run missing = evaluate("--label-column", "5", "--task", "values", "--min-agreement", "50%");
    assertThat(missing.exitCode()).isEqualTo(1);
    assertThat(missing.err()).startsWith("MOTE-1323");
  }

  @Test
  void mistakesInOptionsAreNamed() throws IOException {
    assertThat(evaluate().err()).startsWith("MOTE-4015").contains("--label-column");
    assertThat(Run.of("evaluate", model, "--data", unlabelled()).err()).startsWith("MOTE-1323");
    assertThat(evaluate("--label-column", "kind", "--max-flips", "half").err())
        .startsWith("MOTE-1326 --max-flips half: it is no part of a whole");
    assertThat(evaluate("--label-column", "kind", "--scale", "256").err())
        .startsWith("MOTE-1309 --scale 256");
    assertThat(Run.of("sensitivity", model, "--data", data, "--formats", "int3").err())
        .startsWith("MOTE-1328 --formats int3");
  }

  @Test
  void aCardHoldsWhatWasMeasuredAndSaid() throws IOException {
    Path card = folder.resolve("out/model-card.json");
    Path about =
        Files.writeString(
            folder.resolve("about.json"), "{\"intendedUse\": \"<b>counting</b> insects\"}");
    Run run =
        evaluate(
            "--label-column",
            "kind",
            "--card",
            card.toString(),
            "--about",
            about.toString(),
            "--card-target",
            "host");
    assertThat(run.exitCode()).isZero();
    Map<String, Object> json = JSON.std.mapFrom(Files.readString(card));
    assertThat(json)
        .containsEntry("schema", "mote-model-card/1")
        .containsEntry("about", Map.of("intendedUse", "<b>counting</b> insects"))
        .containsKeys("model", "layers", "evaluation", "targets", "compiler")
        .doesNotContainKeys("source", "quantization", "calibration");
    assertThat((List<?>) Objects.requireNonNull(json.get("layers")))
        .singleElement()
        .isEqualTo(
            Map.of(
                "layer", "y",
                "operator", "FullyConnected",
                "activations", "float32",
                "weights", "float32",
                "scales", 0,
                "parameters", 12,
                "zeros", 6));
    assertThat(folder.resolve("out/model-card.html"))
        .content()
        .startsWith("<!doctype html>")
        .contains("Intended use", "&lt;b&gt;counting", "What is taken for what", "75.00 %")
        .doesNotContain("http://", "https://", "<script", "{title}", "{body}");
    Files.writeString(about, "{\"intendedUse\": 3}");
    assertThat(
            evaluate(
                    "--label-column",
                    "kind",
                    "--card",
                    card.toString(),
                    "--about",
                    about.toString())
                .err())
        .contains("MOTE-1329", "'intendedUse' is no text");
  }

  @Test
  void eachLayerIsQuantizedByItself() throws IOException {
    Path page = folder.resolve("page.html");
    Run run =
        Run.of(
            "sensitivity",
            model,
            "--data",
            data,
            "--label-column",
            "kind",
            "--formats",
            "int8,int2",
            "--html",
            page.toString(),
            "--json");
    assertThat(run.err()).isEqualTo("wrote " + page + "\n");
    List<?> layers = (List<?>) Objects.requireNonNull(run.jsonObject().get("layers"));
    assertThat(layers).hasSize(2);
    assertThat(layers.getFirst().toString())
        .startsWith("{layer=y, operator=FullyConnected, parameters=12, format=int8, ");
    assertThat(page).content().contains("<svg", "int2", "FullyConnected");
    double eight = signalToNoise(layers.get(0));
    double two = signalToNoise(layers.get(1));
    assertThat(eight).isGreaterThan(two + 10);
  }

  private String unlabelled() throws IOException {
    return Files.writeString(folder.resolve("plain.csv"), "1,2,3,4\n4,3,2,1\n").toString();
  }

  private static double signalToNoise(Object layer) {
    Object value = ((Map<?, ?>) layer).get("signalToNoise");
    return ((Number) Objects.requireNonNull(value)).doubleValue();
  }
}
