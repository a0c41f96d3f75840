package dev.mote.pipeline.lower;

import dev.mote.ir.Shape;
import dev.mote.pipeline.lower.KernelCall.Overlap;
import dev.mote.pipeline.lower.KernelCall.Parameter;
import java.util.ArrayList;
import java.util.List;

/// The loops of an element-wise kernel whose operands broadcast: row-major over the output, each
/// operand with strides of its own.
///
/// Dimensions of extent 1 are left out and neighbours in which all operands run in step are merged,
/// so that operands of one shape become a single loop.
final class BroadcastWalk {

  /// Loops that the kernels have.
  private static final int LOOPS = 6;

  /// @param extent repetitions
  /// @param strides elements from one position to the next, for each operand; 0 where it repeats
  private record Loop(int extent, List<Integer> strides) {

    /// Whether an `outer` loop around this one can be one loop with it.
    boolean continues(Loop outer) {
      for (int i = 0; i < strides.size(); i++) {
        if (outer.strides.get(i) != strides.get(i) * extent) {
          return false;
        }
      }
      return true;
    }
  }

  private final Step step;
  private final List<Loop> loops;

  private BroadcastWalk(Step step, List<Loop> loops) {
    this.step = step;
    this.loops = loops;
  }

  /// The walk over the output of `step` and all its inputs.
  ///
  /// @throws UnsupportedStepException when it needs more loops than the kernels have
  static BroadcastWalk of(Step step) {
    Shape output = step.outputType().shape();
    int operands = step.inputCount();
    List<Loop> loops = new ArrayList<>();
    for (int axis = 0; axis < output.rank(); axis++) {
      List<Integer> strides = new ArrayList<>();
      for (int i = 0; i < operands; i++) {
        strides.add(stride(step.inputType(i).shape().extendTo(output.rank()), axis));
      }
      Loop loop = new Loop(output.dim(axis), strides);
      if (loop.extent == 1) {
        continue;
      }
      if (!loops.isEmpty() && loop.continues(loops.getLast())) {
        loop = new Loop(loops.removeLast().extent * loop.extent, strides);
      }
      loops.add(loop);
    }
    if (loops.size() > LOOPS) {
      throw new UnsupportedStepException(
          step, "operands broadcast in more than " + LOOPS + " groups of dimensions");
    }
    while (loops.size() < LOOPS) {
      loops.addFirst(new Loop(1, java.util.Collections.nCopies(operands, 0)));
    }
    return new BroadcastWalk(step, loops);
  }

  private static int stride(Shape operand, int axis) {
    return operand.dim(axis) == 1 ? 0 : operand.strides().get(axis);
  }

  /// Fields `dims` and, for each operand in order, its strides.
  List<Parameter> parameters(String... names) {
    List<Parameter> parameters = new ArrayList<>();
    parameters.add(new Parameter.Ints("dims", loops.stream().map(Loop::extent).toList()));
    for (int i = 0; i < names.length; i++) {
      int operand = i;
      parameters.add(
          new Parameter.Ints(
              names[i], loops.stream().map(loop -> loop.strides().get(operand)).toList()));
    }
    return parameters;
  }

  /// Inputs that the output may overwrite while the kernel runs upwards: those that are read once,
  /// in the output's order, and whose elements are no smaller.
  Overlap[] overlaps() {
    List<Overlap> overlaps = new ArrayList<>();
    for (int i = 0; i < step.inputCount(); i++) {
      boolean once = step.inputType(i).shape().count() == step.outputType().shape().count();
      if (once && step.inputType(i).element().bits() >= step.outputType().element().bits()) {
        overlaps.add(new Overlap(i, 0));
      }
    }
    return overlaps.toArray(Overlap[]::new);
  }
}
