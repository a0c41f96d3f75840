package dev.mote.pipeline.lower;

import dev.mote.ir.Activation;
import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.pipeline.lower.KernelCall.Argument;
import dev.mote.pipeline.lower.KernelCall.Parameter;
import dev.mote.pipeline.lower.WeightedLayer.ScaleProduct;
import java.util.ArrayList;
import java.util.List;

/// Lowers matrix products, and the convolutions that are one.
final class MatrixProducts {

  private MatrixProducts() {}

  static KernelCall fullyConnected(Step step, Op.FullyConnected op) {
    WeightedLayer layer = new WeightedLayer(step, op.activation(), 0, ScaleProduct.IN_FLOAT);
    int depth = layer.weights().shape().dim(-1);
    int rows = step.outputType().shape().count() / layer.channels();
    return rowsTimesWeights(step, layer, op.activation(), rows, depth);
  }

  /// `rows` rows of `depth` elements, each times every row of the weights.
  static KernelCall rowsTimesWeights(
      Step step, WeightedLayer layer, Activation activation, int rows, int depth) {
    List<Parameter> parameters = new ArrayList<>();
    parameters.add(new Parameter.Int("rows", rows));
    parameters.add(new Parameter.Int("depth", depth));
    parameters.add(new Parameter.Int("channels", layer.channels()));
    if (step.inputType(0).element() == ElementType.INT8
        && layer.weights().element() == ElementType.INT8) {
      parameters.add(new Parameter.Int("x_zero", layer.folded() ? 0 : layer.xZero()));
      parameters.add(new Parameter.Int("w_zero", layer.weightsZero()));
      parameters.addAll(layer.rescaling());
      return KernelCall.of(
          "portable/fully_connected_s8",
          "mote_fully_connected_s8",
          parameters,
          new Argument.Input(0),
          new Argument.Input(1),
          layer.bias(),
          layer.multipliers(),
          layer.shifts(),
          new Argument.Output(0));
    }
    throw new UnsupportedStepException(step);
  }
}
