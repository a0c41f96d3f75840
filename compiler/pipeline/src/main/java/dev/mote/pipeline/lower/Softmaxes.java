package dev.mote.pipeline.lower;

import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.pipeline.lower.KernelCall.Argument;
import dev.mote.pipeline.lower.KernelCall.Overlap;
import dev.mote.pipeline.lower.KernelCall.Parameter;
import java.util.ArrayList;
import java.util.List;

/// Lowers normalisations over the last dimension.
final class Softmaxes {

  /// Format of scaled differences to the largest element: Q5.
  private static final int DIFFERENCE_BITS = 5;

  /// From how many elements on a kilobyte of tabulated exponentials pays.
  private static final int TABLE_FROM = 64;

  private Softmaxes() {}

  static KernelCall softmax(Step step, Op.Softmax op) {
    ElementType from = step.inputType(0).element();
    ElementType to = step.outputType().element();
    if (from == ElementType.INT8 && to == ElementType.INT8) {
      return ofInt8(step, op.beta(), "s8").withOverlaps(new Overlap(0, 0));
    }
    if (from == ElementType.INT8 && to == ElementType.INT16) {
      return ofInt8(step, op.beta(), "s8_s16");
    }
    if (from == ElementType.INT16 && to == ElementType.INT16) {
      return ofInt16(step, op.beta());
    }
    if (from == ElementType.FLOAT32 && to == ElementType.FLOAT32) {
      return overRows(step, "softmax_f32", new Parameter.Real("beta", op.beta()));
    }
    throw new UnsupportedStepException(step);
  }

  private static KernelCall ofInt8(Step step, float beta, String types) {
    Differences differences = Differences.of(step.inputType(0).quantization().scale(), beta);
    int count = step.inputType(0).shape().count();
    boolean tabulate =
        switch (step.optimize()) {
          case SPEED -> count > TABLE_FROM / 4;
          case BALANCED -> count > TABLE_FROM;
          case SIZE, MEMORY -> false;
        };
    if (tabulate) {
      return KernelCall.of(
          "portable/softmax_table_" + types,
          "mote_softmax_table_" + types,
          List.of(rows(step), depth(step)),
          new Argument.Input(0),
          new Argument.Table(ConstantTable.ofInt32(differences.exponentials())),
          new Argument.Output(0));
    }
    return KernelCall.of(
            "portable/softmax_" + types,
            "mote_softmax_" + types,
            List.of(
                rows(step),
                depth(step),
                new Parameter.Int("multiplier", differences.factor().multiplier()),
                new Parameter.Int("shift", differences.factor().shift()),
                new Parameter.Int("diff_min", differences.smallest())),
            new Argument.Input(0),
            new Argument.Output(0),
            new Argument.Scratch())
        .withScratch(4 * step.inputType(0).shape().last());
  }

  private static KernelCall ofInt16(Step step, float beta) {
    FixedPoint factor =
        FixedPoint.of((double) step.inputType(0).quantization().scale() * beta / (10 / 65535.0));
    float tenth = 10f / 65535;
    float one = 1f / 65535;
    return KernelCall.of(
            "portable/softmax_s16",
            "mote_softmax_s16",
            List.of(
                rows(step),
                depth(step),
                new Parameter.Int("multiplier", factor.multiplier()),
                new Parameter.Int("shift", factor.shift())),
            new Argument.Input(0),
            new Argument.Table(InterpolatedSamples.of(tenth * -65535, 0, Math::exp)),
            new Argument.Table(InterpolatedSamples.of(0, one * 65535, x -> 1f / (1f + (float) x))),
            new Argument.Output(0))
        .withOverlaps(new Overlap(0, 0));
  }

  static KernelCall logSoftmax(Step step) {
    requireOneType(step);
    if (step.outputType().element() == ElementType.FLOAT32) {
      return overRows(step, "log_softmax_f32");
    }
    Differences differences = Differences.of(step.inputType(0).quantization().scale(), 1);
    FixedPoint factor = differences.factor();
    FixedPoint inverse = FixedPoint.of(Math.scalb(1.0, 31 - factor.shift()) / factor.multiplier());
    return overRows(
        step,
        "log_softmax_s8",
        new Parameter.Int("multiplier", factor.multiplier()),
        new Parameter.Int("shift", factor.shift()),
        new Parameter.Int("inverse_multiplier", inverse.multiplier()),
        new Parameter.Int("inverse_shift", inverse.shift()),
        new Parameter.Int("diff_min", differences.smallest()));
  }

  static KernelCall l2Normalization(Step step) {
    requireOneType(step);
    if (step.outputType().element() == ElementType.FLOAT32) {
      return overRows(step, "l2_normalization_f32");
    }
    int zero = step.inputType(0).quantization().zeroPoint();
    return overRows(step, "l2_normalization_s8", new Parameter.Int("input_zero", zero));
  }

  /// Both operands float32 or both int8.
  private static void requireOneType(Step step) {
    ElementType type = step.inputType(0).element();
    if (type != step.outputType().element()
        || (type != ElementType.FLOAT32 && type != ElementType.INT8)) {
      throw new UnsupportedStepException(step);
    }
  }

  private static KernelCall overRows(Step step, String kernel, Parameter... parameters) {
    List<Parameter> all = new ArrayList<>(List.of(rows(step), depth(step)));
    all.addAll(List.of(parameters));
    return KernelCall.of(
            "portable/" + kernel,
            "mote_" + kernel,
            all,
            new Argument.Input(0),
            new Argument.Output(0))
        .withOverlaps(new Overlap(0, 0));
  }

  /// How differences to the row's largest element become exponents in Q5.
  ///
  /// @param factor what they are multiplied with
  /// @param smallest the smallest one whose exponential counts; ≤ 0
  private record Differences(FixedPoint factor, int smallest) {

    static Differences of(float scale, float beta) {
      double factor =
          Math.min(
              (double) beta * scale * (1 << (31 - DIFFERENCE_BITS)), (double) Integer.MAX_VALUE);
      FixedPoint fixed = FixedPoint.of(factor);
      double radius = Math.scalb(31.0, 31 - DIFFERENCE_BITS - fixed.shift());
      return new Differences(fixed, -(int) Math.floor(radius));
    }

    /// The exponential of 0, -1 … -255 in Q0; 0 below the smallest.
    int[] exponentials() {
      int[] table = new int[256];
      for (int distance = 0; distance < table.length && -distance >= smallest; distance++) {
        int exponent = Fixed.requantize(-distance, factor);
        table[distance] = new Fixed(exponent, DIFFERENCE_BITS).exp().raw();
      }
      return table;
    }
  }

  private static Parameter rows(Step step) {
    int depth = step.inputType(0).shape().last();
    return new Parameter.Int("rows", step.inputType(0).shape().count() / depth);
  }

  private static Parameter depth(Step step) {
    return new Parameter.Int("depth", step.inputType(0).shape().last());
  }
}
