package dev.mote.optimizer.compress;

import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.optimizer.data.SampleSet;
import dev.mote.optimizer.run.Predictions;
import dev.mote.pipeline.compress.LayerMoments;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The moments of what the layers of a float model read.
public final class ActivationMoments {

  private ActivationMoments() {}

  /// By output tensor, for each layer of which moments can be taken.
  public static Map<String, LayerMoments> of(Graph graph, SampleSet samples) {
    Map<String, LayerMoments> moments = new LinkedHashMap<>();
    Map<String, List<LayerMoments>> readers = new LinkedHashMap<>();
    for (Node node : graph.nodes()) {
      LayerMoments.of(graph, node)
          .ifPresent(
              m -> {
                moments.put(node.output(), m);
                readers.computeIfAbsent(node.input(0), _ -> new ArrayList<>()).add(m);
              });
    }
    if (!moments.isEmpty()) {
      Predictions.observe(
          graph,
          samples,
          (sample, tensor, reals) ->
              readers
                  .getOrDefault(tensor, List.of())
                  .forEach(m -> m.add(reals, sample, step(m, samples.size()))));
    }
    return moments;
  }

  /// Every how many positions are enough: some times as many rows as unknowns.
  static int step(LayerMoments moments, int samples) {
    long wanted = 4096 + 16L * moments.depth();
    return (int) Math.clamp((long) samples * moments.positions() / wanted, 1, moments.positions());
  }
}
