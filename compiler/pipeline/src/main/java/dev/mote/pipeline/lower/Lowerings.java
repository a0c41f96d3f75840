package dev.mote.pipeline.lower;

import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Finds the kernels that can compute a step.
public final class Lowerings {

  private Lowerings() {}

  /// Every kernel call that computes `step`, all with the same results to the bit: those made for
  /// the instruction set first, then the portable one, those with packed and sparse weights last;
  /// never empty.
  ///
  /// @throws UnsupportedStepException when no kernel exists for these types on this target
  public static List<KernelCall> candidates(Step step) {
    if (step.node().op() instanceof Op.TreeEnsemble op) {
      return TreeCode.candidates(step, op);
    }
    List<KernelCall> calls = new ArrayList<>();
    vectors(step).ifPresent(calls::add);
    specialised(step).ifPresent(calls::add);
    narrow(step).filter(_ -> !widens(step)).ifPresent(calls::add);
    ScalarLayers.of(step).ifPresent(calls::add);
    KernelCall portable = portable(step);
    MveElements.of(step, portable).ifPresent(calls::add);
    calls.add(portable);
    PackedLayers.candidate(step).ifPresent(calls::add);
    if (step.storage() != WeightStorage.PLAIN) {
      calls.addAll(SparseLayers.candidates(step));
    }
    return List.copyOf(calls);
  }

  /// The kernel for the target's vectors, where there is one.
  private static Optional<KernelCall> vectors(Step step) {
    return switch (step.node().op()) {
      case Op.Conv2d op -> MveConvolutions.conv2d(step, op);
      case Op.DepthwiseConv2d op -> MveDepthwise.depthwise(step, op);
      case Op.FullyConnected op -> MveConvolutions.fullyConnected(step, op);
      default -> Optional.empty();
    };
  }

  /// The kernel made for the target's instruction set, where there is one.
  private static Optional<KernelCall> specialised(Step step) {
    return switch (step.node().op()) {
      case Op.Conv2d op ->
          DspConvolutions.conv2d(step, op, ProductStream::inBytes)
              .or(() -> DspShortLayers.conv2d(step, op));
      case Op.DepthwiseConv2d op -> DspDepthwise.depthwise(step, op);
      case Op.FullyConnected op ->
          DspConvolutions.fullyConnected(step, op, ProductStream::inBytes)
              .or(() -> DspShortLayers.fullyConnected(step, op));
      default -> Optional.empty();
    };
  }

  /// The kernel for the target's instruction set with weights of four bits, where all fit.
  private static Optional<KernelCall> narrow(Step step) {
    return switch (step.node().op()) {
      case Op.Conv2d op -> DspConvolutions.conv2d(step, op, ProductStream::inNibbles);
      case Op.FullyConnected op ->
          DspConvolutions.fullyConnected(step, op, ProductStream::inNibbles);
      default -> Optional.empty();
    };
  }

  /// Whether weights of eight bits must stay so, although they fit in four.
  private static boolean widens(Step step) {
    return step.storage() == WeightStorage.PLAIN && step.inputType(1).element() == ElementType.INT8;
  }

  private static KernelCall portable(Step step) {
    return switch (step.node().op()) {
      case Op.Conv2d op -> Convolutions.conv2d(step, op);
      case Op.DepthwiseConv2d op -> Convolutions.depthwiseConv2d(step, op);
      case Op.TransposeConv2d op -> Convolutions.transposeConv2d(step, op);
      case Op.FullyConnected op -> MatrixProducts.fullyConnected(step, op);
      case Op.BatchMatMul op -> MatrixProducts.batchMatMul(step, op);
      case Op.Pool2d op -> Pools.pool2d(step, op);

      case Op.Binary op -> Binaries.binary(step, op);
      case Op.AddN _ -> Binaries.addN(step);
      case Op.Compare op -> Comparisons.compare(step, op);
      case Op.Logical op -> Comparisons.logical(step, op);
      case Op.Select _ -> Comparisons.select(step);
      case Op.Reduce op -> Reductions.reduce(step, op);
      case Op.ArgReduce op -> Reductions.argReduce(step, op);
      case Op.CumulativeSum op -> Reductions.cumulativeSum(step, op);

      case Op.Unary op -> Unaries.unary(step, op);
      case Op.LeakyRelu op -> Rectifiers.leakyRelu(step, op);
      case Op.Prelu _ -> Rectifiers.prelu(step);
      case Op.Softmax op -> Softmaxes.softmax(step, op);
      case Op.LogSoftmax _ -> Softmaxes.logSoftmax(step);
      case Op.L2Normalization _ -> Softmaxes.l2Normalization(step);
      case Op.Quantize _ -> Representations.quantize(step);
      case Op.Dequantize _ -> Representations.dequantize(step);
      case Op.Cast _ -> Representations.cast(step);

      case Op.Reshape _ -> Movements.reshape(step);
      case Op.Pad op -> Paddings.pad(step, op);
      case Op.Concat op -> Movements.concat(step, op);
      case Op.Split op -> Movements.split(step, op);
      case Op.Slice op -> Movements.slice(step, op);
      case Op.Transpose op -> Movements.transpose(step, op);
      case Op.Gather op -> Movements.gather(step, op);
      case Op.GatherNd _ -> Movements.gatherNd(step);
      case Op.BroadcastTo _ -> Movements.broadcastTo(step);
      case Op.BroadcastArgs _ -> Movements.broadcastArgs(step);
      case Op.Reverse op -> Movements.reverse(step, op);
      case Op.Resize op -> Spaces.resize(step, op);
      case Op.SpaceToDepth op -> Spaces.spaceToDepth(step, op);
      case Op.DepthToSpace op -> Spaces.depthToSpace(step, op);
      case Op.SpaceToBatch op -> Spaces.spaceToBatch(step, op);
      case Op.BatchToSpace op -> Spaces.batchToSpace(step, op);

      case Op.TreeEnsemble op -> TreeTables.ensemble(step, op);
      case Op.KernelMatrix op -> Prototypes.kernelMatrix(step, op);
      case Op.NearestVote op -> Prototypes.nearestVote(step, op);

      case Op.Lstm op -> Recurrences.lstm(step, op);
      case Op.Svdf op -> Recurrences.svdf(step, op);
      case Op.ReadVariable op -> Recurrences.readVariable(step, op);
      case Op.AssignVariable op -> Recurrences.assignVariable(step, op);

      case Op.CustomOp op -> throw unsupported(step);
    };
  }

  private static UnsupportedStepException unsupported(Step step) {
    return new UnsupportedStepException(step);
  }
}
