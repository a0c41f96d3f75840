package dev.mote.pipeline.lower;

import dev.mote.ir.Activation;
import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.Window2d;
import dev.mote.pipeline.lower.KernelCall.Argument;
import dev.mote.pipeline.lower.KernelCall.Parameter;
import dev.mote.pipeline.lower.WeightedLayer.Narrow;
import dev.mote.pipeline.lower.WeightedLayer.Traits;
import dev.mote.plugin.Compiler.Optimize;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Lowers int8 layers to kernels that unpack their weights as they run: less flash, more time.
///
/// Convolutions unpack those of four output channels into scratch memory, then go over all pixels;
/// depthwise ones those of one channel; a matrix product of a single row unpacks parts of a row of
/// weights on the stack.
public final class PackedLayers {

  private static final int BLOCK = 4;

  /// Cycles of unpacking a weight of four bits; of any other, besides those for each of its bits.
  private static final int CYCLES_OF_HALF = 5;

  private static final int CYCLES = 8;
  private static final int CYCLES_OF_BIT = 9;
  private static final Traits ROWS =
      new Traits("conv2d", 0, true, false, true, Narrow.UNPACK, true);

  private PackedLayers() {}

  /// The call with packed weights that computes `step`; empty where they would not be smaller, or
  /// where flash is not the objective and the model's own are not packed, or must not be packed.
  static Optional<KernelCall> candidate(Step step) {
    boolean narrow = step.inputCount() > 1 && step.inputType(1).element() == ElementType.INT4;
    boolean wanted =
        switch (step.storage()) {
          case AUTO -> step.optimize() == Optimize.SIZE || narrow;
          case PLAIN -> false;
          case COMPRESSED -> true;
        };
    if (!wanted || !applies(step)) {
      return Optional.empty();
    }
    return switch (step.node().op()) {
      case Op.Conv2d op -> conv2d(step, op);
      case Op.DepthwiseConv2d op -> depthwise(step, op);
      case Op.FullyConnected op -> fullyConnected(step, op.activation());
      default -> Optional.empty();
    };
  }

  /// Whether `call` is one of these.
  public static boolean isPacked(KernelCall call) {
    return call.kernel().contains("/packed_");
  }

  /// Cycles that unpacking takes on any core, about; the samples of the cost tables have indices of
  /// four bits.
  ///
  /// @param measured whether those of such indices are in the costs already
  static double unpackingCycles(KernelCall call, long weights, boolean measured) {
    double cycles = 0;
    for (Argument argument : call.arguments()) {
      if (argument instanceof Argument.Table(ConstantTable table)
          && table.element() == ElementType.UINT8) {
        boolean halves = table.data().buffer().get(0) == 4 && table.data().buffer().get(1) == 4;
        double bits = 8.0 * table.data().size() / weights;
        cycles = halves ? CYCLES_OF_HALF : CYCLES + CYCLES_OF_BIT * bits;
      }
    }
    return weights * (measured ? cycles - CYCLES_OF_HALF : cycles);
  }

  private static boolean applies(Step step) {
    return step.inputCount() > 1
        && step.inputType(0).element() == ElementType.INT8
        && !step.node().outputs().isEmpty()
        && step.outputType().element() == ElementType.INT8
        && step.input(1).isConstant()
        && (step.inputType(1).element() == ElementType.INT8
            || step.inputType(1).element() == ElementType.INT4)
        && step.inputType(1).quantization().isQuantized()
        && step.inputType(1).quantization().zeroPoint() == 0;
  }

  private static Optional<KernelCall> conv2d(Step step, Op.Conv2d op) {
    boolean padded = Convolutions.isPadded(op.window());
    boolean single = step.outputType().shape().count(0, 3) == 1;
    if (single && op.groups() == 1 && !padded && isDense(step, op.window())) {
      return oneRow(new WeightedLayer(step, op.activation(), oneRowTraits(false)));
    }
    WeightedLayer layer =
        new WeightedLayer(
            step, op.activation(), padded ? Convolutions.PADDED_CONV : Convolutions.CONV);
    List<Parameter> geometry = Convolutions.geometry(step, op.window());
    geometry.add(new Parameter.Int("output_channels", layer.channels()));
    geometry.add(new Parameter.Int("groups", op.groups()));
    Shape x = step.inputType(0).shape();
    Shape y = step.outputType().shape();
    return Optional.of(new WeightedLayer(step, op.activation(), Convolutions.CONV))
        .filter(_ -> op.groups() == 1)
        .flatMap(unpadded -> dsp(unpadded, x, y, op.window()))
        .or(() -> channelBlocks(layer, geometry));
  }

  /// Whether the window reads the whole input, in order.
  private static boolean isDense(Step step, Window2d w) {
    Shape x = step.inputType(0).shape();
    return w.kernelHeight() == x.dim(1)
        && w.kernelWidth() == x.dim(2)
        && w.dilationHeight() == 1
        && w.dilationWidth() == 1;
  }

  private static Optional<KernelCall> fullyConnected(Step step, Activation activation) {
    WeightedLayer layer = new WeightedLayer(step, activation, oneRowTraits(true));
    int rows = step.outputType().shape().count() / layer.channels();
    if (rows == 1) {
      return oneRow(layer);
    }
    int depth = layer.weights().shape().last();
    Shape x = Shape.of(1, 1, rows, depth);
    Shape y = Shape.of(1, 1, rows, layer.channels());
    Window2d window = Window2d.valid(1, 1, 1, 1, 1, 1);
    List<Parameter> geometry = Convolutions.geometry(x, y, window);
    geometry.add(new Parameter.Int("output_channels", layer.channels()));
    geometry.add(new Parameter.Int("groups", 1));
    WeightedLayer convolution = new WeightedLayer(step, activation, ROWS);
    return dsp(convolution, x, y, window).or(() -> channelBlocks(convolution, geometry));
  }

  private static Traits oneRowTraits(boolean productInFloat) {
    return new Traits("fully_connected", 0, productInFloat, false, true, Narrow.UNPACK, true);
  }

  private static Optional<KernelCall> oneRow(WeightedLayer layer) {
    int channels = layer.channels();
    return WeightPacking.smallest(layer.weightBytes())
        .map(
            table ->
                layer.stored(
                    "packed_",
                    List.of(
                        new Parameter.Int("rows", 1),
                        new Parameter.Int("depth", layer.weights().shape().count() / channels),
                        new Parameter.Int("channels", channels)),
                    table));
  }

  private static Optional<KernelCall> channelBlocks(WeightedLayer layer, List<Parameter> geometry) {
    int perChannel = layer.weights().shape().count() / layer.channels();
    return WeightPacking.smallest(layer.weightBytes())
        .map(
            table ->
                layer
                    .stored("packed_", geometry, table)
                    .withArguments(new Argument.Scratch())
                    .withScratch(Math.min(BLOCK, layer.channels()) * perChannel));
  }

  private static Optional<KernelCall> depthwise(Step step, Op.DepthwiseConv2d op) {
    WeightedLayer layer =
        new WeightedLayer(
            step,
            op.activation(),
            Convolutions.isPadded(op.window())
                ? Convolutions.PADDED_DEPTHWISE
                : Convolutions.DEPTHWISE);
    List<Parameter> geometry = Convolutions.geometry(step, op.window());
    geometry.add(new Parameter.Int("channel_multiplier", op.multiplier()));
    byte[] weights = layer.weightBytes();
    int channels = layer.channels();
    int taps = weights.length / channels;
    byte[] byChannel = new byte[weights.length];
    for (int i = 0; i < weights.length; i++) {
      byChannel[i % channels * taps + i / channels] = weights[i];
    }
    return WeightPacking.smallest(byChannel)
        .map(
            table ->
                layer
                    .stored("packed_", geometry, table)
                    .withArguments(new Argument.Scratch())
                    .withScratch(taps));
  }

  // ---- DSP extension of Armv7E-M
  // -----------------------------------------------------------------

  private static Optional<KernelCall> dsp(WeightedLayer layer, Shape x, Shape y, Window2d w) {
    Step step = layer.step();
    if (!step.hasDsp() || !layer.folded()) {
      return Optional.empty();
    }
    int row = w.kernelWidth() * x.last();
    int steps = w.kernelHeight() * ((row + 3) / 4);
    List<Parameter> parameters = new ArrayList<>(DspLayers.output(step, layer, layer.activation()));
    parameters.addAll(DspLayers.windows(x, y, w));
    parameters.add(new Parameter.Int("input_zero", layer.xZero()));
    int pairs = Math.min(BLOCK, layer.channels() + 1) / 2;
    return ShortRescaling.of(layer)
        .flatMap(
            constants ->
                WeightPacking.smallest(pairedWeights(constants, w.kernelHeight(), row))
                    .map(
                        table ->
                            KernelCall.of(
                                    "armv7em/packed_conv2d_s8",
                                    "mote_dsp_packed_conv2d_s8",
                                    parameters,
                                    new Argument.Input(0),
                                    new Argument.Table(table),
                                    new Argument.Table(pairedConstants(constants)),
                                    new Argument.Output(0),
                                    new Argument.Scratch())
                                .withScratch(32 * steps + pairs * (8 * steps + 20))));
  }

  /// The weights of pairs of channels, four of one and four of the other in turn; kernel rows are
  /// filled up to four.
  private static byte[] pairedWeights(ShortRescaling constants, int rows, int rowWeights) {
    int pairs = (constants.bias().length + 1) / 2;
    int filled = (rowWeights + 3) & -4;
    byte[] weights = constants.weights();
    byte[] result = new byte[pairs * 2 * rows * filled];
    for (int i = 0; i < weights.length; i++) {
      int channel = i / (rows * rowWeights);
      int row = i / rowWeights % rows;
      int at = row * filled + i % rowWeights;
      int to = channel / 2 * 2 * rows * filled + at / 4 * 8 + channel % 2 * 4 + at % 4;
      result[to] = weights[i];
    }
    return result;
  }

  private static ConstantTable pairedConstants(ShortRescaling constants) {
    int channels = constants.bias().length;
    WordStream words = new WordStream();
    for (int first = 0; first < channels; first += 2) {
      boolean odd = first + 1 == channels;
      words.add(constants.bias()[first]);
      words.add(odd ? 0 : constants.bias()[first + 1]);
      words.add(2 * constants.multiplier()[first]);
      words.add(odd ? 0 : 2 * constants.multiplier()[first + 1]);
      words.add(constants.right()[first] | (odd ? 1 : constants.right()[first + 1]) << 8);
    }
    return words.table(4L * channels);
  }
}
