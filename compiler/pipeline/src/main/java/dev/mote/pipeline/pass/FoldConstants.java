package dev.mote.pipeline.pass;

import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Computes at compile time what depends on constants only: views, transpositions, dequantization.
///
/// Weights behind a dequantization are different: a layer takes float16 and int8 weights as they
/// are, so that flash holds the small form.
final class FoldConstants implements Pass {

  @Override
  public Graph apply(Graph graph) {
    GraphEdit edit = new GraphEdit(graph);
    edit.each(node -> takeSmallWeights(edit, node));
    edit.each(
        node -> {
          boolean constant =
              !node.inputs().isEmpty()
                  && node.inputs().stream().allMatch(name -> edit.tensor(name).isConstant());
          if (constant && node.outputs().size() == 1) {
            evaluate(node.op(), edit.tensor(node.input(0)), edit.tensor(node.output()))
                .ifPresent(
                    bytes -> {
                      edit.remove(node);
                      Tensor result = edit.tensor(node.output());
                      edit.add(Tensor.constant(result.name(), result.type(), Blob.of(bytes)));
                    });
          }
        });
    return edit.graph();
  }

  /// Lets a float layer read its weights before their dequantization.
  private static void takeSmallWeights(GraphEdit edit, Node layer) {
    boolean weighted =
        switch (layer.op()) {
          case Op.Conv2d _, Op.DepthwiseConv2d _, Op.FullyConnected _ -> true;
          default -> false;
        };
    if (!weighted || edit.tensor(layer.input(0)).element() != ElementType.FLOAT32) {
      return;
    }
    Optional<Node> producer = edit.producer(layer.input(1));
    if (producer.isEmpty() || !(producer.get().op() instanceof Op.Dequantize)) {
      return;
    }
    Tensor small = edit.tensor(producer.get().input(0));
    if (small.isConstant() && isSmallWeights(small)) {
      List<String> inputs = new ArrayList<>(layer.inputs());
      inputs.set(1, small.name());
      edit.replace(layer, new Node(layer.name(), layer.op(), inputs, layer.outputs()));
    }
  }

  private static boolean isSmallWeights(Tensor weights) {
    return weights.element() == ElementType.FLOAT16
        || (weights.element() == ElementType.INT8 && weights.quantization().zeroPoint() == 0);
  }

  private static Optional<byte[]> evaluate(Op op, Tensor x, Tensor y) {
    return switch (op) {
      case Op.Reshape _ -> x.data().map(Blob::toByteArray);
      case Op.Transpose t when x.element().bits() >= 8 ->
          Optional.of(transpose(x, y.shape(), t.permutation()));
      case Op.Dequantize _ when y.element() == ElementType.FLOAT32 -> Optional.of(dequantize(x));
      default -> Optional.empty();
    };
  }

  private static byte[] transpose(Tensor x, Shape shape, List<Integer> permutation) {
    int width = x.element().bits() / 8;
    byte[] from = x.data().orElseThrow().toByteArray();
    byte[] to = new byte[from.length];
    List<Integer> strides = x.shape().strides();
    int[] position = new int[shape.rank()];
    for (int i = 0; i < shape.count(); i++) {
      int source = 0;
      for (int axis = 0; axis < position.length; axis++) {
        source += position[axis] * strides.get(permutation.get(axis));
      }
      System.arraycopy(from, source * width, to, i * width, width);
      for (int axis = position.length - 1; axis >= 0; axis--) {
        if (++position[axis] < shape.dim(axis)) {
          break;
        }
        position[axis] = 0;
      }
    }
    return to;
  }

  private static byte[] dequantize(Tensor x) {
    int count = x.shape().count();
    ByteBuffer bytes = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
    if (x.element() == ElementType.FLOAT16) {
      for (float value : x.constantFloats()) {
        bytes.putFloat(value);
      }
      return bytes.array();
    }
    long[] values = x.constantIntegers();
    int inner =
        x.quantization() instanceof Quantization.PerChannel p
            ? x.shape().count(p.axis() + 1, x.shape().rank())
            : 1;
    int slices = x.quantization() instanceof Quantization.PerChannel p ? p.scales().size() : 1;
    int zero = x.quantization().zeroPoint();
    for (int i = 0; i < count; i++) {
      float scale = x.quantization().scale(slices == 1 ? 0 : i / inner % slices);
      bytes.putFloat(scale * (values[i] - zero));
    }
    return bytes.array();
  }
}
