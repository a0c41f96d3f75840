package dev.mote.reference;

import dev.mote.ir.ElementType;
import dev.mote.ir.Op;

/// Decision trees, walked node by node.
final class Trees {

  private Trees() {}

  static void ensemble(Invocation call, Op.TreeEnsemble op) {
    Value base = call.input(9);
    int rows = call.input(0).shape().dim(0);
    int columns = base.count();
    for (int row = 0; row < rows; row++) {
      if (base.element() == ElementType.FLOAT32) {
        float[] result = floats(call, op, row, columns);
        for (int k = 0; k < columns; k++) {
          call.output().setReal(row * columns + k, result[k]);
        }
      } else {
        int[] result = integers(call, row, columns);
        for (int k = 0; k < columns; k++) {
          call.output().set(row * columns + k, result[k]);
        }
      }
    }
  }

  private static float[] floats(Invocation call, Op.TreeEnsemble op, int row, int columns) {
    Value leaves = call.input(8);
    Value base = call.input(9);
    int width = leaves.shape().last();
    int trees = call.input(6).count();
    boolean sum = op.aggregate() == Op.TreeEnsemble.Aggregate.SUM;
    float[] result = new float[columns];
    for (int k = 0; k < columns; k++) {
      result[k] =
          switch (op.aggregate()) {
            case SUM -> base.real(k);
            case MEAN -> 0;
            case MIN -> Float.POSITIVE_INFINITY;
            case MAX -> Float.NEGATIVE_INFINITY;
          };
    }
    for (int tree = 0; tree < trees; tree++) {
      int leaf = leaf(call, tree, row);
      int target = call.input(7).int32(tree);
      for (int w = 0; w < width; w++) {
        float value = leaves.real(leaf * width + w);
        float before = result[target + w];
        result[target + w] =
            switch (op.aggregate()) {
              case SUM, MEAN -> before + value;
              case MIN -> value < before ? value : before;
              case MAX -> value > before ? value : before;
            };
      }
    }
    for (int k = 0; k < columns && !sum; k++) {
      float value =
          op.aggregate() == Op.TreeEnsemble.Aggregate.MEAN ? result[k] / trees : result[k];
      result[k] = value + base.real(k);
    }
    return result;
  }

  private static int[] integers(Invocation call, int row, int columns) {
    Value leaves = call.input(8);
    int width = leaves.shape().last();
    int[] result = new int[columns];
    for (int k = 0; k < columns; k++) {
      result[k] = call.input(9).int32(k);
    }
    for (int tree = 0; tree < call.input(6).count(); tree++) {
      int leaf = leaf(call, tree, row);
      for (int w = 0; w < width; w++) {
        result[call.input(7).int32(tree) + w] += leaves.int32(leaf * width + w);
      }
    }
    return result;
  }

  private static int leaf(Invocation call, int tree, int row) {
    Value x = call.input(0);
    int first = row * x.shape().last();
    int at = call.input(6).int32(tree);
    while (at >= 0) {
      int index = first + call.input(1).int32(at);
      boolean left;
      if (x.element() == ElementType.FLOAT32) {
        float value = x.real(index);
        boolean missing = Float.isNaN(value);
        left = missing ? call.input(5).integer(at) != 0 : value <= call.input(2).real(at);
      } else {
        left = x.integer(index) <= call.input(2).integer(at);
      }
      at = call.input(left ? 3 : 4).int32(at);
    }
    return -1 - at;
  }
}
