package dev.mote.pipeline.compress;

import dev.mote.ir.Graph;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Moves weights of integer tensors to frequent values nearby where that costs little, so that a
/// code
/// by frequency gets shorter: the least of squared error plus `price` times the bits.
///
/// Frequencies and choices are found in turn until nothing changes, as in entropy-constrained
/// quantization: P. Chou, T. Lookabaugh, R. Gray: Entropy-constrained vector quantization. IEEE
/// Trans.
/// ASSP 37(1), 1989.
///
/// @param price squared error that a bit is worth, in units of the mean square of the tensor's
///     weights; > 0, some thousandths are a lot
/// @param layers other prices, by output tensor of the layer; 0 leaves a layer alone
public record EntropyRounding(double price, Map<String, Double> layers) implements Compression {

  private static final int ROUNDS = 20;

  public EntropyRounding {
    if (!(price >= 0 && price <= 1)) {
      throw CompressionCodes.outOfRange("price of a bit", price, "a number from 0 to 1");
    }
    layers = Map.copyOf(layers);
  }

  @Override
  public Graph apply(Graph graph) {
    List<LayerWeights> weights =
        LayerWeights.of(graph).stream()
            .filter(layer -> !layer.tensor().element().isFloat())
            .toList();
    CompressionCodes.requireKnown(graph, layers, LayerWeights.names(weights));
    return LayerWeights.map(
        graph, weights, layer -> rounded(layer, layers.getOrDefault(layer.layer(), price)));
  }

  private static LayerWeights rounded(LayerWeights layer, double price) {
    double[] original = layer.values();
    double[] scales = new double[original.length];
    double squares = 0;
    for (int i = 0; i < original.length; i++) {
      scales[i] = layer.scale(i) * layer.scale(i);
      double centered = original[i] - layer.zero();
      squares += scales[i] * centered * centered;
    }
    double perBit = price * squares / Math.max(1, original.length);
    if (perBit == 0) {
      return layer;
    }
    double[] values = original.clone();
    for (int round = 0; round < ROUNDS; round++) {
      double[] next = chosen(original, scales, bits(values), perBit);
      if (java.util.Arrays.equals(next, values)) {
        break;
      }
      values = next;
    }
    return layer.replaced(values);
  }

  /// Bits of each value by its frequency.
  private static TreeMap<Double, Double> bits(double[] values) {
    Map<Double, Integer> counts = new LinkedHashMap<>();
    for (double value : values) {
      counts.merge(value, 1, Integer::sum);
    }
    TreeMap<Double, Double> bits = new TreeMap<>();
    counts.forEach(
        (value, count) -> bits.put(value, Math.log(values.length / (double) count) / Math.log(2)));
    return bits;
  }

  private static double[] chosen(
      double[] original, double[] scales, TreeMap<Double, Double> bits, double perBit) {
    // per scale, as weights of one channel that are equal choose alike
    Map<Double, Map<Double, Double>> known = new HashMap<>();
    double[] chosen = new double[original.length];
    for (int i = 0; i < chosen.length; i++) {
      double scale = scales[i];
      chosen[i] =
          known
              .computeIfAbsent(scale, _ -> new HashMap<>())
              .computeIfAbsent(original[i], value -> best(value, scale, bits, perBit));
    }
    return chosen;
  }

  private static double best(
      double value, double scale, TreeMap<Double, Double> bits, double perBit) {
    double best = value;
    double least = Double.POSITIVE_INFINITY;
    for (Map.Entry<Double, Double> candidate : bits.entrySet()) {
      double error = candidate.getKey() - value;
      double cost = scale * error * error + perBit * candidate.getValue();
      if (cost < least) {
        least = cost;
        best = candidate.getKey();
      }
    }
    return best;
  }
}
