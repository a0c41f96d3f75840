package dev.mote.testkit.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.ir.Graph;
import dev.mote.ir.GraphText;
import dev.mote.ir.Verifier;
import dev.mote.pipeline.MoteCompiler;
import dev.mote.pipeline.quantize.ActivationFormat;
import dev.mote.pipeline.quantize.LayerFormat;
import dev.mote.pipeline.quantize.QuantizationScheme;
import dev.mote.pipeline.quantize.Quantizer;
import dev.mote.pipeline.quantize.WeightFormat;
import dev.mote.pipeline.quantize.WeightRounding;
import dev.mote.pipeline.quantize.WeightScales;
import dev.mote.plugin.Compiler;
import dev.mote.plugin.Target;
import dev.mote.targets.Targets;
import dev.mote.testkit.cases.CaseRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What must hold for every float network, on random ones.
class QuantizeGraphsTest {

  private static final int NETS = 100;
  private static final Target HOST = Targets.find("host");

  /// Schemes, with the least signal to noise of the median network and of the worst.
  @SuppressWarnings("ImmutableEnumChecker") // schemes are values
  enum Case {
    INT8(QuantizationScheme.INT8, 43, 30),
    INT8_PER_TENSOR(QuantizationScheme.INT8.withPerChannel(false), 42, 30),
    INT8_SYMMETRIC(QuantizationScheme.INT8.withSymmetricActivations(true), 40, 28),
    INT8_FLOAT_BORDER(QuantizationScheme.INT8.withIntegerBorder(false), 43, 30),
    INT16(QuantizationScheme.INT16, 55, 38),
    INT4(QuantizationScheme.of(LayerFormat.INT8.withWeights(WeightFormat.INT4)), 30, 16),
    INT2(QuantizationScheme.of(LayerFormat.INT8.withWeights(WeightFormat.INT2)), 17, 0),
    FLOAT16(QuantizationScheme.FLOAT16, 75, 55),
    DYNAMIC(QuantizationScheme.of(LayerFormat.FLOAT32.withWeights(WeightFormat.INT8)), 45, 35);

    private final QuantizationScheme scheme;
    private final double median;
    private final double worst;

    Case(QuantizationScheme scheme, double median, double worst) {
      this.scheme = scheme;
      this.median = median;
      this.worst = worst;
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyNetworkStaysNear(Case form) {
    int nets = form == Case.INT8 ? NETS : NETS / 6;
    double[] qualities = new double[nets];
    for (int seed = 0; seed < nets; seed++) {
      Graph graph = Quantizer.prepare(RandomFloatNet.draw(seed));
      FloatRun run = new FloatRun(graph, new CaseRandom(seed, 0), 4, -1, 1.5f);
      Graph quantized = quantize(graph, run, form.scheme);
      assertThat(Verifier.verify(quantized)).as("network %d", seed).isEmpty();
      qualities[seed] = run.signalToNoise(quantized);
      if (seed % 8 == 0) {
        assertCompiles(quantized, seed);
      }
    }
    double[] sorted = qualities.clone();
    Arrays.sort(sorted);
    String all = form + ": " + Arrays.toString(sorted);
    assertThat(sorted[0]).as(all).isGreaterThan(form.worst);
    assertThat(sorted[nets / 2]).as(all).isGreaterThan(form.median);
  }

  @Test
  void preparationKeepsTheMeaningAndIsIdempotent() {
    for (int seed = 0; seed < NETS; seed++) {
      Graph graph = RandomFloatNet.draw(seed);
      Graph prepared = Quantizer.prepare(graph);
      assertThat(Verifier.verify(prepared)).isEmpty();
      assertThat(prepared.inputs()).isEqualTo(graph.inputs());
      assertThat(prepared.outputs()).isEqualTo(graph.outputs());
      assertThat(Quantizer.prepare(prepared)).isEqualTo(prepared);
      FloatRun run = new FloatRun(graph, new CaseRandom(seed, 0), 3, -1, 1.5f);
      assertThat(run.signalToNoise(prepared)).as("network %d", seed).isGreaterThan(100);
    }
  }

  @Test
  void quantizationIsDeterministicAndPrintable() {
    for (int seed = 0; seed < 20; seed++) {
      Graph graph = Quantizer.prepare(RandomFloatNet.draw(seed));
      FloatRun run = new FloatRun(graph, new CaseRandom(seed, 0), 3, -1, 1.5f);
      Graph once = quantize(graph, run, QuantizationScheme.INT8);
      assertThat(quantize(graph, run, QuantizationScheme.INT8)).isEqualTo(once);
      assertThat(GraphText.parse(GraphText.print(once))).isEqualTo(once);
    }
  }

  /// Every layer in a form of its own choosing.
  @Test
  void layersMixFreely() {
    List<LayerFormat> formats = new ArrayList<>(List.of(LayerFormat.FLOAT32, LayerFormat.FLOAT16));
    for (ActivationFormat activations : ActivationFormat.values()) {
      for (WeightFormat weights : WeightFormat.values()) {
        if (weights.isInteger()) {
          formats.add(new LayerFormat(activations, weights));
        }
      }
    }
    for (int seed = 0; seed < NETS / 3; seed++) {
      Graph graph = Quantizer.prepare(RandomFloatNet.draw(seed));
      FloatRun run = new FloatRun(graph, new CaseRandom(seed, 0), 3, -1, 1.5f);
      CaseRandom random = new CaseRandom(seed + 1000, 0);
      QuantizationScheme scheme =
          QuantizationScheme.of(random.pick(LayerFormat.INT8, LayerFormat.INT16))
              .withIntegerBorder(random.chance(0.5));
      for (String layer : Quantizer.layers(graph)) {
        if (random.chance(0.6)) {
          scheme = scheme.with(layer, formats.get(random.between(0, formats.size() - 1)));
        }
      }
      Graph quantized = quantize(graph, run, scheme);
      assertThat(Verifier.verify(quantized)).as("network %d", seed).isEmpty();
      assertThat(run.signalToNoise(quantized)).as("network %d", seed).isGreaterThan(-10);
      if (seed % 8 == 0) {
        assertCompiles(quantized, seed);
      }
    }
  }

  @Test
  void oneLayerAloneLosesLessThanAll() {
    Graph graph = Quantizer.prepare(RandomFloatNet.draw(3));
    FloatRun run = new FloatRun(graph, new CaseRandom(3, 0), 3, -1, 1.5f);
    List<String> layers = Quantizer.layers(graph);
    double whole = run.signalToNoise(quantize(graph, run, QuantizationScheme.INT8));
    double best =
        IntStream.range(0, layers.size())
            .mapToDouble(
                i -> {
                  QuantizationScheme alone =
                      QuantizationScheme.of(LayerFormat.FLOAT32)
                          .withIntegerBorder(false)
                          .with(layers.get(i), LayerFormat.INT8);
                  return run.signalToNoise(quantize(graph, run, alone));
                })
            .max()
            .orElseThrow();
    assertThat(best).isGreaterThan(whole);
  }

  private static Graph quantize(Graph graph, FloatRun run, QuantizationScheme scheme) {
    return Quantizer.quantize(
        graph, run.calibration(), scheme, WeightScales.MIN_MAX, WeightRounding.NEAREST);
  }

  private static void assertCompiles(Graph graph, int seed) {
    assertThat(MoteCompiler.compile(graph, HOST, Compiler.Optimize.BALANCED, "model"))
        .as("network %d", seed)
        .isInstanceOf(MoteCompiler.Outcome.Compiled.class);
  }
}
