package dev.mote.pipeline.lower;

import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.pipeline.lower.KernelCall.Argument;
import dev.mote.pipeline.lower.KernelCall.Parameter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Lowers operators with state.
final class Recurrences {

  private static final int GATES = 4;
  private static final int INPUT_WEIGHTS = 1;
  private static final int RECURRENT_WEIGHTS = 5;
  private static final int BIASES = 9;
  private static final int HIDDEN = 13;
  private static final int CELL = 14;

  private static final int FEATURE_WEIGHTS = 1;
  private static final int TIME_WEIGHTS = 2;
  private static final int STATE = 3;
  private static final int BIAS = 4;

  private Recurrences() {}

  // ---- variables -------------------------------------------------------------------------------

  static KernelCall readVariable(Step step, Op.ReadVariable op) {
    return Movements.copy(
        step,
        new Argument.Variable(op.variable()),
        new Argument.Output(0),
        step.outputType().bytes());
  }

  static KernelCall assignVariable(Step step, Op.AssignVariable op) {
    return Movements.copy(
        step,
        new Argument.Input(0),
        new Argument.Variable(op.variable()),
        step.inputType(0).bytes());
  }

  // ---- LSTM ------------------------------------------------------------------------------------

  static KernelCall lstm(Step step, Op.Lstm op) {
    for (int i = INPUT_WEIGHTS; i < HIDDEN; i++) {
      requireConstant(step, i);
    }
    ElementType activations = step.inputType(0).element();
    if (activations == ElementType.FLOAT32) {
      return floatLstm(step, op);
    }
    boolean narrow = activations == ElementType.INT8;
    if ((!narrow && activations != ElementType.INT16)
        || step.inputType(INPUT_WEIGHTS).element() != ElementType.INT8
        || step.inputType(CELL).element() != ElementType.INT16) {
      throw new UnsupportedStepException(step);
    }
    String suffix = narrow ? "s8" : "s16";
    List<Parameter> parameters = lstmSizes(step, op);
    parameters.addAll(lstmScales(step, op));
    return KernelCall.of(
        "portable/lstm_" + suffix,
        "mote_lstm_" + suffix,
        parameters,
        new Argument.Input(0),
        new Argument.Table(joined(step, INPUT_WEIGHTS)),
        new Argument.Table(gateBiases(step, INPUT_WEIGHTS, step.inputType(0).quantization(), true)),
        new Argument.Table(joined(step, RECURRENT_WEIGHTS)),
        new Argument.Table(
            gateBiases(step, RECURRENT_WEIGHTS, step.inputType(HIDDEN).quantization(), false)),
        new Argument.Table(SigmoidTable.TABLE),
        new Argument.Variable(step.input(HIDDEN).name()),
        new Argument.Variable(step.input(CELL).name()),
        new Argument.Output(0));
  }

  private static KernelCall floatLstm(Step step, Op.Lstm op) {
    List<Parameter> parameters = lstmSizes(step, op);
    parameters.add(new Parameter.Real("clip", op.cellClip()));
    return KernelCall.of(
        "portable/lstm_f32",
        "mote_lstm_f32",
        parameters,
        new Argument.Input(0),
        new Argument.Table(joinedFloats(step, INPUT_WEIGHTS)),
        new Argument.Table(joinedFloats(step, RECURRENT_WEIGHTS)),
        new Argument.Table(joinedFloats(step, BIASES)),
        new Argument.Variable(step.input(HIDDEN).name()),
        new Argument.Variable(step.input(CELL).name()),
        new Argument.Output(0));
  }

  private static List<Parameter> lstmSizes(Step step, Op.Lstm op) {
    Shape x = step.inputType(0).shape();
    int batches = x.dim(op.timeMajor() ? 1 : 0);
    int steps = x.dim(op.timeMajor() ? 0 : 1);
    List<Parameter> parameters = new ArrayList<>();
    parameters.add(new Parameter.Int("batches", batches));
    parameters.add(new Parameter.Int("steps", steps));
    parameters.add(new Parameter.Int("inputs", x.last()));
    parameters.add(new Parameter.Int("units", step.inputType(INPUT_WEIGHTS).shape().dim(0)));
    parameters.add(new Parameter.Int("batch_pitch", op.timeMajor() ? 1 : steps));
    parameters.add(new Parameter.Int("step_pitch", op.timeMajor() ? batches : 1));
    return parameters;
  }

  /// Gates have 12 fractional bits before their function and 15 after it.
  private static List<Parameter> lstmScales(Step step, Op.Lstm op) {
    double gate = Math.scalb(1.0, -15);
    double cell = step.inputType(CELL).quantization().scale();
    Quantization hidden = step.inputType(HIDDEN).quantization();
    List<Parameter> parameters = new ArrayList<>();
    addFactors(
        parameters, "input", gateFactors(step, INPUT_WEIGHTS, step.inputType(0).quantization()));
    addFactors(parameters, "recurrent", gateFactors(step, RECURRENT_WEIGHTS, hidden));
    addFactors(
        parameters,
        "state",
        List.of(
            FixedPoint.of(gate * cell / cell),
            FixedPoint.of(gate * gate / cell),
            FixedPoint.of(gate * gate / hidden.scale())));
    double clip = op.cellClip() > 0 ? Math.min(op.cellClip() / cell, Short.MAX_VALUE) : 0;
    // The table of the hyperbolic tangent wants 3·2^12 times the cell state.
    int shift = (int) Math.round(Math.log(cell) / Math.log(2)) + 12;
    parameters.add(new Parameter.Int("clip", (int) clip));
    parameters.add(new Parameter.Int("tanh_factor", 3 << Math.max(shift, 0)));
    parameters.add(new Parameter.Int("tanh_shift", Math.max(-shift, 0)));
    parameters.add(new Parameter.Int("output_zero_point", hidden.zeroPoint()));
    return parameters;
  }

  private static List<FixedPoint> gateFactors(Step step, int weights, Quantization operand) {
    return IntStream.range(weights, weights + GATES)
        .mapToObj(
            i -> {
              float product = operand.scale() * step.inputType(i).quantization().scale();
              return FixedPoint.of(product / Math.scalb(1.0, -12));
            })
        .toList();
  }

  private static void addFactors(List<Parameter> to, String name, List<FixedPoint> factors) {
    to.add(
        new Parameter.Ints(
            name + "_multipliers", factors.stream().map(FixedPoint::multiplier).toList()));
    to.add(new Parameter.Ints(name + "_shifts", factors.stream().map(FixedPoint::shift).toList()));
  }

  /// The four gates' constants one after the other.
  private static ConstantTable joined(Step step, int first) {
    ByteBuffer bytes = ByteBuffer.allocate(GATES * step.input(first).data().orElseThrow().size());
    for (int gate = 0; gate < GATES; gate++) {
      bytes.put(step.input(first + gate).data().orElseThrow().buffer());
    }
    return ConstantTable.weights(step.inputType(first).element(), Blob.of(bytes.array()));
  }

  private static ConstantTable joinedFloats(Step step, int first) {
    int count = step.inputType(first).shape().count();
    float[] all = new float[GATES * count];
    for (int gate = 0; gate < GATES; gate++) {
      System.arraycopy(floats(step, first + gate), 0, all, gate * count, count);
    }
    return floatWeights(all);
  }

  /// Per gate and unit what the zero point of the operand contributes, and the bias.
  private static ConstantTable gateBiases(
      Step step, int weights, Quantization operand, boolean withBias) {
    int units = step.inputType(weights).shape().dim(0);
    long[] biases = new long[GATES * units];
    for (int gate = 0; gate < GATES; gate++) {
      long[] sums = zeroPointSums(step.input(weights + gate), operand.zeroPoint());
      long[] own = withBias ? step.input(BIASES + gate).constantIntegers() : new long[units];
      for (int unit = 0; unit < units; unit++) {
        biases[gate * units + unit] = own[unit] - sums[unit];
      }
    }
    if (step.inputType(0).element() == ElementType.INT8) {
      return int32Table(biases);
    }
    ByteBuffer bytes =
        ByteBuffer.allocate(Long.BYTES * biases.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(biases);
    return ConstantTable.weights(ElementType.INT64, Blob.of(bytes.array()));
  }

  /// For each row of `weights` the sum of its elements times `zeroPoint`.
  private static long[] zeroPointSums(Tensor weights, int zeroPoint) {
    long[] values = weights.constantIntegers();
    int length = weights.shape().last();
    long[] sums = new long[values.length / length];
    for (int i = 0; i < values.length; i++) {
      sums[i / length] += values[i] * zeroPoint;
    }
    return sums;
  }

  /// Cut to 32 bits, as the accumulators that start with them wrap around.
  private static ConstantTable int32Table(long[] values) {
    return ConstantTable.ofInt32(Arrays.stream(values).mapToInt(value -> (int) value).toArray());
  }

  // ---- SVDF ------------------------------------------------------------------------------------

  static KernelCall svdf(Step step, Op.Svdf op) {
    requireConstant(step, FEATURE_WEIGHTS);
    requireConstant(step, TIME_WEIGHTS);
    if (step.hasInput(BIAS)) {
      requireConstant(step, BIAS);
    }
    ElementType activations = step.inputType(0).element();
    ElementType state = step.inputType(STATE).element();
    if (activations == ElementType.FLOAT32) {
      return floatSvdf(step, op);
    }
    if (activations != ElementType.INT8
        || step.inputType(FEATURE_WEIGHTS).element() != ElementType.INT8
        || step.inputType(TIME_WEIGHTS).element() != state
        || (state != ElementType.INT8 && state != ElementType.INT16)) {
      throw new UnsupportedStepException(step);
    }
    String suffix = state == ElementType.INT8 ? "s8" : "s8_s16";
    return KernelCall.of(
        "portable/svdf_" + suffix,
        "mote_svdf_" + suffix,
        integerSvdfParameters(step, op),
        new Argument.Input(0),
        new Argument.Input(FEATURE_WEIGHTS),
        new Argument.Table(featureBiases(step)),
        new Argument.Input(TIME_WEIGHTS),
        new Argument.Table(unitBiases(step, op)),
        new Argument.Variable(step.input(STATE).name()),
        new Argument.Output(0));
  }

  private static List<Parameter> integerSvdfParameters(Step step, Op.Svdf op) {
    Quantization x = step.inputType(0).quantization();
    Quantization state = step.inputType(STATE).quantization();
    Quantization y = step.outputType().quantization();
    float featureScale = step.inputType(FEATURE_WEIGHTS).quantization().scale();
    float timeScale = step.inputType(TIME_WEIGHTS).quantization().scale();
    FixedPoint feature = FixedPoint.of(x.scale() * featureScale / state.scale());
    FixedPoint output = FixedPoint.of(state.scale() * timeScale / y.scale());
    List<Parameter> parameters = svdfSizes(step, op);
    parameters.add(new Parameter.Int("feature_multiplier", feature.multiplier()));
    parameters.add(new Parameter.Int("feature_shift", feature.shift()));
    parameters.add(new Parameter.Int("state_zero_point", state.zeroPoint()));
    parameters.add(new Parameter.Int("output_multiplier", output.multiplier()));
    parameters.add(new Parameter.Int("output_shift", output.shift()));
    parameters.add(new Parameter.Int("output_zero_point", y.zeroPoint()));
    return parameters;
  }

  private static List<Parameter> svdfSizes(Step step, Op.Svdf op) {
    List<Parameter> parameters = new ArrayList<>();
    int filters = step.inputType(FEATURE_WEIGHTS).shape().dim(0);
    parameters.add(new Parameter.Int("batches", step.inputType(0).shape().dim(0)));
    parameters.add(new Parameter.Int("inputs", step.inputType(0).shape().dim(1)));
    parameters.add(new Parameter.Int("units", filters / op.rank()));
    parameters.add(new Parameter.Int("rank", op.rank()));
    parameters.add(new Parameter.Int("memory", step.inputType(TIME_WEIGHTS).shape().dim(1)));
    return parameters;
  }

  private static ConstantTable featureBiases(Step step) {
    long[] sums =
        zeroPointSums(step.input(FEATURE_WEIGHTS), step.inputType(0).quantization().zeroPoint());
    return int32Table(Arrays.stream(sums).map(sum -> -sum).toArray());
  }

  private static ConstantTable unitBiases(Step step, Op.Svdf op) {
    long[] sums =
        zeroPointSums(step.input(TIME_WEIGHTS), step.inputType(STATE).quantization().zeroPoint());
    int units = sums.length / op.rank();
    long[] biases = step.hasInput(BIAS) ? step.input(BIAS).constantIntegers() : new long[units];
    for (int filter = 0; filter < sums.length; filter++) {
      biases[filter / op.rank()] -= sums[filter];
    }
    return int32Table(biases);
  }

  private static KernelCall floatSvdf(Step step, Op.Svdf op) {
    int units = step.inputType(FEATURE_WEIGHTS).shape().dim(0) / op.rank();
    List<Parameter> parameters = svdfSizes(step, op);
    parameters.add(new Parameter.Real("output_min", op.activation().lower()));
    parameters.add(new Parameter.Real("output_max", op.activation().upper()));
    return KernelCall.of(
        "portable/svdf_f32",
        "mote_svdf_f32",
        parameters,
        new Argument.Input(0),
        new Argument.Table(floatWeights(floats(step, FEATURE_WEIGHTS))),
        new Argument.Table(floatWeights(floats(step, TIME_WEIGHTS))),
        new Argument.Table(
            step.hasInput(BIAS)
                ? floatWeights(floats(step, BIAS))
                : ConstantTable.ofFloat(new float[units])),
        new Argument.Variable(step.input(STATE).name()),
        new Argument.Output(0));
  }

  // ---- constants -------------------------------------------------------------------------------

  private static void requireConstant(Step step, int index) {
    if (!step.input(index).isConstant()) {
      throw new UnsupportedStepException(
          step, "'" + step.input(index).name() + "' must be a constant");
    }
  }

  /// A constant as floats; quantized weights are dequantized.
  private static float[] floats(Step step, int index) {
    Tensor tensor = step.input(index);
    if (tensor.element().isFloat()) {
      return tensor.constantFloats();
    }
    Quantization quantization = tensor.quantization();
    long[] values = tensor.constantIntegers();
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = quantization.scale() * (values[i] - quantization.zeroPoint());
    }
    return floats;
  }

  private static ConstantTable floatWeights(float[] values) {
    return ConstantTable.weights(ElementType.FLOAT32, ConstantTable.ofFloat(values).data());
  }
}
