package dev.mote.pipeline.pass;

import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Tensor;
import dev.mote.ir.Window2d;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Moves constant padding of height and width into the window of the layer behind it: into a
/// convolution when the padding is real zero, into a maximum when it is the smallest value.
final class FoldPadding implements Pass {

  @Override
  public Graph apply(Graph graph) {
    Graph before = graph;
    Graph after = foldOnce(before);
    // A padding may stand behind another one.
    while (!after.equals(before)) {
      before = after;
      after = foldOnce(before);
    }
    return after;
  }

  private static Graph foldOnce(Graph graph) {
    GraphEdit edit = new GraphEdit(graph);
    edit.each(
        node -> {
          if (node.op() instanceof Op.Pad pad && isSpatial(pad)) {
            edit.onlyReader(node.output()).ifPresent(reader -> fold(edit, node, pad, reader));
          }
        });
    return edit.graph();
  }

  private static boolean isSpatial(Op.Pad pad) {
    List<Integer> before = pad.before();
    List<Integer> after = pad.after();
    return pad.mode() == Op.Pad.Mode.CONSTANT
        && before.size() == 4
        && before.get(0) + after.get(0) + before.get(3) + after.get(3) == 0;
  }

  private static void fold(GraphEdit edit, Node node, Op.Pad pad, Node reader) {
    Tensor x = edit.tensor(node.input(0));
    if (!x.quantization().equals(edit.tensor(node.output()).quantization())
        || !reader.input(0).equals(node.output())) {
      return;
    }
    Optional<Op> folded =
        switch (reader.op()) {
          case Op.Conv2d op when padsZero(edit, node, x) ->
              Optional.of(new Op.Conv2d(widen(op.window(), pad), op.groups(), op.activation()));
          case Op.DepthwiseConv2d op when padsZero(edit, node, x) ->
              Optional.of(
                  new Op.DepthwiseConv2d(
                      widen(op.window(), pad), op.multiplier(), op.activation()));
          case Op.Pool2d op
              when op.kind() == Op.Pool2d.Kind.MAX
                  && isUnpadded(op.window())
                  && padsSmallest(edit, node, x) ->
              Optional.of(new Op.Pool2d(op.kind(), widen(op.window(), pad), op.activation()));
          default -> Optional.empty();
        };
    folded.ifPresent(
        op -> {
          List<String> inputs = new ArrayList<>(reader.inputs());
          inputs.set(0, node.input(0));
          edit.remove(node);
          edit.replace(reader, new Node(reader.name(), op, inputs, reader.outputs()));
        });
  }

  private static boolean padsZero(GraphEdit edit, Node pad, Tensor x) {
    if (pad.inputs().size() == 1) {
      return true;
    }
    Tensor value = edit.tensor(pad.input(1));
    if (!value.isConstant()) {
      return false;
    }
    if (value.element().isFloat()) {
      return value.constantFloats()[0] == 0;
    }
    int zero = x.quantization().isQuantized() ? x.quantization().zeroPoint() : 0;
    return value.constantIntegers()[0] == zero;
  }

  private static boolean padsSmallest(GraphEdit edit, Node pad, Tensor x) {
    if (x.element() != ElementType.INT8) {
      return false;
    }
    if (pad.inputs().size() == 1) {
      return x.quantization().isQuantized() && x.quantization().zeroPoint() == Byte.MIN_VALUE;
    }
    Tensor value = edit.tensor(pad.input(1));
    return value.isConstant() && value.constantIntegers()[0] == Byte.MIN_VALUE;
  }

  private static boolean isUnpadded(Window2d w) {
    return w.padTop() + w.padBottom() + w.padLeft() + w.padRight() == 0;
  }

  private static Window2d widen(Window2d w, Op.Pad pad) {
    return new Window2d(
        w.kernelHeight(),
        w.kernelWidth(),
        w.strideHeight(),
        w.strideWidth(),
        w.dilationHeight(),
        w.dilationWidth(),
        w.padTop() + pad.before().get(1),
        w.padBottom() + pad.after().get(1),
        w.padLeft() + pad.before().get(2),
        w.padRight() + pad.after().get(2));
  }
}
