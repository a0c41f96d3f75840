package dev.mote.frontends.tflite;

import dev.mote.frontends.tflite.schema.BuiltinOperator;
import dev.mote.frontends.tflite.schema.Padding;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import dev.mote.ir.Window2d;
import java.util.List;
import java.util.Optional;

/// The first input of a node with a window, as the format can take it: itself where the window's
/// padding has a name, else with the padding added by an operator of its own.
///
/// @param number of the tensor that the window slides over
/// @param padding the name of the padding
record Framed(int number, byte padding) {

  /// The input of `node`, padded with real zero.
  static Framed of(NodeExport node, Window2d window) {
    Optional<Byte> named = padding(node.inputShape(0), window);
    if (named.isPresent()) {
      return new Framed(node.x(0), named.get());
    }
    TensorType type = framed(node.inputType(0), window);
    int part = node.part("padded", type);
    node.emit(
        BuiltinOperator.PAD, type, Optional.empty(), List.of(node.x(0), sides(node, window)), part);
    return new Framed(part, Padding.VALID);
  }

  /// The name of the window's padding over `x`, if it has one.
  static Optional<Byte> padding(Shape x, Window2d window) {
    Window2d needed = withoutSurplus(x, window);
    if (needed.padTop() + needed.padBottom() + needed.padLeft() + needed.padRight() == 0
        && sameOutput(x, window, needed)) {
      return Optional.of(Padding.VALID);
    }
    return needed.equals(LayerWriters.same(x, window)) && sameOutput(x, window, needed)
        ? Optional.of(Padding.SAME)
        : Optional.empty();
  }

  /// Padding below and to the right that no position of the window reaches does not count.
  private static Window2d withoutSurplus(Shape x, Window2d w) {
    int bottom =
        (w.outputHeight(x.dim(1)) - 1) * w.strideHeight() + w.spanHeight() - x.dim(1) - w.padTop();
    int right =
        (w.outputWidth(x.dim(2)) - 1) * w.strideWidth() + w.spanWidth() - x.dim(2) - w.padLeft();
    return new Window2d(
        w.kernelHeight(),
        w.kernelWidth(),
        w.strideHeight(),
        w.strideWidth(),
        w.dilationHeight(),
        w.dilationWidth(),
        w.padTop(),
        Math.max(0, bottom),
        w.padLeft(),
        Math.max(0, right));
  }

  private static boolean sameOutput(Shape x, Window2d a, Window2d b) {
    return a.outputHeight(x.dim(1)) == b.outputHeight(x.dim(1))
        && a.outputWidth(x.dim(2)) == b.outputWidth(x.dim(2));
  }

  /// The type of an image after padding.
  static TensorType framed(TensorType x, Window2d w) {
    Shape shape = x.shape();
    return x.withShape(
        Shape.of(
            shape.dim(0),
            shape.dim(1) + w.padTop() + w.padBottom(),
            shape.dim(2) + w.padLeft() + w.padRight(),
            shape.dim(3)));
  }

  /// The operand of PAD.
  static int sides(NodeExport node, Window2d w) {
    return MovementWriters.pairs(
        node,
        "padding",
        List.of(0, w.padTop(), w.padLeft(), 0),
        List.of(0, w.padBottom(), w.padRight(), 0));
  }
}
