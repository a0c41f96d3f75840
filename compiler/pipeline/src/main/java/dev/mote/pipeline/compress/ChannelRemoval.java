package dev.mote.pipeline.compress;

import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Tensor;
import dev.mote.pipeline.pass.ChannelSelection;
import dev.mote.pipeline.pass.GraphEdit;
import dev.mote.pipeline.pass.LinkedChannels;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/// Takes units of linked channels out of a graph: activations, weights, biases and every other
/// constant that has these channels get smaller.
final class ChannelRemoval {

  private final Graph graph;
  private final LinkedChannels linked;
  private final Set<Integer> removed;
  private final GraphEdit edit;
  private final Map<String, Integer> reads;
  private final Map<String, List<Integer>> kept = new LinkedHashMap<>();

  private ChannelRemoval(Graph graph, LinkedChannels linked, Set<Integer> removed) {
    this.graph = graph;
    this.linked = linked;
    this.removed = removed;
    this.edit = new GraphEdit(graph);
    this.reads = edit.readCounts();
  }

  /// `graph` without `removed`, which are units of groups of `linked`; each tensor keeps a channel.
  static Graph apply(Graph graph, LinkedChannels linked, Set<Integer> removed) {
    return new ChannelRemoval(graph, linked, removed).apply();
  }

  private Graph apply() {
    for (Node node : graph.nodes()) {
      for (String name : node.outputs()) {
        List<Integer> keep = keptOf(name);
        if (keep.size() < linked.channels(name)) {
          Tensor tensor = graph.tensor(name);
          edit.add(ChannelSelection.select(tensor, tensor.shape().rank() - 1, keep));
        }
      }
    }
    edit.each(this::shrink);
    return edit.graph();
  }

  /// The channels of `tensor` that stay.
  private List<Integer> keptOf(String tensor) {
    return kept.computeIfAbsent(
        tensor,
        name -> {
          List<Integer> units = linked.units(name);
          return IntStream.range(0, units.size())
              .filter(i -> !removed.contains(units.get(i)))
              .boxed()
              .toList();
        });
  }

  private void shrink(Node node) {
    List<String> inputs = new ArrayList<>(node.inputs());
    for (int i = 0; i < inputs.size(); i++) {
      Tensor constant = graph.tensor(inputs.get(i));
      if (constant.isConstant()) {
        inputs.set(i, cut(node, i, constant));
      }
    }
    Op op = node.op();
    if (op instanceof Op.Slice slice && !graph.input(node, 0).isConstant()) {
      List<Integer> extents = new ArrayList<>(slice.extents());
      int last = extents.size() - 1;
      int before = graph.input(node, 0).shape().last();
      int after = keptOf(node.input(0)).size();
      if (before != after) {
        extents.set(last, after);
        op = new Op.Slice(slice.begin(), slice.strides(), extents);
      }
    }
    if (!inputs.equals(node.inputs()) || !op.equals(node.op())) {
      edit.replace(node, new Node(node.name(), op, inputs, node.outputs()));
    }
  }

  /// Adds what remains of input `index` of `node` and returns its name.
  private String cut(Node node, int index, Tensor constant) {
    Tensor cut = constant;
    int rank = constant.shape().rank();
    switch (node.op()) {
      case Op.Conv2d _, Op.TransposeConv2d _, Op.FullyConnected _ -> {
        if (index == 1) {
          cut = select(cut, rank - 1, repeated(keptOf(node.input(0)), node, constant));
        }
        cut = select(cut, index == 1 ? 0 : rank - 1, keptOf(node.output()));
      }
      case Op.DepthwiseConv2d _, Op.Prelu _, Op.Binary _, Op.AddN _ ->
          cut = select(cut, rank - 1, keptOf(node.output()));
      default -> {}
    }
    if (cut.equals(constant)) {
      return constant.name();
    }
    return reads.getOrDefault(constant.name(), 0) == 1
        ? edit.add(cut).name()
        : edit.addConstant(
                constant.name() + "/kept", cut.type(), cut.data().orElseThrow().toByteArray())
            .name();
  }

  /// The columns of weights that read the channels `keep`: a matrix product may take several pixels
  /// for a row.
  private List<Integer> repeated(List<Integer> keep, Node node, Tensor weights) {
    int channels = linked.channels(node.input(0));
    List<Integer> columns = new ArrayList<>();
    for (int from = 0; from < weights.shape().last(); from += channels) {
      for (int channel : keep) {
        columns.add(from + channel);
      }
    }
    return columns;
  }

  /// As [ChannelSelection#select]; constants that are broadcast, of one element, stay whole.
  private static Tensor select(Tensor tensor, int axis, List<Integer> keep) {
    boolean whole = axis < 0 || tensor.shape().dim(axis) == 1;
    return whole || tensor.shape().dim(axis) == keep.size()
        ? tensor
        : ChannelSelection.select(tensor, axis, keep);
  }
}
