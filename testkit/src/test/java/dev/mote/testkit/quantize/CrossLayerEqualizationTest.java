package dev.mote.testkit.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.ir.Activation;
import dev.mote.ir.Graph;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.Verifier;
import dev.mote.ir.Window2d;
import dev.mote.pipeline.quantize.CrossLayerEqualization;
import dev.mote.pipeline.quantize.QuantizationScheme;
import dev.mote.pipeline.quantize.Quantizer;
import dev.mote.pipeline.quantize.WeightRounding;
import dev.mote.pipeline.quantize.WeightScales;
import dev.mote.testkit.cases.CaseRandom;
import org.junit.jupiter.api.Test;

/// Equalization keeps what a network computes, and makes it easier to quantize per tensor.
class CrossLayerEqualizationTest {

  private static final CrossLayerEqualization PASS = new CrossLayerEqualization();

  @Test
  void theMeaningStaysAndASecondTimeChangesNothing() {
    for (int seed = 0; seed < 60; seed++) {
      Graph graph = Quantizer.prepare(RandomFloatNet.draw(seed));
      Graph equalized = PASS.apply(graph);
      assertThat(Verifier.verify(equalized)).isEmpty();
      assertThat(PASS.apply(equalized)).as("network %d", seed).isEqualTo(equalized);
      FloatRun run = new FloatRun(graph, new CaseRandom(seed, 0), 2, -1, 1.5f);
      assertThat(run.signalToNoise(equalized)).as("network %d", seed).isGreaterThan(100);
    }
  }

  @Test
  void unequalChannelsQuantizeBetterPerTensor() {
    Graph graph = Quantizer.prepare(unequal());
    Graph equalized = PASS.apply(graph);
    FloatRun before = new FloatRun(graph, new CaseRandom(1, 0), 10, -1, 1);
    FloatRun after = new FloatRun(equalized, new CaseRandom(1, 0), 10, -1, 1);
    assertThat(before.signalToNoise(equalized)).isGreaterThan(100);
    double gain =
        after.signalToNoise(perTensor(equalized, after))
            - before.signalToNoise(perTensor(graph, before));
    assertThat(gain).isGreaterThan(10);
  }

  private static Graph perTensor(Graph graph, FloatRun run) {
    return Quantizer.quantize(
        graph,
        run.calibration(),
        QuantizationScheme.INT8.withPerChannel(false),
        WeightScales.MIN_MAX,
        WeightRounding.NEAREST);
  }

  /// Convolution, depthwise convolution, convolution of two groups, pool and classifier, whose
  /// channels differ in size by up to a hundred.
  private static Graph unequal() {
    CaseRandom random = new CaseRandom(5, 0);
    FloatNet net = new FloatNet(random);
    Window2d window = Window2d.same(6, 6, 3, 3, 1, 1, 1, 1);
    Shape image = Shape.of(1, 6, 6, 8);
    float[] factors = new float[8];
    for (int i = 0; i < factors.length; i++) {
      factors[i] = (float) Math.pow(10, random.real(-1, 1));
    }
    float[] first = new float[8 * 9 * 3];
    for (int i = 0; i < first.length; i++) {
      first[i] = random.real(-0.3f, 0.3f) * factors[i / 27];
    }
    float[] bias = new float[8];
    float[] depthwise = new float[9 * 8];
    for (int i = 0; i < depthwise.length; i++) {
      bias[i % 8] = random.real(-0.1f, 0.1f) * factors[i % 8];
      depthwise[i] = random.real(-0.5f, 0.5f) / factors[i % 8] * factors[7 - i % 8];
    }
    float[] last = new float[8 * 4];
    for (int i = 0; i < last.length; i++) {
      int channel = i / 16 * 4 + i % 4;
      last[i] = random.real(-1, 1) / factors[7 - channel];
    }
    String x = net.input(1, 6, 6, 3);
    String y =
        net.node(
            new Op.Conv2d(window, 1, Activation.RELU),
            image,
            x,
            net.constant(Shape.of(8, 3, 3, 3), first),
            net.constant(Shape.of(8), bias));
    y =
        net.node(
            new Op.DepthwiseConv2d(window, 1, Activation.NONE),
            image,
            y,
            net.constant(Shape.of(1, 3, 3, 8), depthwise));
    y = net.map(new Op.LeakyRelu(0.1f), y);
    y =
        net.node(
            new Op.Conv2d(Window2d.valid(1, 1, 1, 1, 1, 1), 2, Activation.RELU),
            image,
            y,
            net.constant(Shape.of(8, 1, 1, 4), last));
    Op pool = new Op.Pool2d(Op.Pool2d.Kind.MAX, Window2d.valid(2, 2, 2, 2, 1, 1), Activation.NONE);
    y = net.node(pool, Shape.of(1, 3, 3, 8), y);
    y = net.node(new Op.Reshape(), Shape.of(1, 72), y);
    return net.graph(
        net.node(
            new Op.FullyConnected(Activation.NONE), Shape.of(1, 5), y, net.constant(-1, 1, 5, 72)));
  }
}
