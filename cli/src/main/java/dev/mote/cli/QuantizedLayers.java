package dev.mote.cli;

import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Quantization;
import dev.mote.ir.Tensor;
import dev.mote.optimizer.calibrate.LayerCorrection;
import dev.mote.optimizer.calibrate.PostTraining;
import dev.mote.pipeline.quantize.ValueRange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What quantization made of each layer.
final class QuantizedLayers {

  /// One layer.
  ///
  /// @param layer its first output
  /// @param operator the operator's label
  /// @param type of its output
  /// @param weights type of its weights; empty without
  /// @param range values of the output that were kept
  /// @param scale step of the output's integers
  /// @param change what the corrections did
  record Row(
      String layer,
      String operator,
      String type,
      String weights,
      Optional<ValueRange> range,
      Optional<Float> scale,
      Optional<LayerCorrection.Change> change) {

    Map<String, Object> json() {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("layer", layer);
      json.put("operator", operator);
      json.put("type", type);
      if (!weights.isEmpty()) {
        json.put("weights", weights);
      }
      range.ifPresent(
          r -> {
            json.put("low", r.low());
            json.put("high", r.high());
          });
      scale.ifPresent(s -> json.put("scale", s));
      change.ifPresent(
          c -> {
            json.put("changedWeights", c.changed());
            if (Double.isFinite(c.errorBefore())) {
              json.put("errorBefore", c.errorBefore());
              json.put("errorAfter", c.errorAfter());
            }
          });
      return json;
    }

    List<String> cells() {
      return List.of(
          layer,
          operator,
          type,
          weights,
          range.map(r -> String.format(Locale.ROOT, "%.4g … %.4g", r.low(), r.high())).orElse(""),
          change
              .filter(c -> Double.isFinite(c.errorBefore()))
              .map(c -> String.format(Locale.ROOT, "%.2e → %.2e", c.errorBefore(), c.errorAfter()))
              .orElse(""));
    }
  }

  private QuantizedLayers() {}

  static List<Row> of(PostTraining.Result result) {
    Map<String, LayerCorrection.Change> changes = new HashMap<>();
    result.changes().forEach(change -> changes.put(change.output(), change));
    Graph graph = result.graph();
    List<Row> rows = new ArrayList<>();
    for (Node node : graph.nodes()) {
      if (!node.outputs().isEmpty()) {
        Tensor output = graph.output(node);
        Optional<Float> scale =
            output.quantization() instanceof Quantization.PerTensor(float step, int _)
                ? Optional.of(step)
                : Optional.empty();
        rows.add(
            new Row(
                output.name(),
                node.op().label(),
                output.element().label(),
                weights(graph, node),
                result.calibration().range(output.name()),
                scale,
                Optional.ofNullable(changes.get(output.name()))));
      }
    }
    return rows;
  }

  private static String weights(Graph graph, Node node) {
    if (node.inputs().size() < 2 || !graph.input(node, 1).isConstant()) {
      return "";
    }
    Tensor weights = graph.input(node, 1);
    String type = weights.element().label();
    return weights.quantization() instanceof Quantization.PerChannel ? type + " per channel" : type;
  }
}
