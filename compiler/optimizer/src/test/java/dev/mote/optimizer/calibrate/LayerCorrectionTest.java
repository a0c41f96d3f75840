package dev.mote.optimizer.calibrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Tensor;
import dev.mote.ir.Verifier;
import dev.mote.optimizer.data.SampleSet;
import dev.mote.optimizer.run.Predictions;
import dev.mote.pipeline.quantize.LayerFormat;
import dev.mote.pipeline.quantize.QuantizationScheme;
import dev.mote.pipeline.quantize.WeightFormat;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Corrections on a network with every kind of layer.
class LayerCorrectionTest {

  private static final SampleSet SAMPLES = SmallNetwork.samples(64, 5);
  private static final SampleSet HELD_OUT = SmallNetwork.samples(64, 99);

  @Test
  void replayComputesWhatTheModelComputes() {
    Graph floats = SmallNetwork.graph(1);
    assertReplayed(floats);
    assertReplayed(
        PostTraining.run(
                floats, SAMPLES, PostTraining.Recipe.of(QuantizationScheme.INT8), (_, _) -> {})
            .graph());
  }

  /// Floats nearly equal; integers but for the rounding of ties, and of what follows from them.
  private static void assertReplayed(Graph graph) {
    SampleSet some = SAMPLES.first(4);
    Map<String, float[]> expected = new HashMap<>();
    Predictions.observe(
        graph, some, (sample, tensor, reals) -> expected.put(sample + tensor, reals.clone()));
    Replay replay = new Replay(graph, some);
    int different = 0;
    int all = 0;
    for (Node node : graph.nodes()) {
      replay.step();
      Tensor output = graph.output(node);
      double step = output.element().isFloat() ? 1e-5 : output.quantization().scale();
      for (int sample = 0; sample < some.size(); sample++) {
        float[] reals = replay.reals(output.name(), sample);
        float[] truth = expected.getOrDefault(sample + output.name(), new float[0]);
        assertThat(reals).hasSameSizeAs(truth);
        for (int i = 0; i < reals.length; i++) {
          double difference = Math.abs(reals[i] - truth[i]);
          assertThat(difference).as("%s %d", output.name(), i).isLessThan(2.01 * step);
          different += difference > 0.5 * step ? 1 : 0;
          all++;
        }
      }
    }
    assertThat(different).isLessThan(all / 50);
  }

  @ParameterizedTest
  @EnumSource(names = {"INT8", "INT4", "INT2"})
  void correctedGraphsAreValidAndKeepTheirWeightsWithinTheFormat(WeightFormat format) {
    QuantizationScheme scheme = QuantizationScheme.of(LayerFormat.INT8.withWeights(format));
    PostTraining.Result result = run(scheme, true, true);
    assertThat(Verifier.verify(result.graph())).isEmpty();
    long limit = format == WeightFormat.INT8 ? 127 : format == WeightFormat.INT4 ? 7 : 2;
    for (Node node : result.graph().nodes()) {
      if (node.inputs().size() == 3) {
        Tensor weights = result.graph().input(node, 1);
        assertThat(java.util.Arrays.stream(weights.constantIntegers()).boxed())
            .allMatch(value -> Math.abs(value) <= limit);
      }
    }
    assertThat(result.changes())
        .extracting(LayerCorrection.Change::output)
        .containsExactly("conv", "depthwise", "grouped", "dense");
  }

  @Test
  void biasCorrectionTakesOutTheMeanError() {
    QuantizationScheme scheme =
        QuantizationScheme.of(LayerFormat.INT8.withWeights(WeightFormat.INT4));
    assertThat(meanError(run(scheme, true, false)))
        .isLessThan(0.5 * meanError(run(scheme, false, false)));
  }

  @Test
  void adaptiveRoundingKeepsOutputsBetterThanNearest() {
    QuantizationScheme scheme =
        QuantizationScheme.of(LayerFormat.INT8.withWeights(WeightFormat.INT4));
    PostTraining.Result adaptive = run(scheme, false, true);
    assertThat(adaptive.changes())
        .allSatisfy(
            change -> assertThat(change.errorAfter()).isLessThanOrEqualTo(change.errorBefore()));
    assertThat(squaredError(adaptive)).isLessThan(0.8 * squaredError(run(scheme, false, false)));
  }

  @Test
  void theSameDataGiveTheSameGraph() {
    assertThat(run(QuantizationScheme.INT8, true, true).graph())
        .isEqualTo(run(QuantizationScheme.INT8, true, true).graph());
  }

  @Test
  void int16GetsItsBiasCorrected() {
    Graph graph = run(QuantizationScheme.INT16, true, false).graph();
    assertThat(Verifier.verify(graph)).isEmpty();
    assertThat(graph.tensor("dense").element()).isEqualTo(ElementType.INT16);
  }

  @Test
  void floatWeightsNeedNoData() {
    PostTraining.Result result =
        PostTraining.run(
            SmallNetwork.graph(1),
            new SampleSet("none", List.of(), List.of(), List.of()),
            PostTraining.Recipe.of(QuantizationScheme.FLOAT16),
            (_, _) -> {});
    assertThat(result.graph().tensors().values())
        .anyMatch(tensor -> tensor.element() == ElementType.FLOAT16);
  }

  @Test
  void randomSamplesAreInTheirRangeAndTheSameForTheSameSeed() {
    SampleSet samples = SmallNetwork.samples(6, 3);
    assertThat(samples.sha256()).isEqualTo(SmallNetwork.samples(6, 3).sha256());
    samples
        .inputs()
        .forEach(
            sample -> {
              var values = sample.getFirst().buffer().asFloatBuffer();
              while (values.hasRemaining()) {
                assertThat(values.get()).isBetween(-1f, 2f);
              }
            });
  }

  private static PostTraining.Result run(
      QuantizationScheme scheme, boolean bias, boolean rounding) {
    return PostTraining.run(
        SmallNetwork.graph(1),
        SAMPLES,
        PostTraining.Recipe.of(scheme).withCorrections(bias, rounding),
        (_, _) -> {});
  }

  /// Absolute mean over the samples of each output's error, added up.
  private static double meanError(PostTraining.Result result) {
    Predictions truth = Predictions.of(result.prepared(), HELD_OUT);
    Predictions found = Predictions.of(result.graph(), HELD_OUT);
    double sum = 0;
    for (int k = 0; k < 5; k++) {
      double error = 0;
      for (int i = 0; i < truth.size(); i++) {
        error += found.output(i, 0)[k] - truth.output(i, 0)[k];
      }
      sum += Math.abs(error) / truth.size();
    }
    return sum;
  }

  private static double squaredError(PostTraining.Result result) {
    Predictions truth = Predictions.of(result.prepared(), HELD_OUT);
    Predictions found = Predictions.of(result.graph(), HELD_OUT);
    double sum = 0;
    for (int i = 0; i < truth.size(); i++) {
      for (int k = 0; k < 5; k++) {
        double error = found.output(i, 0)[k] - truth.output(i, 0)[k];
        sum += error * error;
      }
    }
    return sum;
  }
}
