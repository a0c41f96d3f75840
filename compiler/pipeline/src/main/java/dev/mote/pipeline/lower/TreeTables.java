package dev.mote.pipeline.lower;

import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Tensor;
import dev.mote.pipeline.lower.KernelCall.Argument;
import dev.mote.pipeline.lower.KernelCall.Parameter;
import java.util.ArrayList;
import java.util.List;

/// Lowers trees to a table of nodes and a loop that walks it.
final class TreeTables {

  private TreeTables() {}

  static KernelCall ensemble(Step step, Op.TreeEnsemble op) {
    SimpleTrees trees = SimpleTrees.of(step);
    int size = Math.max(trees.nodes().size(), Math.max(trees.leafRows().size(), trees.width()));
    if (size > Short.MAX_VALUE || step.inputType(0).shape().last() > Short.MAX_VALUE) {
      throw new UnsupportedStepException(
          step,
          "an ensemble of %d nodes; a table has at most %d".formatted(size, (int) Short.MAX_VALUE));
    }
    String types = types(step);
    Tensor base = step.input(9);
    return KernelCall.of(
        "portable/trees_" + types,
        "mote_trees_" + types,
        parameters(step, op, trees),
        new Argument.Input(0),
        new Argument.Table(thresholds(trees, step.inputType(0).element())),
        new Argument.Table(nodes(trees)),
        new Argument.Table(roots(trees)),
        new Argument.Table(leaves(trees, step.inputType(8).element())),
        new Argument.Table(ConstantTable.weights(base.element(), base.data().orElseThrow())),
        new Argument.Output(0));
  }

  static List<Parameter> parameters(Step step, Op.TreeEnsemble op, SimpleTrees trees) {
    int aggregate =
        switch (op.aggregate()) {
          case SUM -> 0;
          case MEAN -> 1;
          case MIN -> 2;
          case MAX -> 3;
        };
    return List.of(
        new Parameter.Int("rows", step.inputType(0).shape().dim(0)),
        new Parameter.Int("features", step.inputType(0).shape().last()),
        new Parameter.Int("trees", trees.roots().size()),
        new Parameter.Int("width", trees.width()),
        new Parameter.Int("columns", step.outputType().shape().last()),
        new Parameter.Int("aggregate", aggregate));
  }

  /// Types of features and leaves as the kernels' names have them.
  static String types(Step step) {
    return type(step, step.inputType(0).element()) + "_" + type(step, step.inputType(8).element());
  }

  private static String type(Step step, ElementType element) {
    return switch (element) {
      case FLOAT32 -> "f32";
      case INT32 -> "s32";
      case INT16 -> "s16";
      case INT8 -> "s8";
      case INT4, UINT8, INT64, BOOL, FLOAT16 -> throw new UnsupportedStepException(step);
    };
  }

  private static ConstantTable nodes(SimpleTrees trees) {
    short[] table = new short[Math.max(1, 3 * trees.nodes().size())];
    for (int i = 0; i < trees.nodes().size(); i++) {
      SimpleTrees.Split node = trees.nodes().get(i);
      table[3 * i] = (short) (node.missingLeft() ? -1 - node.feature() : node.feature());
      table[3 * i + 1] = (short) node.left();
      table[3 * i + 2] = (short) node.right();
    }
    return ConstantTable.ofInt16(table).asWeights();
  }

  private static ConstantTable roots(SimpleTrees trees) {
    short[] table = new short[Math.max(1, 2 * trees.roots().size())];
    for (int i = 0; i < trees.roots().size(); i++) {
      table[2 * i] = trees.roots().get(i).shortValue();
      table[2 * i + 1] = trees.targets().get(i).shortValue();
    }
    return ConstantTable.ofInt16(table).asWeights();
  }

  private static ConstantTable thresholds(SimpleTrees trees, ElementType type) {
    double[] values = trees.nodes().stream().mapToDouble(SimpleTrees.Split::threshold).toArray();
    return of(type, values);
  }

  /// The distinct leaves, one after the other.
  static ConstantTable leaves(SimpleTrees trees, ElementType type) {
    List<Double> values = new ArrayList<>();
    trees.leafRows().forEach(values::addAll);
    return of(type, values.stream().mapToDouble(Double::doubleValue).toArray());
  }

  private static ConstantTable of(ElementType type, double[] values) {
    int count = Math.max(1, values.length);
    java.nio.ByteBuffer bytes =
        java.nio.ByteBuffer.allocate((int) type.bytes(count))
            .order(java.nio.ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < values.length; i++) {
      switch (type) {
        case FLOAT32 -> bytes.putFloat(4 * i, (float) values[i]);
        case INT32 -> bytes.putInt(4 * i, (int) values[i]);
        case INT16 -> bytes.putShort(2 * i, (short) values[i]);
        default -> bytes.put(i, (byte) values[i]);
      }
    }
    return ConstantTable.weights(type, Blob.of(bytes.array()));
  }
}
