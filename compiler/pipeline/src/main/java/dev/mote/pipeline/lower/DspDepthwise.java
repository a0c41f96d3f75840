package dev.mote.pipeline.lower;

import dev.mote.ir.Op;
import dev.mote.pipeline.lower.KernelCall.Argument;
import dev.mote.pipeline.lower.KernelCall.Overlap;
import dev.mote.pipeline.lower.KernelCall.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Lowers int8 depthwise convolutions to kernels for the DSP extension of Armv7E-M.
final class DspDepthwise {

  private DspDepthwise() {}

  static Optional<KernelCall> depthwise(Step step, Op.DepthwiseConv2d op) {
    WeightedLayer layer = new WeightedLayer(step, op.activation(), Convolutions.DEPTHWISE);
    Optional<ShortRescaling> constants = DspLayers.constants(step, layer);
    if (constants.isEmpty()) {
      return Optional.empty();
    }
    QuantizedRange range = QuantizedRange.of(op.activation(), step.outputType());
    int zero = step.outputType().quantization().zeroPoint();
    return DepthwiseRow.of(step, op, constants.get(), range)
        .or(
            () ->
                DepthwiseRescaling.of(zero, range, constants.get())
                    .flatMap(
                        rescaling ->
                            DepthwisePlanes.of(step, op)
                                .map(planes -> call(step, layer, range, rescaling, planes))));
  }

  private static KernelCall call(
      Step step,
      WeightedLayer layer,
      QuantizedRange range,
      DepthwiseRescaling constants,
      DepthwisePlanes planes) {
    List<Parameter> parameters = new ArrayList<>(planes.parameters());
    parameters.add(new Parameter.Int("input_zero", layer.xZero()));
    parameters.add(new Parameter.Int("zero", step.outputType().quantization().zeroPoint()));
    parameters.addAll(range.parameters());
    String scaling = range.isWholeInt8() ? "" : "_clamp";
    KernelCall call =
        KernelCall.of(
                planes.kernel(),
                planes.function(constants.rectified() ? "_rectified" : scaling),
                parameters,
                new Argument.Input(0),
                new Argument.Table(constants.table(planes.taps())),
                new Argument.Output(0),
                new Argument.Scratch())
            .withScratch(planes.scratchBytes());
    return planes.inPlace() ? call.withOverlaps(Overlap.inPlace(0)) : call;
  }
}
