package dev.mote.pipeline.lower;

import dev.mote.pipeline.lower.KernelCall.Argument;
import dev.mote.pipeline.lower.KernelCall.Parameter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// A copy whose output is dense and whose input is read at regular distances.
///
/// Dimensions that are contiguous on both sides are merged, so that most copies become a few long
/// runs.
final class StridedCopy {

  private static final int MOST_DIMENSIONS = 6;

  /// @param extent positions; > 0
  /// @param stride elements of the input from one position to the next; any sign
  private record Dimension(int extent, int stride) {}

  private final List<Dimension> dimensions = new ArrayList<>();
  private int offset;

  /// Adds the next inner dimension of the output.
  StridedCopy dimension(int extent, int stride) {
    if (extent == 1) {
      return this;
    }
    if (!dimensions.isEmpty()) {
      Dimension outer = dimensions.getLast();
      if (outer.stride == stride * extent) {
        dimensions.removeLast();
        dimensions.add(new Dimension(outer.extent * extent, stride));
        return this;
      }
    }
    dimensions.add(new Dimension(extent, stride));
    return this;
  }

  /// Moves the first element read by `elements`.
  StridedCopy startAt(int elements) {
    offset += elements;
    return this;
  }

  /// The call that copies input 0 of `step` to its output.
  KernelCall call(Step step) {
    int element = elementBytes(step);
    int run = element;
    List<Dimension> loops = new ArrayList<>(dimensions);
    if (!loops.isEmpty() && loops.getLast().stride == 1) {
      run = loops.removeLast().extent * element;
    }
    if (loops.size() > MOST_DIMENSIONS) {
      throw new UnsupportedStepException(
          step, "more than " + MOST_DIMENSIONS + " dimensions change places");
    }
    List<Integer> extents = new ArrayList<>(Collections.nCopies(MOST_DIMENSIONS, 1));
    List<Integer> strides = new ArrayList<>(Collections.nCopies(MOST_DIMENSIONS, 0));
    int free = MOST_DIMENSIONS - loops.size();
    for (int i = 0; i < loops.size(); i++) {
      extents.set(free + i, loops.get(i).extent);
      strides.set(free + i, loops.get(i).stride * element);
    }
    return KernelCall.of(
        "portable/strided_copy_any",
        "mote_strided_copy_any",
        List.of(
            new Parameter.Ints("extents", extents),
            new Parameter.Ints("strides", strides),
            new Parameter.Int("offset", (long) offset * element),
            new Parameter.Int("run", run)),
        new Argument.Input(0),
        new Argument.Output(0));
  }

  /// Bytes of an element of the output.
  ///
  /// @throws UnsupportedStepException when elements do not fill bytes
  static int elementBytes(Step step) {
    int bits = step.outputType().element().bits();
    if (bits % 8 != 0) {
      throw new UnsupportedStepException(
          step, "elements of " + bits + " bits cannot be moved one by one");
    }
    return bits / 8;
  }
}
