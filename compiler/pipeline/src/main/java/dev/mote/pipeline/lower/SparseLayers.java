package dev.mote.pipeline.lower;

import dev.mote.ir.Activation;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.Window2d;
import dev.mote.pipeline.lower.KernelCall.Argument;
import dev.mote.pipeline.lower.KernelCall.Overlap;
import dev.mote.pipeline.lower.KernelCall.Parameter;
import dev.mote.pipeline.lower.WeightedLayer.Narrow;
import dev.mote.pipeline.lower.WeightedLayer.Traits;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Lowers int8 convolutions and matrix products to kernels that store no group of four weights that
/// is all zero, and skip it: less flash and less time where many are.
public final class SparseLayers {

  /// More stored groups than this part of all are not worth the look.
  private static final double DENSEST = 0.75;

  /// Pixels, or rows, that the DSP kernels take at a time.
  private static final int DSP_PIXELS = 3;

  /// Gaps are bytes: groups left out, thirds of eighths of the bytes of three widened pixels, bytes
  /// of one widened row.
  private static final int FARTHEST = 255;

  private static final int GAP_OF_3 = 3;
  private static final int GAP_OF_1 = 8;

  private static final Traits CONVOLUTION = Convolutions.CONV;
  private static final Traits ROWS =
      new Traits("fully_connected", 0, false, false, true, Narrow.READ, true);

  private SparseLayers() {}

  /// `rows` rows of windows that follow each other in memory, or any windows.
  private record Shapes(boolean isRows, int rows, Shape x, Shape y, Window2d window) {

    int kernelRows() {
      return isRows ? 1 : window.kernelHeight();
    }

    int rowWeights(WeightedLayer layer) {
      return layer.weights().shape().count() / layer.channels() / kernelRows();
    }
  }

  /// The calls that compute `step`, the fastest first; none where too few groups are zero.
  static List<KernelCall> candidates(Step step) {
    if (!applies(step)) {
      return List.of();
    }
    return switch (step.node().op()) {
      case Op.Conv2d op when op.groups() == 1 ->
          calls(step, op.activation(), shapes(step, op.window()), false);
      case Op.FullyConnected op -> calls(step, op.activation(), rows(step), true);
      default -> List.of();
    };
  }

  /// Whether `call` is one of these.
  public static boolean isSparse(KernelCall call) {
    return call.kernel().contains("/sparse_");
  }

  /// Whether `call` leaves out what is zero in two output channels.
  static boolean isPaired(KernelCall call) {
    return call.kernel().contains("/sparse_pairs_");
  }

  /// Bytes of a stream that are not its groups, for each output channel.
  static long otherBytes(KernelCall call) {
    return call.kernel().startsWith("portable") ? 2 : isPaired(call) ? 10 : 12;
  }

  /// Part of the weights of `node` that `call` multiplies, about.
  static double density(Graph graph, Node node, KernelCall call) {
    long weights = graph.input(node, 1).shape().count();
    long channels = graph.output(node).shape().last();
    long bytes =
        call.arguments().stream()
            .flatMap(
                a -> a instanceof Argument.Table(var table) ? Stream.of(table) : Stream.empty())
            .filter(ConstantTable::isWeights)
            .mapToLong(table -> table.data().size())
            .max()
            .orElse(0);
    double perByte = isPaired(call) ? 8.0 / 9 : 4.0 / 5;
    return Math.max(0, bytes - otherBytes(call) * channels) * perByte / Math.max(1, weights);
  }

  private static boolean applies(Step step) {
    return step.inputCount() > 1
        && step.inputType(0).element() == ElementType.INT8
        && !step.node().outputs().isEmpty()
        && step.outputType().element() == ElementType.INT8
        && step.input(1).isConstant()
        && (step.inputType(1).element() == ElementType.INT8
            || step.inputType(1).element() == ElementType.INT4)
        && step.inputType(1).quantization().isQuantized();
  }

  private static Shapes rows(Step step) {
    int depth = step.inputType(1).shape().last();
    int rows = step.outputType().shape().count() / step.inputType(1).shape().dim(0);
    return rowsOf(rows, depth, step.inputType(1).shape().dim(0));
  }

  private static Shapes rowsOf(int rows, int depth, int channels) {
    return new Shapes(
        true,
        rows,
        Shape.of(1, rows, 1, depth),
        Shape.of(1, rows, 1, channels),
        Window2d.valid(1, 1, 1, 1, 1, 1));
  }

  private static Shapes shapes(Step step, Window2d w) {
    Shape x = step.inputType(0).shape();
    Shape y = step.outputType().shape();
    if (w.equals(Window2d.valid(1, 1, 1, 1, w.dilationHeight(), w.dilationWidth()))) {
      return rowsOf(x.count(0, 3), x.last(), y.last());
    }
    return w.equals(Window2d.valid(x.dim(1), x.dim(2), w.strideHeight(), w.strideWidth(), 1, 1))
        ? rowsOf(x.dim(0), x.count(1, 4), y.last())
        : new Shapes(false, 0, x, y, w);
  }

  private static List<KernelCall> calls(
      Step step, Activation activation, Shapes shapes, boolean productInFloat) {
    WeightedLayer layer = layer(step, activation, CONVOLUTION, productInFloat);
    if (!layer.folded()) {
      return List.of();
    }
    int rowWeights = shapes.rowWeights(layer);
    SparseStream stream =
        SparseStream.of(
            layer.weightBytes(), layer.channels(), shapes.kernelRows(), rowWeights, FARTHEST);
    if (stream.density() > DENSEST || !stream.canBeStored()) {
      return List.of();
    }
    return DspLayers.constants(step, layer)
        .map(constants -> dsp(layer, constants, shapes, rowWeights))
        .orElseGet(() -> List.of(portable(step, activation, shapes, stream, productInFloat)));
  }

  private static WeightedLayer layer(
      Step step, Activation activation, Traits traits, boolean productInFloat) {
    return new WeightedLayer(
        step,
        activation,
        new Traits(
            traits.kernel(),
            traits.channelAxis(),
            productInFloat,
            traits.wideWithoutBias(),
            true,
            traits.narrow(),
            traits.dynamic()));
  }

  // ---- any instruction set
  // -----------------------------------------------------------------------

  private static KernelCall portable(
      Step step, Activation activation, Shapes s, SparseStream stream, boolean productInFloat) {
    if (s.isRows() && s.x().last() % SparseStream.GROUP == 0) {
      WeightedLayer layer = layer(step, activation, ROWS, productInFloat);
      int rows = s.rows();
      int in = s.x().last();
      int out = layer.channels();
      List<Parameter> geometry = new ArrayList<>();
      geometry.add(new Parameter.Int("rows", rows));
      geometry.add(new Parameter.Int("depth", in));
      geometry.add(new Parameter.Int("channels", out));
      return layer
          .stored("sparse_", geometry, stream.bytes())
          .withOverlaps(new Overlap(0, 2 * out + Math.max(0, (rows - 1) * (out - in))));
    }
    WeightedLayer layer = layer(step, activation, CONVOLUTION, productInFloat);
    List<Parameter> geometry = Convolutions.geometry(s.x(), s.y(), s.window());
    geometry.add(new Parameter.Int("output_channels", layer.channels()));
    geometry.add(new Parameter.Int("input_zero", layer.xZero()));
    return layer
        .stored("sparse_", geometry, stream.bytes())
        .withArguments(new Argument.Scratch())
        .withScratch(2 * SparseStream.GROUP * stream.groupsOfChannel())
        .withOverlaps(WindowOverlap.rows(s.x(), s.y(), s.window(), 1, 1));
  }

  // ---- DSP extension of Armv7E-M
  // -----------------------------------------------------------------

  private static List<KernelCall> dsp(
      WeightedLayer layer, ShortRescaling constants, Shapes s, int rowWeights) {
    boolean one = s.isRows() && s.rows() == 1 && s.x().last() % SparseStream.GROUP == 0;
    int unit = one ? GAP_OF_1 : GAP_OF_3;
    SparseStream stream =
        SparseStream.of(
            constants.weights(), layer.channels(), s.kernelRows(), rowWeights, FARTHEST / unit);
    ConstantTable table = stream.words(constants, unit);
    if (one) {
      return List.of(dspRow(layer, s.x().last(), table));
    }
    List<KernelCall> calls = new ArrayList<>();
    SparsePairs.of(constants, s.kernelRows(), rowWeights)
        .filter(pairs -> pairs.density() < 1)
        .ifPresent(pairs -> calls.add(dsp(layer, s, "pairs_", pairs.table(), rowWeights)));
    calls.add(dsp(layer, s, "", table, rowWeights));
    return calls;
  }

  private static KernelCall dspRow(WeightedLayer layer, int depth, ConstantTable table) {
    List<Parameter> parameters =
        new ArrayList<>(DspLayers.output(layer.step(), layer, layer.activation()));
    parameters.add(new Parameter.Int("depth", depth));
    return call("fully_connected", parameters, table)
        .withScratch(2 * depth)
        .withOverlaps(new Overlap(0, 0));
  }

  private static KernelCall dsp(
      WeightedLayer layer, Shapes s, String form, ConstantTable table, int rowWeights) {
    List<Parameter> parameters =
        new ArrayList<>(DspLayers.output(layer.step(), layer, layer.activation()));
    int groups = s.kernelRows() * Math.ceilDiv(rowWeights, SparseStream.GROUP);
    if (s.isRows()) {
      parameters.add(new Parameter.Int("pixels", s.rows()));
      parameters.add(new Parameter.Int("depth", s.x().last()));
      return call(form + "pointwise", parameters, table)
          .withScratch((rowWeights % SparseStream.GROUP == 0 ? 24 : 32) * groups)
          .withOverlaps(WindowOverlap.pixels(s.rows(), s.x().last(), layer.channels(), DSP_PIXELS));
    }
    parameters.addAll(DspLayers.windows(s.x(), s.y(), s.window()));
    parameters.add(new Parameter.Int("input_zero", layer.xZero()));
    return call(form + "conv2d", parameters, table)
        .withScratch(32 * groups)
        .withOverlaps(WindowOverlap.rows(s.x(), s.y(), s.window(), 1, 1));
  }

  private static KernelCall call(String name, List<Parameter> parameters, ConstantTable table) {
    return KernelCall.of(
        "armv7em/sparse_" + name + "_s8",
        "mote_dsp_sparse_" + name + "_s8",
        parameters,
        new Argument.Input(0),
        new Argument.Table(table),
        new Argument.Output(0),
        new Argument.Scratch());
  }
}
