package dev.mote.pipeline.lower;

import dev.mote.ir.Activation;
import dev.mote.pipeline.lower.KernelCall.Parameter;
import java.util.List;

/// The values that a float output may take after its fused activation.
///
/// As in TFLite, no activation limits to the finite numbers.
final class FloatRange {

  private FloatRange() {}

  /// Fields `output_min` and `output_max`.
  static List<Parameter> parameters(Activation activation) {
    return List.of(
        new Parameter.Real("output_min", Math.max(activation.lower(), -Float.MAX_VALUE)),
        new Parameter.Real("output_max", Math.min(activation.upper(), Float.MAX_VALUE)));
  }
}
