package dev.mote.pipeline.lower;

import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import dev.mote.pipeline.lower.KernelCall.Argument;
import dev.mote.pipeline.lower.KernelCall.Parameter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Lowers padding.
final class Paddings {

  private static final int MOST_DIMENSIONS = 5;

  private Paddings() {}

  /// Dimensions that the kernel's loops see, outermost first: neighbours merged where possible.
  ///
  /// @param extent of the input
  /// @param before indices of padding
  /// @param after indices of padding
  private record Dimension(int extent, int before, int after) {
    boolean isPadded() {
      return before > 0 || after > 0;
    }
  }

  static KernelCall pad(Step step, Op.Pad op) {
    List<Dimension> dimensions = new ArrayList<>();
    for (int axis = 0; axis < op.before().size(); axis++) {
      int extent = step.inputType(0).shape().dim(axis);
      dimensions.add(new Dimension(extent, op.before().get(axis), op.after().get(axis)));
    }
    return switch (op.mode()) {
      case CONSTANT -> constant(step, dimensions);
      case REFLECT -> mirror(step, dimensions, 0);
      case SYMMETRIC -> mirror(step, dimensions, 1);
    };
  }

  private static KernelCall constant(Step step, List<Dimension> all) {
    // A dimension without padding is part of the run, or of the loop, of the one outside it.
    List<Dimension> merged = new ArrayList<>();
    for (Dimension inner : all) {
      if (!inner.isPadded() && !merged.isEmpty()) {
        Dimension outer = merged.removeLast();
        merged.add(
            new Dimension(
                outer.extent * inner.extent,
                outer.before * inner.extent,
                outer.after * inner.extent));
      } else {
        merged.add(inner);
      }
    }
    requireRank(step, merged.size());
    while (merged.size() < MOST_DIMENSIONS) {
      merged.addFirst(new Dimension(1, 0, 0));
    }
    List<Integer> extents = new ArrayList<>();
    List<Integer> before = new ArrayList<>();
    List<Integer> after = new ArrayList<>();
    int element = StridedCopy.elementBytes(step);
    int inner = element;
    for (Dimension dimension : merged.reversed()) {
      extents.addFirst(dimension.extent);
      before.addFirst(dimension.before * inner);
      after.addFirst(dimension.after * inner);
      inner *= dimension.before + dimension.extent + dimension.after;
    }
    int run = extents.removeLast() * element;
    Argument value = new Argument.Input(1);
    if (!step.hasInput(1) || step.input(1).isConstant()) {
      byte[] bytes =
          step.hasInput(1)
              ? step.input(1).data().orElseThrow().toByteArray()
              : realZero(step.outputType());
      if (allEqual(bytes)) {
        bytes = new byte[] {bytes[0]};
        element = 1;
      }
      value = new Argument.Table(ConstantTable.ofInt8(bytes));
    }
    return KernelCall.of(
        "portable/pad_any",
        "mote_pad_any",
        List.of(
            new Parameter.Ints("extents", extents),
            new Parameter.Ints("before", before),
            new Parameter.Ints("after", after),
            new Parameter.Int("run", run),
            new Parameter.Int("element", element)),
        new Argument.Input(0),
        value,
        new Argument.Output(0));
  }

  private static KernelCall mirror(Step step, List<Dimension> all, int gap) {
    List<Dimension> dimensions = new ArrayList<>(all);
    int run = StridedCopy.elementBytes(step);
    while (!dimensions.isEmpty() && !dimensions.getLast().isPadded()) {
      run *= dimensions.removeLast().extent;
    }
    requireRank(step, dimensions.size());
    while (dimensions.size() < MOST_DIMENSIONS) {
      dimensions.addFirst(new Dimension(1, 0, 0));
    }
    Shape input = new Shape(dimensions.stream().map(Dimension::extent).toList());
    int bytes = run;
    return KernelCall.of(
        "portable/mirror_pad_any",
        "mote_mirror_pad_any",
        List.of(
            new Parameter.Ints("input", input.dims()),
            new Parameter.Ints(
                "output", dimensions.stream().map(d -> d.before + d.extent + d.after).toList()),
            new Parameter.Ints("before", dimensions.stream().map(Dimension::before).toList()),
            new Parameter.Ints("strides", input.strides().stream().map(s -> s * bytes).toList()),
            new Parameter.Int("gap", gap),
            new Parameter.Int("run", run)),
        new Argument.Input(0),
        new Argument.Output(0));
  }

  private static void requireRank(Step step, int rank) {
    if (rank > MOST_DIMENSIONS) {
      throw new UnsupportedStepException(
          step, "more than " + MOST_DIMENSIONS + " dimensions are padded apart");
    }
  }

  /// The bytes of the element that stands for real 0.
  static byte[] realZero(TensorType type) {
    long zero = type.quantization().isQuantized() ? type.quantization().zeroPoint() : 0;
    byte[] wide =
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(zero).array();
    return Arrays.copyOf(wide, type.element().bits() / 8);
  }

  private static boolean allEqual(byte[] bytes) {
    for (byte value : bytes) {
      if (value != bytes[0]) {
        return false;
      }
    }
    return true;
  }
}
