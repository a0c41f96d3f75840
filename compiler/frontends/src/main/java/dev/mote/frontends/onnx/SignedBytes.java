package dev.mote.frontends.onnx;

import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Quantization;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Makes quantized uint8 tensors int8, with a zero point that is 128 less; at the graph's border
/// they stay what they are, and a conversion follows or precedes.
final class SignedBytes {

  private static final int HALF = 128;

  private final Graph graph;
  private final Map<String, Tensor> tensors;
  private final Map<String, String> renamed = new HashMap<>();

  private SignedBytes(Graph graph) {
    this.graph = graph;
    this.tensors = new LinkedHashMap<>(graph.tensors());
  }

  static Graph apply(Graph graph) {
    return new SignedBytes(graph).run();
  }

  private Graph run() {
    Set<String> kept = keptAsTheyAre();
    List<Node> first = new ArrayList<>();
    List<Node> last = new ArrayList<>();
    for (Tensor tensor : graph.tensors().values()) {
      if (!isUnsigned(tensor) || kept.contains(tensor.name())) {
        continue;
      }
      boolean border =
          graph.inputs().contains(tensor.name()) || graph.outputs().contains(tensor.name());
      if (!border) {
        tensors.put(tensor.name(), signed(tensor, tensor.name()));
        continue;
      }
      String inner = freeName(tensor.name());
      tensors.put(inner, signed(tensor, inner));
      renamed.put(tensor.name(), inner);
      if (graph.inputs().contains(tensor.name())) {
        first.add(new Node(inner, new Op.Quantize(), List.of(tensor.name()), List.of(inner)));
      } else {
        last.add(new Node(inner, new Op.Quantize(), List.of(inner), List.of(tensor.name())));
      }
    }
    List<Node> nodes = new ArrayList<>(first);
    for (Node node : graph.nodes()) {
      nodes.add(
          new Node(
              node.name(),
              node.op(),
              node.inputs().stream().map(n -> renamed.getOrDefault(n, n)).toList(),
              node.outputs().stream().map(n -> renamed.getOrDefault(n, n)).toList()));
    }
    nodes.addAll(last);
    return graph.withTensors(tensors).withNodes(nodes);
  }

  private static boolean isUnsigned(Tensor tensor) {
    return tensor.element() == ElementType.UINT8
        && tensor.quantization() instanceof Quantization.PerTensor;
  }

  /// Tensors of operators that look at the integers themselves, and those at both ends of the
  /// graph.
  private Set<String> keptAsTheyAre() {
    Set<String> kept = new HashSet<>(graph.inputs());
    kept.retainAll(graph.outputs());
    boolean grown = true;
    while (grown) {
      grown = false;
      for (Node node : graph.nodes()) {
        List<String> all = new ArrayList<>(node.inputs());
        all.addAll(node.outputs());
        boolean tied =
            switch (node.op()) {
              case Op.Quantize _, Op.Dequantize _ -> false;
              case Op.Reshape _, Op.Transpose _, Op.Slice _, Op.Split _, Op.Concat _, Op.Pool2d _ ->
                  all.stream().anyMatch(kept::contains);
              default -> true;
            };
        if (tied) {
          grown |= kept.addAll(all);
        }
      }
    }
    return kept;
  }

  private static Tensor signed(Tensor tensor, String name) {
    Quantization.PerTensor q = tensor.quantization().perTensor();
    TensorType type =
        new TensorType(
            ElementType.INT8,
            tensor.shape(),
            new Quantization.PerTensor(q.scale(), q.zeroPoint() - HALF));
    if (!tensor.isConstant()) {
      return Tensor.activation(name, type);
    }
    byte[] bytes = tensor.data().orElseThrow().toByteArray();
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (bytes[i] ^ HALF);
    }
    return Tensor.constant(name, type, Blob.of(bytes));
  }

  private String freeName(String hint) {
    String name = hint + "_int8";
    for (int i = 1; tensors.containsKey(name); i++) {
      name = hint + "_int8_" + i;
    }
    return name;
  }
}
