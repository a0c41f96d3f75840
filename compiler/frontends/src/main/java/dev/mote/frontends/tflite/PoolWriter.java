package dev.mote.frontends.tflite;

import dev.mote.frontends.tflite.schema.BuiltinOperator;
import dev.mote.frontends.tflite.schema.MulOptionsT;
import dev.mote.frontends.tflite.schema.Padding;
import dev.mote.frontends.tflite.schema.Pool2DOptionsT;
import dev.mote.ir.Activation;
import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import dev.mote.ir.Window2d;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/// Writes pooling.
///
/// Padding without a name becomes an operator: for the maximum PADV2 with the lowest number; for
/// float averages zeros, and afterwards a product with window size over elements inside.
final class PoolWriter {

  private PoolWriter() {}

  static void write(NodeExport node, Op.Pool2d op) {
    Window2d window = op.window();
    if (window.dilationHeight() != 1 || window.dilationWidth() != 1) {
      throw node.unfit("TFLite has no dilated pooling", "train the model without the dilation.");
    }
    Optional<Byte> padding = Framed.padding(node.inputShape(0), window);
    if (padding.isPresent()) {
      emit(node, op, node.x(0), padding.get(), op.activation(), node.y());
      return;
    }
    switch (op.kind()) {
      case MAX -> {
        TensorType type = Framed.framed(node.inputType(0), window);
        int padded = node.part("padded", type);
        int lowest =
            node.constant("lowest", type.withShape(Shape.SCALAR), lowest(node, type.element()));
        node.emit(
            BuiltinOperator.PADV2,
            type,
            Optional.empty(),
            List.of(node.x(0), Framed.sides(node, window), lowest),
            padded);
        emit(node, op, padded, Padding.VALID, op.activation(), node.y());
      }
      case AVERAGE -> {
        if (node.inputType(0).element() != ElementType.FLOAT32) {
          throw node.unfit(
              "TFLite averages integers only with SAME or VALID padding",
              "pad explicitly before the pooling in the model, or write it as .onnx.");
        }
        Framed x = Framed.of(node, window);
        int average = node.part("average", node.outputType());
        emit(node, op, x.number(), Padding.VALID, Activation.NONE, average);
        MulOptionsT options = new MulOptionsT();
        options.setFusedActivationFunction(NodeExport.code(op.activation()));
        node.emit(
            BuiltinOperator.MUL,
            node.outputType(),
            Optional.of(options),
            List.of(average, share(node, window)),
            node.y());
      }
      case L2 ->
          throw node.unfit(
              "TFLite has L2 pooling only with SAME or VALID padding",
              "pad explicitly before the pooling in the model.");
    }
  }

  private static void emit(
      NodeExport node, Op.Pool2d op, int x, byte padding, Activation activation, int result) {
    Window2d window = op.window();
    Pool2DOptionsT options = new Pool2DOptionsT();
    options.setPadding(padding);
    options.setStrideH(window.strideHeight());
    options.setStrideW(window.strideWidth());
    options.setFilterHeight(window.kernelHeight());
    options.setFilterWidth(window.kernelWidth());
    options.setFusedActivationFunction(NodeExport.code(activation));
    int builtin =
        switch (op.kind()) {
          case AVERAGE -> BuiltinOperator.AVERAGE_POOL_2D;
          case MAX -> BuiltinOperator.MAX_POOL_2D;
          case L2 -> BuiltinOperator.L2_POOL_2D;
        };
    node.emit(builtin, node.inputType(0), Optional.of(options), List.of(x), result);
  }

  /// For every position of the window its size over the number of elements inside of the image.
  private static int share(NodeExport node, Window2d w) {
    Shape x = node.inputShape(0);
    Shape y = node.outputType().shape();
    float[] share = new float[y.dim(1) * y.dim(2)];
    for (int row = 0; row < y.dim(1); row++) {
      for (int column = 0; column < y.dim(2); column++) {
        int inside =
            inside(row * w.strideHeight() - w.padTop(), w.kernelHeight(), x.dim(1))
                * inside(column * w.strideWidth() - w.padLeft(), w.kernelWidth(), x.dim(2));
        share[row * y.dim(2) + column] =
            inside == 0 ? 0 : (float) (w.kernelHeight() * w.kernelWidth()) / inside;
      }
    }
    return node.floats("share", Shape.of(1, y.dim(1), y.dim(2), 1), share);
  }

  private static int inside(int from, int length, int extent) {
    return Math.max(0, Math.min(from + length, extent) - Math.max(from, 0));
  }

  private static byte[] lowest(NodeExport node, ElementType element) {
    ByteBuffer bytes = ByteBuffer.allocate((int) element.bytes(1)).order(ByteOrder.LITTLE_ENDIAN);
    switch (element) {
      case INT8 -> bytes.put(Byte.MIN_VALUE);
      case INT16 -> bytes.putShort(Short.MIN_VALUE);
      case FLOAT32 -> bytes.putFloat(-Float.MAX_VALUE);
      default -> throw node.unfit("TFLite has no pooling of " + element.label(), "use int8.");
    }
    return bytes.array();
  }
}
