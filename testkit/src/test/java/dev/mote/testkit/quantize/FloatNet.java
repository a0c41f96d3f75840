package dev.mote.testkit.quantize;

import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import dev.mote.testkit.cases.CaseRandom;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A float graph that a test writes down, operator by operator.
final class FloatNet {

  private final CaseRandom random;
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final List<Node> nodes = new ArrayList<>();
  private final List<String> inputs = new ArrayList<>();
  private final List<String> variables = new ArrayList<>();

  FloatNet(CaseRandom random) {
    this.random = random;
  }

  CaseRandom random() {
    return random;
  }

  Shape shape(String tensor) {
    return type(tensor).shape();
  }

  private TensorType type(String tensor) {
    Tensor there = tensors.get(tensor);
    if (there == null) {
      throw new AssertionError("no tensor " + tensor);
    }
    return there.type();
  }

  String input(int... dims) {
    String name = "input" + inputs.size();
    inputs.add(name);
    return add(Tensor.activation(name, TensorType.plain(ElementType.FLOAT32, Shape.of(dims))));
  }

  String variable(int... dims) {
    String name = "state" + variables.size();
    variables.add(name);
    return add(Tensor.activation(name, TensorType.plain(ElementType.FLOAT32, Shape.of(dims))));
  }

  /// A constant of random numbers from `low` to `high`.
  String constant(float low, float high, int... dims) {
    Shape shape = Shape.of(dims);
    float[] values = new float[shape.count()];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.real(low, high);
    }
    return constant(shape, values);
  }

  String constant(Shape shape, float... values) {
    TensorType type = TensorType.plain(ElementType.FLOAT32, shape);
    ByteBuffer bytes =
        ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return add(Tensor.constant("constant" + tensors.size(), type, Blob.of(bytes.array())));
  }

  String integers(Shape shape, int... values) {
    TensorType type = TensorType.plain(ElementType.INT32, shape);
    ByteBuffer bytes =
        ByteBuffer.allocate(Integer.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int value : values) {
      bytes.putInt(value);
    }
    return add(Tensor.constant("constant" + tensors.size(), type, Blob.of(bytes.array())));
  }

  /// An operator with one float output.
  String node(Op op, Shape output, String... operands) {
    return node(op, ElementType.FLOAT32, output, operands);
  }

  String node(Op op, ElementType element, Shape output, String... operands) {
    String name = op.label().toLowerCase(java.util.Locale.ROOT) + nodes.size();
    add(Tensor.activation(name, TensorType.plain(element, output)));
    nodes.add(new Node(name + "/node", op, List.of(operands), List.of(name)));
    return name;
  }

  /// An operator whose output has the shape of its first input.
  String map(Op op, String... operands) {
    return node(op, shape(operands[0]), operands);
  }

  /// An operator with several float outputs.
  List<String> split(Op op, List<Shape> outputs, String... operands) {
    List<String> names = new ArrayList<>();
    for (Shape shape : outputs) {
      String name = "part" + nodes.size() + "_" + names.size();
      names.add(add(Tensor.activation(name, TensorType.plain(ElementType.FLOAT32, shape))));
    }
    nodes.add(new Node("split" + nodes.size(), op, List.of(operands), names));
    return names;
  }

  /// An operator without output.
  void effect(Op op, String... operands) {
    nodes.add(new Node("effect" + nodes.size(), op, List.of(operands), List.of()));
  }

  private String add(Tensor tensor) {
    tensors.put(tensor.name(), tensor);
    return tensor.name();
  }

  Graph graph(String... outputs) {
    return new Graph("net", tensors, nodes, inputs, List.of(outputs), variables, List.of());
  }
}
