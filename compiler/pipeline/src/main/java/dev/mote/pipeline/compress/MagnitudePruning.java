package dev.mote.pipeline.compress;

import dev.mote.ir.Graph;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Zeroes the weights of smallest magnitude. Depthwise kernels, which have few weights and much to
/// lose, are left alone unless named.
///
/// @param sparsity which part of the weights is zero afterwards, 0 to below 1
/// @param scope among which weights the smallest are chosen
/// @param layers other sparsities, by output tensor of the layer
/// @param moments of what layers read, by output tensor: layers that are listed lose as little as
///     possible on that data ([ErrorFeedback]); may be empty
public record MagnitudePruning(
    double sparsity, Scope scope, Map<String, Double> layers, Map<String, LayerMoments> moments)
    implements Compression {

  /// Among which weights the smallest are chosen.
  public enum Scope {
    /// Each layer gets the sparsity.
    LAYER,
    /// The model as a whole gets it. Magnitudes are compared after division by the root mean square
    /// of their layer, so that no layer vanishes because its weights are all small.
    GLOBAL
  }

  public MagnitudePruning {
    CompressionCodes.fraction("sparsity", sparsity);
    layers.forEach((name, value) -> CompressionCodes.fraction("sparsity of '" + name + "'", value));
    layers = Map.copyOf(layers);
    moments = Map.copyOf(moments);
  }

  /// Without data.
  public MagnitudePruning(double sparsity, Scope scope, Map<String, Double> layers) {
    this(sparsity, scope, layers, Map.of());
  }

  /// The same on data: weights go whose absence others can make up for.
  public MagnitudePruning on(Map<String, LayerMoments> given) {
    return new MagnitudePruning(sparsity, scope, layers, given);
  }

  /// `sparsity` in each layer.
  public static MagnitudePruning of(double sparsity) {
    return new MagnitudePruning(sparsity, Scope.LAYER, Map.of());
  }

  MagnitudePruning withSparsity(double other) {
    return new MagnitudePruning(other, scope, layers, moments);
  }

  @Override
  public Graph apply(Graph graph) {
    List<LayerWeights> weights = LayerWeights.of(graph);
    CompressionCodes.requireKnown(graph, layers, LayerWeights.names(weights));
    double threshold =
        scope == Scope.GLOBAL
            ? smallest(
                weights.stream().filter(this::isCommon).map(MagnitudePruning::relative).toList())
            : 0;
    return ErrorFeedback.map(
        graph,
        weights,
        moments,
        (layer, feedback) -> {
          Double own = layers.get(layer.layer());
          if (own != null) {
            return zeroed(layer, feedback, count(own, layer.tensor().shape().count()));
          }
          if (layer.depthwise()) {
            return layer;
          }
          if (scope == Scope.LAYER) {
            return zeroed(layer, feedback, count(sparsity, layer.tensor().shape().count()));
          }
          double[] relative = relative(layer);
          int below = (int) Arrays.stream(relative).filter(value -> value < threshold).count();
          return zeroed(layer, feedback, below);
        });
  }

  private boolean isCommon(LayerWeights layer) {
    return !layer.depthwise() && !layers.containsKey(layer.layer());
  }

  private static int count(double sparsity, int weights) {
    return (int) Math.round(sparsity * weights);
  }

  /// The value below which `sparsity` of all `magnitudes` lie.
  private double smallest(List<double[]> magnitudes) {
    double[] all = magnitudes.stream().flatMapToDouble(Arrays::stream).sorted().toArray();
    return all.length == 0 ? 0 : all[Math.min(all.length - 1, count(sparsity, all.length))];
  }

  private static double[] magnitudes(LayerWeights layer) {
    double[] magnitudes = layer.reals();
    for (int i = 0; i < magnitudes.length; i++) {
      magnitudes[i] = Math.abs(magnitudes[i]);
    }
    return magnitudes;
  }

  private static double[] relative(LayerWeights layer) {
    double[] magnitudes = magnitudes(layer);
    double squares = Arrays.stream(magnitudes).map(value -> value * value).sum();
    double root = Math.sqrt(squares / Math.max(1, magnitudes.length));
    for (int i = 0; i < magnitudes.length && root > 0; i++) {
      magnitudes[i] /= root;
    }
    return magnitudes;
  }

  /// `layer` with zeros for its `count` least weights, the first of equal ones first.
  private static LayerWeights zeroed(
      LayerWeights layer, Optional<ErrorFeedback> feedback, int count) {
    double[] importance =
        feedback.map(ErrorFeedback::saliencies).orElseGet(() -> magnitudes(layer));
    boolean[] zero = ErrorFeedback.smallest(importance, count);
    if (count == 0) {
      return layer;
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
}
