package dev.mote.builder;

import dev.mote.ir.Diagnostic;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Quantization;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Parts of a model as text and as JSON.
public final class Describe {

  private Describe() {}

  /// `int8 1x49x10x1`.
  public static String type(TensorType type) {
    return (type.element().label() + " " + type.shape()).strip();
  }

  /// `real = 0.58470 * (q - 83)`; empty for plain numbers.
  public static String meaning(Quantization quantization) {
    return switch (quantization) {
      case Quantization.None _ -> "";
      case Quantization.PerTensor(float scale, int zeroPoint) ->
          String.format(
              Locale.ROOT,
              zeroPoint < 0 ? "real = %.6g * (q + %d)" : "real = %.6g * (q - %d)",
              scale,
              Math.abs(zeroPoint));
      case Quantization.PerChannel p -> "one scale for each of " + p.scales().size() + " channels";
    };
  }

  public static Map<String, Object> json(Tensor tensor) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", tensor.name());
    json.put("type", tensor.element().label());
    json.put("shape", tensor.shape().dims());
    if (tensor.quantization() instanceof Quantization.PerTensor(float scale, int zeroPoint)) {
      json.put("scale", scale);
      json.put("zeroPoint", zeroPoint);
    }
    return json;
  }

  public static List<Map<String, Object>> json(Graph graph, List<String> names) {
    return names.stream().map(name -> json(graph.tensor(name))).toList();
  }

  public static List<Map<String, Object>> json(List<Diagnostic> problems) {
    return problems.stream().map(Describe::json).toList();
  }

  private static Map<String, Object> json(Diagnostic problem) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("code", problem.label());
    json.put("kind", problem.kind().name().toLowerCase(Locale.ROOT));
    json.put("where", problem.where());
    json.put("what", problem.what());
    json.put("fix", problem.fix());
    return json;
  }

  /// Bytes of the constants that `node` reads.
  public static long weightBytes(Graph graph, Node node) {
    return node.inputs().stream()
        .distinct()
        .map(graph::tensor)
        .filter(Tensor::isConstant)
        .mapToLong(tensor -> tensor.type().bytes())
        .sum();
  }

  /// Type of the node's first output, or of what it stores when it has none.
  public static String output(Graph graph, Node node) {
    String tensor = node.outputs().isEmpty() ? node.input(0) : node.output();
    return type(graph.tensor(tensor).type());
  }
}
