package dev.mote.pipeline.compress;

import dev.mote.ir.Graph;
import java.util.List;
import java.util.Map;

/// Zeroes whole groups of consecutive weights, as many as a kernel loads at once, so that kernels
/// can
/// skip them. Groups run along the inputs of a layer (the last dimension of its weights) and begin
/// at
/// each multiple of their size; the last of a row may be shorter. Depthwise kernels, which have no
/// such
/// dimension, are left alone.
///
/// @param size weights in a group, 1 to 64; 4 fills a 32-bit word with int8
/// @param pattern which groups are zeroed
/// @param layers other fractions, by output tensor of the layer; only of [Fraction]
public record GroupPruning(int size, Pattern pattern, Map<String, Double> layers)
    implements Compression {

  /// Which groups are zeroed: those of the smallest Euclidean norm.
  public sealed interface Pattern {}

  /// This part of the groups of each layer, 0 to below 1.
  public record Fraction(double fraction) implements Pattern {
    public Fraction {
      CompressionCodes.fraction("fraction of groups", fraction);
    }
  }

  /// All but `kept` of every `of` consecutive groups of a row: the same work for every output.
  public record Regular(int kept, int of) implements Pattern {
    public Regular {
      CompressionCodes.range("N of N:M", kept, 1, 64);
      CompressionCodes.range("M of N:M", of, kept, 64);
    }
  }

  public GroupPruning {
    CompressionCodes.range("group size", size, 1, 64);
    layers.forEach((name, value) -> CompressionCodes.fraction("fraction of '" + name + "'", value));
    layers = Map.copyOf(layers);
  }

  /// `fraction` of the groups of four weights.
  public static GroupPruning of(double fraction) {
    return new GroupPruning(4, new Fraction(fraction), Map.of());
  }

  @Override
  public Graph apply(Graph graph) {
    List<LayerWeights> weights =
        LayerWeights.of(graph).stream().filter(layer -> !layer.depthwise()).toList();
    CompressionCodes.requireKnown(graph, layers, LayerWeights.names(weights));
    return LayerWeights.map(graph, weights, this::pruned);
  }

  private LayerWeights pruned(LayerWeights layer) {
    int row = layer.tensor().shape().last();
    int perRow = Math.ceilDiv(row, size);
    double[] norms = norms(layer, row, perRow);
    double[] values = layer.values();
    switch (pattern) {
      case Fraction(double fraction) -> {
        double part = layers.getOrDefault(layer.layer(), fraction);
        Ranking.ascending(norms)
            .limit(Math.round(part * norms.length))
            .forEach(group -> clear(values, group, row, perRow, layer.zero()));
      }
      case Regular(int kept, int of) -> {
        for (int from = 0; from < norms.length; from = next(from, of, perRow)) {
          int first = from;
          int count = next(from, of, perRow) - from;
          Ranking.ascending(java.util.Arrays.copyOfRange(norms, from, from + count))
              .limit(Math.max(0, count - kept))
              .forEach(group -> clear(values, first + group, row, perRow, layer.zero()));
        }
      }
    }
    return layer.replaced(values);
  }

  /// The end of the run of groups that begins at `from`: `of` further, or where its row ends.
  private static int next(int from, int of, int perRow) {
    return Math.min(from + of, (from / perRow + 1) * perRow);
  }

  private double[] norms(LayerWeights layer, int row, int perRow) {
    double[] reals = layer.reals();
    double[] norms = new double[row == 0 ? 0 : reals.length / row * perRow];
    for (int i = 0; i < reals.length; i++) {
      norms[i / row * perRow + i % row / size] += reals[i] * reals[i];
    }
    return norms;
  }

  private void clear(double[] values, int group, int row, int perRow, int zero) {
    int from = group / perRow * row + group % perRow * size;
    int to = Math.min(from + size, (group / perRow + 1) * row);
    java.util.Arrays.fill(values, from, to, zero);
  }
}
