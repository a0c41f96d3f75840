package dev.mote.pipeline.lower;

import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.pipeline.lower.KernelCall.Argument;
import dev.mote.pipeline.lower.KernelCall.Overlap;
import dev.mote.pipeline.lower.KernelCall.Parameter;
import dev.mote.pipeline.lower.WeightedLayer.Narrow;
import dev.mote.pipeline.lower.WeightedLayer.Traits;
import java.util.ArrayList;
import java.util.List;

/// Lowers matrix products.
final class MatrixProducts {

  static final Traits FULLY_CONNECTED =
      new Traits("fully_connected", 0, true, false, true, Narrow.READ, true);
  private static final int BATCH_DIMENSIONS = 3;

  private MatrixProducts() {}

  static KernelCall fullyConnected(Step step, Op.FullyConnected op) {
    WeightedLayer layer = new WeightedLayer(step, op.activation(), FULLY_CONNECTED);
    int rows = step.outputType().shape().count() / layer.channels();
    return call(layer, rows, layer.weights().shape().dim(-1));
  }

  /// `rows` rows of `depth` elements, each times every row of the weights.
  static KernelCall call(WeightedLayer layer, int rows, int depth) {
    int channels = layer.channels();
    int rowIn = depth * layer.step().inputType(0).element().bits() / 8;
    int rowOut = channels * layer.step().outputType().element().bits() / 8;
    // a row of x is needed until the last element of its row of y is written
    int distance = rowOut + Math.max(0, (rows - 1) * (rowOut - rowIn));
    return layer
        .call(
            List.of(
                new Parameter.Int("rows", rows),
                new Parameter.Int("depth", depth),
                new Parameter.Int("channels", channels)))
        .withOverlaps(new Overlap(0, distance));
  }

  static KernelCall batchMatMul(Step step, Op.BatchMatMul op) {
    String types =
        switch (step.inputType(0).element()) {
          case INT8 -> "s8";
          case INT16 -> "s16";
          case FLOAT32 -> "f32";
          case INT4, UINT8, INT32, INT64, BOOL, FLOAT16 -> throw new UnsupportedStepException(step);
        };
    if (step.inputType(1).element() != step.inputType(0).element()
        || step.outputType().shape().rank() > BATCH_DIMENSIONS + 2) {
      throw new UnsupportedStepException(step);
    }
    List<Parameter> parameters = matrices(step, op);
    if (!step.inputType(0).element().isFloat()) {
      parameters.addAll(rescaling(step));
    }
    return KernelCall.of(
        "portable/batch_matmul_" + types,
        "mote_batch_matmul_" + types,
        parameters,
        new Argument.Input(0),
        new Argument.Input(1),
        new Argument.Output(0));
  }

  private static List<Parameter> matrices(Step step, Op.BatchMatMul op) {
    Shape y = step.outputType().shape().extendTo(BATCH_DIMENSIONS + 2);
    int rows = y.dim(-2);
    int columns = y.dim(-1);
    int depth = step.inputType(0).shape().dim(op.adjointX() ? -2 : -1);
    List<Parameter> parameters = new ArrayList<>();
    parameters.add(new Parameter.Ints("batches", y.dims().subList(0, BATCH_DIMENSIONS)));
    parameters.add(new Parameter.Ints("a_batch_steps", batchSteps(step.inputType(0).shape())));
    parameters.add(new Parameter.Ints("b_batch_steps", batchSteps(step.inputType(1).shape())));
    parameters.add(new Parameter.Int("rows", rows));
    parameters.add(new Parameter.Int("columns", columns));
    parameters.add(new Parameter.Int("depth", depth));
    parameters.add(new Parameter.Int("a_row_step", op.adjointX() ? 1 : depth));
    parameters.add(new Parameter.Int("a_term_step", op.adjointX() ? rows : 1));
    parameters.add(new Parameter.Int("b_column_step", op.adjointY() ? depth : 1));
    parameters.add(new Parameter.Int("b_term_step", op.adjointY() ? 1 : columns));
    return parameters;
  }

  /// Elements from one matrix to the next in each batch dimension; 0 where there is only one.
  private static List<Integer> batchSteps(Shape operand) {
    Shape shape = operand.extendTo(BATCH_DIMENSIONS + 2);
    List<Integer> steps = new ArrayList<>();
    for (int axis = 0; axis < BATCH_DIMENSIONS; axis++) {
      steps.add(shape.dim(axis) == 1 ? 0 : shape.strides().get(axis));
    }
    return steps;
  }

  private static List<Parameter> rescaling(Step step) {
    float scales =
        step.inputType(0).quantization().scale() * step.inputType(1).quantization().scale();
    FixedPoint factor = FixedPoint.of((double) scales / step.outputType().quantization().scale());
    int aZero = step.inputType(0).quantization().zeroPoint();
    int bZero = step.inputType(1).quantization().zeroPoint();
    int outputZero = step.outputType().quantization().zeroPoint();
    List<Parameter> parameters = new ArrayList<>();
    parameters.add(new Parameter.Int("multiplier", factor.multiplier()));
    parameters.add(new Parameter.Int("shift", factor.shift()));
    if (step.inputType(0).element() == ElementType.INT8) {
      parameters.add(new Parameter.Int("a_zero", aZero));
      parameters.add(new Parameter.Int("b_zero", bZero));
      parameters.add(new Parameter.Int("output_zero", outputZero));
    } else if (aZero != 0 || bZero != 0 || outputZero != 0) {
      throw new UnsupportedStepException(step, "int16 tensors must have zero point 0");
    }
    return parameters;
  }
}
