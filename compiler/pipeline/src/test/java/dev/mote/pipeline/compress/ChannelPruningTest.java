package dev.mote.pipeline.compress;

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
import dev.mote.ir.Verifier;
import dev.mote.ir.Window2d;
import dev.mote.pipeline.pass.Pass;
import dev.mote.pipeline.pass.Passes;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ChannelPruningTest {

  /// Channels of the tensor between that the second layer multiplies by zeros.
  private static final Set<Integer> UNREAD = Set.of(2, 3, 5, 6);

  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final Random random = new Random(4);

  private void image(String name, int channels) {
    tensors.put(
        name,
        Tensor.activation(
            name,
            new TensorType(
                ElementType.INT8,
                Shape.of(1, 3, 3, channels),
                new Quantization.PerTensor(0.5f, -3))));
  }

  private void weights(String name, int outputs, int inputs, Set<Integer> zero) {
    double[] values = new double[outputs * inputs];
    for (int i = 0; i < values.length; i++) {
      values[i] = zero.contains(i % inputs) ? 0 : random.nextInt(1, 100);
    }
    List<Float> scales = IntStream.range(0, outputs).mapToObj(i -> 0.01f + 0.001f * i).toList();
    tensors.put(
        name,
        Tensor.constant(
            name,
            new TensorType(
                ElementType.INT8,
                Shape.of(outputs, 1, 1, inputs),
                new Quantization.PerChannel(scales, 0)),
            Blob.of(LayerWeights.encode(ElementType.INT8, values))));
  }

  private static Node layer(String y, String x, String w) {
    Op op = new Op.Conv2d(Window2d.valid(1, 1, 1, 1, 1, 1), 1, Activation.NONE);
    return new Node(y, op, List.of(x, w), List.of(y));
  }

  private Graph twoLayers() {
    image("x", 4);
    image("between", 8);
    image("y", 4);
    weights("first", 8, 4, Set.of());
    weights("second", 4, 8, UNREAD);
    List<Node> nodes = List.of(layer("between", "x", "first"), layer("y", "between", "second"));
    Graph graph = new Graph("g", tensors, nodes, List.of("x"), List.of("y"), List.of(), List.of());
    assertThat(Verifier.verify(graph)).isEmpty();
    return graph;
  }

  @Test
  void idleChannelsGoAsTheCompilerRemovesThem() {
    Graph graph = twoLayers();
    Pass drop =
        Passes.STANDARD.stream()
            .filter(pass -> pass.name().equals("DropIdleChannels"))
            .findFirst()
            .orElseThrow();
    List<Double> importance =
        IntStream.range(0, 8).mapToObj(i -> UNREAD.contains(i) ? 0.0 : 1.0).toList();
    ChannelPruning pruning =
        ChannelPruning.of(0.5).by(ChannelImportance.given(Map.of("between", importance)));
    ChannelPruning.Pruned pruned = pruning.prune(graph);
    Graph dropped = drop.apply(graph);
    assertThat(pruned.kept()).isEqualTo(Map.of("between", List.of(0, 1, 4, 7)));
    for (int n = 0; n < 2; n++) {
      Node mine = pruned.graph().nodes().get(n);
      Node other = dropped.nodes().get(n);
      Tensor w = pruned.graph().input(mine, 1);
      assertThat(w.type()).isEqualTo(dropped.input(other, 1).type());
      assertThat(w.data()).isEqualTo(dropped.input(other, 1).data());
      assertThat(pruned.graph().output(mine)).isEqualTo(dropped.output(other));
    }
  }

  @Test
  void aTensorOfAllChannelsIsNeverEmptied() {
    Graph pruned = new ChannelPruning(0.99, Map.of(), ChannelImportance.L1, 1).apply(twoLayers());
    assertThat(Verifier.verify(pruned)).isEmpty();
    assertThat(pruned.tensor("between").shape().last()).isEqualTo(1);
  }

  @Test
  void exceptionsNameAnyTensorOfAGroup() {
    ChannelPruning pruning =
        new ChannelPruning(0.5, Map.of("between", 0.25), ChannelImportance.L1, 2);
    assertThat(pruning.apply(twoLayers()).tensor("between").shape().last()).isEqualTo(6);
    assertThat(ChannelPruning.links(twoLayers()).groups().getFirst().tensors())
        .isEqualTo(Collections.singletonList("between"));
  }
}
