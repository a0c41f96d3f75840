package dev.mote.frontends.onnx;

import dev.mote.ir.Op;

/// How each operator is written.
final class OnnxOperators {

  private OnnxOperators() {}

  /// Writes one node.
  ///
  /// @throws dev.mote.ir.DiagnosticException when the format cannot express it
  static void write(OnnxNode node) {
    switch (node.node().op()) {
      case Op.Conv2d op -> OnnxLayers.conv2d(node, op);
      case Op.DepthwiseConv2d op -> OnnxLayers.depthwise(node, op);
      case Op.TransposeConv2d op -> OnnxLayers.transposeConv(node, op);
      case Op.FullyConnected op -> OnnxLayers.fullyConnected(node, op);
      case Op.BatchMatMul op -> OnnxLayers.batchMatMul(node, op);
      case Op.Pool2d op -> OnnxLayers.pool(node, op);
      case Op.L2Normalization _ -> OnnxElements.l2Normalization(node);
      case Op.Softmax op -> OnnxElements.softmax(node, op);
      case Op.LogSoftmax _ -> OnnxElements.logSoftmax(node);
      case Op.Unary op -> OnnxElements.unary(node, op.kind());
      case Op.LeakyRelu op -> OnnxElements.leakyRelu(node, op);
      case Op.Prelu _ -> OnnxElements.prelu(node);
      case Op.Binary op -> OnnxElements.binary(node, op);
      case Op.AddN _ -> OnnxElements.addN(node);
      case Op.Compare op -> OnnxElements.compare(node, op);
      case Op.Logical op -> OnnxElements.logical(node, op);
      case Op.Select _ -> OnnxElements.select(node);
      case Op.Quantize _ -> OnnxElements.quantize(node);
      case Op.Dequantize _ -> node.result(node.real(0, node.order()), node.order());
      case Op.Cast _ -> OnnxElements.cast(node);
      case Op.Reduce op -> OnnxReductions.reduce(node, op);
      case Op.ArgReduce op -> OnnxReductions.argReduce(node, op);
      case Op.CumulativeSum op -> OnnxReductions.cumulativeSum(node, op);
      case Op.Reshape _ -> OnnxMovements.reshape(node);
      case Op.Pad op -> OnnxMovements.pad(node, op);
      case Op.Concat op -> OnnxMovements.concat(node, op);
      case Op.Split op -> OnnxMovements.split(node, op);
      case Op.Slice op -> OnnxMovements.slice(node, op);
      case Op.Transpose op ->
          node.file()
              .forms()
              .transposed(node.node().input(0), node.node().output(), op.permutation());
      case Op.Gather op -> OnnxMovements.gather(node, op);
      case Op.GatherNd _ -> OnnxMovements.gatherNd(node);
      case Op.BroadcastTo _ -> OnnxMovements.broadcastTo(node);
      case Op.Reverse op -> OnnxMovements.reverse(node, op);
      case Op.Resize op -> OnnxMovements.resize(node, op);
      case Op.SpaceToDepth op -> OnnxMovements.spaceToDepth(node, op);
      case Op.DepthToSpace op -> OnnxMovements.depthToSpace(node, op);
      case Op.SpaceToBatch op -> OnnxBlocks.spaceToBatch(node, op);
      case Op.BatchToSpace op -> OnnxBlocks.batchToSpace(node, op);
      case Op.TreeEnsemble op -> OnnxClassical.trees(node, op);
      case Op.KernelMatrix op -> OnnxClassical.kernel(node, op);
      case Op.NearestVote op -> OnnxClassical.nearest(node, op);
      case Op.Lstm _, Op.Svdf _, Op.ReadVariable _, Op.AssignVariable _ ->
          throw node.missing(
              "it keeps state from one run to the next, and ONNX has none",
              "write the model as .tflite, or make the state an input and an output.");
      case Op.BroadcastArgs _ ->
          throw node.missing(
              "ONNX has no such operator",
              "fix the shapes in the model, so that none is computed.");
      case Op.CustomOp _ ->
          throw node.missing(
              "ONNX has no such operator",
              "replace the custom operator, or compute it in the application.");
    }
  }
}
