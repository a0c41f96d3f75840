package dev.mote.pipeline.lower;

import dev.mote.ir.Activation;
import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.Window2d;
import dev.mote.pipeline.lower.KernelCall.Argument;
import dev.mote.pipeline.lower.KernelCall.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Lowers int8 layers with weights to kernels for processors without SIMD, which compute two pixels
/// with one multiplication, where these apply: constant int8 weights, right shifts of 1 to 31, sums
/// as small as the kernel's requantization takes.
final class ScalarLayers {

  /// What a kernel column may hold: byte offsets of 16 bits.
  private static final int COLUMN_BYTES = 1 << 16;

  /// Biases have 23 bits in the stream.
  private static final long BIAS_LIMIT = 1L << 22;

  private ScalarLayers() {}

  /// A way to requantize.
  ///
  /// @param suffix in the names of kernels
  /// @param limit of sums
  /// @param form of the constants
  record Rescaling(String suffix, long limit, PairStream.Form form) {}

  /// The kernel call of `step` on a processor without SIMD; empty where no such kernel applies.
  static Optional<KernelCall> of(Step step) {
    return folder(step)
        .flatMap(
            folder ->
                switch (step.node().op()) {
                  case Op.Conv2d op -> conv2d(step, folder, op);
                  case Op.DepthwiseConv2d op ->
                      ScalarDepthwise.depthwise(step, folder, rescalings(folder).getFirst(), op);
                  case Op.FullyConnected op -> fullyConnected(step, folder, op);
                  default -> Optional.empty();
                });
  }

  /// The folder of the kernels for the instruction set.
  private static Optional<String> folder(Step step) {
    return switch (step.target().instructionSet()) {
      case ARMV6M -> Optional.of("armv6m/");
      case ARMV7M -> Optional.of("armv7m/");
      case RV32IMC -> Optional.of("rv32/");
      case HOST, WASM32, ARMV7EM, ARMV81M_MVE -> Optional.empty();
    };
  }

  private static List<Rescaling> rescalings(String folder) {
    return switch (folder) {
      case "armv6m/" ->
          List.of(
              new Rescaling("", 1L << 21, new PairStream.Form(1, 11)),
              new Rescaling("_wide", 1L << 23, new PairStream.Form(1, 8)));
      case "rv32/" -> List.of(new Rescaling("", 1L << 29, new PairStream.Form(4, 0)));
      default -> List.of(new Rescaling("", 1L << 29, new PairStream.Form(1, 0)));
    };
  }

  private static Optional<KernelCall> conv2d(Step step, String folder, Op.Conv2d op) {
    WeightedLayer layer = new WeightedLayer(step, op.activation(), Convolutions.CONV);
    if (op.groups() != 1 || !applies(step, layer)) {
      return Optional.empty();
    }
    Shape x = step.inputType(0).shape();
    Window2d window = op.window();
    boolean pixelwise =
        window.equals(Window2d.valid(1, 1, 1, 1, window.dilationHeight(), window.dilationWidth()));
    for (Rescaling rescaling : rescalings(folder)) {
      Optional<ShortRescaling> constants = constants(layer, rescaling);
      if (constants.isPresent()) {
        int depth = constants.get().weights().length / layer.channels();
        if (4 * roundUp(depth) > COLUMN_BYTES) {
          return Optional.empty();
        }
        PairStream.Table stream = PairStream.of(constants.get(), depth, rescaling.form);
        List<Parameter> parameters = output(step, layer, op.activation());
        parameters.add(new Parameter.Int("stream_size", stream.words()));
        return Optional.of(
            pixelwise
                ? pointwise(folder, rescaling, stream, parameters, layer, x.count(0, 3), depth)
                : windows(folder, rescaling, stream, parameters, layer, op, depth));
      }
    }
    return Optional.empty();
  }

  /// The portable kernel's call with the products made for the instruction set.
  private static Optional<KernelCall> fullyConnected(
      Step step, String folder, Op.FullyConnected op) {
    if (step.inputCount() < 2) {
      return Optional.empty();
    }
    WeightedLayer layer = new WeightedLayer(step, op.activation(), MatrixProducts.FULLY_CONNECTED);
    if (!applies(step, layer)) {
      return Optional.empty();
    }
    KernelCall portable = MatrixProducts.fullyConnected(step, op);
    return Optional.of(
        new KernelCall(
            folder + "fully_connected_s8",
            "mote_rows_fully_connected_s8",
            portable.parameters(),
            portable.arguments(),
            portable.scratchBytes(),
            portable.overlaps()));
  }

  static boolean applies(Step step, WeightedLayer layer) {
    return step.inputType(0).element() == ElementType.INT8
        && step.outputType().element() == ElementType.INT8
        && layer.weights().element() == ElementType.INT8
        && layer.folded();
  }

  private static Optional<ShortRescaling> constants(WeightedLayer layer, Rescaling rescaling) {
    return ShortRescaling.of(layer, rescaling.limit)
        .filter(
            constants -> {
              for (int bias : constants.bias()) {
                if (Math.abs((long) bias) >= BIAS_LIMIT) {
                  return false;
                }
              }
              return true;
            });
  }

  private static KernelCall pointwise(
      String folder,
      Rescaling rescaling,
      PairStream.Table stream,
      List<Parameter> parameters,
      WeightedLayer layer,
      int pixels,
      int depth) {
    parameters.add(new Parameter.Int("pixels", pixels));
    parameters.add(new Parameter.Int("depth", depth));
    return call(folder, "pointwise", rescaling, stream, parameters)
        .withScratch(4 * roundUp(depth))
        .withOverlaps(WindowOverlap.pixels(pixels, depth, layer.channels(), 2));
  }

  private static KernelCall windows(
      String folder,
      Rescaling rescaling,
      PairStream.Table stream,
      List<Parameter> parameters,
      WeightedLayer layer,
      Op.Conv2d op,
      int depth) {
    Shape x = layer.step().inputType(0).shape();
    Shape y = layer.step().outputType().shape();
    Window2d w = op.window();
    parameters.addAll(geometry(x, y, w));
    parameters.add(new Parameter.Int("in_c", x.dim(3)));
    parameters.add(new Parameter.Int("input_zero", layer.xZero()));
    return call(folder, "conv2d", rescaling, stream, parameters)
        .withScratch(4 * roundUp(depth))
        .withOverlaps(WindowOverlap.rows(x, y, w, 1, 1));
  }

  private static KernelCall call(
      String folder,
      String name,
      Rescaling rescaling,
      PairStream.Table stream,
      List<Parameter> parameters) {
    return KernelCall.of(
        folder + name + "_s8",
        "mote_pairs_" + name + rescaling.suffix + "_s8",
        parameters,
        new Argument.Input(0),
        new Argument.Table(stream.table()),
        new Argument.Output(0),
        new Argument.Scratch());
  }

  /// Shapes and window.
  static List<Parameter> geometry(Shape x, Shape y, Window2d w) {
    return List.of(
        new Parameter.Int("batches", x.dim(0)),
        new Parameter.Int("in_h", x.dim(1)),
        new Parameter.Int("in_w", x.dim(2)),
        new Parameter.Int("out_h", y.dim(1)),
        new Parameter.Int("out_w", y.dim(2)),
        new Parameter.Int("kernel_h", w.kernelHeight()),
        new Parameter.Int("kernel_w", w.kernelWidth()),
        new Parameter.Int("stride_h", w.strideHeight()),
        new Parameter.Int("stride_w", w.strideWidth()),
        new Parameter.Int("dilation_h", w.dilationHeight()),
        new Parameter.Int("dilation_w", w.dilationWidth()),
        new Parameter.Int("pad_top", w.padTop()),
        new Parameter.Int("pad_left", w.padLeft()));
  }

  static List<Parameter> output(Step step, WeightedLayer layer, Activation activation) {
    List<Parameter> parameters = new ArrayList<>();
    parameters.add(new Parameter.Int("channels", layer.channels()));
    parameters.add(new Parameter.Int("zero", step.outputType().quantization().zeroPoint()));
    parameters.addAll(QuantizedRange.of(activation, step.outputType()).parameters());
    return parameters;
  }

  private static int roundUp(int weights) {
    return (weights + 3) & -4;
  }
}
