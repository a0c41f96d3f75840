package dev.mote.pipeline.quantize;

import dev.mote.ir.Graph;
import dev.mote.ir.Node;

/// How the scale of a layer's weights is chosen, one channel (or the whole tensor) at a time.
@FunctionalInterface
public interface WeightScales {

  /// The scale with which no weight is limited; for fewer than 8 bits, where that would spend
  /// most integers on the few largest weights, the one of least square error.
  WeightScales MIN_MAX =
      (graph, node, channel, weights, low, high) ->
          high - low < 64
              ? WeightError.bestScale(weights, low, high)
              : WeightError.widestScale(weights, low, high);

  /// The scale of least square error.
  WeightScales LEAST_SQUARES =
      (graph, node, channel, weights, low, high) -> WeightError.bestScale(weights, low, high);

  /// The scale, > 0; 0 lets the quantizer choose, as it does where all weights are zero.
  ///
  /// @param graph the prepared graph
  /// @param node the layer
  /// @param channel the output channel; -1 for all of them
  /// @param weights the channel's weights
  /// @param low the smallest integer, < 0
  /// @param high the largest integer, > 0
  double scale(Graph graph, Node node, int channel, float[] weights, int low, int high);
}
