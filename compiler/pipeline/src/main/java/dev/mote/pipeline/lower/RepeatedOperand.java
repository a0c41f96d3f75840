package dev.mote.pipeline.lower;

import dev.mote.ir.Shape;
import dev.mote.pipeline.lower.KernelCall.Parameter;
import java.util.List;
import java.util.Optional;

/// An operand that repeats in one run of dimensions, as the gate of a squeeze-and-excite block does
/// for all pixels of an image.
///
/// @param batches how often the operand goes on after its repetitions
/// @param repeats how often each batch is used
/// @param count elements of a batch
record RepeatedOperand(int batches, int repeats, int count) {

  /// How `operand` repeats in a tensor of shape `whole`; empty when it does in another way.
  static Optional<RepeatedOperand> of(Shape operand, Shape whole) {
    Shape extended = operand.extendTo(whole.rank());
    int first = whole.rank();
    int last = -1;
    for (int axis = 0; axis < whole.rank(); axis++) {
      if (extended.dim(axis) != whole.dim(axis)) {
        first = Math.min(first, axis);
        last = axis;
      }
    }
    if (last < 0) {
      return Optional.of(new RepeatedOperand(1, 1, whole.count()));
    }
    return extended.count(first, last + 1) == 1
        ? Optional.of(
            new RepeatedOperand(
                whole.count(0, first),
                whole.count(first, last + 1),
                whole.count(last + 1, whole.rank())))
        : Optional.empty();
  }

  List<Parameter> parameters() {
    return List.of(
        new Parameter.Int("batches", batches),
        new Parameter.Int("repeats", repeats),
        new Parameter.Int("count", count));
  }
}
