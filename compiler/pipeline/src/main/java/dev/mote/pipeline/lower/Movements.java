package dev.mote.pipeline.lower;

import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.pipeline.lower.KernelCall.Argument;
import dev.mote.pipeline.lower.KernelCall.Overlap;
import dev.mote.pipeline.lower.KernelCall.Parameter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Lowers operators that move data.
final class Movements {

  private static final int MOST_INDICES = 5;

  private Movements() {}

  static KernelCall reshape(Step step) {
    return copy(step, new Argument.Input(0), new Argument.Output(0), step.outputType().bytes())
        .withOverlaps(new Overlap(0, 0));
  }

  static KernelCall copy(Step step, Argument from, Argument to, long bytes) {
    return KernelCall.of(
        "portable/copy_any", "mote_copy_any", List.of(new Parameter.Int("bytes", bytes)), from, to);
  }

  static KernelCall concat(Step step, Op.Concat op) {
    Shape shape = step.outputType().shape();
    List<Tensor> parts = new ArrayList<>();
    for (int i = 0; i < step.inputCount(); i++) {
      parts.add(step.input(i));
    }
    return KernelCall.of(
        "portable/concat_any",
        "mote_concat_any",
        rows(step, shape, op.axis(), parts.size()),
        new Argument.Inputs(),
        new Argument.Table(runs(step, parts, op.axis())),
        new Argument.Output(0));
  }

  static KernelCall split(Step step, Op.Split op) {
    Shape shape = step.inputType(0).shape();
    List<Tensor> parts = step.node().outputs().stream().map(step.graph()::tensor).toList();
    return KernelCall.of(
        "portable/split_any",
        "mote_split_any",
        rows(step, shape, op.axis(), parts.size()),
        new Argument.Input(0),
        new Argument.Table(runs(step, parts, op.axis())),
        new Argument.Outputs());
  }

  private static List<Parameter> rows(Step step, Shape whole, int axis, int parts) {
    int pitch = whole.count(axis, whole.rank()) * StridedCopy.elementBytes(step);
    return List.of(
        new Parameter.Int("count", parts),
        new Parameter.Int("rows", whole.count(0, axis)),
        new Parameter.Int("pitch", pitch));
  }

  private static ConstantTable runs(Step step, List<Tensor> parts, int axis) {
    int element = StridedCopy.elementBytes(step);
    return ConstantTable.ofInt32(
        parts.stream()
            .map(Tensor::shape)
            .mapToInt(shape -> shape.count(axis, shape.rank()) * element)
            .toArray());
  }

  static KernelCall slice(Step step, Op.Slice op) {
    List<Integer> inputStrides = step.inputType(0).shape().strides();
    StridedCopy copy = new StridedCopy();
    for (int axis = 0; axis < inputStrides.size(); axis++) {
      copy.startAt(op.begin().get(axis) * inputStrides.get(axis));
      copy.dimension(op.extents().get(axis), op.strides().get(axis) * inputStrides.get(axis));
    }
    return copy.call(step);
  }

  static KernelCall transpose(Step step, Op.Transpose op) {
    Shape x = step.inputType(0).shape();
    StridedCopy copy = new StridedCopy();
    for (int axis : op.permutation()) {
      copy.dimension(x.dim(axis), x.strides().get(axis));
    }
    return copy.call(step);
  }

  static KernelCall reverse(Step step, Op.Reverse op) {
    Shape x = step.inputType(0).shape();
    StridedCopy copy = new StridedCopy();
    for (int axis = 0; axis < x.rank(); axis++) {
      int stride = x.strides().get(axis);
      if (op.axes().contains(axis)) {
        copy.startAt((x.dim(axis) - 1) * stride).dimension(x.dim(axis), -stride);
      } else {
        copy.dimension(x.dim(axis), stride);
      }
    }
    return copy.call(step);
  }

  static KernelCall broadcastTo(Step step) {
    Shape y = step.outputType().shape();
    Shape x = step.inputType(0).shape().extendTo(y.rank());
    StridedCopy copy = new StridedCopy();
    for (int axis = 0; axis < y.rank(); axis++) {
      copy.dimension(y.dim(axis), x.dim(axis) == 1 ? 0 : x.strides().get(axis));
    }
    return copy.call(step);
  }

  static KernelCall broadcastArgs(Step step) {
    return KernelCall.of(
        "portable/broadcast_args_any",
        "mote_broadcast_args_any",
        List.of(
            new Parameter.Int("element", StridedCopy.elementBytes(step)),
            new Parameter.Int("rank_a", step.inputType(0).shape().count()),
            new Parameter.Int("rank_b", step.inputType(1).shape().count())),
        new Argument.Input(0),
        new Argument.Input(1),
        new Argument.Output(0));
  }

  static KernelCall gather(Step step, Op.Gather op) {
    Shape x = step.inputType(0).shape();
    Shape indices = step.inputType(1).shape();
    int run = x.count(op.axis() + 1, x.rank()) * StridedCopy.elementBytes(step);
    return KernelCall.of(
        "portable/gather_any",
        "mote_gather_any",
        List.of(
            new Parameter.Int("batches", x.count(0, op.batchDims())),
            new Parameter.Int("outer", x.count(op.batchDims(), op.axis())),
            new Parameter.Int("extent", x.dim(op.axis())),
            new Parameter.Int("count", indices.count(op.batchDims(), indices.rank())),
            new Parameter.Int("run", run)),
        new Argument.Input(0),
        new Argument.Input(1),
        new Argument.Output(0));
  }

  static KernelCall gatherNd(Step step) {
    Shape x = step.inputType(0).shape();
    Shape indices = step.inputType(1).shape();
    int depth = indices.last();
    if (depth > MOST_INDICES) {
      throw new UnsupportedStepException(
          step, "tuples of " + depth + " indices; at most " + MOST_INDICES + " are supported");
    }
    int element = StridedCopy.elementBytes(step);
    List<Integer> extents = new ArrayList<>(Collections.nCopies(MOST_INDICES, 1));
    List<Integer> strides = new ArrayList<>(Collections.nCopies(MOST_INDICES, 0));
    for (int axis = 0; axis < depth; axis++) {
      extents.set(axis, x.dim(axis));
      strides.set(axis, x.strides().get(axis) * element);
    }
    return KernelCall.of(
        "portable/gather_nd_any",
        "mote_gather_nd_any",
        List.of(
            new Parameter.Int("count", indices.count(0, indices.rank() - 1)),
            new Parameter.Int("depth", depth),
            new Parameter.Ints("extents", extents),
            new Parameter.Ints("strides", strides),
            new Parameter.Int("run", x.count(depth, x.rank()) * element)),
        new Argument.Input(0),
        new Argument.Input(1),
        new Argument.Output(0));
  }
}
