package dev.mote.frontends.tflite;

import dev.mote.ir.Op;

/// How each operator is written.
final class OperatorWriters {

  private OperatorWriters() {}

  /// Writes one node.
  ///
  /// @throws dev.mote.ir.DiagnosticException when the format cannot express it
  static void write(NodeExport node) {
    switch (node.node().op()) {
      case Op.Conv2d op -> LayerWriters.conv2d(node, op);
      case Op.DepthwiseConv2d op -> LayerWriters.depthwise(node, op);
      case Op.TransposeConv2d op -> LayerWriters.transposeConv(node, op);
      case Op.FullyConnected op -> LayerWriters.fullyConnected(node, op);
      case Op.BatchMatMul op -> LayerWriters.batchMatMul(node, op);
      case Op.Pool2d op -> PoolWriter.write(node, op);
      case Op.Lstm op -> StateWriters.lstm(node, op);
      case Op.Svdf op -> StateWriters.svdf(node, op);
      case Op.ReadVariable op -> StateWriters.read(node, op);
      case Op.AssignVariable op -> StateWriters.assign(node, op);
      case Op.L2Normalization _ -> ElementWriters.l2Normalization(node);
      case Op.Softmax op -> ElementWriters.softmax(node, op);
      case Op.LogSoftmax _ -> ElementWriters.logSoftmax(node);
      case Op.Unary op -> ElementWriters.unary(node, op.kind());
      case Op.LeakyRelu op -> ElementWriters.leakyRelu(node, op);
      case Op.Prelu _ -> ElementWriters.prelu(node);
      case Op.Binary op -> ElementWriters.binary(node, op);
      case Op.AddN _ -> ElementWriters.addN(node);
      case Op.Compare op -> ElementWriters.compare(node, op);
      case Op.Logical op -> ElementWriters.logical(node, op);
      case Op.Select _ -> ElementWriters.select(node);
      case Op.Quantize _ -> ElementWriters.quantize(node);
      case Op.Dequantize _ -> ElementWriters.dequantize(node);
      case Op.Cast _ -> ElementWriters.cast(node);
      case Op.Reduce op -> ReductionWriters.reduce(node, op);
      case Op.ArgReduce op -> ReductionWriters.argReduce(node, op);
      case Op.CumulativeSum op -> ReductionWriters.cumulativeSum(node, op);
      case Op.Reshape _ -> node.reshape(node.x(0), node.y(), node.outputType().shape());
      case Op.Pad op -> MovementWriters.pad(node, op);
      case Op.Concat op -> MovementWriters.concat(node, op);
      case Op.Split op -> MovementWriters.split(node, op);
      case Op.Slice op -> MovementWriters.slice(node, op);
      case Op.Transpose op -> MovementWriters.transpose(node, op);
      case Op.Gather op -> MovementWriters.gather(node, op);
      case Op.GatherNd _ -> MovementWriters.gatherNd(node);
      case Op.BroadcastTo _ -> MovementWriters.broadcastTo(node);
      case Op.BroadcastArgs _ -> MovementWriters.broadcastArgs(node);
      case Op.Reverse op -> MovementWriters.reverse(node, op);
      case Op.Resize op -> MovementWriters.resize(node, op);
      case Op.SpaceToDepth op -> MovementWriters.spaceToDepth(node, op);
      case Op.DepthToSpace op -> MovementWriters.depthToSpace(node, op);
      case Op.SpaceToBatch op -> MovementWriters.spaceToBatch(node, op);
      case Op.BatchToSpace op -> MovementWriters.batchToSpace(node, op);
      case Op.KernelMatrix op -> RealFunctions.kernel(node, op);
      case Op.TreeEnsemble _, Op.NearestVote _ ->
          throw node.missing("write the model as .onnx, which has it.");
      case Op.CustomOp _ ->
          throw node.missing("replace the custom operator, or compute it in the application.");
    }
  }
}
