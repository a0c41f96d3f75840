package dev.mote.pipeline.lower;

import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.TensorType;
import dev.mote.pipeline.lower.KernelCall.Argument;
import dev.mote.pipeline.lower.KernelCall.Parameter;
import java.util.List;

/// Lowers models that compare with stored vectors.
final class Prototypes {

  private Prototypes() {}

  static KernelCall kernelMatrix(Step step, Op.KernelMatrix op) {
    requireFloats(step);
    int kind =
        switch (op.kind()) {
          case LINEAR -> 0;
          case POLYNOMIAL -> 1;
          case RBF -> 2;
          case SIGMOID -> 3;
          case SQUARED_DISTANCE -> 4;
          case MANHATTAN -> 5;
        };
    return KernelCall.of(
        "portable/kernel_matrix_f32",
        "mote_kernel_matrix_f32",
        List.of(
            new Parameter.Int("rows", step.inputType(0).shape().dim(0)),
            new Parameter.Int("features", step.inputType(0).shape().last()),
            new Parameter.Int("vectors", step.inputType(1).shape().dim(0)),
            new Parameter.Int("kind", kind),
            new Parameter.Real("gamma", op.gamma()),
            new Parameter.Real("offset", op.offset()),
            new Parameter.Int("degree", op.degree())),
        new Argument.Input(0),
        new Argument.Input(1),
        step.hasInput(2) ? new Argument.Input(2) : new Argument.Absent(),
        new Argument.Output(0));
  }

  static KernelCall nearestVote(Step step, Op.NearestVote op) {
    requireFloats(step);
    int weighting =
        switch (op.weighting()) {
          case UNIFORM -> 0;
          case INVERSE -> 1;
          case INVERSE_ROOT -> 2;
        };
    int vectors = step.inputType(0).shape().last();
    return KernelCall.of(
            "portable/nearest_vote_f32",
            "mote_nearest_vote_f32",
            List.of(
                new Parameter.Int("rows", step.inputType(0).shape().dim(0)),
                new Parameter.Int("vectors", vectors),
                new Parameter.Int("columns", step.inputType(1).shape().last()),
                new Parameter.Int("neighbours", op.neighbours()),
                new Parameter.Int("weighting", weighting)),
            new Argument.Input(0),
            new Argument.Input(1),
            new Argument.Output(0),
            new Argument.Scratch())
        .withScratch(vectors);
  }

  private static void requireFloats(Step step) {
    for (int i = 0; i < step.inputCount(); i++) {
      TensorType type = step.inputType(i);
      if (type.element() != ElementType.FLOAT32) {
        throw new UnsupportedStepException(step);
      }
    }
  }
}
