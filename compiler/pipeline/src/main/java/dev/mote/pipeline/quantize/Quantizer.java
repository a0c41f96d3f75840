package dev.mote.pipeline.quantize;

import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.pipeline.pass.Passes;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Post-training quantization: from a float graph and the ranges of its tensors to an integer graph
/// by TFLite's quantization specification.
///
/// Pure and deterministic. What each operator becomes stands in `docs/reference/quantization.md`.
public final class Quantizer {

  private Quantizer() {}

  /// The float graph as quantization sees it: constants folded, weights in float32, batch
  /// normalisation in the layers, padding in the windows, rectifiers fused. It computes what
  /// `graph`
  /// computes, up to the rounding of floats, and keeps the names of inputs, outputs and of the
  /// tensors that remain. Preparing twice is preparing once.
  public static Graph prepare(Graph graph) {
    Graph before = graph;
    Graph after = Passes.run(Passes.FLOAT, before);
    while (!after.equals(before)) {
      before = after;
      after = Passes.run(Passes.FLOAT, before);
    }
    return after;
  }

  /// The integer graph.
  ///
  /// @param prepared what [#prepare] returns
  /// @param calibration a range for each float activation that becomes integer
  /// @throws dev.mote.ir.DiagnosticException MOTE-2201 to MOTE-2205
  public static Graph quantize(
      Graph prepared,
      Calibration calibration,
      QuantizationScheme scheme,
      WeightScales scales,
      WeightRounding rounding) {
    return convert(prepared, calibration, scheme, scales, rounding).graph();
  }

  /// The integer graph, and which layers stayed float although the scheme has them integer.
  ///
  /// @throws dev.mote.ir.DiagnosticException MOTE-2201 to MOTE-2205
  public static Quantized convert(
      Graph prepared,
      Calibration calibration,
      QuantizationScheme scheme,
      WeightScales scales,
      WeightRounding rounding) {
    List<String> layers = layers(prepared);
    if (layers.isEmpty()) {
      throw QuantizationProblem.NOTHING_TO_QUANTIZE.at(
          prepared, "", "the graph has no float operator");
    }
    Set<String> unknown = new HashSet<>(scheme.layers().keySet());
    layers.forEach(unknown::remove);
    unknown.stream()
        .min(String::compareTo)
        .ifPresent(
            name -> {
              throw QuantizationProblem.UNKNOWN_LAYER.at(
                  prepared, "", "no float layer is called '" + name + "'");
            });
    return new LayerConversion(prepared, calibration, scheme, scales, rounding).run();
  }

  /// The layers of a prepared graph that can have a form of their own, by the names that a
  /// [QuantizationScheme] calls them, in the order of execution.
  public static List<String> layers(Graph prepared) {
    Ranges unknown = new Ranges(prepared, new Calibration(Map.of()));
    Formats formats = new Formats(prepared, QuantizationScheme.of(LayerFormat.FLOAT32), unknown);
    return prepared.nodes().stream()
        .filter(formats::isFloat)
        .map(Quantizer::layerName)
        .distinct()
        .toList();
  }

  /// What a scheme calls a layer: its first output; both ends of a state tensor by the state's
  /// name.
  static String layerName(Node node) {
    return switch (node.op()) {
      case Op.ReadVariable read -> read.variable();
      case Op.AssignVariable assign -> assign.variable();
      default -> node.output();
    };
  }
}
