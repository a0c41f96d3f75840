package dev.mote.pipeline.pass;

import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Quantization;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// Turns the weights of float layers that are stored as half floats or as int8 into the float32
/// numbers that they stand for. Beyond what else a pass does, this changes results where a layer
/// would quantize its input as it runs.
final class WidenWeights implements Pass {

  @Override
  public Graph apply(Graph graph) {
    GraphEdit edit = new GraphEdit(graph);
    edit.each(node -> widen(edit, node));
    return edit.graph();
  }

  private static void widen(GraphEdit edit, Node node) {
    boolean layer =
        switch (node.op()) {
          case Op.Conv2d _,
              Op.DepthwiseConv2d _,
              Op.TransposeConv2d _,
              Op.FullyConnected _,
              Op.Svdf _,
              Op.Lstm _ ->
              true;
          default -> false;
        };
    if (!layer || edit.tensor(node.input(0)).element() != ElementType.FLOAT32) {
      return;
    }
    List<String> inputs = new ArrayList<>(node.inputs());
    for (int i = 1; i < inputs.size(); i++) {
      Tensor weights = edit.tensor(inputs.get(i));
      if (weights.isConstant() && weights.element() != ElementType.FLOAT32) {
        TensorType type = TensorType.plain(ElementType.FLOAT32, weights.shape());
        inputs.set(i, edit.addConstant(weights.name() + "/float32", type, real(weights)).name());
      }
    }
    if (!inputs.equals(node.inputs())) {
      edit.replace(node, new Node(node.name(), node.op(), inputs, node.outputs()));
    }
  }

  private static byte[] real(Tensor weights) {
    int count = weights.shape().count();
    ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * count).order(ByteOrder.LITTLE_ENDIAN);
    if (weights.element().isFloat()) {
      for (float value : weights.constantFloats()) {
        bytes.putFloat(value);
      }
      return bytes.array();
    }
    long[] values = weights.constantIntegers();
    Quantization quantization = weights.quantization();
    for (int i = 0; i < count; i++) {
      int channel =
          quantization instanceof Quantization.PerChannel p
              ? i / weights.shape().count(p.axis() + 1, weights.shape().rank()) % p.scales().size()
              : 0;
      float scale = quantization.isQuantized() ? quantization.scale(channel) : 1;
      int zero = quantization.isQuantized() ? quantization.zeroPoint() : 0;
      bytes.putFloat(scale * (values[i] - zero));
    }
    return bytes.array();
  }
}
