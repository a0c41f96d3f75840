package dev.mote.cli;

import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Quantization;
import dev.mote.ir.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The formats of a layer with weights, as its graph has them.
///
/// @param layer its first output
/// @param operator the operator's label
/// @param activations element type of its output
/// @param weights element type of its weights; `int2` where all of them fit
/// @param scales how many scales the weights have; 0 when they are floats
/// @param parameters number of weights
/// @param zeros how many of them are zero
record LayerFormats(
    String layer,
    String operator,
    String activations,
    String weights,
    int scales,
    long parameters,
    long zeros) {

  /// The layers of `graph` whose second operand is a constant of at least two dimensions.
  static List<LayerFormats> of(Graph graph) {
    return graph.nodes().stream().flatMap(node -> of(graph, node).stream()).toList();
  }

  private static Optional<LayerFormats> of(Graph graph, Node node) {
    if (node.inputs().size() < 2 || node.input(1).isEmpty()) {
      return Optional.empty();
    }
    Tensor weights = graph.input(node, 1);
    boolean numeric = weights.element().isFloat() || weights.quantization().isQuantized();
    if (!weights.isConstant() || weights.shape().rank() < 2 || !numeric) {
      return Optional.empty();
    }
    return Optional.of(
        new LayerFormats(
            node.output(),
            node.op().label(),
            graph.output(node).element().label(),
            bits(weights),
            switch (weights.quantization()) {
              case Quantization.None _ -> 0;
              case Quantization.PerTensor _ -> 1;
              case Quantization.PerChannel p -> p.scales().size();
            },
            weights.shape().count(),
            zeros(weights)));
  }

  private static String bits(Tensor weights) {
    boolean two =
        weights.element() == ElementType.INT8
            && Arrays.stream(weights.constantIntegers()).allMatch(w -> w >= -2 && w <= 1);
    return two ? "int2" : weights.element().label();
  }

  private static long zeros(Tensor weights) {
    if (weights.element().isFloat()) {
      long zeros = 0;
      for (float weight : weights.constantFloats()) {
        zeros += weight == 0 ? 1 : 0;
      }
      return zeros;
    }
    int zero = weights.quantization().zeroPoint();
    return Arrays.stream(weights.constantIntegers()).filter(w -> w == zero).count();
  }

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("layer", layer);
    json.put("operator", operator);
    json.put("activations", activations);
    json.put("weights", weights);
    json.put("scales", scales);
    json.put("parameters", parameters);
    json.put("zeros", zeros);
    return json;
  }
}
