package dev.mote.pipeline.lower;

import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.Window2d;
import dev.mote.pipeline.lower.KernelCall.Parameter;
import dev.mote.plugin.Compiler;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// How a depthwise layer lies in planes of 16-bit values, for the kernels of `armv7em/depthwise.h`.
///
/// Rows of planes are rows of the image, or its columns where the layer is transposed.
///
/// @param loop which loop convolves
/// @param transposed whether rows of planes are columns of the image
/// @param multiplier output channels for each input channel
record DepthwisePlanes(
    Loop loop,
    boolean transposed,
    int channels,
    int multiplier,
    int inRows,
    int inColumns,
    int outRows,
    int outColumns,
    int kernelRows,
    int kernelColumns,
    int strideRows,
    int strideColumns,
    int padTop,
    int padLeft,
    int group,
    int band) {

  /// A loop over one channel's plane.
  enum Loop {
    /// 3x3; the weights stay in registers.
    SQUARE,
    /// One row of up to five taps, stride 1; the weights stay in registers.
    LINE,
    /// Rows of four or five taps.
    FIVE,
    /// Rows of up to 31 taps.
    WIDE
  }

  private static final int LONGEST_ROW = 31;
  private static final int MOST_ROWS = 64;
  private static final int GROUP = 4;
  private static final int LARGEST_SIDE = 4_096;

  /// The cheaper of both ways to lay `op` into planes; empty where there is none.
  static Optional<DepthwisePlanes> of(Step step, Op.DepthwiseConv2d op) {
    Shape x = step.inputType(0).shape();
    Shape y = step.outputType().shape();
    Window2d w = op.window();
    if (x.dim(0) != 1
        || w.dilationHeight() != 1
        || w.dilationWidth() != 1
        || Math.max(Math.max(x.dim(1), x.dim(2)), Math.max(y.dim(1), y.dim(2))) > LARGEST_SIDE
        || y.last() > Short.MAX_VALUE) {
      return Optional.empty();
    }
    DepthwisePlanes along =
        new DepthwisePlanes(
            Loop.WIDE,
            false,
            x.last(),
            op.multiplier(),
            x.dim(1),
            x.dim(2),
            y.dim(1),
            y.dim(2),
            w.kernelHeight(),
            w.kernelWidth(),
            w.strideHeight(),
            w.strideWidth(),
            w.padTop(),
            w.padLeft(),
            1,
            y.dim(1));
    return Stream.of(along, along.across())
        .flatMap(planes -> planes.withLoop().stream())
        .filter(planes -> planes.usedColumns() > 0)
        .min(Comparator.comparingLong(DepthwisePlanes::instructions))
        .map(planes -> planes.within(budget(step)));
  }

  /// Bytes that the planes should take, small beside the layer's own tensors.
  private static int budget(Step step) {
    int bytes = Math.max(step.inputType(0).shape().count(), step.outputType().shape().count());
    return step.optimize() == Compiler.Optimize.MEMORY
        ? Math.clamp(bytes / 16, 256, 1024)
        : Math.clamp(bytes / 8, 512, 3072);
  }

  private DepthwisePlanes across() {
    return new DepthwisePlanes(
        loop,
        !transposed,
        channels,
        multiplier,
        inColumns,
        inRows,
        outColumns,
        outRows,
        kernelColumns,
        kernelRows,
        strideColumns,
        strideRows,
        padLeft,
        padTop,
        group,
        outColumns);
  }

  /// With the loop that suits; empty when there is none.
  private Optional<DepthwisePlanes> withLoop() {
    // a single output per row is that of a row of stride 1
    int stride = outColumns == 1 ? 1 : strideColumns;
    if (stride > 2 || kernelColumns > LONGEST_ROW || kernelRows > MOST_ROWS) {
      return Optional.empty();
    }
    Loop suitable = Loop.WIDE;
    if (kernelRows == 3 && kernelColumns == 3 && outColumns > 1) {
      suitable = Loop.SQUARE;
    } else if (kernelRows == 1 && kernelColumns <= 5 && stride == 1 && outColumns > 1) {
      suitable = Loop.LINE;
    } else if (words(stride, kernelColumns) == 3) {
      suitable = Loop.FIVE;
    }
    return Optional.of(
        new DepthwisePlanes(
            suitable,
            transposed,
            channels,
            multiplier,
            inRows,
            inColumns,
            outRows,
            outColumns,
            kernelRows,
            kernelColumns,
            strideRows,
            stride,
            padTop,
            padLeft,
            group,
            band));
  }

  /// With as many channels and rows of output at a time as `budget` bytes hold.
  private DepthwisePlanes within(int budget) {
    boolean four = channels >= GROUP && rowsOfWindows(1) * GROUP * planeColumns() * 2 <= budget;
    int together = four ? GROUP : 1;
    int rows = 1;
    while (rows < outRows && rowsOfWindows(rows + 1) * together * planeColumns() * 2 <= budget) {
      rows++;
    }
    return new DepthwisePlanes(
        loop,
        transposed,
        channels,
        multiplier,
        inRows,
        inColumns,
        outRows,
        outColumns,
        kernelRows,
        kernelColumns,
        strideRows,
        strideColumns,
        padTop,
        padLeft,
        together,
        rows);
  }

  /// What one channel takes, roughly.
  private long instructions() {
    long pairs = (outColumns + 1) / 2;
    long pair =
        switch (loop) {
          case SQUARE -> 27;
          case LINE -> 20;
          case FIVE -> 24 + 12L * kernelRows;
          case WIDE -> 24 + (4L + 3L * words()) * kernelRows;
        };
    return outRows * (pairs * pair + 16) + 2L * inRows * inColumns;
  }

  private static int words(int stride, int columns) {
    int words = stride == 1 ? columns / 2 + 1 : (columns + 1) / 2;
    return words == 3 ? 3 : (words + 1) & -2;
  }

  /// Words of two taps for each row of the window.
  private int words() {
    return words(strideColumns, kernelColumns);
  }

  private int weightsBytes() {
    return loop == Loop.FIVE || loop == Loop.WIDE
        ? kernelRows * words() * (strideColumns == 1 ? 8 : 4)
        : 0;
  }

  /// Columns that the loop reads, an even number.
  private int planeColumns() {
    int last = (outColumns - 1) / 2 * 2 * strideColumns;
    int read =
        switch (loop) {
          case SQUARE -> strideColumns == 2 && outColumns % 2 == 0 ? 6 : 4;
          case LINE -> 6;
          case FIVE, WIDE -> 2 * words() + (strideColumns == 2 ? 2 : 0);
        };
    return Math.max(last + read, (usedColumns() + padLeft + 1) & -2);
  }

  /// Columns of the image that windows reach.
  private int usedColumns() {
    return Math.min(inColumns, (outColumns - 1) * strideColumns + kernelColumns - padLeft);
  }

  private int rowsOfWindows(int outputRows) {
    return (outputRows - 1) * strideRows + kernelRows;
  }

  int scratchBytes() {
    return weightsBytes() + rowsOfWindows(band) * group * planeColumns() * 2;
  }

  /// Whether the output may lie in the place of the input: no row that is still to be widened is
  /// overwritten.
  boolean inPlace() {
    if (multiplier != 1) {
      return false;
    }
    for (int row = band; row < outRows; row += band) {
      int next = (row - 1) * strideRows - padTop + kernelRows;
      boolean kept =
          transposed ? inRows == outRows && row <= next : row * outColumns <= next * inColumns;
      if (next < inRows && !kept) {
        return false;
      }
    }
    return true;
  }

  String function(String scaling) {
    return "mote_dsp_depthwise_"
        + switch (loop) {
          case SQUARE -> "3x3";
          case LINE -> "line";
          case FIVE -> "five";
          case WIDE -> "wide";
        }
        + (strideColumns == 2 ? "_stride_2" : "")
        + scaling
        + "_s8";
  }

  String kernel() {
    return switch (loop) {
      case SQUARE -> "armv7em/depthwise_3x3_s8";
      case LINE -> "armv7em/depthwise_line_s8";
      case FIVE, WIDE -> "armv7em/depthwise_rows_s8";
    };
  }

  /// The model's taps in the order of the kernel; -1 where it has one that the model has not.
  int[] taps() {
    int[] order = new int[kernelRows * (loop == Loop.LINE ? 5 : kernelColumns)];
    for (int i = 0; i < order.length; i++) {
      int row = loop == Loop.LINE ? 0 : i / kernelColumns;
      int column = loop == Loop.LINE ? i : i % kernelColumns;
      int tap = transposed ? column * kernelRows + row : row * kernelColumns + column;
      order[i] = column < kernelColumns ? tap : -1;
    }
    return order;
  }

  List<Parameter> parameters() {
    boolean padded =
        padLeft > 0 || (outColumns - 1) * strideColumns + kernelColumns - padLeft > inColumns;
    return List.of(
        new Parameter.Int("in_rows", inRows),
        new Parameter.Int("in_columns", inColumns),
        new Parameter.Int("channels", channels),
        new Parameter.Int("multiplier", multiplier),
        new Parameter.Int("out_rows", outRows),
        new Parameter.Int("out_columns", outColumns),
        new Parameter.Int("kernel_rows", kernelRows),
        new Parameter.Int("kernel_columns", kernelColumns),
        new Parameter.Int("stride_rows", strideRows),
        new Parameter.Int("stride_columns", strideColumns),
        new Parameter.Int("pad_top", padTop),
        new Parameter.Int("pad_left", padLeft),
        new Parameter.Int("padded", padded ? 1 : 0),
        new Parameter.Int("transposed", transposed ? 1 : 0),
        new Parameter.Int("columns", usedColumns()),
        new Parameter.Int("plane_columns", planeColumns()),
        new Parameter.Int("words", words()),
        new Parameter.Int("group", group),
        new Parameter.Int("band", band),
        new Parameter.Int("weights_bytes", weightsBytes()));
  }
}
