package dev.mote.pipeline.lower;

import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Tensor;
import dev.mote.pipeline.lower.KernelCall.Argument;
import java.util.List;
import java.util.Optional;

/// Trees that the emitter writes as code: a node is an `if`, a leaf the number of its row.
///
/// @param trees the trees
/// @param features type of x
/// @param sums type of the result: float32 or int32
/// @param laneBits bits of each value where the words of a row hold several, which are added at
///     once; 0 where they hold one
public record TreeCode(SimpleTrees trees, ElementType features, ElementType sums, int laneBits) {

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
    int lanes = base.element() == ElementType.INT32 ? laneBits(trees, step) : 0;
    TreeCode code = new TreeCode(trees, step.inputType(0).element(), base.element(), lanes);
    String types = TreeTables.types(step).replaceFirst("_s(8|16|32)$", "_s32");
    return Optional.of(
        KernelCall.of(
            "portable/trees_code_" + types,
            "mote_trees_code_" + types,
            TreeTables.parameters(step, op, trees),
            new Argument.Input(0),
            new Argument.Trees(code),
            new Argument.Table(
                lanes > 0 ? packed(trees, lanes) : TreeTables.leaves(trees, base.element())),
            new Argument.Table(ConstantTable.weights(base.element(), base.data().orElseThrow())),
            new Argument.Output(0)));
  }

  /// The narrowest lanes that the sums of all columns fit without a sign; 0 for none.
  private static int laneBits(SimpleTrees trees, Step step) {
    if (trees.width() < 2 || trees.width() != step.outputType().shape().last()) {
      return 0;
    }
    double most = 0;
    for (List<Double> row : trees.leafRows()) {
      for (double value : row) {
        if (value < 0) {
          return 0;
        }
        most = Math.max(most, value);
      }
    }
    for (int bits = 4; bits <= 16; bits *= 2) {
      if (most * trees.roots().size() < 1 << bits) {
        return bits;
      }
    }
    return 0;
  }

  private static ConstantTable packed(SimpleTrees trees, int bits) {
    int lanes = Integer.SIZE / bits;
    int words = Math.ceilDiv(trees.width(), lanes);
    int[] table = new int[Math.max(1, words * trees.leafRows().size())];
    for (int r = 0; r < trees.leafRows().size(); r++) {
      List<Double> row = trees.leafRows().get(r);
      for (int w = 0; w < row.size(); w++) {
        table[r * words + w / lanes] |= row.get(w).intValue() << (w % lanes * bits);
      }
    }
    return ConstantTable.weights(table);
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
