package dev.mote.optimizer.calibrate;

import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Other integers for the weights and biases of one layer, in a graph that is otherwise the same.
final class ConstantEdit {

  private ConstantEdit() {}

  /// The graph in which `layer` has these weights, in the order of their tensor.
  static Graph weights(Graph graph, LinearLayer layer, long[] integers) {
    TensorType type = layer.weights().type();
    return constant(graph, layer.node(), 1, type, encode(integers, type.element()));
  }

  /// The graph in which the real bias of `layer` is larger by `shifts`, one for each channel.
  static Graph shiftBias(Graph graph, LinearLayer layer, double[] shifts) {
    Node node = layer.node();
    double input = graph.input(node, 0).quantization().scale();
    ElementType element = biasElement(graph, node);
    long[] old =
        node.inputs().size() > 2
            ? graph.input(node, 2).constantIntegers()
            : new long[layer.channels()];
    long[] integers = new long[shifts.length];
    List<Float> scales = new ArrayList<>();
    for (int channel = 0; channel < shifts.length; channel++) {
      double scale = input * layer.scale(channel);
      scales.add((float) scale);
      long shift = scale > 0 ? Math.round(shifts[channel] / scale) : 0;
      integers[channel] =
          Math.clamp(old[channel] + shift, element.minValue() / 2, element.maxValue() / 2);
    }
    TensorType type =
        node.inputs().size() > 2
            ? graph.input(node, 2).type()
            : new TensorType(
                element, Shape.of(shifts.length), new Quantization.PerChannel(scales, 0));
    return constant(graph, node, 2, type, encode(integers, element));
  }

  private static ElementType biasElement(Graph graph, Node node) {
    if (node.inputs().size() > 2) {
      return graph.input(node, 2).element();
    }
    return graph.input(node, 0).element() == ElementType.INT16
        ? ElementType.INT64
        : ElementType.INT32;
  }

  /// Operand `index` of `node` becomes a constant of its own where others read it too.
  private static Graph constant(Graph graph, Node node, int index, TensorType type, Blob data) {
    boolean own =
        index < node.inputs().size()
            && graph.nodes().stream()
                    .mapToLong(n -> n.inputs().stream().filter(node.input(index)::equals).count())
                    .sum()
                == 1;
    String name = own ? node.input(index) : unused(graph, node.output() + "/" + index);
    List<String> inputs = new ArrayList<>(node.inputs());
    if (index < inputs.size()) {
      inputs.set(index, name);
    } else {
      inputs.add(name);
    }
    Map<String, Tensor> tensors = new LinkedHashMap<>(graph.tensors());
    tensors.put(name, Tensor.constant(name, type, data));
    Node changed = new Node(node.name(), node.op(), inputs, node.outputs());
    return graph
        .withTensors(tensors)
        .withNodes(
            graph.nodes().stream().map(other -> other.equals(node) ? changed : other).toList());
  }

  private static String unused(Graph graph, String wanted) {
    String name = wanted;
    while (graph.tensors().containsKey(name)) {
      name += "'";
    }
    return name;
  }

  private static Blob encode(long[] integers, ElementType element) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.toIntExact(element.bytes(integers.length)))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < integers.length; i++) {
      long value = integers[i];
      switch (element) {
        case INT4 -> {
          int packed = bytes.get(i / 2) | (int) (value & 15) << (i % 2 == 0 ? 0 : 4);
          bytes.put(i / 2, (byte) packed);
        }
        case INT8 -> bytes.put(i, (byte) value);
        case INT32 -> bytes.putInt(4 * i, (int) value);
        case INT64 -> bytes.putLong(8 * i, value);
        case UINT8, INT16, BOOL, FLOAT16, FLOAT32 ->
            throw new IllegalArgumentException("no weights or biases are " + element);
      }
    }
    return Blob.of(bytes.array());
  }
}
