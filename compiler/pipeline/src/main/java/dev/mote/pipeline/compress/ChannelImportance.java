package dev.mote.pipeline.compress;

import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.pipeline.pass.LinkedChannels;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// How much each channel matters. Numbers are compared within a group of linked channels only.
public interface ChannelImportance {

  /// A number ≥ 0 for each unit of `group`, in its order; the least important go first.
  List<Double> of(Graph graph, LinkedChannels linked, LinkedChannels.Group group);

  /// Sum of the magnitudes of the weights and biases that compute a channel. A factor per channel,
  /// of a batch normalisation, say, counts where it has been folded into the weights, as the
  /// standard passes do.
  ChannelImportance L1 = (graph, linked, group) -> norms(graph, linked, group, 1);

  /// Euclidean norm of the weights and biases that compute a channel.
  ChannelImportance L2 = (graph, linked, group) -> norms(graph, linked, group, 2);

  /// Given numbers, measured on activations or gradients: by tensor, one for each of its channels.
  /// Those of linked channels are added; tensors that are not listed add nothing.
  static ChannelImportance given(Map<String, List<Double>> byTensor) {
    return (graph, linked, group) -> {
      Map<Integer, Double> sums = new LinkedHashMap<>();
      group.units().forEach(unit -> sums.put(unit, 0.0));
      for (String tensor : group.tensors()) {
        List<Double> values = byTensor.get(tensor);
        if (values == null) {
          continue;
        }
        List<Integer> units = linked.units(tensor);
        if (values.size() != units.size()) {
          throw CompressionCodes.outOfRange(
              "importance of '" + tensor + "'",
              values.size() + " values",
              "one for each of " + units.size() + " channels");
        }
        for (int i = 0; i < units.size(); i++) {
          sums.computeIfPresent(units.get(i), add(values.get(i)));
        }
      }
      return List.copyOf(sums.values());
    };
  }

  private static java.util.function.BiFunction<Integer, Double, Double> add(double value) {
    return (_, sum) -> sum + value;
  }

  private static List<Double> norms(
      Graph graph, LinkedChannels linked, LinkedChannels.Group group, int power) {
    Map<Integer, Double> sums = new LinkedHashMap<>();
    group.units().forEach(unit -> sums.put(unit, 0.0));
    for (Node node : graph.nodes()) {
      if (computesChannels(node) && group.tensors().contains(node.output())) {
        List<Integer> units = linked.units(node.output());
        for (int index = 1; index < node.inputs().size(); index++) {
          double[] values = new LayerWeights(node, graph.input(node, index), false).reals();
          int perChannel = values.length / units.size();
          for (int i = 0; i < values.length; i++) {
            double magnitude = Math.abs(values[i]);
            sums.computeIfPresent(
                units.get(i / perChannel), add(power == 1 ? magnitude : magnitude * magnitude));
          }
        }
      }
    }
    List<Double> result = new ArrayList<>(sums.values());
    result.replaceAll(sum -> power == 1 ? sum : Math.sqrt(sum));
    return result;
  }

  /// Whether slices of weights along the first dimension make the channels of the node's output.
  private static boolean computesChannels(Node node) {
    return node.op() instanceof Op.Conv2d
        || node.op() instanceof Op.TransposeConv2d
        || node.op() instanceof Op.FullyConnected;
  }
}
