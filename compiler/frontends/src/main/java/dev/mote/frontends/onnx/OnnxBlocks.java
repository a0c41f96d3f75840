package dev.mote.frontends.onnx;

import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import java.util.ArrayList;
import java.util.List;

/// Writes the exchange of blocks of pixels with the batch, as padding, reshaping and transposing.
final class OnnxBlocks {

  private OnnxBlocks() {}

  static void spaceToBatch(OnnxNode node, Op.SpaceToBatch op) {
    Shape x = node.inputShape(0);
    int count = op.block().size();
    List<Integer> sides = new ArrayList<>();
    for (List<Integer> side : List.of(op.padBefore(), op.padAfter())) {
      sides.add(0);
      sides.addAll(side);
      for (int i = count + 1; i < x.rank(); i++) {
        sides.add(0);
      }
    }
    String padded = node.add("Pad", List.of(node.real(0), node.vector(sides)));
    // [N, H/b, b, W/b, b, rest] → [b, b, N, H/b, W/b, rest]
    List<Integer> cut = new ArrayList<>(List.of(x.dim(0)));
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int extent = op.padBefore().get(i) + x.dim(i + 1) + op.padAfter().get(i);
      cut.add(extent / op.block().get(i));
      cut.add(op.block().get(i));
      order.add(2 * i + 2);
    }
    order.add(0);
    for (int i = 0; i < count; i++) {
      order.add(2 * i + 1);
    }
    rest(x, count, cut, order);
    exchange(node, padded, cut, order, node.outputType().shape());
  }

  static void batchToSpace(OnnxNode node, Op.BatchToSpace op) {
    Shape x = node.inputShape(0);
    int count = op.block().size();
    // [b, b, N, H, W, rest] → [N, H, b, W, b, rest]
    List<Integer> cut = new ArrayList<>(op.block());
    int blocks = op.block().stream().reduce(1, (a, b) -> a * b);
    cut.add(x.dim(0) / blocks);
    List<Integer> order = new ArrayList<>(List.of(count));
    List<Integer> whole = new ArrayList<>(List.of(x.dim(0) / blocks));
    for (int i = 0; i < count; i++) {
      cut.add(x.dim(i + 1));
      order.add(count + 1 + i);
      order.add(i);
      whole.add(x.dim(i + 1) * op.block().get(i));
    }
    rest(x, count, cut, order);
    whole.addAll(x.dims().subList(count + 1, x.rank()));
    String blocked = node.reshape(node.real(0), new Shape(cut));
    String moved = node.add("Transpose", List.of(blocked), Attributes.integers("perm", order));
    String spread = node.reshape(moved, new Shape(whole));
    List<Integer> from = new ArrayList<>();
    List<Integer> to = new ArrayList<>();
    List<Integer> axes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      from.add(op.cropBefore().get(i));
      to.add(whole.get(i + 1) - op.cropAfter().get(i));
      axes.add(i + 1);
    }
    node.result(
        node.add("Slice", List.of(spread, node.vector(from), node.vector(to), node.vector(axes))));
  }

  /// [N, H/b, b, W/b, b, C] → [N, H/b, W/b, b, b, C]
  static void spaceToDepth(OnnxNode node, int block) {
    Shape y = node.outputType().shape();
    int channels = node.inputShape(0).dim(3);
    exchange(
        node,
        node.real(0),
        List.of(y.dim(0), y.dim(1), block, y.dim(2), block, channels),
        List.of(0, 1, 3, 2, 4, 5),
        y);
  }

  /// [N, H, W, b, b, C] → [N, H, b, W, b, C]
  static void depthToSpace(OnnxNode node, int block) {
    Shape x = node.inputShape(0);
    Shape y = node.outputType().shape();
    exchange(
        node,
        node.real(0),
        List.of(x.dim(0), x.dim(1), x.dim(2), block, block, y.dim(3)),
        List.of(0, 1, 3, 2, 4, 5),
        y);
  }

  private static void rest(Shape x, int count, List<Integer> cut, List<Integer> order) {
    for (int axis = count + 1; axis < x.rank(); axis++) {
      order.add(cut.size());
      cut.add(x.dim(axis));
    }
  }

  private static void exchange(
      OnnxNode node, String value, List<Integer> cut, List<Integer> order, Shape result) {
    String blocked = node.reshape(value, new Shape(cut));
    String moved = node.add("Transpose", List.of(blocked), Attributes.integers("perm", order));
    node.result(node.reshape(moved, result));
  }
}
