package dev.mote.optimizer.search;

import dev.mote.optimizer.search.Evaluator.WeightedLayer;
import dev.mote.pipeline.quantize.WeightFormat;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Gives layers fewer bits, one step after the other: always the step that saves most bytes for the
/// damage that it does.
///
/// This is the greedy solution of the knapsack problem whose items are steps, with damages that add
/// up; the damage of a step is measured with only its layer changed.
final class BitAllocation {

  /// Damage that no measurement tells from none.
  private static final double NOTHING = 1e-9;

  private final List<WeightedLayer> layers;
  private final Map<Step, Double> damages;

  /// A layer at a number of bits.
  record Step(String layer, WeightFormat format) {}

  /// @param damages what a layer alone at a format does; a format that is not there is not used
  BitAllocation(List<WeightedLayer> layers, Map<Step, Double> damages) {
    this.layers = List.copyOf(layers);
    this.damages = Map.copyOf(damages);
  }

  /// The exceptions to 8 bits after each step, from the first to all.
  List<Map<String, WeightFormat>> path() {
    Map<String, WeightFormat> now = new LinkedHashMap<>();
    List<Map<String, WeightFormat>> path = new ArrayList<>();
    for (Optional<Step> next = cheapest(now); next.isPresent(); next = cheapest(now)) {
      now.put(next.get().layer(), next.get().format());
      path.add(Map.copyOf(now));
    }
    return path;
  }

  private Optional<Step> cheapest(Map<String, WeightFormat> now) {
    Step best = null;
    double least = Double.POSITIVE_INFINITY;
    for (WeightedLayer layer : layers) {
      WeightFormat from = now.getOrDefault(layer.output(), WeightFormat.INT8);
      for (WeightFormat to : List.of(WeightFormat.INT4, WeightFormat.INT2)) {
        Step step = new Step(layer.output(), to);
        Double damage = damages.get(step);
        if (to.compareTo(from) <= 0 || damage == null) {
          continue;
        }
        double before = damages.getOrDefault(new Step(layer.output(), from), 0.0);
        double price =
            Math.max(damage - before, NOTHING) / (layer.weights() * (bits(from) - bits(to)));
        if (price < least) {
          least = price;
          best = step;
        }
      }
    }
    return Optional.ofNullable(best);
  }

  private static int bits(WeightFormat format) {
    return switch (format) {
      case FLOAT32 -> 32;
      case FLOAT16 -> 16;
      case INT8 -> 8;
      case INT4 -> 4;
      case INT2 -> 2;
    };
  }
}
