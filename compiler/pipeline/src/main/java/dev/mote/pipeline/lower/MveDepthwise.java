package dev.mote.pipeline.lower;

import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.Window2d;
import dev.mote.pipeline.lower.KernelCall.Argument;
import dev.mote.pipeline.lower.KernelCall.Overlap;
import dev.mote.pipeline.lower.KernelCall.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Lowers int8 depthwise convolutions to kernels for the vectors of Armv8.1-M (MVE), with the
/// conditions of [MveConvolutions].
///
/// @param height of the image, its outputs and the window
/// @param width the same, along the lines of outputs
/// @param channels input and output channels
/// @param constants of the layer
/// @param along whether a cell holds four neighbours in a row rather than in a column
record MveDepthwise(
    Extent height, Extent width, int channels, ShortRescaling constants, boolean along) {

  private static final int CELL_BYTES = 64;

  /// Cells in scratch memory that are enough for lines whose set-up does not weigh.
  private static final int CELLS = 18;

  /// One dimension of a window that slides over an image.
  private record Extent(int in, int out, int taps, int stride, int dilation, int padding) {

    /// Whether every window lies inside.
    boolean isInside() {
      return padding == 0 && (out - 1) * stride + (taps - 1) * dilation < in;
    }
  }

  static Optional<KernelCall> depthwise(Step step, Op.DepthwiseConv2d op) {
    WeightedLayer layer = new WeightedLayer(step, op.activation(), Convolutions.DEPTHWISE);
    Optional<ShortRescaling> constants = MveConvolutions.constants(step, layer);
    Shape x = step.inputType(0).shape();
    if (constants.isPresent() && x.last() == 1) {
      return Optional.of(
          MveConvolutions.windows(
              step, layer, channelsFirst(constants.get()), op.window(), op.activation()));
    }
    return op.multiplier() == 1
        ? constants.map(found -> of(step, found, op.window()).call(step, layer, op))
        : Optional.empty();
  }

  /// With one input channel it is a convolution, whose weights are in the order of the outputs.
  private static ShortRescaling channelsFirst(ShortRescaling constants) {
    int channels = constants.bias().length;
    byte[] weights = constants.weights();
    byte[] turned = new byte[weights.length];
    int taps = weights.length / channels;
    for (int i = 0; i < weights.length; i++) {
      turned[i % channels * taps + i / channels] = weights[i];
    }
    return new ShortRescaling(
        constants.bias(), constants.multiplier(), constants.right(), turned, constants.largest());
  }

  private static MveDepthwise of(Step step, ShortRescaling constants, Window2d w) {
    Shape x = step.inputType(0).shape();
    Shape y = step.outputType().shape();
    Extent height =
        new Extent(
            x.dim(1), y.dim(1), w.kernelHeight(), w.strideHeight(), w.dilationHeight(), w.padTop());
    Extent width =
        new Extent(
            x.dim(2), y.dim(2), w.kernelWidth(), w.strideWidth(), w.dilationWidth(), w.padLeft());
    // what is one pixel wide is a line from top to bottom
    boolean upright = width.in == 1 && width.out == 1 && width.taps == 1;
    Extent across = upright ? width : height;
    Extent line = upright ? height : width;
    boolean along = across.taps == 1 && line.taps > 1 && line.isInside();
    return new MveDepthwise(across, line, x.last(), constants, along);
  }

  /// Words of four taps beside each other.
  private int wordsAcross() {
    return along ? (width.taps + 3) / 4 : width.taps;
  }

  private int planes() {
    return along ? 1 : (height.taps + 3) / 4;
  }

  private int words() {
    return wordsAcross() * planes();
  }

  private int tiles() {
    return (words() + 3) / 4;
  }

  /// Cells from a window's first word in a row to the next.
  private int wordStep() {
    return along ? 4 * width.dilation : width.dilation;
  }

  /// Cells in a row for `outputs` outputs.
  private int columns(int outputs) {
    return (outputs - 1) * width.stride + (wordsAcross() - 1) * wordStep() + 1;
  }

  /// Outputs that are computed at a time: few enough for the scratch memory, and lines of similar
  /// lengths; all of a row where its outputs may so lie in the place of its inputs.
  private int line() {
    int lines = isInPlace() ? 1 : lines();
    return (width.out + lines - 1) / lines;
  }

  private int lines() {
    int most = Math.max(4, (CELLS / planes() - columns(1)) / width.stride + 1);
    return (width.out + most - 1) / most;
  }

  /// Whether it takes less memory to arrange whole rows in cells, and keep one that the next line
  /// still needs, than to let the outputs lag behind the inputs.
  private boolean isInPlace() {
    int whole = planes() * columns(width.out) * CELL_BYTES + savedBytes();
    int some = planes() * columns((width.out + lines() - 1) / lines()) * CELL_BYTES;
    int lag = Math.max(1, 1 + height.padding) * width.out * channels;
    boolean band = height.out == 1 && height.in > 1;
    return (savedBytes() != 0 || isAhead()) && !band && whole <= some + lag;
  }

  /// Bytes of the row above the one whose place a row of outputs takes.
  private int savedBytes() {
    boolean same = width.in == width.out && height.in == height.out && height.out > 1;
    boolean follows = height.padding == 1 && height.dilation == 1 && height.stride == 1;
    return same && follows && planes() == 1 && !along ? (width.in * channels + 3) & -4 : 0;
  }

  /// Whether no row of outputs takes the place of inputs that later ones need.
  private boolean isAhead() {
    for (int row = 1; row < height.out; row++) {
      int top = Math.max(0, row * height.stride - height.padding);
      if (row * width.out > top * width.in) {
        return false;
      }
    }
    return height.out * width.out <= height.in * width.in;
  }

  private KernelCall call(Step step, WeightedLayer layer, Op.DepthwiseConv2d op) {
    Shape x = step.inputType(0).shape();
    Shape y = step.outputType().shape();
    boolean fast =
        tiles() == 1
            && channels % 4 == 0
            && QuantizedRange.of(op.activation(), step.outputType()).isWholeInt8()
            && !MveConvolutions.rounding(step, op.activation()).isEmpty();
    int weightBytes = fast && words() < 4 ? 12 : 16;
    boolean inPlace = x.dim(0) == 1 && isInPlace();
    int savedBytes = inPlace ? savedBytes() : 0;
    List<Parameter> parameters = new ArrayList<>(DspLayers.output(step, layer, op.activation()));
    parameters.addAll(
        List.of(
            new Parameter.Int("batches", x.dim(0)),
            new Parameter.Int("in_h", height.in),
            new Parameter.Int("in_w", width.in),
            new Parameter.Int("out_h", height.out),
            new Parameter.Int("out_w", width.out),
            new Parameter.Int("kernel_h", height.taps),
            new Parameter.Int("stride_h", height.stride),
            new Parameter.Int("stride_w", width.stride),
            new Parameter.Int("dilation_h", height.dilation),
            new Parameter.Int("dilation_w", width.dilation),
            new Parameter.Int("pad_top", height.padding),
            new Parameter.Int("pad_left", width.padding),
            new Parameter.Int("along", along ? 1 : 0),
            new Parameter.Int("line", line()),
            new Parameter.Int("columns", columns(line())),
            new Parameter.Int("tiles", tiles()),
            new Parameter.Int("weight_bytes", weightBytes),
            new Parameter.Int("saved_bytes", savedBytes),
            new Parameter.Int("input_zero", layer.xZero())));
    return KernelCall.of(
            "armv81m/depthwise_s8",
            "mote_mve_depthwise" + (fast ? "_relu" : "") + "_s8",
            parameters,
            new Argument.Input(0),
            new Argument.Table(stream(weightBytes)),
            new Argument.Output(0),
            new Argument.Scratch())
        .withScratch(16 + savedBytes + planes() * columns(line()) * CELL_BYTES)
        .withOverlaps(
            inPlace
                ? List.of(Overlap.inPlace(0))
                : height.in == x.dim(1) ? WindowOverlap.rows(x, y, op.window(), 1, 1) : List.of());
  }

  /// The stream of `depthwise_s8.c`.
  private ConstantTable stream(int weightBytes) {
    WordStream stream = new WordStream();
    int row = columns(line());
    for (int word = 0; word < 4 * tiles(); word++) {
      int cell = word / wordsAcross() * row + word % wordsAcross() * wordStep();
      stream.add(word < words() ? cell * CELL_BYTES : 0);
    }
    for (int first = 0; first < channels; first += 4) {
      MveConvolutions.addFour(stream, constants.bias(), first);
      MveConvolutions.addFour(stream, constants.multiplier(), first);
      stream.add(MveConvolutions.shifts(constants.right(), first));
      for (int tile = 0; tile < tiles(); tile++) {
        for (int channel = first; channel < first + 4; channel++) {
          for (int word = 4 * tile; word < 4 * tile + weightBytes / 4; word++) {
            stream.addBytes(word(word, channel), 0, 4);
          }
        }
      }
    }
    return stream.table(constants.weights().length + 4L * channels);
  }

  /// Four weights of a channel; zeros beyond the window.
  private byte[] word(int word, int channel) {
    byte[] four = new byte[4];
    for (int i = 0; i < 4; i++) {
      int ky = along ? 0 : word / wordsAcross() * 4 + i;
      int kx = along ? word * 4 + i : word % wordsAcross();
      if (word < words() && ky < height.taps && kx < width.taps && channel < channels) {
        four[i] = constants.weights()[(ky * width.taps + kx) * channels + channel];
      }
    }
    return four;
  }
}
