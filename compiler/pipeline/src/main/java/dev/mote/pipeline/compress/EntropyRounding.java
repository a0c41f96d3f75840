package dev.mote.pipeline.compress;

import dev.mote.ir.Graph;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Moves weights of integer tensors to frequent values nearby where that costs little, so that a
/// code by frequency gets shorter: the least of squared error plus `price` times the bits.
///
/// Frequencies and choices are found in turn until nothing changes, as in entropy-constrained
/// quantization: P. Chou, T. Lookabaugh, R. Gray: Entropy-constrained vector quantization. IEEE
/// Trans. ASSP 37(1), 1989.
///
/// @param price squared error that a bit is worth, in units of the mean square of the tensor's
///     weights; > 0, some thousandths are a lot
/// @param layers other prices, by output tensor of the layer; 0 leaves a layer alone
/// @param moments of what layers read, by output tensor: layers that are listed lose as little as
///     possible on that data ([ErrorFeedback]); may be empty
public record EntropyRounding(
    double price, Map<String, Double> layers, Map<String, LayerMoments> moments)
    implements Compression {

  private static final int ROUNDS = 20;

  public EntropyRounding {
    if (!(price >= 0 && price <= 1)) {
      throw CompressionCodes.outOfRange("price of a bit", price, "a number from 0 to 1");
    }
    layers = Map.copyOf(layers);
    moments = Map.copyOf(moments);
  }

  /// Without data.
  public EntropyRounding(double price, Map<String, Double> layers) {
    this(price, layers, Map.of());
  }

  /// The same on data.
  public EntropyRounding on(Map<String, LayerMoments> given) {
    return new EntropyRounding(price, layers, given);
  }

  @Override
  public Graph apply(Graph graph) {
    List<LayerWeights> weights =
        LayerWeights.of(graph).stream()
            .filter(layer -> !layer.tensor().element().isFloat())
            .toList();
    CompressionCodes.requireKnown(graph, layers, LayerWeights.names(weights));
    return ErrorFeedback.map(
        graph,
        weights,
        moments,
        (layer, feedback) -> rounded(layer, layers.getOrDefault(layer.layer(), price), feedback));
  }

  private static LayerWeights rounded(
      LayerWeights layer, double price, Optional<ErrorFeedback> feedback) {
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
    TreeMap<Double, Double> bits = bits(values);
    return layer.replaced(
        feedback
            .map(f -> f.run((index, value) -> best(value, scales[index], bits, perBit)))
            .orElse(values));
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
