package dev.mote.testkit.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mote.ir.Activation;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Op;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.Verifier;
import dev.mote.ir.Window2d;
import dev.mote.pipeline.quantize.Calibration;
import dev.mote.pipeline.quantize.LayerBiases;
import dev.mote.pipeline.quantize.LayerFormat;
import dev.mote.pipeline.quantize.QuantizationScheme;
import dev.mote.pipeline.quantize.Quantized;
import dev.mote.pipeline.quantize.Quantizer;
import dev.mote.pipeline.quantize.ValueRange;
import dev.mote.pipeline.quantize.WeightFormat;
import dev.mote.pipeline.quantize.WeightRounding;
import dev.mote.pipeline.quantize.WeightScales;
import dev.mote.testkit.cases.CaseRandom;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Layers at the edge of what integers hold, and what is refused.
class QuantizerEdgesTest {

  private final FloatNet net = new FloatNet(new CaseRandom(3, 0));

  private Graph dense(float[] weights, float[] bias, Activation activation) {
    int units = bias.length;
    String x = net.input(1, weights.length / units);
    return net.graph(
        net.node(
            new Op.FullyConnected(activation),
            Shape.of(1, units),
            x,
            net.constant(Shape.of(units, weights.length / units), weights),
            net.constant(Shape.of(units), bias)));
  }

  private static Graph quantize(Graph graph, Calibration calibration, QuantizationScheme scheme) {
    Graph quantized =
        Quantizer.quantize(
            graph, calibration, scheme, WeightScales.MIN_MAX, WeightRounding.NEAREST);
    assertThat(Verifier.verify(quantized)).isEmpty();
    return quantized;
  }

  private static FloatRun run(Graph graph, float low, float high) {
    return new FloatRun(graph, new CaseRandom(17, 0), 20, low, high);
  }

  // ---- at the edge -----------------------------------------------------------------------------

  @Test
  void aChannelWhoseBiasDwarfsItsWeightsKeepsItsBias() {
    Graph graph =
        dense(new float[] {1e-12f, -1e-12f, 0.5f, 1}, new float[] {3, -1}, Activation.NONE);
    FloatRun run = run(graph, -1, 1);
    for (boolean perChannel : new boolean[] {true, false}) {
      QuantizationScheme scheme = QuantizationScheme.INT8.withPerChannel(perChannel);
      Graph quantized = quantize(graph, run.calibration(), scheme);
      assertThat(run.signalToNoise(quantized)).isGreaterThan(35);
    }
  }

  @Test
  void aChannelOfZerosIsItsBias() {
    Graph graph = dense(new float[] {0, 0, 0.5f, 1}, new float[] {-2.5f, 1}, Activation.NONE);
    FloatRun run = run(graph, -1, 1);
    assertThat(run.signalToNoise(quantize(graph, run.calibration(), QuantizationScheme.INT8)))
        .isGreaterThan(35);
    assertThat(run.signalToNoise(quantize(graph, run.calibration(), QuantizationScheme.INT16)))
        .isGreaterThan(60);
  }

  @Test
  void layersOfZerosStayZero() {
    Graph graph = dense(new float[4], new float[2], Activation.NONE);
    FloatRun run = run(graph, -1, 1);
    assertThat(run.agreement(quantize(graph, run.calibration(), QuantizationScheme.INT8)))
        .isEqualTo(1);
  }

  @Test
  void aRectifierThatIsNeverOpenDoesNotOverflow() {
    Graph graph =
        dense(new float[] {900, 800, 700, 600}, new float[] {-4000, -3000}, Activation.RELU);
    FloatRun run = run(graph, -1, 1);
    Map<String, ValueRange> tiny = new LinkedHashMap<>(run.calibration().ranges());
    tiny.put(graph.outputs().getFirst(), new ValueRange(0, 1e-12f));
    Graph quantized = quantize(graph, new Calibration(tiny), QuantizationScheme.INT8);
    assertThat(run.agreement(quantized)).isEqualTo(1);
  }

  @Test
  void aTensorThatLeavesTheGraphAndIsReadTwiceIsMadeOnce() {
    String x = net.input(1, 8);
    Op relu = new Op.Unary(Op.Unary.Kind.RELU);
    String y = net.map(relu, x);
    String z = net.map(new Op.Binary(Op.Binary.Kind.ADD, Activation.NONE), y, y);
    String w = net.map(new Op.Unary(Op.Unary.Kind.SIN), y);
    Graph graph = net.graph(y, z, w, y);
    FloatRun run = run(graph, -2, 2);
    for (boolean integers : new boolean[] {true, false}) {
      QuantizationScheme scheme = QuantizationScheme.INT8.withIntegerBorder(integers);
      Quantized quantized =
          Quantizer.convert(
              graph, run.calibration(), scheme, WeightScales.MIN_MAX, WeightRounding.NEAREST);
      assertThat(Verifier.verify(quantized.graph())).isEmpty();
      assertThat(quantized.graph().outputs()).isEqualTo(graph.outputs());
      assertThat(quantized.kept())
          .singleElement()
          .satisfies(k -> assertThat(k.layer()).isEqualTo(w));
      assertThat(run.signalToNoise(quantized.graph())).isGreaterThan(35);
      assertThat(FloatRun.operators(quantized.graph()).get("Dequantize"))
          .isEqualTo(integers ? 1 : 2);
    }
  }

  /// Kernels compare in steps of 1/256, in which all of these are equal.
  @Test
  void tinyValuesAreComparedAsFloats() {
    String x = net.input(1, 20);
    String y = net.input(1, 20);
    Op greater = new Op.Compare(Op.Compare.Kind.GREATER);
    Graph graph = net.graph(net.node(greater, ElementType.BOOL, Shape.of(1, 20), x, y));
    FloatRun run = run(graph, -0.001f, 0.001f);
    assertThat(run.agreement(quantize(graph, run.calibration(), QuantizationScheme.INT8)))
        .isGreaterThan(0.95);
  }

  @Test
  void unusedRangesMayBeMissing() {
    String x = net.input(1, 4, 4, 2);
    Op pool = new Op.Pool2d(Op.Pool2d.Kind.MAX, Window2d.valid(2, 2, 2, 2, 1, 1), Activation.RELU);
    String small = net.node(pool, Shape.of(1, 2, 2, 2), net.map(new Op.LeakyRelu(0.5f), x));
    Graph graph = net.graph(net.node(new Op.Reshape(), Shape.of(1, 8), small));
    FloatRun run = run(graph, -2, 2);
    Map<String, ValueRange> ranges = new LinkedHashMap<>(run.calibration().ranges());
    ranges.remove(small);
    Graph quantized = quantize(graph, new Calibration(ranges), QuantizationScheme.INT8);
    // the whole group has the range of what leaves it, so no step is spent on negative values
    assertThat(quantized.tensor(small).quantization().zeroPoint()).isEqualTo(-128);
    assertThat(run.signalToNoise(quantized)).isGreaterThan(35);
  }

  @Test
  void twoBitWeightsAreFromMinusTwoToOne() {
    float[] weights = new float[200];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = net.random().real(-1, 1);
    }
    Graph graph = dense(weights, new float[10], Activation.NONE);
    Graph quantized =
        quantize(
            graph,
            run(graph, -1, 1).calibration(),
            QuantizationScheme.of(LayerFormat.INT8.withWeights(WeightFormat.INT2)));
    Tensor stored = quantized.input(quantized.nodes().getFirst(), 1);
    assertThat(stored.element()).isEqualTo(ElementType.INT8);
    Set<Long> values = new TreeSet<>();
    for (long value : stored.constantIntegers()) {
      values.add(value);
    }
    assertThat(Set.of(-2L, -1L, 0L, 1L)).containsAll(values);
  }

  @Test
  void fourBitWeightsArePacked() {
    Graph graph = dense(new float[] {1, -0.5f, 0.25f, 0.7f}, new float[2], Activation.NONE);
    QuantizationScheme scheme =
        QuantizationScheme.of(LayerFormat.INT8.withWeights(WeightFormat.INT4));
    Graph quantized = quantize(graph, run(graph, -1, 1).calibration(), scheme);
    Tensor stored = quantized.input(quantized.nodes().getFirst(), 1);
    assertThat(stored.element()).isEqualTo(ElementType.INT4);
    assertThat(stored.quantization()).isInstanceOf(Quantization.PerChannel.class);
  }

  @Test
  void biasesCanBeReplaced() {
    Graph graph = Quantizer.prepare(dense(new float[] {1, 2, 3, 4}, new float[2], Activation.NONE));
    String layer = LayerBiases.layers(graph).getFirst();
    Graph changed = LayerBiases.with(graph, Map.of(layer, new float[] {5, -6}));
    assertThat(Verifier.verify(changed)).isEmpty();
    assertThat(LayerBiases.of(changed, layer).orElseThrow()).containsExactly(5, -6);
    assertThat(changed.tensors()).hasSameSizeAs(graph.tensors());
    assertThatThrownBy(() -> LayerBiases.with(graph, Map.of("else", new float[2])))
        .isInstanceOf(IllegalArgumentException.class);
  }

  // ---- refused ---------------------------------------------------------------------------------

  private static void assertRefused(
      Graph graph, Map<String, ValueRange> ranges, QuantizationScheme scheme, String message) {
    assertThatThrownBy(() -> quantize(graph, new Calibration(ranges), scheme))
        .hasMessageContaining(message);
  }

  @Test
  void aMissingRangeNamesItsTensor() {
    Graph graph = dense(new float[] {1, 2}, new float[] {1}, Activation.NONE);
    Map<String, ValueRange> ranges = Map.of("input0", new ValueRange(-1, 1));
    String output = graph.outputs().getFirst();
    assertRefused(
        graph,
        ranges,
        QuantizationScheme.INT8,
        "MOTE-2201 net, tensor '" + output + "': its range is not known\n  Fix: run");
  }

  @Test
  void infiniteRangesAndWeightsAreRefused() {
    Graph graph = dense(new float[] {1, 2}, new float[] {1}, Activation.NONE);
    Map<String, ValueRange> ranges = new LinkedHashMap<>(run(graph, -1, 1).calibration().ranges());
    ranges.put("input0", new ValueRange(-1, Float.POSITIVE_INFINITY));
    assertRefused(
        graph,
        ranges,
        QuantizationScheme.INT8,
        "MOTE-2202 net, tensor 'input0': its values go from -1.0 to Infinity\n  Fix: look");
    Graph broken =
        new QuantizerEdgesTest()
            .dense(new float[] {1, Float.NaN}, new float[] {1}, Activation.NONE);
    assertRefused(
        broken,
        run(graph, -1, 1).calibration().ranges(),
        QuantizationScheme.INT8,
        "it contains the number NaN");
  }

  @Test
  void anExceptionForNoLayerIsRefused() {
    Graph graph = dense(new float[] {1, 2}, new float[] {1}, Activation.NONE);
    assertRefused(
        graph,
        Map.of(),
        QuantizationScheme.INT8.with("conv7", LayerFormat.FLOAT32),
        "MOTE-2203 net: no float layer is called 'conv7'\n  Fix: name layers");
  }

  @Test
  void anIntegerGraphIsRefused() {
    Graph graph = dense(new float[] {1, 2}, new float[] {1}, Activation.NONE);
    Graph integers = quantize(graph, run(graph, -1, 1).calibration(), QuantizationScheme.INT8);
    assertRefused(
        integers,
        Map.of(),
        QuantizationScheme.INT8,
        "MOTE-2204 net: the graph has no float operator\n  Fix: quantize");
  }

  @Test
  void nonsenseFromAStrategyIsADefect() {
    Graph graph = dense(new float[] {1, 2}, new float[] {1}, Activation.NONE);
    Calibration calibration = run(graph, -1, 1).calibration();
    WeightScales negative = (g, n, channel, weights, low, high) -> -1;
    WeightRounding tooFew = (g, n, weights, scaled, low, high) -> new long[1];
    assertThatThrownBy(
            () ->
                Quantizer.quantize(
                    graph, calibration, QuantizationScheme.INT8, negative, WeightRounding.NEAREST))
        .hasMessageContaining("MOTE-2205")
        .hasMessageContaining("the scale of channel 0 is -1.0");
    assertThatThrownBy(
            () ->
                Quantizer.quantize(
                    graph, calibration, QuantizationScheme.INT8, WeightScales.MIN_MAX, tooFew))
        .hasMessageContaining("the rounding gave 1 integers for 2 weights");
  }
}
