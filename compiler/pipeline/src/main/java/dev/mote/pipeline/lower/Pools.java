package dev.mote.pipeline.lower;

import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.pipeline.lower.KernelCall.Argument;
import dev.mote.pipeline.lower.KernelCall.Parameter;
import java.util.List;

/// Lowers pooling.
final class Pools {

  private Pools() {}

  static KernelCall pool2d(Step step, Op.Pool2d op) {
    if (step.inputType(0).element() != ElementType.INT8 || op.kind() != Op.Pool2d.Kind.AVERAGE) {
      throw new UnsupportedStepException(step);
    }
    List<Parameter> parameters = Convolutions.geometry(step, op.window());
    QuantizedRange range = QuantizedRange.of(op.activation(), step.outputType());
    parameters.add(new Parameter.Int("output_min", range.low()));
    parameters.add(new Parameter.Int("output_max", range.high()));
    return KernelCall.of(
        "portable/average_pool2d_s8",
        "mote_average_pool2d_s8",
        parameters,
        new Argument.Input(0),
        new Argument.Output(0));
  }
}
