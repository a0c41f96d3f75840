package dev.mote.pipeline.lower;

import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import dev.mote.pipeline.lower.KernelCall.Argument;
import dev.mote.pipeline.lower.KernelCall.Overlap;
import dev.mote.pipeline.lower.KernelCall.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Lowers reductions, arguments of extrema and running sums.
final class Reductions {

  private Reductions() {}

  static KernelCall reduce(Step step, Op.Reduce op) {
    TensorType x = step.inputType(0);
    int count = op.axes().stream().reduce(1, (product, axis) -> product * x.shape().dim(axis));
    boolean mean = op.kind() == Op.Reduce.Kind.MEAN;
    return switch (op.kind()) {
      case MAX, MIN -> {
        Parameter largest = new Parameter.Int("largest", op.kind() == Op.Reduce.Kind.MAX ? 1 : 0);
        yield call(step, op, "reduce_extremum_" + suffix(step), List.of(largest));
      }
      case PRODUCT -> {
        if (x.element() != ElementType.FLOAT32 && x.element() != ElementType.INT32) {
          throw new UnsupportedStepException(step);
        }
        yield call(step, op, "reduce_product_" + suffix(step), List.of());
      }
      case SUM, MEAN -> {
        if (x.element() == ElementType.FLOAT32) {
          Parameter divisor = new Parameter.Int("divisor", mean ? count : 1);
          yield call(step, op, "reduce_sum_f32", List.of(divisor));
        }
        if (x.element() == ElementType.INT32 && !mean) {
          yield call(step, op, "reduce_sum_s32", List.of());
        }
        boolean small = x.element() == ElementType.INT8 || x.element() == ElementType.INT16;
        if (!small || !x.quantization().isQuantized() || count == 0) {
          throw new UnsupportedStepException(step);
        }
        List<Parameter> parameters = quantizedSum(step, count, mean);
        yield fourSums(step, op, parameters)
            .orElseGet(() -> call(step, op, "reduce_sum_" + suffix(step), parameters));
      }
    };
  }

  /// The kernel for four sums at a time, where neighbouring dimensions are reduced and at least
  /// four elements follow.
  private static Optional<KernelCall> fourSums(
      Step step, Op.Reduce op, List<Parameter> parameters) {
    Shape x = step.inputType(0).shape();
    int first = x.rank();
    int last = -1;
    for (int axis = 0; axis < x.rank(); axis++) {
      if (op.axes().contains(axis) && x.dim(axis) > 1) {
        first = Math.min(first, axis);
        last = axis;
      }
    }
    for (int axis = first; axis <= last; axis++) {
      if (!op.axes().contains(axis) && x.dim(axis) > 1) {
        return Optional.empty();
      }
    }
    int inner = last < 0 ? 0 : x.count(last + 1, x.rank());
    if (!step.hasDsp() || step.hasMve() || x.count() == 0 || inner < 4 || x.rank() == 0) {
      return Optional.empty();
    }
    if (step.inputType(0).element() != ElementType.INT8) {
      return Optional.empty();
    }
    List<Parameter> all = new ArrayList<>(parameters);
    all.add(new Parameter.Int("outer", x.count(0, first)));
    all.add(new Parameter.Int("reduced", x.count(first, last + 1)));
    all.add(new Parameter.Int("inner", inner));
    return Optional.of(
        KernelCall.of(
            "armv7em/reduce_sum_s8",
            "mote_dsp_reduce_sum_s8",
            all,
            new Argument.Input(0),
            new Argument.Output(0)));
  }

  /// Parameters of a sum (or mean) of `count` quantized elements.
  static List<Parameter> quantizedSum(Step step, int count, boolean mean) {
    TensorType x = step.inputType(0);
    if (count * -x.element().minValue() > Integer.MAX_VALUE) {
      throw new UnsupportedStepException(
          step, "a sum of " + count + " elements of " + x.element().label() + " overflows");
    }
    Quantization.PerTensor output = step.outputType().quantization().perTensor();
    FixedPoint ratio = FixedPoint.of((double) x.quantization().scale() / (double) output.scale());
    FixedPoint factor = mean ? divided(ratio, count) : ratio;
    return List.of(
        new Parameter.Int("input_offset", -x.quantization().zeroPoint() * (long) count),
        new Parameter.Int("output_offset", output.zeroPoint()),
        new Parameter.Int("output_multiplier", factor.multiplier()),
        new Parameter.Int("output_shift", factor.shift()));
  }

  /// `factor / count`, cut off, with the bits that the division makes room for.
  private static FixedPoint divided(FixedPoint factor, int count) {
    int room = 31 - Integer.numberOfLeadingZeros(count);
    int bits = Math.min(room, 31 + factor.shift());
    long multiplier = ((long) factor.multiplier() << bits) / count;
    return new FixedPoint((int) multiplier, factor.shift() - bits);
  }

  /// A call of reduction kernel `name`. Neighbouring dimensions that are both kept or both reduced
  /// are one; kernels have three of each.
  private static KernelCall call(Step step, Op.Reduce op, String name, List<Parameter> parameters) {
    Shape shape = step.inputType(0).shape();
    List<List<Integer>> loops = List.of(new ArrayList<>(), new ArrayList<>());
    List<List<Integer>> strides = List.of(new ArrayList<>(), new ArrayList<>());
    int last = -1;
    for (int axis = 0; axis < shape.rank(); axis++) {
      if (shape.dim(axis) == 1) {
        continue;
      }
      int kind = op.axes().contains(axis) ? 1 : 0;
      int extent = shape.dim(axis);
      if (kind == last) {
        extent *= loops.get(kind).removeLast();
        strides.get(kind).removeLast();
      }
      loops.get(kind).add(extent);
      strides.get(kind).add(shape.count(axis + 1, shape.rank()));
      last = kind;
    }
    boolean inOrder = loops.get(0).size() <= 1 && (loops.get(0).isEmpty() || last == 1);
    List<Parameter> all = new ArrayList<>();
    for (int kind = 0; kind < 2; kind++) {
      if (loops.get(kind).size() > 3) {
        throw new UnsupportedStepException(
            step, "kept and reduced dimensions alternate more than six times");
      }
      while (loops.get(kind).size() < 3) {
        loops.get(kind).addFirst(1);
        strides.get(kind).addFirst(0);
      }
      String field = kind == 0 ? "kept" : "reduced";
      all.add(new Parameter.Ints(field, loops.get(kind)));
      all.add(new Parameter.Ints(field + "_strides", strides.get(kind)));
    }
    all.addAll(parameters);
    KernelCall call =
        KernelCall.of(
            "portable/" + name, "mote_" + name, all, new Argument.Input(0), new Argument.Output(0));
    return inOrder ? call.withOverlaps(new Overlap(0, 0)) : call;
  }

  static KernelCall argReduce(Step step, Op.ArgReduce op) {
    Shape shape = step.inputType(0).shape();
    ElementType output = step.outputType().element();
    int inner = shape.count(op.axis() + 1, shape.rank());
    int depth = shape.dim(op.axis());
    String name =
        "arg_extremum_"
            + switch (step.inputType(0).element()) {
              case INT8, INT16, INT32, FLOAT32 -> suffix(step);
              case INT4, UINT8, INT64, BOOL, FLOAT16 -> throw new UnsupportedStepException(step);
            };
    if (depth == 0 || (output != ElementType.INT32 && output != ElementType.INT64)) {
      throw new UnsupportedStepException(step);
    }
    KernelCall call =
        KernelCall.of(
            "portable/" + name,
            "mote_" + name,
            List.of(
                new Parameter.Int("outer", shape.count(0, op.axis())),
                new Parameter.Int("depth", depth),
                new Parameter.Int("inner", inner),
                new Parameter.Int("largest", op.largest() ? 1 : 0),
                new Parameter.Int("wide", output == ElementType.INT64 ? 1 : 0)),
            new Argument.Input(0),
            new Argument.Output(0));
    boolean behind = output.bits() <= (long) depth * step.inputType(0).element().bits();
    return inner == 1 && behind ? call.withOverlaps(new Overlap(0, 0)) : call;
  }

  static KernelCall cumulativeSum(Step step, Op.CumulativeSum op) {
    TensorType x = step.inputType(0);
    Shape shape = x.shape();
    List<Parameter> parameters = new ArrayList<>();
    parameters.add(new Parameter.Int("outer", shape.count(0, op.axis())));
    parameters.add(new Parameter.Int("depth", shape.dim(op.axis())));
    parameters.add(new Parameter.Int("inner", shape.count(op.axis() + 1, shape.rank())));
    parameters.add(new Parameter.Int("exclusive", op.exclusive() ? 1 : 0));
    parameters.add(new Parameter.Int("reverse", op.reverse() ? 1 : 0));
    String name =
        "cumulative_sum_"
            + switch (x.element()) {
              case FLOAT32, INT32, INT64 -> suffix(step);
              case INT8 -> {
                Quantization.PerTensor in = x.quantization().perTensor();
                parameters.add(new Parameter.Int("input_offset", -in.zeroPoint()));
                parameters.addAll(
                    Binaries.outputOfSum(in.scale(), step.outputType().quantization().perTensor()));
                yield "s8";
              }
              case INT4, UINT8, INT16, BOOL, FLOAT16 -> throw new UnsupportedStepException(step);
            };
    return KernelCall.of(
        "portable/" + name,
        "mote_" + name,
        parameters,
        new Argument.Input(0),
        new Argument.Output(0));
  }

  private static String suffix(Step step) {
    return switch (step.inputType(0).element()) {
      case INT8 -> "s8";
      case INT16 -> "s16";
      case INT32 -> "s32";
      case INT64 -> "s64";
      case FLOAT32 -> "f32";
      case INT4, UINT8, BOOL, FLOAT16 -> throw new UnsupportedStepException(step);
    };
  }
}
