package dev.mote.pipeline.quantize;

import dev.mote.ir.Graph;
import dev.mote.ir.Tensor;

/// The ranges of a graph's float tensors: those of activations as calibrated, those of constants as
/// they are.
final class Ranges {

  /// Products of two such numbers are far from the end of `float`.
  private static final float LARGEST = 0x1p60f;

  private final Graph graph;
  private final Calibration calibration;

  Ranges(Graph graph, Calibration calibration) {
    this.graph = graph;
    this.calibration = calibration;
  }

  /// @throws dev.mote.ir.DiagnosticException when it is unknown or not finite
  ValueRange of(String name) {
    Tensor tensor = graph.tensor(name);
    ValueRange range = tensor.isConstant() ? ofConstant(tensor) : calibrated(name);
    if (!(range.magnitude() <= LARGEST)) {
      throw QuantizationProblem.NOT_FINITE.at(
          graph,
          "tensor '" + name + "'",
          "its values go from %s to %s".formatted(range.low(), range.high()));
    }
    return range;
  }

  /// The largest absolute value; 0 for tensors that are not float, or of which nothing is known.
  double magnitude(String name) {
    Tensor tensor = graph.tensor(name);
    if (!tensor.element().isFloat()) {
      return 0;
    }
    return tensor.isConstant()
        ? ofConstant(tensor).magnitude()
        : calibration.range(name).map(ValueRange::magnitude).orElse(0f);
  }

  private ValueRange calibrated(String name) {
    return calibration
        .range(name)
        .orElseThrow(
            () ->
                QuantizationProblem.MISSING_RANGE.at(
                    graph, "tensor '" + name + "'", "its range is not known"));
  }

  private ValueRange ofConstant(Tensor tensor) {
    float low = 0;
    float high = 0;
    for (float value : tensor.constantFloats()) {
      if (!Float.isFinite(value)) {
        throw QuantizationProblem.NOT_FINITE.at(
            graph, "tensor '" + tensor.name() + "'", "it contains the number " + value);
      }
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    return new ValueRange(low, high);
  }
}
