package dev.mote.pipeline.lower;

import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Quantization.PerTensor;
import dev.mote.ir.Shape;
import dev.mote.pipeline.lower.KernelCall.Argument;
import dev.mote.pipeline.lower.KernelCall.Overlap;
import dev.mote.pipeline.lower.KernelCall.Parameter;
import java.util.ArrayList;
import java.util.List;

/// Lowers rectifiers with a slope for negative numbers.
final class Rectifiers {

  private Rectifiers() {}

  static KernelCall leakyRelu(Step step, Op.LeakyRelu op) {
    ElementType type = step.inputType(0).element();
    if (type != step.outputType().element()) {
      throw new UnsupportedStepException(step);
    }
    if (type == ElementType.FLOAT32) {
      return Unaries.map(step, "leaky_relu_f32", new Parameter.Real("alpha", op.alpha()));
    }
    if ((type != ElementType.INT8 && type != ElementType.INT16)
        || !(step.inputType(0).quantization() instanceof PerTensor from)
        || !(step.outputType().quantization() instanceof PerTensor to)) {
      throw new UnsupportedStepException(step);
    }
    if (type == ElementType.INT8) {
      return Unaries.lookUp(step, Int8Functions.leakyRelu(from, to, op.alpha()));
    }
    FixedPoint identity = FixedPoint.of(from.scale() / to.scale());
    FixedPoint slope = Int8Functions.signed(from.scale() * op.alpha() / to.scale());
    return Unaries.map(
        step,
        "leaky_relu_s16",
        new Parameter.Int("input_zero", from.zeroPoint()),
        new Parameter.Int("output_zero", to.zeroPoint()),
        new Parameter.Int("multiplier", identity.multiplier()),
        new Parameter.Int("shift", identity.shift()),
        new Parameter.Int("alpha_multiplier", slope.multiplier()),
        new Parameter.Int("alpha_shift", slope.shift()));
  }

  static KernelCall prelu(Step step) {
    ElementType type = step.inputType(0).element();
    ElementType alphaType = step.inputType(1).element();
    if (type != step.outputType().element()) {
      throw new UnsupportedStepException(step);
    }
    List<Parameter> parameters = broadcast(step);
    if (type == ElementType.FLOAT32 && alphaType == type) {
      return prelu(step, "prelu_f32", parameters);
    }
    if ((type != ElementType.INT8 && type != ElementType.INT16)
        || alphaType != ElementType.INT8
        || !(step.inputType(0).quantization() instanceof PerTensor from)
        || !(step.inputType(1).quantization() instanceof PerTensor alpha)
        || !(step.outputType().quantization() instanceof PerTensor to)) {
      throw new UnsupportedStepException(step);
    }
    FixedPoint identity = FixedPoint.of((double) from.scale() / to.scale());
    FixedPoint slope = FixedPoint.of((double) from.scale() * alpha.scale() / to.scale());
    parameters.add(new Parameter.Int("input_zero", from.zeroPoint()));
    parameters.add(new Parameter.Int("alpha_zero", alpha.zeroPoint()));
    parameters.add(new Parameter.Int("output_zero", to.zeroPoint()));
    parameters.add(new Parameter.Int("multiplier", identity.multiplier()));
    parameters.add(new Parameter.Int("shift", identity.shift()));
    parameters.add(new Parameter.Int("alpha_multiplier", slope.multiplier()));
    parameters.add(new Parameter.Int("alpha_shift", slope.shift()));
    return prelu(step, "prelu_" + Representations.suffix(type), parameters);
  }

  private static KernelCall prelu(Step step, String kernel, List<Parameter> parameters) {
    return KernelCall.of(
            "portable/" + kernel,
            "mote_" + kernel,
            parameters,
            new Argument.Input(0),
            new Argument.Input(1),
            new Argument.Output(0))
        .withOverlaps(new Overlap(0, 0));
  }

  /// Extents of x and strides of alpha in four dimensions; neighbouring ones that alpha treats
  /// alike are merged, so that the innermost loop is long.
  private static List<Parameter> broadcast(Step step) {
    Shape shape = step.outputType().shape();
    if (!step.inputType(0).shape().equals(shape)) {
      throw new UnsupportedStepException(step, "alpha has more elements than x");
    }
    Shape alpha = step.inputType(1).shape().extendTo(shape.rank());
    List<Integer> alphaStrides = alpha.strides();
    List<Integer> dims = new ArrayList<>();
    List<Integer> strides = new ArrayList<>();
    for (int axis = shape.rank() - 1; axis >= 0; axis--) {
      if (shape.dim(axis) == 1) {
        continue;
      }
      int stride = alpha.dim(axis) == 1 ? 0 : alphaStrides.get(axis);
      if (!dims.isEmpty() && stride == strides.getFirst() * dims.getFirst()) {
        dims.set(0, dims.getFirst() * shape.dim(axis));
      } else {
        dims.addFirst(shape.dim(axis));
        strides.addFirst(stride);
      }
    }
    if (dims.size() > 4) {
      throw new UnsupportedStepException(step, "alpha is broadcast in more than four dimensions");
    }
    while (dims.size() < 4) {
      dims.addFirst(1);
      strides.addFirst(0);
    }
    return new ArrayList<>(
        List.of(new Parameter.Ints("dims", dims), new Parameter.Ints("alpha_strides", strides)));
  }
}
