package dev.mote.optimizer.fidelity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mote.ir.Blob;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.Graph;
import dev.mote.ir.GraphText;
import dev.mote.optimizer.data.SampleSet;
import dev.mote.optimizer.run.Predictions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class FidelityTest {

  /// Samples are the scores themselves; the reference hands them on, the candidate halves class 2.
  private static final SampleSet SAMPLES =
      samples(
          List.of(0, 1, 2, 2, 1),
          List.of("ant", "bee", "cat"),
          new float[] {3, 1, 0},
          new float[] {0, 3, 1},
          new float[] {0, 1, 4},
          new float[] {0, 3, 4},
          new float[] {0, 3, 4});

  @Test
  void everyRateIsCountedFromTheSamples() {
    Fidelity fidelity = compare(SAMPLES);
    assertThat(fidelity.task()).isEqualTo(new Task.Classes(0, 3));
    assertThat(fidelity.agreement().orElseThrow().share()).isEqualTo(new Share(3, 5));
    assertThat(fidelity.agreement().orElseThrow().perClass())
        .containsExactly(new Share(1, 1), new Share(1, 1), new Share(1, 3));
    Fidelity.Labelled labelled = fidelity.labelled().orElseThrow();
    assertThat(labelled.reference()).isEqualTo(new Share(4, 5));
    assertThat(labelled.candidate()).isEqualTo(new Share(4, 5));
    assertThat(labelled.negativeFlips()).isEqualTo(new Share(1, 5));
    assertThat(labelled.positiveFlips()).isEqualTo(new Share(1, 5));
    assertThat(labelled.worst())
        .isEqualTo(
            new Fidelity.ClassRow(2, "cat", new Share(2, 2), new Share(1, 2), new Share(1, 2)));
    assertThat(labelled.confusion())
        .containsExactly(List.of(1, 0, 0), List.of(0, 2, 0), List.of(0, 1, 1));
  }

  @Test
  void divergenceIsOverAllElements() {
    Divergence divergence = compare(SAMPLES).divergence();
    // Differences 0, 0.5, 2, 2, 2 in one of three elements each.
    assertThat(divergence.meanAbsolute()).isEqualTo(6.5 / 15, within(1e-9));
    assertThat(divergence.maxAbsolute()).isEqualTo(2);
    assertThat(divergence.rootMeanSquare()).isEqualTo(Math.sqrt(12.25 / 15), within(1e-9));
    assertThat(divergence.relative()).isEqualTo(Math.sqrt(12.25 / 87), within(1e-9));
    assertThat(divergence.signalToNoise()).isEqualTo(10 * Math.log10(87 / 12.25), within(1e-9));
    assertThat(divergence.kullbackLeibler()).isEmpty();
  }

  @Test
  void equalModelsDoNotDiverge() {
    Predictions same = Predictions.of(graph("1.0", 3), SAMPLES);
    Divergence divergence = Fidelity.compare(same, same, SAMPLES).divergence();
    assertThat(divergence.relative()).isZero();
    assertThat(divergence.signalToNoise()).isInfinite().isPositive();
  }

  @Test
  void distributionsHaveAKullbackLeiblerDivergence() {
    SampleSet samples = samples(List.of(), List.of(), new float[] {0.5f, 0.25f, 0.25f});
    Predictions same = Predictions.of(graph("1.0", 3), samples);
    assertThat(Fidelity.compare(same, same, samples).divergence().kullbackLeibler().orElseThrow())
        .isZero();
  }

  @Test
  void samplesThatAreNoNumbersAreCountedApart() {
    SampleSet samples =
        samples(List.of(), List.of(), new float[] {1, 2, 3}, new float[] {1, Float.NaN, 3});
    assertThat(compare(samples).divergence().notFinite()).isOne();
    assertThat(compare(samples).divergence().maxAbsolute()).isEqualTo(1.5);
  }

  @Test
  void modelsWithoutClassesHaveADivergenceOnly() {
    Fidelity fidelity =
        Fidelity.compare(
            Predictions.of(graph("1.0", 3), SAMPLES),
            Predictions.of(graph("0.5", 3), SAMPLES),
            SAMPLES,
            new Task.Values());
    assertThat(fidelity.agreement()).isEmpty();
    assertThat(new Thresholds(empty(), empty(), of(0.9), empty()).check(fidelity, "m"))
        .extracting(Diagnostic::code)
        .containsExactly(1323);
  }

  @Test
  void outputsAsLongAsTheInputAreScoresOnlyWithEnoughClasses() {
    Graph graph = graph("1.0", 3);
    SampleSet plain = samples(List.of(), List.of(), new float[] {1, 2, 3});
    assertThat(Task.of(graph, plain)).isEqualTo(new Task.Values());
    assertThat(Task.of(graph, SAMPLES)).isEqualTo(new Task.Classes(0, 3));
  }

  @Test
  void labelsBeyondAllCountingAreRefused() {
    SampleSet odd =
        samples(List.of(0, 900_000), List.of(), new float[] {1, 0, 0}, new float[] {0, 1, 0});
    assertThatThrownBy(() -> compare(odd)).hasMessageStartingWith("MOTE-1330");
  }

  @Test
  void thresholdsThatAreMissedAreNamedTogether() {
    Fidelity fidelity = compare(SAMPLES);
    List<Diagnostic> missed =
        new Thresholds(of(0.005), of(0.9), of(0.7), empty()).check(fidelity, "m.tflite");
    assertThat(missed).extracting(Diagnostic::code).containsExactly(1320, 1321, 1322);
    assertThat(missed.getFirst().toString())
        .startsWith(
            "MOTE-1320 m.tflite: 20.00 % of 5 samples were right and are wrong now (95 % interval"
                + " 3.62 … 62.45 %), at most 0.50 % may");
    assertThat(new Thresholds(of(0.2), of(-0.01), of(0.6), empty()).check(fidelity, "m")).isEmpty();
    assertThat(Thresholds.parse("0.5%")).isEqualTo(0.005);
    assertThat(Thresholds.parse("-1%")).isEqualTo(-0.01);
    assertThatThrownBy(() -> Thresholds.parse("50")).hasMessageContaining("50");
  }

  @Test
  void wilsonsIntervalIsSoundAtTheEnds() {
    assertThat(new Share(0, 10).low()).isZero();
    assertThat(new Share(0, 10).high()).isEqualTo(0.2775, within(1e-4));
    assertThat(new Share(50, 100).low()).isEqualTo(0.4038, within(1e-4));
    assertThat(new Share(10, 10).high()).isEqualTo(1, within(1e-12)).isLessThanOrEqualTo(1);
  }

  private static Fidelity compare(SampleSet samples) {
    return Fidelity.compare(
        Predictions.of(graph("1.0", 3), samples),
        Predictions.of(graph("0.5", 3), samples),
        samples,
        new Task.Classes(0, 3));
  }

  private static OptionalDouble of(double value) {
    return OptionalDouble.of(value);
  }

  private static OptionalDouble empty() {
    return OptionalDouble.empty();
  }

  /// Multiplies the last of `size` numbers.
  private static Graph graph(String factor, int size) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * size).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < size; i++) {
      bytes.putFloat(i == size - 1 ? Float.parseFloat(factor) : 1);
    }
    return GraphText.parse(
        """
        graph "g" {
          tensor "x" float32 [1x3]
          tensor "f" float32 [1x3] = hex "%s"
          tensor "y" float32 [1x3]
          input "x"
          output "y"
          node "times" Binary(kind: MUL, activation: NONE) "x" "f" -> "y"
        }
        """
            .formatted(java.util.HexFormat.of().formatHex(bytes.array())));
  }

  private static SampleSet samples(List<Integer> labels, List<String> names, float[]... rows) {
    List<List<Blob>> inputs = new ArrayList<>();
    for (float[] row : rows) {
      ByteBuffer bytes = ByteBuffer.allocate(4 * row.length).order(ByteOrder.LITTLE_ENDIAN);
      for (float value : row) {
        bytes.putFloat(value);
      }
      inputs.add(List.of(Blob.of(bytes.array())));
    }
    return new SampleSet("s", inputs, labels, names);
  }
}
