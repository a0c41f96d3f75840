package dev.mote.pipeline.lower;

import dev.mote.ir.Activation;
import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.pipeline.lower.KernelCall.Argument;
import dev.mote.pipeline.lower.KernelCall.Parameter;
import java.util.ArrayList;
import java.util.List;

/// What layers with weights have in common: inputs x, weights and optional bias, sums that are
/// rescaled per output channel, and a zero point of x that is folded into the bias where it can be.
///
/// @param step the node
/// @param activation what is fused
/// @param traits how the operator treats its operands
record WeightedLayer(Step step, Activation activation, Traits traits) {

  /// How an operator treats its operands.
  ///
  /// @param kernel its name in the names of kernels
  /// @param channelAxis dimension of the weights that counts output channels
  /// @param productInFloat whether the scales of x and of per-tensor weights are multiplied in
  ///     `float` (TFLite's matrix products) or in `double` (its convolutions)
  /// @param wideWithoutBias whether int16 sums have 64 bits when there is no bias to tell
  /// @param everyWeight whether each sum is over all weights of its channel, so that `-xZero·Σw`
  ///     may be in the bias
  /// @param narrow what becomes of weights that are stored in fewer bits
  /// @param dynamic whether float activations are quantized as the model runs when the weights are
  ///     int8
  record Traits(
      String kernel,
      int channelAxis,
      boolean productInFloat,
      boolean wideWithoutBias,
      boolean everyWeight,
      Narrow narrow,
      boolean dynamic) {}

  /// What becomes of weights that are stored in fewer bits than they are computed with.
  enum Narrow {
    /// The kernel reads them as they are.
    READ,
    /// The kernel unpacks those of a few output channels at a time into scratch memory.
    UNPACK,
    /// They are stored wide.
    EXPAND
  }

  private static final int PACKED_CHANNELS = 4;

  /// The kernel call for the types of the operands.
  ///
  /// @param geometry the kernel's parameters of shape
  KernelCall call(List<Parameter> geometry) {
    ElementType stored = weights().element();
    return switch (step.inputType(0).element()) {
      case INT8 ->
          switch (stored) {
            case INT8 -> call8("_s8", geometry, new Argument.Input(1));
            case INT4 ->
                traits.narrow != Narrow.EXPAND
                    ? unpacking(call8("_s8_s4", geometry, new Argument.Input(1)), ElementType.INT8)
                    : call8("_s8", geometry, expandedIntegers());
            case UINT8, INT16, INT32, INT64, BOOL, FLOAT16, FLOAT32 -> throw unsupported();
          };
      case INT16 ->
          switch (stored) {
            case INT8 -> call16(geometry);
            case INT4, UINT8, INT16, INT32, INT64, BOOL, FLOAT16, FLOAT32 -> throw unsupported();
          };
      case FLOAT32 ->
          switch (stored) {
            case FLOAT32 -> callFloat("_f32", geometry, new Argument.Input(1));
            case FLOAT16 ->
                traits.narrow != Narrow.EXPAND
                    ? unpacking(
                        callFloat("_f32_f16", geometry, new Argument.Input(1)), ElementType.FLOAT32)
                    : callFloat("_f32", geometry, expandedFloats());
            case INT8 ->
                traits.dynamic
                    ? callDynamic(geometry)
                    : callFloat("_f32", geometry, expandedFloats());
            case INT4, UINT8, INT16, INT32, INT64, BOOL -> throw unsupported();
          };
      case INT4, UINT8, INT32, INT64, BOOL, FLOAT16 -> throw unsupported();
    };
  }

  /// The call of the portable kernel for int8 weights that are stored as `table`.
  ///
  /// @param form what the kernel's name begins with
  KernelCall stored(String form, List<Parameter> geometry, ConstantTable table) {
    KernelCall plain = call8("_s8", geometry, new Argument.Table(table));
    String name = form + traits.kernel + "_s8";
    return KernelCall.of(
        "portable/" + name,
        "mote_" + name,
        plain.parameters(),
        plain.arguments().toArray(Argument[]::new));
  }

  int channels() {
    return weights().shape().dim(traits.channelAxis);
  }

  Tensor weights() {
    return step.input(1);
  }

  boolean hasBias() {
    return step.hasInput(2);
  }

  private UnsupportedStepException unsupported() {
    return new UnsupportedStepException(step);
  }

  private KernelCall call8(String types, List<Parameter> geometry, Argument weights) {
    List<Parameter> parameters = new ArrayList<>(geometry);
    parameters.add(new Parameter.Int("x_zero", folded() ? 0 : xZero()));
    parameters.add(new Parameter.Int("w_zero", weights().quantization().zeroPoint()));
    parameters.addAll(factors());
    parameters.add(new Parameter.Int("right_only", rightOnly() ? 1 : 0));
    parameters.add(new Parameter.Int("output_zero", step.outputType().quantization().zeroPoint()));
    parameters.addAll(QuantizedRange.of(activation, step.outputType()).parameters());
    return kernel(types, parameters, weights, bias8(), multipliers(), shifts());
  }

  private KernelCall call16(List<Parameter> geometry) {
    int outputZero = step.outputType().quantization().zeroPoint();
    if (xZero() != 0 || outputZero != 0 || weights().quantization().zeroPoint() != 0) {
      throw new UnsupportedStepException(
          step, "int16 tensors and their weights must have zero point 0");
    }
    List<Parameter> parameters = new ArrayList<>(geometry);
    parameters.add(new Parameter.Int("wide", wide() ? 1 : 0));
    parameters.addAll(factors());
    parameters.addAll(QuantizedRange.of(activation, step.outputType()).parameters());
    return kernel("_s16", parameters, new Argument.Input(1), bias16(), multipliers(), shifts());
  }

  /// Whether sums of int16 have 64 bits.
  boolean wide() {
    return hasBias() ? step.inputType(2).element() == ElementType.INT64 : traits.wideWithoutBias;
  }

  private KernelCall callFloat(
      String types, List<Parameter> geometry, Argument weights, Argument... tables) {
    List<Parameter> parameters = new ArrayList<>(geometry);
    parameters.addAll(FloatRange.parameters(activation));
    List<Argument> all = new ArrayList<>();
    all.add(weights);
    all.add(hasBias() ? new Argument.Input(2) : new Argument.Absent());
    all.addAll(List.of(tables));
    return kernel(types, parameters, all.toArray(Argument[]::new));
  }

  /// Float activations are quantized in scratch memory, an image or a row at a time; with a zero
  /// point where TFLite's kernels have one.
  private KernelCall callDynamic(List<Parameter> geometry) {
    boolean rows = traits.narrow == Narrow.READ;
    boolean asymmetric = traits.channelAxis == 3 || (!rows && !perTensor());
    List<Parameter> parameters = new ArrayList<>(geometry);
    parameters.add(new Parameter.Int("asymmetric", asymmetric ? 1 : 0));
    Shape x = step.inputType(0).shape();
    int bytes = rows ? weights().shape().last() : x.count() / x.dim(0);
    return callFloat("_f32_s8", parameters, new Argument.Input(1), scales())
        .withArguments(new Argument.Scratch())
        .withScratch(bytes);
  }

  private KernelCall kernel(String types, List<Parameter> parameters, Argument... operands) {
    List<Argument> arguments = new ArrayList<>();
    arguments.add(new Argument.Input(0));
    arguments.addAll(List.of(operands));
    arguments.add(new Argument.Output(0));
    String name = traits.kernel + types;
    return KernelCall.of(
        "portable/" + name, "mote_" + name, parameters, arguments.toArray(Argument[]::new));
  }

  /// Convolutions unpack the weights of a few output channels at a time; matrix products, which use
  /// most weights once, read them packed.
  private KernelCall unpacking(KernelCall call, ElementType unpacked) {
    if (traits.narrow == Narrow.READ) {
      return call;
    }
    int perChannel = weights().shape().count() / channels();
    long bytes = unpacked.bytes((long) Math.min(channels(), PACKED_CHANNELS) * perChannel);
    return call.withArguments(new Argument.Scratch()).withScratch(Math.toIntExact(bytes));
  }

  /// Whether the bias table holds `bias - xZero·Σw`.
  boolean folded() {
    return traits.everyWeight
        && weights().isConstant()
        && (!hasBias() || step.input(2).isConstant())
        && weights().quantization().zeroPoint() == 0;
  }

  int xZero() {
    return step.inputType(0).quantization().zeroPoint();
  }

  /// The int32 bias, with the zero point of x folded in if possible.
  private Argument bias8() {
    if (!folded()) {
      return hasBias() ? new Argument.Input(2) : new Argument.Absent();
    }
    if (!hasBias() && xZero() == 0) {
      return new Argument.Absent();
    }
    return new Argument.Table(ConstantTable.weights(foldedBias()));
  }

  /// The bias of each output channel for x as it is stored: `bias - xZero·Σw`.
  int[] foldedBias() {
    long[] sums = weightSums();
    long[] bias = hasBias() ? step.input(2).constantIntegers() : new long[sums.length];
    int[] folded = new int[sums.length];
    for (int channel = 0; channel < folded.length; channel++) {
      folded[channel] = (int) (bias[channel] - xZero() * sums[channel]);
    }
    return folded;
  }

  /// The constant weights in the order of the model, one byte each.
  byte[] weightBytes() {
    long[] values = weights().constantIntegers();
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  /// The bias in 64 bits.
  Argument bias16() {
    if (!hasBias()) {
      return new Argument.Absent();
    }
    Tensor bias = step.input(2);
    if (bias.element() == ElementType.INT64) {
      return new Argument.Input(2);
    }
    if (!bias.isConstant()) {
      throw new UnsupportedStepException(step, "a bias that is computed must be int64 here");
    }
    return new Argument.Table(ConstantTable.ofInt64(bias.constantIntegers()).asWeights());
  }

  private long[] weightSums() {
    Shape shape = weights().shape();
    int inner = shape.count(traits.channelAxis + 1, shape.rank());
    long[] values = weights().constantIntegers();
    long[] sums = new long[channels()];
    for (int i = 0; i < values.length; i++) {
      sums[i / inner % sums.length] += values[i];
    }
    return sums;
  }

  boolean perTensor() {
    return switch (weights().quantization()) {
      case Quantization.PerChannel p -> p.scales().size() == 1;
      case Quantization.PerTensor _, Quantization.None _ -> true;
    };
  }

  /// The one multiplier and shift of a layer quantized per tensor; zeros beside tables.
  List<Parameter> factors() {
    FixedPoint factor = perTensor() ? factor(0) : new FixedPoint(0, 0);
    return List.of(
        new Parameter.Int("multiplier", factor.multiplier()),
        new Parameter.Int("shift", factor.shift()));
  }

  /// Multiplier of each output channel; absent when one holds for all.
  Argument multipliers() {
    if (perTensor()) {
      return new Argument.Absent();
    }
    int[] multipliers = new int[channels()];
    for (int channel = 0; channel < multipliers.length; channel++) {
      multipliers[channel] = factor(channel).multiplier();
    }
    return new Argument.Table(ConstantTable.ofInt32(multipliers));
  }

  /// Shift of each output channel; absent when one holds for all.
  Argument shifts() {
    if (perTensor()) {
      return new Argument.Absent();
    }
    byte[] shifts = new byte[channels()];
    for (int channel = 0; channel < shifts.length; channel++) {
      shifts[channel] = (byte) factor(channel).shift();
    }
    return new Argument.Table(ConstantTable.ofInt8(shifts));
  }

  private boolean rightOnly() {
    for (int channel = 0; channel < channels(); channel++) {
      if (factor(channel).shift() >= 0) {
        return false;
      }
    }
    return true;
  }

  FixedPoint factor(int channel) {
    float xScale = step.inputType(0).quantization().scale();
    float weightScale = weights().quantization().scale(perTensor() ? 0 : channel);
    double scales =
        traits.productInFloat && perTensor() ? xScale * weightScale : (double) xScale * weightScale;
    FixedPoint factor = FixedPoint.of(scales / step.outputType().quantization().scale());
    // zero times anything is zero: keep the layer among those with right shifts only
    return factor.multiplier() == 0 ? new FixedPoint(0, -1) : factor;
  }

  /// Scale of each output channel's weights.
  private Argument scales() {
    float[] scales = new float[channels()];
    for (int channel = 0; channel < scales.length; channel++) {
      scales[channel] = weights().quantization().scale(perTensor() ? 0 : channel);
    }
    return new Argument.Table(ConstantTable.ofFloat(scales));
  }

  /// Constant weights, one byte each.
  private Argument expandedIntegers() {
    if (!weights().isConstant()) {
      throw new UnsupportedStepException(step, "packed weights must be constant here");
    }
    return new Argument.Table(ConstantTable.weights(ElementType.INT8, Blob.of(weightBytes())));
  }

  /// Constant weights as the numbers that they stand for.
  private Argument expandedFloats() {
    if (!weights().isConstant()) {
      throw new UnsupportedStepException(step, "packed weights must be constant here");
    }
    if (weights().element().isFloat()) {
      return new Argument.Table(ConstantTable.ofFloat(weights().constantFloats()).asWeights());
    }
    Shape shape = weights().shape();
    int inner = shape.count(traits.channelAxis + 1, shape.rank());
    long[] values = weights().constantIntegers();
    float[] real = new float[values.length];
    for (int i = 0; i < real.length; i++) {
      int channel = perTensor() ? 0 : i / inner % channels();
      real[i] = weights().quantization().scale(channel) * values[i];
    }
    return new Argument.Table(ConstantTable.ofFloat(real).asWeights());
  }
}
