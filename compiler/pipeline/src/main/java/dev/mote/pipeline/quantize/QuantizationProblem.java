package dev.mote.pipeline.quantize;

import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.Graph;

/// What keeps a graph from being quantized.
enum QuantizationProblem {
  /// An activation without a range.
  MISSING_RANGE(2201),
  /// A range or weight that is no finite number.
  NOT_FINITE(2202),
  /// An exception for a layer that does not exist.
  UNKNOWN_LAYER(2203),
  /// A graph without any float layer.
  NOTHING_TO_QUANTIZE(2204),
  /// A strategy for scales or rounding that gave nonsense.
  BAD_STRATEGY(2205);

  private final int code;

  QuantizationProblem(int code) {
    this.code = code;
  }

  DiagnosticException at(Graph graph, String place, String what) {
    String where = place.isEmpty() ? graph.name() : graph.name() + ", " + place;
    return new DiagnosticException(
        this == BAD_STRATEGY
            ? Diagnostic.internal(code, where, what, fix())
            : Diagnostic.user(code, where, what, fix()));
  }

  private String fix() {
    return switch (this) {
      case MISSING_RANGE ->
          "run representative data through the prepared graph and give the range of every tensor.";
      case NOT_FINITE ->
          "look for a division by zero or a logarithm of zero in the model and for wrong values in"
              + " the data; or keep this layer in float32.";
      case UNKNOWN_LAYER -> "name layers by their first output in the prepared graph.";
      case NOTHING_TO_QUANTIZE -> "quantize the float model that this one was made from.";
      case BAD_STRATEGY ->
          "this is a defect of the method that chose the weights: please report it.";
    };
  }
}
