package dev.mote.testkit.compress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mote.ir.Blob;
import dev.mote.ir.Graph;
import dev.mote.ir.MacCount;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Tensor;
import dev.mote.ir.Verifier;
import dev.mote.pipeline.compress.ChannelImportance;
import dev.mote.pipeline.compress.ChannelPruning;
import dev.mote.pipeline.compress.LayerMoments;
import dev.mote.pipeline.compress.LowRank;
import dev.mote.pipeline.compress.Reconstruction;
import dev.mote.pipeline.pass.LinkedChannels;
import dev.mote.pipeline.pass.Passes;
import dev.mote.reference.Interpreter;
import dev.mote.testkit.mlperf.MlperfTiny;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Compressed graphs are valid and compute what they should, seen by the interpreter.
class CompressionMeaningTest {

  private static final int NETWORKS = 60;

  private static float[] run(Graph graph, byte[] input) {
    return floats(new Interpreter(graph).run(List.of(input)).getFirst());
  }

  private static float[] floats(byte[] bytes) {
    float[] floats = new float[bytes.length / 4];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(floats);
    return floats;
  }

  /// `graph` with zeros for all constants that compute the first half of the channels of each
  /// group.
  private static Graph silenced(Graph graph, Map<String, List<Double>> importance) {
    LinkedChannels linked = ChannelPruning.links(graph);
    Map<Integer, Double> values = new HashMap<>();
    for (LinkedChannels.Group group : linked.groups()) {
      int half = group.units().size() / 2;
      for (int i = 0; i < group.units().size(); i++) {
        values.put(group.units().get(i), i < half ? 0.0 : 1.0);
      }
    }
    Map<String, Tensor> tensors = new LinkedHashMap<>(graph.tensors());
    for (Node node : graph.nodes()) {
      for (String output : node.outputs()) {
        List<Integer> units = linked.units(output);
        importance.put(output, units.stream().map(u -> values.getOrDefault(u, 1.0)).toList());
        if (node.op() instanceof Op.Conv2d
            || node.op() instanceof Op.FullyConnected
            || node.op() instanceof Op.DepthwiseConv2d) {
          for (int k = 1; k < node.inputs().size(); k++) {
            Tensor constant = graph.input(node, k);
            boolean last = node.op() instanceof Op.DepthwiseConv2d || k == 2;
            tensors.put(
                constant.name(),
                cleared(constant, last, importance.getOrDefault(output, List.of())));
          }
        }
      }
    }
    return graph.withTensors(tensors);
  }

  private static Tensor cleared(Tensor constant, boolean last, List<Double> keep) {
    byte[] bytes = constant.data().orElseThrow().toByteArray();
    int channels = keep.size();
    int inner = bytes.length / 4 / channels;
    for (int i = 0; i < bytes.length; i++) {
      int channel = last ? i / 4 % channels : i / 4 / inner;
      if (keep.get(channel) == 0) {
        bytes[i] = 0;
      }
    }
    return Tensor.constant(constant.name(), constant.type(), Blob.of(bytes));
  }

  @Test
  void channelsThatAreZeroGoWithoutATrace() {
    int shrunk = 0;
    for (int seed = 0; seed < NETWORKS; seed++) {
      Map<String, List<Double>> importance = new HashMap<>();
      Graph graph = silenced(FloatNetwork.of(seed), importance);
      assertThat(Verifier.verify(graph)).isEmpty();
      ChannelPruning pruning =
          new ChannelPruning(0.5, Map.of(), ChannelImportance.given(importance), 1);
      Graph pruned = pruning.apply(graph);
      assertThat(Verifier.verify(pruned)).as("network %d", seed).isEmpty();
      byte[] input = FloatNetwork.input(graph, seed);
      assertThat(run(pruned, input))
          .as("network %d", seed)
          .containsExactly(run(graph, input), within(1e-5f));
      shrunk += MacCount.of(pruned) < 0.6 * MacCount.of(graph) ? 1 : 0;
    }
    assertThat(shrunk).isGreaterThan(NETWORKS / 2);
  }

  @Test
  void byNormsTheSameChannelsGoAsByTheirBeingZero() {
    for (int seed = 0; seed < NETWORKS; seed++) {
      Graph graph = silenced(FloatNetwork.of(seed), new HashMap<>());
      byte[] input = FloatNetwork.input(graph, seed);
      Graph pruned = new ChannelPruning(0.3, Map.of(), ChannelImportance.L1, 1).apply(graph);
      assertThat(run(pruned, input))
          .as("network %d", seed)
          .containsExactly(run(graph, input), within(1e-5f));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 8})
  void channelsStayInMultiples(int multiple) {
    for (int seed = 0; seed < NETWORKS; seed++) {
      Graph graph = FloatNetwork.of(seed);
      Graph pruned = new ChannelPruning(0.5, Map.of(), ChannelImportance.L2, multiple).apply(graph);
      assertThat(Verifier.verify(pruned)).as("network %d", seed).isEmpty();
      LinkedChannels before = ChannelPruning.links(graph);
      LinkedChannels after = ChannelPruning.links(pruned);
      assertThat(after.groups()).hasSameSizeAs(before.groups());
      for (int i = 0; i < after.groups().size(); i++) {
        int was = before.groups().get(i).units().size();
        int is = after.groups().get(i).units().size();
        assertThat(is == was || is % multiple == 0).isTrue();
        assertThat(is).isLessThanOrEqualTo(was).isGreaterThanOrEqualTo(Math.min(was, multiple));
      }
      assertThat(pruned.tensor(pruned.outputs().getFirst()).shape())
          .isEqualTo(graph.tensor(graph.outputs().getFirst()).shape());
    }
  }

  @Test
  void withNothingToRemoveNothingChanges() {
    Graph graph = FloatNetwork.of(1);
    assertThat(ChannelPruning.of(0).apply(graph)).isEqualTo(graph);
  }

  @ParameterizedTest
  @ValueSource(strings = {"kws_ref_model_float32", "pretrainedResnet", "vww_96_float", "ad01_fp32"})
  void publishedFloatModelsShrink(String name) {
    assumeTrue(MlperfTiny.folder().isPresent(), MlperfTiny.absence());
    Graph graph = Passes.run(Passes.STANDARD, MlperfTiny.graph(name));
    Graph pruned = ChannelPruning.of(0.5).apply(graph);
    assertThat(Verifier.verify(pruned)).isEmpty();
    assertThat(MacCount.of(pruned)).isLessThan(MacCount.of(graph) * 45 / 100);
    byte[] input = FloatNetwork.input(pruned, 1);
    assertThat(run(pruned, input)).hasSameSizeAs(run(graph, input)).doesNotContain(Float.NaN);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pretrainedResnet_quant", "ad01_int8"})
  void publishedIntegerModelsShrinkToo(String name) {
    assumeTrue(MlperfTiny.folder().isPresent(), MlperfTiny.absence());
    Graph graph = Passes.run(Passes.STANDARD, MlperfTiny.graph(name));
    Graph pruned = ChannelPruning.of(0.5).apply(graph);
    assertThat(Verifier.verify(pruned)).isEmpty();
    assertThat(MacCount.of(pruned)).isLessThan(MacCount.of(graph) * 45 / 100);
  }

  @Test
  void atFullRankTwoLayersComputeWhatOneDid() {
    for (int seed = 0; seed < 20; seed++) {
      Graph graph = FloatNetwork.of(seed);
      byte[] input = FloatNetwork.input(graph, seed);
      // energy 1 keeps every direction that there is
      Graph low = LowRank.of(new LowRank.Energy(1)).apply(graph);
      assertThat(Verifier.verify(low)).isEmpty();
      assertThat(run(low, input)).containsExactly(run(graph, input), within(1e-5f));
      Graph half = LowRank.of(new LowRank.Ratio(0.5)).apply(graph);
      assertThat(Verifier.verify(half)).isEmpty();
      assertThat(MacCount.of(half)).isLessThan(MacCount.of(graph));
    }
  }

  @Test
  void weightsOfLowRankAreFoundToBe() {
    Graph graph = FloatNetwork.of(3);
    Graph low = LowRank.of(new LowRank.Exactly(3)).apply(graph);
    byte[] input = FloatNetwork.input(graph, 3);
    // the composed weights have rank 3, and so are made again without loss from one layer
    assertThat(low.nodes().size()).isGreaterThan(graph.nodes().size());
    assertThat(run(low, input)).hasSameSizeAs(run(graph, input));
  }

  @Test
  void aLayerIsFittedToWhatItOughtToCompute() {
    Graph graph = FloatNetwork.of(0);
    Node layer =
        graph.nodes().stream().filter(n -> n.op() instanceof Op.Conv2d).findFirst().orElseThrow();
    Tensor weights = graph.input(layer, 1);
    byte[] other = weights.data().orElseThrow().toByteArray();
    for (int i = 0; i < other.length / 2; i++) {
      other[i] = 0;
    }
    Map<String, Tensor> tensors = new LinkedHashMap<>(graph.tensors());
    tensors.put(weights.name(), Tensor.constant(weights.name(), weights.type(), Blob.of(other)));
    Graph spoilt = graph.withTensors(tensors);
    LayerMoments moments = LayerMoments.of(spoilt, layer).orElseThrow();
    Op.Conv2d op = (Op.Conv2d) layer.op();
    Node linear =
        new Node(
            layer.name(),
            new Op.Conv2d(op.window(), 1, dev.mote.ir.Activation.NONE),
            layer.inputs(),
            layer.outputs());
    List<Node> nodes = new ArrayList<>(graph.nodes());
    nodes.set(nodes.indexOf(layer), linear);
    for (int sample = 0; sample < 40; sample++) {
      Interpreter wanted = new Interpreter(graph.withNodes(nodes));
      byte[] input = FloatNetwork.input(graph, sample);
      wanted.run(List.of(input));
      moments.add(floats(input), floats(wanted.get(layer.output()).toBytes()), sample, 3);
    }
    Graph fitted = new Reconstruction(1e-9).apply(spoilt, layer, moments);
    byte[] input = FloatNetwork.input(graph, 99);
    float[] expected = run(graph, input);
    assertThat(run(spoilt, input)).isNotEqualTo(expected);
    assertThat(run(fitted, input)).containsExactly(expected, within(1e-3f));
  }

  @Test
  void linksReachThroughWholeNetworks() {
    Graph graph = FloatNetwork.of(2);
    LinkedChannels linked = ChannelPruning.links(graph);
    List<Integer> all = linked.groups().stream().flatMap(group -> group.units().stream()).toList();
    assertThat(all).doesNotHaveDuplicates();
    assertThat(IntStream.range(0, linked.channels("x")).boxed().toList())
        .doesNotContainAnyElementsOf(all);
  }
}
