package dev.mote.frontends.tflite;

import dev.mote.frontends.tflite.schema.BuiltinOperator;
import dev.mote.frontends.tflite.schema.ConcatenationOptionsT;
import dev.mote.frontends.tflite.schema.DepthToSpaceOptionsT;
import dev.mote.frontends.tflite.schema.GatherOptionsT;
import dev.mote.frontends.tflite.schema.MirrorPadMode;
import dev.mote.frontends.tflite.schema.MirrorPadOptionsT;
import dev.mote.frontends.tflite.schema.ResizeBilinearOptionsT;
import dev.mote.frontends.tflite.schema.ResizeNearestNeighborOptionsT;
import dev.mote.frontends.tflite.schema.SpaceToDepthOptionsT;
import dev.mote.frontends.tflite.schema.SplitOptionsT;
import dev.mote.frontends.tflite.schema.SplitVOptionsT;
import dev.mote.frontends.tflite.schema.StridedSliceOptionsT;
import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Writes operators that join, cut, pad and reorder data.
final class MovementWriters {

  private MovementWriters() {}

  static void pad(NodeExport node, Op.Pad op) {
    int sides = pairs(node, "padding", op.before(), op.after());
    switch (op.mode()) {
      case CONSTANT -> {
        List<Integer> inputs = new ArrayList<>(List.of(node.x(0), sides));
        if (node.inputCount() > 1) {
          inputs.add(node.x(1));
        }
        node.emit(
            inputs.size() > 2 ? BuiltinOperator.PADV2 : BuiltinOperator.PAD,
            node.inputType(0),
            Optional.empty(),
            inputs,
            node.y());
      }
      case REFLECT, SYMMETRIC -> {
        MirrorPadOptionsT options = new MirrorPadOptionsT();
        boolean reflect = op.mode() == Op.Pad.Mode.REFLECT;
        options.setMode(reflect ? MirrorPadMode.REFLECT : MirrorPadMode.SYMMETRIC);
        node.emit(
            BuiltinOperator.MIRROR_PAD,
            node.inputType(0),
            Optional.of(options),
            List.of(node.x(0), sides),
            node.y());
      }
    }
  }

  /// An `[n,2]` int32 constant.
  static int pairs(NodeExport node, String label, List<Integer> before, List<Integer> after) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * before.size()).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < before.size(); i++) {
      bytes.putInt(before.get(i)).putInt(after.get(i));
    }
    return node.constant(
        label, TensorType.plain(ElementType.INT32, Shape.of(before.size(), 2)), bytes.array());
  }

  static void concat(NodeExport node, Op.Concat op) {
    ConcatenationOptionsT options = new ConcatenationOptionsT();
    options.setAxis(op.axis());
    node.emit(
        BuiltinOperator.CONCATENATION,
        node.inputType(0),
        Optional.of(options),
        node.inputs(),
        node.y());
  }

  static void split(NodeExport node, Op.Split op) {
    List<Integer> sizes = node.outputShapes().stream().map(shape -> shape.dim(op.axis())).toList();
    int axis = node.scalar("axis", op.axis());
    int[] outputs = node.outputs().stream().mapToInt(Integer::intValue).toArray();
    if (sizes.stream().distinct().count() == 1) {
      SplitOptionsT options = new SplitOptionsT();
      options.setNumSplits(sizes.size());
      node.emit(
          BuiltinOperator.SPLIT,
          node.inputType(0),
          Optional.of(options),
          List.of(axis, node.x(0)),
          outputs);
    } else {
      SplitVOptionsT options = new SplitVOptionsT();
      options.setNumSplits(sizes.size());
      node.emit(
          BuiltinOperator.SPLIT_V,
          node.inputType(0),
          Optional.of(options),
          List.of(node.x(0), node.vector("sizes", sizes), axis),
          outputs);
    }
  }

  static void slice(NodeExport node, Op.Slice op) {
    boolean dense = op.strides().stream().allMatch(s -> s == 1);
    Shape extents = new Shape(op.extents());
    Shape y = node.outputType().shape();
    if (dense && extents.equals(y)) {
      node.emit(
          BuiltinOperator.SLICE,
          node.inputType(0),
          Optional.empty(),
          List.of(node.x(0), node.vector("begin", op.begin()), node.vector("size", op.extents())),
          node.y());
      return;
    }
    StridedSliceOptionsT options = new StridedSliceOptionsT();
    List<Integer> ends = new ArrayList<>();
    List<Integer> left = new ArrayList<>();
    for (int axis = 0; axis < extents.rank(); axis++) {
      int extent = extents.dim(axis);
      // Of several dimensions of extent 1 it does not matter which one the output drops.
      if (extent == 1 && !remains(extents, axis + 1, y, left.size() + 1)
          || left.size() == y.rank()) {
        options.setShrinkAxisMask(options.getShrinkAxisMask() | 1 << axis);
      } else {
        left.add(extent);
      }
      int end = op.begin().get(axis) + extent * op.strides().get(axis);
      if (end < 0) {
        options.setEndMask(options.getEndMask() | 1 << axis);
        end = 0;
      }
      ends.add(end);
    }
    int result = node.result(new Shape(left));
    node.emit(
        BuiltinOperator.STRIDED_SLICE,
        node.inputType(0),
        Optional.of(options),
        List.of(
            node.x(0),
            node.vector("begin", op.begin()),
            node.vector("end", ends),
            node.vector("strides", op.strides())),
        result);
    node.finish(result);
  }

  /// Whether dimensions of `extents` from `axis` on can become those of `y` from `position` on when
  /// some of extent 1 are dropped.
  private static boolean remains(Shape extents, int axis, Shape y, int position) {
    int wanted = position;
    for (int i = axis; i < extents.rank(); i++) {
      if (wanted < y.rank() && extents.dim(i) == y.dim(wanted)) {
        wanted++;
      } else if (extents.dim(i) != 1) {
        return false;
      }
    }
    return wanted == y.rank();
  }

  static void transpose(NodeExport node, Op.Transpose op) {
    node.emit(
        BuiltinOperator.TRANSPOSE,
        node.inputType(0),
        Optional.empty(),
        List.of(node.x(0), node.vector("permutation", op.permutation())),
        node.y());
  }

  static void gather(NodeExport node, Op.Gather op) {
    GatherOptionsT options = new GatherOptionsT();
    options.setAxis(op.axis());
    options.setBatchDims(op.batchDims());
    int version = OperatorVersions.of(BuiltinOperator.GATHER, node.inputType(0));
    node.emit(
        BuiltinOperator.GATHER,
        op.batchDims() == 0 ? version : Math.max(version, 5),
        Optional.of(options),
        node.inputs(),
        node.y());
  }

  static void gatherNd(NodeExport node) {
    plain(node, BuiltinOperator.GATHER_ND);
  }

  static void broadcastTo(NodeExport node) {
    node.emit(
        BuiltinOperator.BROADCAST_TO,
        node.inputType(0),
        Optional.empty(),
        List.of(node.x(0), node.vector("shape", node.outputType().shape().dims())),
        node.y());
  }

  static void broadcastArgs(NodeExport node) {
    plain(node, BuiltinOperator.BROADCAST_ARGS);
  }

  private static void plain(NodeExport node, int builtin) {
    node.emit(builtin, node.inputType(0), Optional.empty(), node.inputs(), node.y());
  }

  static void reverse(NodeExport node, Op.Reverse op) {
    node.emit(
        BuiltinOperator.REVERSE_V2,
        node.inputType(0),
        Optional.empty(),
        List.of(node.x(0), node.vector("axes", op.axes())),
        node.y());
  }

  static void resize(NodeExport node, Op.Resize op) {
    Object options;
    int builtin;
    boolean newer = op.halfPixelCenters();
    switch (op.kind()) {
      case NEAREST -> {
        ResizeNearestNeighborOptionsT nearest = new ResizeNearestNeighborOptionsT();
        nearest.setAlignCorners(op.alignCorners());
        nearest.setHalfPixelCenters(op.halfPixelCenters());
        options = nearest;
        builtin = BuiltinOperator.RESIZE_NEAREST_NEIGHBOR;
        newer |= op.alignCorners();
      }
      case BILINEAR -> {
        ResizeBilinearOptionsT bilinear = new ResizeBilinearOptionsT();
        bilinear.setAlignCorners(op.alignCorners());
        bilinear.setHalfPixelCenters(op.halfPixelCenters());
        options = bilinear;
        builtin = BuiltinOperator.RESIZE_BILINEAR;
      }
      default -> throw new IllegalStateException("no such interpolation");
    }
    Shape y = node.outputType().shape();
    int version = OperatorVersions.of(builtin, node.inputType(0));
    node.emit(
        builtin,
        newer ? Math.max(version, 3) : version,
        Optional.of(options),
        List.of(node.x(0), node.vector("size", List.of(y.dim(1), y.dim(2)))),
        node.y());
  }

  static void spaceToDepth(NodeExport node, Op.SpaceToDepth op) {
    SpaceToDepthOptionsT options = new SpaceToDepthOptionsT();
    options.setBlockSize(op.block());
    node.emit(
        BuiltinOperator.SPACE_TO_DEPTH,
        node.inputType(0),
        Optional.of(options),
        node.inputs(),
        node.y());
  }

  static void depthToSpace(NodeExport node, Op.DepthToSpace op) {
    DepthToSpaceOptionsT options = new DepthToSpaceOptionsT();
    options.setBlockSize(op.block());
    node.emit(
        BuiltinOperator.DEPTH_TO_SPACE,
        node.inputType(0),
        Optional.of(options),
        node.inputs(),
        node.y());
  }

  static void spaceToBatch(NodeExport node, Op.SpaceToBatch op) {
    blocks(node, BuiltinOperator.SPACE_TO_BATCH_ND, op.block(), op.padBefore(), op.padAfter());
  }

  static void batchToSpace(NodeExport node, Op.BatchToSpace op) {
    blocks(node, BuiltinOperator.BATCH_TO_SPACE_ND, op.block(), op.cropBefore(), op.cropAfter());
  }

  private static void blocks(
      NodeExport node,
      int builtin,
      List<Integer> block,
      List<Integer> before,
      List<Integer> after) {
    node.emit(
        builtin,
        node.inputType(0),
        Optional.empty(),
        List.of(node.x(0), node.vector("block", block), pairs(node, "sides", before, after)),
        node.y());
  }
}
