package dev.mote.pipeline.compress;

import dev.mote.ir.Graph;
import dev.mote.ir.Tensor;
import dev.mote.pipeline.pass.LinkedChannels;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/// Removes whole channels: the graph gets smaller in weights, activations and work, and needs no
/// kernels of its own. Channels that operators link, by residual additions, say, go together.
///
/// @param fraction which part of the channels of each group goes, 0 to below 1
/// @param layers other fractions, by any tensor of the group
/// @param importance which channels go first
/// @param multiple the channels that stay are rounded to a multiple of this, as kernels like; 1 to
///     64
public record ChannelPruning(
    double fraction, Map<String, Double> layers, ChannelImportance importance, int multiple)
    implements Compression {

  /// A graph with fewer channels, and which of the original's each tensor has kept, in order;
  /// tensors that kept all are not listed.
  public record Pruned(Graph graph, Map<String, List<Integer>> kept) {
    public Pruned {
      kept = Map.copyOf(kept);
    }
  }

  public ChannelPruning {
    CompressionCodes.fraction("fraction of channels", fraction);
    layers.forEach((name, value) -> CompressionCodes.fraction("fraction of '" + name + "'", value));
    CompressionCodes.range("multiple of channels", multiple, 1, 64);
    layers = Map.copyOf(layers);
  }

  /// `fraction` of the channels of every group, those of the smallest norm, in fours.
  public static ChannelPruning of(double fraction) {
    return new ChannelPruning(fraction, Map.of(), ChannelImportance.L2, 4);
  }

  /// The same with another importance.
  public ChannelPruning by(ChannelImportance other) {
    return new ChannelPruning(fraction, layers, other, multiple);
  }

  /// The groups of channels of `graph` that can be pruned: what `layers` may name.
  public static LinkedChannels links(Graph graph) {
    return new LinkedChannels(graph, new StructuralChannels());
  }

  @Override
  public Graph apply(Graph graph) {
    return prune(graph).graph();
  }

  /// As [#apply], with what has been kept.
  public Pruned prune(Graph graph) {
    LinkedChannels linked = links(graph);
    CompressionCodes.requireKnown(
        graph,
        layers,
        linked.groups().stream().flatMap(group -> group.tensors().stream()).distinct().toList());
    Set<Integer> removed = new HashSet<>();
    for (LinkedChannels.Group group : linked.groups()) {
      int count = removedOf(group);
      if (count > 0) {
        double[] values =
            importance.of(graph, linked, group).stream().mapToDouble(d -> d).toArray();
        Ranking.ascending(values).limit(count).forEach(i -> removed.add(group.units().get(i)));
      }
    }
    Graph pruned = ChannelRemoval.apply(graph, linked, removed);
    Map<String, List<Integer>> kept = new LinkedHashMap<>();
    for (Tensor tensor : graph.tensors().values()) {
      if (!pruned.tensor(tensor.name()).shape().equals(tensor.shape()) && !tensor.isConstant()) {
        List<Integer> units = linked.units(tensor.name());
        kept.put(
            tensor.name(),
            IntStream.range(0, units.size())
                .filter(i -> !removed.contains(units.get(i)))
                .boxed()
                .toList());
      }
    }
    return new Pruned(pruned, kept);
  }

  /// How many of the units of `group` go.
  private int removedOf(LinkedChannels.Group group) {
    double part =
        group.tensors().stream()
            .filter(layers::containsKey)
            .findFirst()
            .map(layers::get)
            .orElse(fraction);
    int units = group.units().size();
    long rounded = Math.round(units * (1 - part) / multiple) * multiple;
    return part == 0 ? 0 : (int) (units - Math.min(units, Math.max(multiple, rounded)));
  }
}
