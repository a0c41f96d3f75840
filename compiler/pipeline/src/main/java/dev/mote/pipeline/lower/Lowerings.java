package dev.mote.pipeline.lower;

import dev.mote.ir.Op;

/// Chooses the kernel of a step by its operator.
public final class Lowerings {

  private Lowerings() {}

  /// The kernel call for `step`.
  ///
  /// @throws UnsupportedStepException when no kernel exists for these types on this target
  public static KernelCall lower(Step step) {
    return switch (step.node().op()) {
      case Op.Conv2d op -> throw unsupported(step);
      case Op.DepthwiseConv2d op -> throw unsupported(step);
      case Op.TransposeConv2d op -> throw unsupported(step);
      case Op.FullyConnected op -> throw unsupported(step);
      case Op.BatchMatMul op -> throw unsupported(step);
      case Op.Pool2d op -> throw unsupported(step);

      case Op.Binary op -> throw unsupported(step);
      case Op.AddN op -> throw unsupported(step);
      case Op.Compare op -> throw unsupported(step);
      case Op.Logical op -> throw unsupported(step);
      case Op.Select op -> throw unsupported(step);
      case Op.Reduce op -> throw unsupported(step);
      case Op.ArgReduce op -> throw unsupported(step);
      case Op.CumulativeSum op -> throw unsupported(step);

      case Op.Unary op -> throw unsupported(step);
      case Op.LeakyRelu op -> throw unsupported(step);
      case Op.Prelu op -> throw unsupported(step);
      case Op.Softmax op -> throw unsupported(step);
      case Op.LogSoftmax op -> throw unsupported(step);
      case Op.L2Normalization op -> throw unsupported(step);
      case Op.Quantize op -> throw unsupported(step);
      case Op.Dequantize op -> throw unsupported(step);
      case Op.Cast op -> throw unsupported(step);

      case Op.Reshape _ -> Movements.reshape(step);
      case Op.Pad op -> throw unsupported(step);
      case Op.Concat op -> throw unsupported(step);
      case Op.Split op -> throw unsupported(step);
      case Op.Slice op -> throw unsupported(step);
      case Op.Transpose op -> throw unsupported(step);
      case Op.Gather op -> throw unsupported(step);
      case Op.GatherNd op -> throw unsupported(step);
      case Op.BroadcastTo op -> throw unsupported(step);
      case Op.BroadcastArgs op -> throw unsupported(step);
      case Op.Reverse op -> throw unsupported(step);
      case Op.Resize op -> throw unsupported(step);
      case Op.SpaceToDepth op -> throw unsupported(step);
      case Op.DepthToSpace op -> throw unsupported(step);
      case Op.SpaceToBatch op -> throw unsupported(step);
      case Op.BatchToSpace op -> throw unsupported(step);

      case Op.Lstm op -> throw unsupported(step);
      case Op.Svdf op -> throw unsupported(step);
      case Op.ReadVariable op -> throw unsupported(step);
      case Op.AssignVariable op -> throw unsupported(step);

      case Op.CustomOp op -> throw unsupported(step);
    };
  }

  private static UnsupportedStepException unsupported(Step step) {
    return new UnsupportedStepException(step);
  }
}
