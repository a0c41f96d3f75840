package dev.mote.frontends.onnx;

import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Quantization;
import dev.mote.ir.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Computes the dequantization of constants.
final class RealWeights {

  private RealWeights() {}

  static Graph apply(Graph graph) {
    Map<String, Tensor> tensors = new LinkedHashMap<>(graph.tensors());
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      Optional<Tensor> constant =
          Optional.of(node)
              .filter(n -> n.op() instanceof Op.Dequantize)
              .map(n -> graph.tensor(n.input(0)))
              .filter(x -> x.isConstant() && x.quantization().isQuantized());
      if (constant.isEmpty() || graph.outputs().contains(node.output())) {
        nodes.add(node);
        continue;
      }
      float[] values = reals(constant.get());
      double[] doubles = new double[values.length];
      for (int i = 0; i < values.length; i++) {
        doubles[i] = values[i];
      }
      Tensor result = graph.output(node);
      tensors.put(
          result.name(),
          Tensor.constant(
              result.name(), result.type(), Blob.of(Folding.encode(ElementType.FLOAT32, doubles))));
    }
    return LiveNodes.of(graph.withTensors(tensors).withNodes(nodes));
  }

  /// What the integers of a constant stand for.
  static float[] reals(Tensor x) {
    long[] values = x.constantIntegers();
    float[] result = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      int channel =
          x.quantization() instanceof Quantization.PerChannel p
              ? i / x.shape().count(p.axis() + 1, x.shape().rank()) % p.scales().size()
              : 0;
      result[i] = x.quantization().scale(channel) * (values[i] - x.quantization().zeroPoint());
    }
    return result;
  }
}
