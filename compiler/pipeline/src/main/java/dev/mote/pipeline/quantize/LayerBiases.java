package dev.mote.pipeline.quantize;

import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The biases of a prepared graph's layers with weights: convolutions and fully connected ones. A
/// correction for what quantization does to a layer's mean output goes in here, before
/// [Quantizer#quantize].
public final class LayerBiases {

  private LayerBiases() {}

  /// The layers of `prepared` that have, or could have, a constant bias, in the order of execution.
  public static List<String> layers(Graph prepared) {
    return prepared.nodes().stream()
        .filter(node -> takesBias(prepared, node))
        .map(Node::output)
        .toList();
  }

  /// The bias of each output channel of `layer`, zeros where it has none; empty when it is no layer
  /// of [#layers].
  public static Optional<float[]> of(Graph prepared, String layer) {
    return prepared.nodes().stream()
        .filter(node -> takesBias(prepared, node) && node.output().equals(layer))
        .map(node -> bias(prepared, node))
        .findFirst();
  }

  /// `prepared` with other biases, by layer.
  ///
  /// @throws IllegalArgumentException when one belongs to no layer or has another length
  public static Graph with(Graph prepared, Map<String, float[]> biases) {
    Map<String, Tensor> tensors = new LinkedHashMap<>(prepared.tensors());
    Map<String, float[]> left = new LinkedHashMap<>(biases);
    List<Node> nodes = new ArrayList<>();
    for (Node node : prepared.nodes()) {
      float[] bias = takesBias(prepared, node) ? left.remove(node.output()) : null;
      nodes.add(bias == null ? node : replaced(prepared, tensors, node, bias));
    }
    if (!left.isEmpty()) {
      throw new IllegalArgumentException(
          "no layer takes a bias for '" + left.keySet().iterator().next() + "'");
    }
    return dropped(prepared, prepared.withTensors(tensors).withNodes(nodes));
  }

  private static Node replaced(Graph graph, Map<String, Tensor> tensors, Node node, float[] bias) {
    int channels = channels(graph, node);
    if (bias.length != channels) {
      throw new IllegalArgumentException(
          "'%s' has %d channels, its bias %d".formatted(node.output(), channels, bias.length));
    }
    ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * channels).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : bias) {
      bytes.putFloat(value);
    }
    String name = node.output() + "/bias";
    for (int i = 1; tensors.containsKey(name); i++) {
      name = node.output() + "/bias_" + i;
    }
    TensorType type = TensorType.plain(ElementType.FLOAT32, Shape.of(channels));
    tensors.put(name, Tensor.constant(name, type, Blob.of(bytes.array())));
    return new Node(
        node.name(), node.op(), List.of(node.input(0), node.input(1), name), node.outputs());
  }

  /// `after` without the constants that only `before` reads.
  private static Graph dropped(Graph before, Graph after) {
    Map<String, Tensor> tensors = new LinkedHashMap<>(after.tensors());
    before.nodes().forEach(node -> node.inputs().forEach(name -> removeConstant(tensors, name)));
    after
        .nodes()
        .forEach(node -> node.inputs().forEach(name -> tensors.put(name, after.tensor(name))));
    after.outputs().forEach(name -> tensors.put(name, after.tensor(name)));
    return after.withTensors(tensors);
  }

  private static void removeConstant(Map<String, Tensor> tensors, String name) {
    Tensor tensor = tensors.get(name);
    if (tensor != null && tensor.isConstant()) {
      tensors.remove(name);
    }
  }

  private static float[] bias(Graph graph, Node node) {
    return node.inputs().size() > 2
        ? graph.input(node, 2).constantFloats()
        : new float[channels(graph, node)];
  }

  private static int channels(Graph graph, Node node) {
    return graph.input(node, 1).shape().dim(LayerConversion.channelAxis(node.op()).orElseThrow());
  }

  private static boolean takesBias(Graph graph, Node node) {
    return LayerConversion.channelAxis(node.op()).isPresent()
        && graph.input(node, 0).element() == ElementType.FLOAT32
        && (node.inputs().size() < 3
            || (graph.input(node, 2).isConstant()
                && graph.input(node, 2).element() == ElementType.FLOAT32));
  }
}
