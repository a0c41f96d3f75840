package dev.mote.pipeline.lower;

import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Tensor;
import dev.mote.pipeline.lower.KernelCall.Argument;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Trees that the emitter writes as code: a node is an `if`, a leaf the number of its row.
///
/// @param trees the trees
/// @param features type of x
/// @param sums type of the result: float32 or int32
/// @param base what sums of integers begin with; empty for floats
/// @param lanes how the words of a row hold several values, which are added at once; empty where
///     they hold one
public record TreeCode(
    SimpleTrees trees,
    ElementType features,
    ElementType sums,
    List<Long> base,
    Optional<TreeLanes> lanes) {

  public TreeCode {
    base = List.copyOf(base);
  }

  /// Compilers take so many nested blocks, and stay quick with so many nodes.
  private static final int MOST_DEPTH = 96;

  private static final int MOST_NODES = 1 << 14;

  /// Values of a leaf that are added one by one in code.
  private static final int MOST_COLUMNS = 32;

  /// Code that is this many times larger than the table is not chosen.
  private static final int LARGER = 3;

  /// The calls that can compute the step of trees, the fastest first.
  static List<KernelCall> candidates(Step step, Op.TreeEnsemble op) {
    KernelCall table = TreeTables.ensemble(step, op);
    Optional<KernelCall> code = of(step, op);
    if (code.isEmpty()) {
      return List.of(table);
    }
    long codeBytes = KernelCost.of(step, code.get()).flashBytes();
    long tableBytes = KernelCost.of(step, table).flashBytes();
    return switch (step.optimize()) {
      case SIZE -> List.of(codeBytes <= tableBytes ? code.get() : table);
      case SPEED, BALANCED, MEMORY ->
          List.of(codeBytes <= LARGER * tableBytes ? code.get() : table);
    };
  }

  private static Optional<KernelCall> of(Step step, Op.TreeEnsemble op) {
    SimpleTrees trees = SimpleTrees.of(step);
    boolean sum =
        switch (op.aggregate()) {
          case SUM, MEAN -> true;
          case MIN, MAX -> false;
        };
    if (!sum
        || trees.width() > MOST_COLUMNS
        || trees.expandedNodes() > MOST_NODES
        || trees.depth() > MOST_DEPTH) {
      return Optional.empty();
    }
    Tensor base = step.input(9);
    boolean whole = base.element() == ElementType.INT32;
    List<Long> begin = whole ? Arrays.stream(base.constantIntegers()).boxed().toList() : List.of();
    Optional<TreeLanes> lanes = whole ? TreeLanes.of(trees, begin) : Optional.empty();
    TreeCode code = new TreeCode(trees, step.inputType(0).element(), base.element(), begin, lanes);
    String types = TreeTables.types(step).replaceFirst("_s(8|16|32)$", "_s32");
    List<Argument> arguments =
        new ArrayList<>(
            List.of(
                new Argument.Input(0),
                new Argument.Trees(code),
                new Argument.Table(
                    lanes
                        .map(packing -> packing.table(trees))
                        .orElseGet(() -> TreeTables.leaves(trees, base.element())))));
    if (!whole) {
      arguments.add(
          new Argument.Table(ConstantTable.weights(base.element(), base.data().orElseThrow())));
    }
    arguments.add(new Argument.Output(0));
    return Optional.of(
        KernelCall.of(
            "portable/trees_code_" + types,
            "mote_trees_code_" + types,
            TreeTables.parameters(step, op, trees),
            arguments.toArray(Argument[]::new)));
  }

  /// Estimated bytes of code on a core with 16-bit instructions.
  long codeBytes() {
    long node =
        switch (features) {
          case FLOAT32 -> 18;
          default -> 9;
        };
    return trees.expandedNodes() * (node + 4L) + 24L * trees.roots().size();
  }
}
