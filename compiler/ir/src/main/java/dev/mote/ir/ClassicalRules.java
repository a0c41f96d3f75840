package dev.mote.ir;

import java.util.List;
import java.util.stream.LongStream;

/// What a [Op.TreeEnsemble] requires of its constants, so that walking it ends and stays inside.
final class ClassicalRules {

  private ClassicalRules() {}

  /// @param in the ten inputs
  static void trees(Op.TreeEnsemble op, List<Tensor> in, Shape output) {
    Shape x = in.get(0).shape();
    Shape leaves = in.get(8).shape();
    Shape base = in.get(9).shape();
    Shape nodes = in.get(1).shape();
    Shape trees = in.get(6).shape();
    require(x.rank() == 2 && leaves.rank() == 2 && base.rank() == 1, "ranks do not fit");
    require(nodes.rank() == 1 && trees.rank() == 1, "ranks do not fit");
    for (int i = 2; i <= 5; i++) {
      require(in.get(i).shape().equals(nodes), "its nodes do not fit each other");
    }
    require(in.get(7).shape().equals(trees), "its trees do not fit each other");
    require(output.equals(Shape.of(x.dim(0), base.last())), "its output does not fit");
    types(op, in);
    int width = leaves.last();
    require(
        op.aggregate() == Op.TreeEnsemble.Aggregate.SUM
            || (width == base.last() && trees.count() > 0),
        "it aggregates trees of several targets, or none");
    within(in.get(1), 0, x.last() - 1L, "feature");
    within(in.get(7), 0, (long) base.last() - width, "target");
    within(in.get(6), -leaves.dim(0), nodes.count() - 1L, "root");
    for (int side : new int[] {3, 4}) {
      long[] next = in.get(side).constantIntegers();
      for (int node = 0; node < next.length; node++) {
        require(
            next[node] >= 0 ? next[node] > node : next[node] >= -leaves.dim(0),
            "node %d leads to %d".formatted(node, next[node]));
        require(next[node] < next.length, "node %d leads to %d".formatted(node, next[node]));
      }
    }
  }

  private static void types(Op.TreeEnsemble op, List<Tensor> in) {
    ElementType x = in.get(0).element();
    require(in.get(2).element() == x, "its thresholds are not of the type of x");
    switch (x) {
      case FLOAT32 -> {
        for (float threshold : in.get(2).constantFloats()) {
          require(!Float.isNaN(threshold), "a threshold is not a number");
        }
      }
      case INT8, INT16 -> {}
      case INT4, UINT8, INT32, INT64, BOOL, FLOAT16 -> require(false, "it has x of " + x.label());
    }
    for (int i : new int[] {1, 3, 4, 6, 7}) {
      require(in.get(i).element() == ElementType.INT32, "its links are not int32");
    }
    require(in.get(5).element() == ElementType.BOOL, "missingLeft is not bool");
    ElementType base = in.get(9).element();
    switch (in.get(8).element()) {
      case FLOAT32 -> require(base == ElementType.FLOAT32, "its base is not float32");
      case INT8, INT16, INT32 -> {
        require(base == ElementType.INT32, "its base is not int32");
        require(op.aggregate() == Op.TreeEnsemble.Aggregate.SUM, "integers can only be summed");
      }
      case INT4, UINT8, INT64, BOOL, FLOAT16 ->
          require(false, "it has leaves of " + in.get(8).element().label());
    }
  }

  private static void within(Tensor tensor, long least, long most, String what) {
    require(
        LongStream.of(tensor.constantIntegers()).allMatch(v -> v >= least && v <= most),
        "a %s is not within [%d, %d]".formatted(what, least, most));
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new OperandRules.Violation(Verifier.TYPES, otherwise);
    }
  }
}
