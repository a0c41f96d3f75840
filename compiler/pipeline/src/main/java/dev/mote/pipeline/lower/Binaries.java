package dev.mote.pipeline.lower;

import dev.mote.ir.Activation;
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
import java.util.stream.IntStream;

/// Lowers element-wise arithmetic on two and more inputs.
final class Binaries {

  private Binaries() {}

  static KernelCall binary(Step step, Op.Binary op) {
    ElementType element = step.outputType().element();
    boolean quantized = step.outputType().quantization().isQuantized();
    boolean small = element == ElementType.INT8 || element == ElementType.INT16;
    return switch (op.kind()) {
      case MINIMUM, MAXIMUM ->
          small ? extremum(step, op.kind() == Op.Binary.Kind.MAXIMUM) : plain(step, op);
      case ADD, SUB -> quantized ? sum(step, op) : plain(step, op);
      case MUL -> quantized ? product(step, op) : plain(step, op);
      case DIV -> quantized ? quotient(step, op) : plain(step, op);
      case SQUARED_DIFFERENCE -> quantized ? squaredDifference(step, op) : plain(step, op);
      case FLOOR_DIV, FLOOR_MOD -> plain(step, op);
      case POWER -> {
        if (element != ElementType.FLOAT32 || op.activation() != Activation.NONE) {
          throw new UnsupportedStepException(step);
        }
        yield call(step, "power_f32", List.of());
      }
    };
  }

  // ---- plain numbers ---------------------------------------------------------------------------

  private static KernelCall plain(Step step, Op.Binary op) {
    Activation activation = op.activation();
    // In the order of `enum` in binary.h.
    Parameter kind = new Parameter.Int("kind", op.kind().ordinal());
    return switch (step.outputType().element()) {
      case FLOAT32 ->
          call(
              step,
              "binary_f32",
              List.of(
                  kind,
                  new Parameter.Int("clamped", activation == Activation.NONE ? 0 : 1),
                  new Parameter.Real("low", activation.lower()),
                  new Parameter.Real("high", activation.upper())));
      case INT32 -> call(step, "binary_s32", bounded(kind, activation, ElementType.INT32));
      case INT64 -> call(step, "binary_s64", bounded(kind, activation, ElementType.INT64));
      case INT4, INT8, UINT8, INT16, BOOL, FLOAT16 -> throw new UnsupportedStepException(step);
    };
  }

  private static List<Parameter> bounded(
      Parameter kind, Activation activation, ElementType element) {
    boolean below = Float.isFinite(activation.lower());
    boolean above = Float.isFinite(activation.upper());
    return List.of(
        kind,
        new Parameter.Int("low", below ? (long) activation.lower() : element.minValue()),
        new Parameter.Int("high", above ? (long) activation.upper() : element.maxValue()));
  }

  private static KernelCall extremum(Step step, boolean largest) {
    return call(
        step, "extremum_" + suffix(step), List.of(new Parameter.Int("largest", largest ? 1 : 0)));
  }

  // ---- quantized -------------------------------------------------------------------------------

  private static KernelCall sum(Step step, Op.Binary op) {
    QuantizedSum exact = QuantizedSum.of(step, op);
    if (step.outputType().element() == ElementType.INT8) {
      Optional<LinearSum> linear = LinearSum.of(exact);
      boolean words = step.hasDsp() && !step.hasMve();
      if (linear.isPresent() && words && sameShapes(step) && exact.range().isWholeInt8()) {
        return fourAtATime(step, linear.get());
      }
      if (linear.isPresent()) {
        return call(step, "add_linear_s8", linear.get().parameters(exact.range()));
      }
    }
    return call(step, "add_" + suffix(step), exact.parameters());
  }

  private static boolean sameShapes(Step step) {
    return step.inputType(0).shape().equals(step.outputType().shape())
        && step.inputType(1).shape().equals(step.outputType().shape());
  }

  private static KernelCall fourAtATime(Step step, LinearSum linear) {
    List<Parameter> parameters = new ArrayList<>(linear.parameters());
    parameters.add(new Parameter.Int("count", step.outputType().shape().count()));
    return KernelCall.of(
            "armv7em/add_s8",
            "mote_dsp_add_s8",
            parameters,
            new Argument.Input(0),
            new Argument.Input(1),
            new Argument.Output(0))
        .withOverlaps(new Overlap(0, 0), new Overlap(1, 0));
  }

  private static KernelCall product(Step step, Op.Binary op) {
    double x = step.inputType(0).quantization().scale();
    double y = step.inputType(1).quantization().scale();
    double z = step.outputType().quantization().scale();
    FixedPoint factor = FixedPoint.of(x * y / z);
    return fourProducts(step, op, factor)
        .orElseGet(() -> call(step, "mul_" + suffix(step), scaled(step, op, factor)));
  }

  /// The kernel for four products at a time, of operands one of which has the output's shape.
  private static Optional<KernelCall> fourProducts(Step step, Op.Binary op, FixedPoint factor) {
    int right = -factor.shift();
    if (!step.hasDsp()
        || step.hasMve()
        || step.outputType().element() != ElementType.INT8
        || !QuantizedRange.of(op.activation(), step.outputType()).isWholeInt8()
        || right < 1
        || right > 22) {
      return Optional.empty();
    }
    Shape whole = step.outputType().shape();
    int x = step.inputType(0).shape().equals(whole) ? 0 : 1;
    int y = 1 - x;
    if (!step.inputType(x).shape().equals(whole)) {
      return Optional.empty();
    }
    int zero = step.outputType().quantization().zeroPoint();
    Overlap[] overlaps =
        sameShapes(step)
            ? new Overlap[] {new Overlap(0, 0), new Overlap(1, 0)}
            : new Overlap[] {new Overlap(x, 0)};
    return RepeatedOperand.of(step.inputType(y).shape(), whole)
        .filter(walk -> walk.count() >= 4)
        .map(
            walk -> {
              List<Parameter> parameters = new ArrayList<>(walk.parameters());
              parameters.add(offset("x_offset", step, x));
              parameters.add(offset("y_offset", step, y));
              parameters.add(new Parameter.Int("multiplier", factor.multiplier()));
              parameters.add(new Parameter.Int("right", right));
              parameters.add(new Parameter.Int("addend", (2 * zero + 1) << (right - 1)));
              return KernelCall.of(
                      "armv7em/mul_s8",
                      "mote_dsp_mul_s8",
                      parameters,
                      new Argument.Input(x),
                      new Argument.Input(y),
                      new Argument.Output(0))
                  .withOverlaps(overlaps);
            });
  }

  private static Parameter offset(String name, Step step, int input) {
    return new Parameter.Int(name, -step.inputType(input).quantization().zeroPoint());
  }

  private static KernelCall quotient(Step step, Op.Binary op) {
    if (step.outputType().element() != ElementType.INT8) {
      throw new UnsupportedStepException(step);
    }
    float x = step.inputType(0).quantization().scale();
    float y = step.inputType(1).quantization().scale();
    float z = step.outputType().quantization().scale();
    // Single precision, as TFLite Micro does it.
    return call(step, "div_s8", scaled(step, op, FixedPoint.of(x / (y * z))));
  }

  private static KernelCall squaredDifference(Step step, Op.Binary op) {
    float x = step.inputType(0).quantization().scale();
    float y = step.inputType(1).quantization().scale();
    float z = step.outputType().quantization().scale();
    int leftShift = step.outputType().element() == ElementType.INT16 ? 0 : 7;
    double twice = 2.0 * Math.max(x, y);
    FixedPoint left = FixedPoint.of(x / twice);
    FixedPoint right = FixedPoint.of(y / twice);
    List<Parameter> parameters = new ArrayList<>();
    parameters.add(new Parameter.Int("x_multiplier", left.multiplier()));
    parameters.add(new Parameter.Int("x_shift", left.shift()));
    parameters.add(new Parameter.Int("y_multiplier", right.multiplier()));
    parameters.add(new Parameter.Int("y_shift", right.shift()));
    parameters.add(new Parameter.Int("left_shift", leftShift));
    parameters.addAll(scaled(step, op, FixedPoint.of(twice * twice / ((1 << 2 * leftShift) * z))));
    return call(step, "squared_difference_" + suffix(step), parameters);
  }

  /// Zero points, the factor of the result, and its range.
  private static List<Parameter> scaled(Step step, Op.Binary op, FixedPoint factor) {
    TensorType z = step.outputType();
    List<Parameter> parameters = new ArrayList<>();
    parameters.add(new Parameter.Int("x_offset", -step.inputType(0).quantization().zeroPoint()));
    parameters.add(new Parameter.Int("y_offset", -step.inputType(1).quantization().zeroPoint()));
    parameters.add(new Parameter.Int("output_offset", z.quantization().zeroPoint()));
    parameters.add(new Parameter.Int("output_multiplier", factor.multiplier()));
    parameters.add(new Parameter.Int("output_shift", factor.shift()));
    parameters.addAll(QuantizedRange.of(op.activation(), z).parameters());
    return parameters;
  }

  private static String suffix(Step step) {
    return switch (step.outputType().element()) {
      case INT8 -> "s8";
      case INT16 -> "s16";
      case INT4, UINT8, INT32, INT64, BOOL, FLOAT16, FLOAT32 ->
          throw new UnsupportedStepException(step);
    };
  }

  /// A call of element-wise kernel `name` with two operands.
  static KernelCall call(Step step, String name, List<Parameter> parameters) {
    BroadcastWalk walk = BroadcastWalk.of(step);
    List<Parameter> all = new ArrayList<>(walk.parameters("x_strides", "y_strides"));
    all.addAll(parameters);
    return KernelCall.of(
            "portable/" + name,
            "mote_" + name,
            all,
            new Argument.Input(0),
            new Argument.Input(1),
            new Argument.Output(0))
        .withOverlaps(walk.overlaps());
  }

  // ---- more than two ---------------------------------------------------------------------------

  static KernelCall addN(Step step) {
    TensorType z = step.outputType();
    int inputs = step.inputCount();
    List<Parameter> parameters = new ArrayList<>();
    parameters.add(new Parameter.Int("count", z.shape().count()));
    parameters.add(new Parameter.Int("inputs", inputs));
    String name =
        switch (z.element()) {
          case FLOAT32 -> "add_n_f32";
          case INT32 -> "add_n_s32";
          case INT8 -> {
            Quantization.PerTensor x = step.inputType(0).quantization().perTensor();
            parameters.add(new Parameter.Int("input_offset", -x.zeroPoint() * (inputs + 1)));
            parameters.addAll(outputOfSum(x.scale(), z.quantization().perTensor()));
            yield "add_n_s8";
          }
          case INT4, UINT8, INT16, INT64, BOOL, FLOAT16 -> throw new UnsupportedStepException(step);
        };
    return KernelCall.of(
            "portable/" + name,
            "mote_" + name,
            parameters,
            new Argument.Inputs(),
            new Argument.Output(0))
        .withOverlaps(
            IntStream.range(0, inputs).mapToObj(i -> new Overlap(i, 0)).toArray(Overlap[]::new));
  }

  /// Fields for the result of a running sum of operands with scale `input` and 19 bits after the
  /// binary point.
  static List<Parameter> outputOfSum(float input, Quantization.PerTensor output) {
    FixedPoint factor = FixedPoint.of(2.0 * input / ((1 << 20) * (double) output.scale()));
    return List.of(
        new Parameter.Int("output_offset", output.zeroPoint()),
        new Parameter.Int("output_multiplier", factor.multiplier()),
        new Parameter.Int("output_shift", factor.shift()));
  }
}
