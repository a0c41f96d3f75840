package dev.mote.pipeline.lower;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.ir.Activation;
import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import dev.mote.plugin.Compiler;
import dev.mote.targets.Targets;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ShortRescalingTest {

  private static WeightedLayer layer(float secondScale, int secondBias) {
    Quantization activations = new Quantization.PerTensor(0.5f, 3);
    Tensor x =
        Tensor.activation("x", new TensorType(ElementType.INT8, Shape.of(1, 1, 1, 2), activations));
    Tensor y =
        Tensor.activation("y", new TensorType(ElementType.INT8, Shape.of(1, 1, 1, 2), activations));
    Tensor w =
        Tensor.constant(
            "w",
            new TensorType(
                ElementType.INT8,
                Shape.of(2, 1, 1, 2),
                new Quantization.PerChannel(List.of(0.01f, secondScale), 0)),
            Blob.of(new byte[] {1, 2, -3, 4}));
    ByteBuffer bias = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    bias.putInt(100).putInt(secondBias);
    Tensor b =
        Tensor.constant(
            "b", TensorType.plain(ElementType.INT32, Shape.of(2)), Blob.of(bias.array()));
    Op.Conv2d op = new Op.Conv2d(dev.mote.ir.Window2d.valid(1, 1, 1, 1, 1, 1), 1, Activation.NONE);
    Node node = new Node("y", op, List.of("x", "w", "b"), List.of("y"));
    Graph graph =
        new Graph(
            "g",
            Map.of("x", x, "y", y, "w", w, "b", b),
            List.of(node),
            List.of("x"),
            List.of("y"),
            List.of(),
            List.of());
    Step step = new Step(graph, node, Targets.find("cortex-m4"), Compiler.Optimize.SPEED);
    return new WeightedLayer(step, Activation.NONE, Convolutions.CONV);
  }

  @Test
  void anOrdinaryLayerKeepsItsWeightsAndFoldsTheZeroPoint() {
    ShortRescaling constants = ShortRescaling.of(layer(0.02f, 7)).orElseThrow();

    assertThat(constants.bias()).containsExactly(100 - 3 * 3, 7 - 3);
    assertThat(constants.weights()).containsExactly(1, 2, -3, 4);
    assertThat(constants.right()).containsExactly(6, 5);
  }

  @Test
  void aDeadChannelBecomesTheConstantThatItIs() {
    // a bias beyond 2^30 whose product with the tiny scale is about 13
    ShortRescaling constants = ShortRescaling.of(layer(1e-8f, 1_300_000_000)).orElseThrow();

    assertThat(constants.weights()).containsExactly(1, 2, 0, 0);
    assertThat(constants.bias()[1]).isEqualTo(4 * 13);
    assertThat(constants.multiplier()[1]).isEqualTo(1 << 30);
    assertThat(constants.right()[1]).isEqualTo(1);
  }

  @Test
  void aLargeFactorHasNoShortForm() {
    assertThat(ShortRescaling.of(layer(1.5f, 7))).isEqualTo(Optional.empty());
  }
}
