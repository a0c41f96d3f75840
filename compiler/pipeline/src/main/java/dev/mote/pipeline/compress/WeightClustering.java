package dev.mote.pipeline.compress;

import dev.mote.ir.Graph;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Lets the weights of each tensor take few values, so that they can be stored as indices into a
/// code book or coded by frequency. The values are the best there are: [ScalarClusters] on the
/// squared error of the real weights. Where zero is the most frequent value it stays one.
///
/// On integers the values are integers of the same scales, so that a tensor has at most as many
/// distinct ones as clusters; a weight counts by the square of its channel's scale.
///
/// @param clusters how many values, 2 to 256
/// @param layers other numbers, by output tensor of the layer
/// @param moments of what layers read, by output tensor: layers that are listed lose as little as
///     possible on that data ([ErrorFeedback]); may be empty
public record WeightClustering(
    int clusters, Map<String, Integer> layers, Map<String, LayerMoments> moments)
    implements Compression {

  public WeightClustering {
    CompressionCodes.range("clusters", clusters, 2, 256);
    layers.forEach(
        (name, value) -> CompressionCodes.range("clusters of '" + name + "'", value, 2, 256));
    layers = Map.copyOf(layers);
    moments = Map.copyOf(moments);
  }

  /// Without data.
  public WeightClustering(int clusters, Map<String, Integer> layers) {
    this(clusters, layers, Map.of());
  }

  /// The same on data.
  public WeightClustering on(Map<String, LayerMoments> given) {
    return new WeightClustering(clusters, layers, given);
  }

  /// `clusters` values in each tensor of weights.
  public static WeightClustering of(int clusters) {
    return new WeightClustering(clusters, Map.of());
  }

  @Override
  public Graph apply(Graph graph) {
    List<LayerWeights> weights = LayerWeights.of(graph);
    CompressionCodes.requireKnown(graph, layers, LayerWeights.names(weights));
    return ErrorFeedback.map(
        graph,
        weights,
        moments,
        (layer, feedback) ->
            clustered(layer, layers.getOrDefault(layer.layer(), clusters), feedback));
  }

  private static LayerWeights clustered(
      LayerWeights layer, int clusters, Optional<ErrorFeedback> feedback) {
    double[] values = layer.values();
    TreeMap<Double, Double> histogram = new TreeMap<>();
    TreeMap<Double, Integer> counts = new TreeMap<>();
    for (int i = 0; i < values.length; i++) {
      // -0.0 and 0.0 are one value
      double value = values[i] + 0.0;
      double scale = layer.scale(i);
      histogram.merge(value, scale * scale, Double::sum);
      counts.merge(value, 1, Integer::sum);
    }
    if (histogram.size() <= clusters) {
      return layer;
    }
    double zero = layer.zero();
    int most = counts.values().stream().max(Integer::compare).orElseThrow();
    boolean sparse = counts.getOrDefault(zero, 0) == most && most > 1;
    if (sparse) {
      histogram.remove(zero);
    }
    boolean whole = !layer.tensor().element().isFloat();
    ScalarClusters found =
        ScalarClusters.of(
            histogram.keySet().stream().mapToDouble(d -> d).toArray(),
            histogram.values().stream().mapToDouble(d -> d).toArray(),
            sparse ? clusters - 1 : clusters,
            whole);
    ErrorFeedback.Choice nearest =
        (index, value) -> sparse && values[index] == zero ? zero : found.nearest(value);
    double[] chosen = values.clone();
    for (int i = 0; i < chosen.length; i++) {
      chosen[i] = nearest.choose(i, chosen[i]);
    }
    return layer.replaced(feedback.map(f -> f.run(nearest)).orElse(chosen));
  }
}
