package dev.mote.pipeline.pass;

import dev.mote.ir.Blob;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Tensor;
import dev.mote.pipeline.pass.ChannelRanges.Range;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Removes channels of int8 tensors that do not matter: those that have the same value for every
/// input, which goes into the biases of the layers that read it, and those that are only multiplied
/// by zeros. Training with weight decay and ReLU leaves many behind.
///
/// Tensors that an operator links channel by channel (depthwise convolution, pooling, a mean over
/// height and width) keep the same channels. As the kernels like multiples of four, up to three
/// removable channels stay, multiplied by zeros.
final class DropIdleChannels implements Pass {

  private static final int MULTIPLE = 4;

  @Override
  public Graph apply(Graph graph) {
    LinkedChannels linked = new LinkedChannels(graph, new IntegerChannels());
    ChannelRanges ranges = new ChannelRanges(graph);
    Map<String, BitSet> idle = idle(graph, linked, ranges);
    GraphEdit edit = new GraphEdit(graph);
    Map<String, List<Integer>> kept = new LinkedHashMap<>();
    idle.forEach(
        (group, channels) ->
            kept(channels, linked.channels(group)).ifPresent(keep -> kept.put(group, keep)));
    if (kept.isEmpty()) {
      return graph;
    }
    for (Tensor tensor : graph.tensors().values()) {
      List<Integer> keep = kept.get(groupOf(linked, tensor));
      if (keep != null && !tensor.isConstant()) {
        edit.add(ChannelSelection.select(tensor, tensor.shape().rank() - 1, keep));
      }
    }
    edit.each(
        node ->
            SummingLayer.of(graph, node)
                .ifPresent(layer -> shrink(edit, node, layer, linked, kept, idle, ranges)));
    return edit.graph();
  }

  /// For each group of linked tensors the channels that do not matter: at first all, then without
  /// those that some reader needs, until nothing changes.
  private static Map<String, BitSet> idle(
      Graph graph, LinkedChannels linked, ChannelRanges ranges) {
    Map<String, BitSet> idle = new LinkedHashMap<>();
    for (LinkedChannels.Group group : linked.groups()) {
      BitSet all = new BitSet();
      all.set(0, group.units().size());
      idle.put(group.name(), all);
    }
    List<Node> nodes = graph.nodes().reversed();
    boolean changed = !idle.isEmpty();
    while (changed) {
      changed = false;
      for (Node node : nodes) {
        Optional<SummingLayer> layer = SummingLayer.of(graph, node).filter(l -> !l.depthwise());
        BitSet candidates = layer.map(l -> idle.get(groupOf(linked, l.x()))).orElse(null);
        if (candidates != null) {
          changed |=
              keepNeeded(
                  layer.orElseThrow(),
                  candidates,
                  idle.getOrDefault(groupOf(linked, graph.output(node)), new BitSet()),
                  ranges);
        }
      }
    }
    return idle;
  }

  /// The name of the group of `tensor`; empty when it has none, which names no group.
  private static String groupOf(LinkedChannels linked, Tensor tensor) {
    return tensor.isConstant()
        ? ""
        : linked.groupOf(tensor.name()).map(LinkedChannels.Group::name).orElse("");
  }

  /// Removes from `candidates` the inputs of `layer` that its needed outputs depend on.
  private static boolean keepNeeded(
      SummingLayer layer, BitSet candidates, BitSet idleOutputs, ChannelRanges ranges) {
    int before = candidates.cardinality();
    byte[] weights = layer.weights().data().orElseThrow().toByteArray();
    int perChannel = weights.length / layer.channels();
    for (int i = 0; i < weights.length; i++) {
      int from = i % layer.depth();
      if (weights[i] != 0
          && candidates.get(from)
          && !idleOutputs.get(i / perChannel)
          && !absorbs(layer, ranges.of(layer.x().name(), from))) {
        candidates.clear(from);
      }
    }
    return candidates.cardinality() != before;
  }

  /// Whether the contribution of an input of this range can be in the bias.
  private static boolean absorbs(SummingLayer layer, Range range) {
    return range.isConstant()
        && (range.low() == layer.xZero() || (!layer.padded() && layer.bias().isPresent()));
  }

  /// What remains of `channels` channels; empty when all do.
  private static Optional<List<Integer>> kept(BitSet idle, int channels) {
    int needed = channels - idle.cardinality();
    int rounded = Math.ceilDiv(Math.max(needed, 1), MULTIPLE) * MULTIPLE;
    if (rounded >= channels) {
      return Optional.empty();
    }
    int spare = rounded - needed;
    List<Integer> keep = new ArrayList<>();
    for (int channel = 0; channel < channels; channel++) {
      if (!idle.get(channel)) {
        keep.add(channel);
      } else if (spare > 0) {
        keep.add(channel);
        spare--;
      }
    }
    return Optional.of(keep);
  }

  private static void shrink(
      GraphEdit edit,
      Node node,
      SummingLayer layer,
      LinkedChannels linked,
      Map<String, List<Integer>> kept,
      Map<String, BitSet> idle,
      ChannelRanges ranges) {
    String from = groupOf(linked, layer.x());
    Optional<List<Integer>> inputs = Optional.ofNullable(kept.get(from));
    Optional<List<Integer>> outputs = Optional.ofNullable(kept.get(groupOf(linked, layer.y())));
    if (inputs.isEmpty() && outputs.isEmpty()) {
      return;
    }
    Tensor weights = layer.weights();
    Optional<Tensor> bias = layer.bias();
    if (inputs.isPresent() && !layer.depthwise()) {
      BitSet absorbed = idle.getOrDefault(from, new BitSet());
      bias = bias.map(b -> absorb(layer, b, absorbed, ranges));
      weights =
          ChannelSelection.select(
              cleared(layer, absorbed), weights.shape().rank() - 1, inputs.get());
    }
    if (outputs.isPresent()) {
      int axis = layer.depthwise() ? weights.shape().rank() - 1 : 0;
      weights = ChannelSelection.select(weights, axis, outputs.get());
      bias = bias.map(b -> ChannelSelection.select(b, 0, outputs.get()));
    }
    List<String> operands = new ArrayList<>();
    operands.add(node.input(0));
    operands.add(constant(edit, weights));
    bias.ifPresent(b -> operands.add(constant(edit, b)));
    edit.replace(node, new Node(node.name(), node.op(), operands, node.outputs()));
  }

  private static String constant(GraphEdit edit, Tensor tensor) {
    return edit.addConstant(
            tensor.name() + "/kept", tensor.type(), tensor.data().orElseThrow().toByteArray())
        .name();
  }

  /// The biases with what the constant ones of the `idle` inputs contribute, wrapping around as the
  /// kernels' sums do.
  private static Tensor absorb(SummingLayer layer, Tensor bias, BitSet idle, ChannelRanges ranges) {
    long[] sums = bias.constantIntegers();
    byte[] weights = layer.weights().data().orElseThrow().toByteArray();
    int perChannel = weights.length / layer.channels();
    for (int i = 0; i < weights.length; i++) {
      Range range = ranges.of(layer.x().name(), i % layer.depth());
      if (idle.get(i % layer.depth()) && range.isConstant()) {
        sums[i / perChannel] += weights[i] * (long) (range.low() - layer.xZero());
      }
    }
    ByteBuffer bytes = ByteBuffer.allocate(4 * sums.length).order(ByteOrder.LITTLE_ENDIAN);
    for (long sum : sums) {
      bytes.putInt((int) sum);
    }
    return Tensor.constant(bias.name(), bias.type(), Blob.of(bytes.array()));
  }

  /// The weights with zeros for the `idle` inputs.
  private static Tensor cleared(SummingLayer layer, BitSet idle) {
    byte[] weights = layer.weights().data().orElseThrow().toByteArray();
    for (int i = 0; i < weights.length; i++) {
      if (idle.get(i % layer.depth())) {
        weights[i] = 0;
      }
    }
    return Tensor.constant(layer.weights().name(), layer.weights().type(), Blob.of(weights));
  }
}
