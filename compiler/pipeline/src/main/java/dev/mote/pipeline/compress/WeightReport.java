package dev.mote.pipeline.compress;

import dev.mote.ir.Graph;
import dev.mote.ir.MacCount;
import dev.mote.ir.Node;
import dev.mote.ir.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What the weights of a model consist of, layer by layer.
public record WeightReport(List<Layer> layers) {

  /// One layer.
  ///
  /// @param name its output tensor
  /// @param operator what it computes
  /// @param parameters elements of its constants, biases included
  /// @param macs multiply-accumulates of one inference
  /// @param zeros weights that are zero
  /// @param weights how many weights there are
  /// @param zeroGroups groups of four weights along the input that are zero
  /// @param distinct different values of its weights
  /// @param entropyBits bits of a weight that a code by frequency needs at least
  /// @param bytes of its constants, stored plainly
  public record Layer(
      String name,
      String operator,
      long parameters,
      long macs,
      long zeros,
      long weights,
      long zeroGroups,
      int distinct,
      double entropyBits,
      long bytes) {}

  public WeightReport {
    layers = List.copyOf(layers);
  }

  public static WeightReport of(Graph graph) {
    List<Layer> layers = new ArrayList<>();
    for (Node node : graph.nodes()) {
      List<LayerWeights> weights =
          LayerWeights.of(graph.withNodes(List.of(node))).stream()
              .filter(layer -> layer.node().equals(node))
              .toList();
      if (!weights.isEmpty()) {
        layers.add(layer(graph, node, weights));
      }
    }
    return new WeightReport(layers);
  }

  public long parameters() {
    return layers.stream().mapToLong(Layer::parameters).sum();
  }

  public long macs() {
    return layers.stream().mapToLong(Layer::macs).sum();
  }

  public long bytes() {
    return layers.stream().mapToLong(Layer::bytes).sum();
  }

  /// Bytes of the weights if each layer's were coded by frequency, at least.
  public long entropyBytes() {
    return (long)
        Math.ceil(layers.stream().mapToDouble(l -> l.weights() * l.entropyBits()).sum() / 8);
  }

  private static Layer layer(Graph graph, Node node, List<LayerWeights> weights) {
    Map<Double, Integer> counts = new HashMap<>();
    long zeros = 0;
    long groups = 0;
    long all = 0;
    for (LayerWeights layer : weights) {
      double[] values = layer.values();
      int row = layer.depthwise() ? 1 : Math.max(1, layer.row());
      boolean zeroGroup = true;
      for (int i = 0; i < values.length; i++) {
        counts.merge(values[i] + 0.0, 1, Integer::sum);
        boolean zero = values[i] == layer.zero();
        zeros += zero ? 1 : 0;
        zeroGroup &= zero;
        if (i % row % 4 == 3 || i % row == row - 1) {
          groups += zeroGroup ? 1 : 0;
          zeroGroup = true;
        }
      }
      all += values.length;
    }
    double total = all;
    double bits =
        counts.values().stream()
            .mapToDouble(count -> count / total * Math.log(total / count) / Math.log(2))
            .sum();
    List<Tensor> constants =
        node.inputs().stream().distinct().map(graph::tensor).filter(Tensor::isConstant).toList();
    return new Layer(
        node.output(),
        node.op().label(),
        constants.stream().mapToLong(tensor -> tensor.shape().count()).sum(),
        MacCount.of(graph, node),
        zeros,
        all,
        groups,
        counts.size(),
        bits,
        constants.stream().mapToLong(tensor -> tensor.type().bytes()).sum());
  }
}
