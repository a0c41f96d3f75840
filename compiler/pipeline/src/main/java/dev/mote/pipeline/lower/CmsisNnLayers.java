package dev.mote.pipeline.lower;

import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import dev.mote.ir.Window2d;
import dev.mote.pipeline.lower.KernelCall.Argument;
import dev.mote.pipeline.lower.KernelCall.Parameter;
import dev.mote.plugin.Compiler.Optimize;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Lowers int8 layers to functions of CMSIS-NN, for firmware that links it.
///
/// Scratch memory is what the library's own functions `…_get_buffer_size` give for the instruction
/// set, with the larger of the two where compilers differ; see
/// `docs/reference/compiler-cmsis-nn.md`.
public final class CmsisNnLayers {

  /// Folder of the functions that call the library, and how their names start.
  public static final String FOLDER = "cmsis_nn/";

  private static final String PREFIX = "mote_cmsis_";

  /// Channels that the library's vector kernel for depthwise layers takes at a time.
  private static final int MVE_CHANNEL_BLOCK = 124;

  private static final int MVE_LANES = 16;
  private static final int IM2COL_ROWS = 4;

  private CmsisNnLayers() {}

  /// The call of the library if it has the operator, else those of our own kernels.
  ///
  /// @throws UnsupportedStepException when neither computes it
  public static List<KernelCall> candidates(Step step) {
    return call(step).map(List::of).orElseGet(() -> Lowerings.candidates(step));
  }

  /// The call of the library; empty when it has no function for this operator and these types.
  static Optional<KernelCall> call(Step step) {
    boolean int8 =
        step.inputCount() > 0
            && step.inputType(0).element() == ElementType.INT8
            && step.outputType().element() == ElementType.INT8;
    if (!int8) {
      return Optional.empty();
    }
    return switch (step.node().op()) {
      case Op.Conv2d op when op.groups() == 1 ->
          weighted(step, new WeightedLayer(step, op.activation(), Convolutions.PADDED_CONV))
              .map(layer -> conv2d(step, op.window(), layer));
      case Op.DepthwiseConv2d op ->
          weighted(step, new WeightedLayer(step, op.activation(), Convolutions.PADDED_DEPTHWISE))
              .map(layer -> depthwise(step, op, layer));
      case Op.FullyConnected op when !step.hasMve() ->
          weighted(step, new WeightedLayer(step, op.activation(), MatrixProducts.FULLY_CONNECTED))
              .filter(WeightedLayer::perTensor)
              .map(layer -> fullyConnected(step, layer));
      case Op.Pool2d op -> pool(step, op);
      case Op.Softmax op -> Optional.of(softmax(step, op));
      case Op.Binary op -> elementwise(step, op);
      default -> Optional.empty();
    };
  }

  /// A layer whose weights are constant int8 without a zero point, whose bias has 32 bits.
  private static Optional<WeightedLayer> weighted(Step step, WeightedLayer layer) {
    Tensor weights = layer.weights();
    boolean narrow = weights.element() == ElementType.INT8 || weights.element() == ElementType.INT4;
    return Optional.of(layer)
        .filter(l -> narrow && weights.isConstant() && weights.quantization().zeroPoint() == 0)
        .filter(l -> !l.hasBias() || step.inputType(2).element() == ElementType.INT32);
  }

  private static KernelCall conv2d(Step step, Window2d window, WeightedLayer layer) {
    List<Parameter> parameters = Convolutions.geometry(step, window);
    parameters.add(number("output_channels", layer.channels()));
    int scratch = convolutionScratch(step, window);
    return perChannel(step, "conv2d_s8", layer, parameters, scratch);
  }

  private static KernelCall depthwise(Step step, Op.DepthwiseConv2d op, WeightedLayer layer) {
    List<Parameter> parameters = Convolutions.geometry(step, op.window());
    parameters.add(number("channel_multiplier", op.multiplier()));
    int scratch = depthwiseScratch(step, op);
    return perChannel(step, "depthwise_conv2d_s8", layer, parameters, scratch);
  }

  private static KernelCall perChannel(
      Step step, String name, WeightedLayer layer, List<Parameter> parameters, int scratch) {
    int[] multipliers = new int[layer.channels()];
    int[] shifts = new int[layer.channels()];
    for (int channel = 0; channel < multipliers.length; channel++) {
      FixedPoint factor = layer.factor(channel);
      multipliers[channel] = factor.multiplier();
      shifts[channel] = factor.shift();
    }
    parameters.addAll(offsets(layer));
    parameters.add(number("scratch_bytes", scratch));
    return call(
            name,
            parameters,
            new Argument.Input(0),
            weights(layer),
            bias(step, layer),
            new Argument.Table(ConstantTable.ofInt32(multipliers)),
            new Argument.Table(ConstantTable.ofInt32(shifts)),
            new Argument.Output(0),
            scratch == 0 ? new Argument.Absent() : new Argument.Scratch())
        .withScratch(scratch);
  }

  private static KernelCall fullyConnected(Step step, WeightedLayer layer) {
    FixedPoint factor = layer.factor(0);
    List<Parameter> parameters = new ArrayList<>();
    parameters.add(number("rows", step.outputType().shape().count() / layer.channels()));
    parameters.add(number("depth", layer.weights().shape().last()));
    parameters.add(number("output_channels", layer.channels()));
    parameters.add(number("filter_offset", 0));
    parameters.add(number("multiplier", factor.multiplier()));
    parameters.add(number("shift", factor.shift()));
    parameters.addAll(offsets(layer));
    return call(
        "fully_connected_s8",
        parameters,
        new Argument.Input(0),
        weights(layer),
        bias(step, layer),
        new Argument.Output(0));
  }

  /// Pooling within the image: the library has no dilation, and none of the others' corner cases.
  private static Optional<KernelCall> pool(Step step, Op.Pool2d op) {
    Window2d window = op.window();
    TensorType x = step.inputType(0);
    boolean average = op.kind() == Op.Pool2d.Kind.AVERAGE;
    if (op.kind() == Op.Pool2d.Kind.L2
        || window.dilationHeight() != 1
        || window.dilationWidth() != 1
        || x.shape().dim(0) != 1
        || window.padTop() >= window.kernelHeight()
        || window.padLeft() >= window.kernelWidth()) {
      return Optional.empty();
    }
    // A row of 32-bit sums where there are no vectors.
    int scratch = average && !step.hasMve() ? 4 * x.shape().last() : 0;
    List<Parameter> parameters = new ArrayList<>(Convolutions.geometry(step, window));
    parameters.removeIf(parameter -> parameter.name().startsWith("dilation_"));
    parameters.addAll(QuantizedRange.of(op.activation(), step.outputType()).parameters());
    parameters.add(number("scratch_bytes", scratch));
    return Optional.of(
        call(
                (average ? "average" : "max") + "_pool2d_s8",
                parameters,
                new Argument.Input(0),
                new Argument.Output(0),
                scratch == 0 ? new Argument.Absent() : new Argument.Scratch())
            .withScratch(scratch));
  }

  private static KernelCall softmax(Step step, Op.Softmax op) {
    Step untabulated =
        new Step(step.graph(), step.node(), step.target(), Optimize.MEMORY, step.storage());
    return call(
        "softmax_s8",
        Softmaxes.softmax(untabulated, op).parameters(),
        new Argument.Input(0),
        new Argument.Output(0));
  }

  /// Sums and products of operands of one shape.
  private static Optional<KernelCall> elementwise(Step step, Op.Binary op) {
    Shape shape = step.outputType().shape();
    if (!step.inputType(0).shape().equals(shape)
        || !step.inputType(1).shape().equals(shape)
        || step.inputType(1).element() != ElementType.INT8) {
      return Optional.empty();
    }
    return switch (op.kind()) {
      case ADD -> Optional.of(elementwise("add_s8", shape, sum(step, op)));
      case MUL -> Optional.of(elementwise("mul_s8", shape, product(step, op)));
      default -> Optional.empty();
    };
  }

  private static KernelCall elementwise(String name, Shape shape, List<Parameter> parameters) {
    List<Parameter> all = new ArrayList<>(parameters);
    all.add(number("count", shape.count()));
    return call(name, all, new Argument.Input(0), new Argument.Input(1), new Argument.Output(0));
  }

  private static List<Parameter> sum(Step step, Op.Binary op) {
    return QuantizedSum.of(step, op).parameters().stream()
        .filter(parameter -> !parameter.name().equals("y_sign"))
        .toList();
  }

  private static List<Parameter> product(Step step, Op.Binary op) {
    TensorType z = step.outputType();
    FixedPoint factor =
        FixedPoint.of(
            (double) step.inputType(0).quantization().scale()
                * step.inputType(1).quantization().scale()
                / z.quantization().scale());
    List<Parameter> parameters = new ArrayList<>();
    parameters.add(number("x_offset", -step.inputType(0).quantization().zeroPoint()));
    parameters.add(number("y_offset", -step.inputType(1).quantization().zeroPoint()));
    parameters.add(number("output_offset", z.quantization().zeroPoint()));
    parameters.add(number("multiplier", factor.multiplier()));
    parameters.add(number("shift", factor.shift()));
    parameters.addAll(QuantizedRange.of(op.activation(), z).parameters());
    return parameters;
  }

  // ---- scratch memory, by the library's formulas
  // -------------------------------------------------

  /// Bytes for `arm_convolve_wrapper_s8`.
  static int convolutionScratch(Step step, Window2d window) {
    int channels = step.inputType(0).shape().last();
    boolean pointwise =
        window.kernelHeight() == 1
            && window.kernelWidth() == 1
            && window.dilationHeight() == 1
            && window.dilationWidth() == 1
            && !Convolutions.isPadded(window);
    int taps = window.kernelHeight() * window.kernelWidth() * channels;
    if (step.hasMve()) {
      // For a window in one row the library needs less; what is there for any is enough.
      return pointwise ? 0 : IM2COL_ROWS * Math.ceilDiv(taps, MVE_LANES) * MVE_LANES;
    }
    // Two columns of int16; for windows of one element only Arm's own compiler needs them.
    return 2 * 2 * (pointwise ? channels : Math.ceilDiv(taps, 4) * 4);
  }

  /// Bytes for `arm_depthwise_conv_wrapper_s8`.
  static int depthwiseScratch(Step step, Op.DepthwiseConv2d op) {
    Window2d window = op.window();
    int taps = window.kernelHeight() * window.kernelWidth();
    boolean optimised =
        op.multiplier() == 1
            && step.inputType(0).shape().dim(0) == 1
            && window.dilationHeight() == 1
            && window.dilationWidth() == 1;
    if (!optimised) {
      return 0;
    }
    if (step.hasMve()) {
      return IM2COL_ROWS * MVE_CHANNEL_BLOCK * taps + MVE_LANES;
    }
    boolean threeByThree =
        window.kernelHeight() == 3
            && window.kernelWidth() == 3
            && window.padTop() <= 1
            && window.padLeft() <= 1;
    return threeByThree || !step.hasDsp() ? 0 : 2 * step.inputType(0).shape().last() * taps;
  }

  // ---- pieces
  // ------------------------------------------------------------------------------------

  private static List<Parameter> offsets(WeightedLayer layer) {
    List<Parameter> parameters = new ArrayList<>();
    TensorType y = layer.step().outputType();
    parameters.add(number("input_offset", -layer.xZero()));
    parameters.add(number("output_offset", y.quantization().zeroPoint()));
    parameters.addAll(QuantizedRange.of(layer.activation(), y).parameters());
    return parameters;
  }

  private static Argument weights(WeightedLayer layer) {
    return layer.weights().element() == ElementType.INT8
        ? new Argument.Input(1)
        : new Argument.Table(ConstantTable.ofInt8(layer.weightBytes()).asWeights());
  }

  private static Argument bias(Step step, WeightedLayer layer) {
    if (layer.hasBias()) {
      return new Argument.Input(2);
    }
    return new Argument.Table(ConstantTable.ofInt32(new int[layer.channels()]));
  }

  private static Parameter number(String name, long value) {
    return new Parameter.Int(name, value);
  }

  private static KernelCall call(String name, List<Parameter> parameters, Argument... arguments) {
    return KernelCall.of(FOLDER + name, PREFIX + name, parameters, arguments);
  }
}
