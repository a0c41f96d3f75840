package dev.mote.pipeline.quantize;

import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.Graph;

/// What keeps a graph from being quantized.
enum QuantizationProblem {
  /// An activation without a range.
  MISSING_RANGE(
      2201,
      "run representative data through the prepared graph and give the range of every tensor."),
  /// A range or weight that is no finite number.
  NOT_FINITE(
      2202,
      "look for a division by zero or a logarithm of zero in the model and for wrong values in the data;"
          + " or keep this layer in float32."),
  /// An exception for a layer that does not exist.
  UNKNOWN_LAYER(2203, "name layers by their first output in the prepared graph."),
  /// A graph without any float layer.
  NOTHING_TO_QUANTIZE(2204, "quantize the float model that this one was made from."),
  /// A strategy for scales or rounding that gave nonsense.
  BAD_STRATEGY(2205, "this is a defect of the method that chose the weights: please report it.");

  private final int code;
  private final String fix;

  QuantizationProblem(int code, String fix) {
    this.code = code;
    this.fix = fix;
  }

  DiagnosticException at(Graph graph, String place, String what) {
    String where = place.isEmpty() ? graph.name() : graph.name() + ", " + place;
    return new DiagnosticException(
        this == BAD_STRATEGY
            ? Diagnostic.internal(code, where, what, fix)
            : Diagnostic.user(code, where, what, fix));
  }
}
