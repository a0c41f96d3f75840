package dev.mote.pipeline.quantize;

import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Tensor;

/// How scaled weights become integers.
@FunctionalInterface
public interface WeightRounding {

  /// To the nearest integer, halves away from zero.
  WeightRounding NEAREST =
      (graph, node, weights, scaled, low, high) -> {
        long[] rounded = new long[scaled.length];
        for (int i = 0; i < scaled.length; i++) {
          long nearest = (long) Math.copySign(Math.floor(Math.abs(scaled[i]) + 0.5), scaled[i]);
          rounded[i] = Math.clamp(nearest, low, high);
        }
        return rounded;
      };

  /// The integers for `scaled`, each from `low` to `high`; results beyond are limited.
  ///
  /// @param graph the prepared graph
  /// @param node the layer
  /// @param weights its float weights
  /// @param scaled the weights divided by their scales, in the order of the tensor
  /// @param low the smallest integer
  /// @param high the largest integer
  long[] round(Graph graph, Node node, Tensor weights, double[] scaled, int low, int high);
}
