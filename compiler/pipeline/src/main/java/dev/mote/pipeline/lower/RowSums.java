package dev.mote.pipeline.lower;

import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.pipeline.lower.KernelCall.Argument;
import dev.mote.pipeline.lower.KernelCall.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Lowers reductions over an int8 image to kernels that take its rows one by one.
public final class RowSums {

  private RowSums() {}

  /// The call that adds one row of the input of `step`, an average pool or a mean or sum over
  /// height and width, and finishes the output with the last; its scratch memory keeps the sums
  /// between rows. Empty for other types.
  ///
  /// @throws UnsupportedStepException when the sum overflows
  public static Optional<KernelCall> of(Step step) {
    Shape x = step.inputType(0).shape();
    List<Parameter> parameters = new ArrayList<>();
    parameters.add(new Parameter.Int("rows", x.dim(1)));
    parameters.add(new Parameter.Int("columns", x.dim(2)));
    parameters.add(new Parameter.Int("channels", x.dim(3)));
    return switch (step.node().op()) {
      case Op.Pool2d op -> {
        parameters.addAll(QuantizedRange.of(op.activation(), step.outputType()).parameters());
        yield Optional.of(call("average", parameters, x.dim(3)));
      }
      case Op.Reduce op -> {
        boolean mean = op.kind() == Op.Reduce.Kind.MEAN;
        parameters.addAll(Reductions.quantizedSum(step, x.count(1, 3), mean));
        yield Optional.of(call("rescaled_sum", parameters, x.dim(3)));
      }
      default -> Optional.empty();
    };
  }

  private static KernelCall call(String name, List<Parameter> parameters, int channels) {
    return KernelCall.of(
            "portable/" + name + "_rows_s8",
            "mote_" + name + "_rows_s8",
            parameters,
            new Argument.Input(0),
            new Argument.Output(0),
            new Argument.Scratch(),
            new Argument.Row())
        .withScratch(4 * channels);
  }
}
