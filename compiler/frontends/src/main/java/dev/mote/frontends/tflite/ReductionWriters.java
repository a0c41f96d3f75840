package dev.mote.frontends.tflite;

import dev.mote.frontends.tflite.schema.ArgMaxOptionsT;
import dev.mote.frontends.tflite.schema.ArgMinOptionsT;
import dev.mote.frontends.tflite.schema.BuiltinOperator;
import dev.mote.frontends.tflite.schema.CumsumOptionsT;
import dev.mote.frontends.tflite.schema.ReducerOptionsT;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import java.util.List;
import java.util.Optional;

/// Writes reductions.
final class ReductionWriters {

  private ReductionWriters() {}

  static void reduce(NodeExport node, Op.Reduce op) {
    int builtin =
        switch (op.kind()) {
          case MEAN -> BuiltinOperator.MEAN;
          case SUM -> BuiltinOperator.SUM;
          case MAX -> BuiltinOperator.REDUCE_MAX;
          case MIN -> BuiltinOperator.REDUCE_MIN;
          case PRODUCT -> BuiltinOperator.REDUCE_PROD;
        };
    Shape kept = ShapeInference.reduce(node.inputShape(0), op.axes(), true);
    Shape dropped = ShapeInference.reduce(node.inputShape(0), op.axes(), false);
    boolean keep = kept.equals(node.outputType().shape());
    ReducerOptionsT options = new ReducerOptionsT();
    options.setKeepDims(keep);
    int result = node.result(keep ? kept : dropped);
    node.emit(
        builtin,
        node.inputType(0),
        Optional.of(options),
        List.of(node.x(0), node.vector("axes", op.axes())),
        result);
    node.finish(result);
  }

  static void argReduce(NodeExport node, Op.ArgReduce op) {
    byte type = FileDraft.elementCode(node.outputType().element());
    Object options;
    if (op.largest()) {
      ArgMaxOptionsT largest = new ArgMaxOptionsT();
      largest.setOutputType(type);
      options = largest;
    } else {
      ArgMinOptionsT smallest = new ArgMinOptionsT();
      smallest.setOutputType(type);
      options = smallest;
    }
    int result = node.result(ShapeInference.remove(node.inputShape(0), op.axis()));
    node.emit(
        op.largest() ? BuiltinOperator.ARG_MAX : BuiltinOperator.ARG_MIN,
        node.inputType(0),
        Optional.of(options),
        List.of(node.x(0), node.scalar("axis", op.axis())),
        result);
    node.finish(result);
  }

  static void cumulativeSum(NodeExport node, Op.CumulativeSum op) {
    CumsumOptionsT options = new CumsumOptionsT();
    options.setExclusive(op.exclusive());
    options.setReverse(op.reverse());
    node.emit(
        BuiltinOperator.CUMSUM,
        1,
        Optional.of(options),
        List.of(node.x(0), node.scalar("axis", op.axis())),
        node.y());
  }
}
