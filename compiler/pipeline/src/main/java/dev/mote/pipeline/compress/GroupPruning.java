package dev.mote.pipeline.compress;

import dev.mote.ir.Graph;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Zeroes whole groups of consecutive weights, as many as a kernel loads at once, so that kernels
/// can skip them. Groups run along a row of a layer's kernel, which is its columns times its input
/// channels, or along the inputs of a matrix product, and begin at each multiple of their size; the
/// last of a row may be shorter. Depthwise kernels, which have no such rows, are left alone.
///
/// @param size weights in a group, 1 to 64; 4 fills a 32-bit word with int8
/// @param pattern which groups are zeroed
/// @param layers other fractions, by output tensor of the layer; only of [Fraction]
/// @param moments of what layers read, by output tensor: layers that are listed lose as little as
///     possible on that data ([ErrorFeedback]); may be empty
public record GroupPruning(
    int size, Pattern pattern, Map<String, Double> layers, Map<String, LayerMoments> moments)
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
    moments = Map.copyOf(moments);
  }

  /// Without data.
  public GroupPruning(int size, Pattern pattern, Map<String, Double> layers) {
    this(size, pattern, layers, Map.of());
  }

  /// The same on data: groups go whose absence others can make up for.
  public GroupPruning on(Map<String, LayerMoments> given) {
    return new GroupPruning(size, pattern, layers, given);
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
    return ErrorFeedback.map(graph, weights, moments, this::pruned);
  }

  private LayerWeights pruned(LayerWeights layer, Optional<ErrorFeedback> feedback) {
    int row = layer.row();
    int perRow = Math.ceilDiv(row, size);
    double[] weights = feedback.map(ErrorFeedback::saliencies).orElseGet(() -> squares(layer));
    double[] norms = norms(weights, row, perRow);
    boolean[] zero = new boolean[weights.length];
    switch (pattern) {
      case Fraction(double fraction) -> {
        double part = layers.getOrDefault(layer.layer(), fraction);
        Ranking.ascending(norms)
            .limit(Math.round(part * norms.length))
            .forEach(group -> clear(zero, group, row, perRow));
      }
      case Regular(int kept, int of) -> {
        for (int from = 0; from < norms.length; from = next(from, of, perRow)) {
          int first = from;
          int count = next(from, of, perRow) - from;
          Ranking.ascending(Arrays.copyOfRange(norms, from, from + count))
              .limit(Math.max(0, count - kept))
              .forEach(group -> clear(zero, first + group, row, perRow));
        }
      }
    }
    if (feedback.isPresent()) {
      return feedback.get().zeroed(zero);
    }
    double[] values = layer.values();
    for (int i = 0; i < values.length; i++) {
      values[i] = zero[i] ? layer.zero() : values[i];
    }
    return layer.replaced(values);
  }

  /// The end of the run of groups that begins at `from`: `of` further, or where its row ends.
  private static int next(int from, int of, int perRow) {
    return Math.min(from + of, (from / perRow + 1) * perRow);
  }

  private static double[] squares(LayerWeights layer) {
    return Arrays.stream(layer.reals()).map(value -> value * value).toArray();
  }

  private double[] norms(double[] squares, int row, int perRow) {
    double[] norms = new double[row == 0 ? 0 : squares.length / row * perRow];
    for (int i = 0; i < squares.length; i++) {
      norms[i / row * perRow + i % row / size] += squares[i];
    }
    return norms;
  }

  private void clear(boolean[] zero, int group, int row, int perRow) {
    int from = group / perRow * row + group % perRow * size;
    Arrays.fill(zero, from, Math.min(from + size, (group / perRow + 1) * row), true);
  }
}
