package dev.mote.pipeline.pass;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.ir.Activation;
import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import dev.mote.ir.Window2d;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PassesTest {

  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final List<Node> nodes = new ArrayList<>();

  private static final Quantization SCALED = new Quantization.PerTensor(0.5f, -128);

  private void int8(String name, int... shape) {
    add(Tensor.activation(name, new TensorType(ElementType.INT8, Shape.of(shape), SCALED)));
  }

  private void float32(String name, int... shape) {
    add(Tensor.activation(name, TensorType.plain(ElementType.FLOAT32, Shape.of(shape))));
  }

  private void constant(String name, float[] values, int... shape) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putFloat(value);
    }
    add(
        Tensor.constant(
            name, TensorType.plain(ElementType.FLOAT32, Shape.of(shape)), Blob.of(bytes.array())));
  }

  private void weights(String name, int... shape) {
    Shape s = Shape.of(shape);
    TensorType type = new TensorType(ElementType.INT8, s, new Quantization.PerTensor(0.1f, 0));
    add(Tensor.constant(name, type, Blob.of(new byte[s.count()])));
  }

  private void add(Tensor tensor) {
    tensors.put(tensor.name(), tensor);
  }

  private void node(Op op, String output, String... inputs) {
    nodes.add(new Node(output, op, List.of(inputs), List.of(output)));
  }

  private Graph optimized(String output) {
    Graph graph =
        new Graph("g", tensors, nodes, List.of("x"), List.of(output), List.of(), List.of());
    Graph once = Passes.run(Passes.STANDARD, graph);
    assertThat(Passes.run(Passes.STANDARD, once)).as("twice is once").isEqualTo(once);
    return once;
  }

  @Test
  void paddingAndRectifierBecomePartOfTheConvolution() {
    int8("x", 1, 4, 4, 2);
    int8("padded", 1, 6, 6, 2);
    int8("sum", 1, 4, 4, 3);
    int8("y", 1, 4, 4, 3);
    weights("w", 3, 3, 3, 2);
    node(new Op.Pad(List.of(0, 1, 1, 0), List.of(0, 1, 1, 0), Op.Pad.Mode.CONSTANT), "padded", "x");
    node(new Op.Conv2d(Window2d.valid(3, 3, 1, 1, 1, 1), 1, Activation.NONE), "sum", "padded", "w");
    node(new Op.Unary(Op.Unary.Kind.RELU), "y", "sum");

    Graph graph = optimized("y");

    assertThat(graph.nodes())
        .containsExactly(
            new Node(
                "sum",
                new Op.Conv2d(new Window2d(3, 3, 1, 1, 1, 1, 1, 1, 1, 1), 1, Activation.RELU),
                List.of("x", "w"),
                List.of("y")));
    assertThat(graph.tensors().keySet()).containsExactlyInAnyOrder("x", "y", "w");
  }

  @Test
  void aRectifierOfAnotherScaleStays() {
    int8("x", 1, 4, 4, 2);
    int8("sum", 1, 4, 4, 3);
    add(
        Tensor.activation(
            "y",
            new TensorType(
                ElementType.INT8, Shape.of(1, 4, 4, 3), new Quantization.PerTensor(0.25f, -128))));
    weights("w", 3, 1, 1, 2);
    node(new Op.Conv2d(Window2d.valid(1, 1, 1, 1, 1, 1), 1, Activation.NONE), "sum", "x", "w");
    node(new Op.Unary(Op.Unary.Kind.RELU), "y", "sum");

    assertThat(optimized("y").nodes()).hasSize(2);
  }

  @Test
  void aScaleAndAShiftPerChannelBecomeWeightsAndBias() {
    float32("x", 1, 2);
    float32("product", 1, 2);
    float32("scaled", 1, 2);
    float32("y", 1, 2);
    constant("w", new float[] {1, 2, 3, 4}, 2, 2);
    constant("scale", new float[] {10, 100}, 2);
    constant("shift", new float[] {5, 6}, 2);
    node(new Op.FullyConnected(Activation.NONE), "product", "x", "w");
    node(new Op.Binary(Op.Binary.Kind.MUL, Activation.NONE), "scaled", "product", "scale");
    node(new Op.Binary(Op.Binary.Kind.ADD, Activation.RELU), "y", "scaled", "shift");

    Graph graph = optimized("y");

    assertThat(graph.nodes()).hasSize(1);
    Node layer = graph.nodes().getFirst();
    assertThat(layer.op()).isEqualTo(new Op.FullyConnected(Activation.RELU));
    assertThat(graph.input(layer, 1).constantFloats()).containsExactly(10, 20, 300, 400);
    assertThat(graph.input(layer, 2).constantFloats()).containsExactly(5, 6);
  }

  @Test
  void viewsOfViewsMergeAndDequantizationThatIsUndoneGoes() {
    int8("x", 1, 4);
    float32("real", 1, 4);
    int8("again", 1, 4);
    int8("square", 2, 2);
    int8("y", 4, 1);
    node(new Op.Dequantize(), "real", "x");
    node(new Op.Quantize(), "again", "real");
    node(new Op.Reshape(), "square", "again");
    node(new Op.Reshape(), "y", "square");

    assertThat(optimized("y").nodes())
        .containsExactly(new Node("y", new Op.Reshape(), List.of("x"), List.of("y")));
  }

  @Test
  void smallWeightsStaySmall() {
    float32("x", 1, 2);
    float32("w", 2, 2);
    float32("y", 1, 2);
    weights("stored", 2, 2);
    node(new Op.Dequantize(), "w", "stored");
    node(new Op.FullyConnected(Activation.NONE), "y", "x", "w");

    assertThat(optimized("y").nodes())
        .containsExactly(
            new Node(
                "y", new Op.FullyConnected(Activation.NONE), List.of("x", "stored"), List.of("y")));
  }

  @Test
  void anOutputThatIsAnInputIsCopied() {
    float32("x", 2);

    Graph graph = optimized("x");

    assertThat(graph.outputs()).containsExactly("x/copy");
    assertThat(graph.nodes()).hasSize(1);
  }

  @Test
  void channelsThatAreConstantOrNotReadAreRemoved() {
    int8("x", 1, 2, 2, 1);
    int8("a", 1, 2, 2, 12);
    int8("b", 1, 2, 2, 12);
    int8("y", 1, 2, 2, 1);
    byte[] first = new byte[12];
    byte[] second = new byte[12];
    java.util.Arrays.fill(first, (byte) 1);
    java.util.Arrays.fill(second, (byte) 1);
    first[2] = 0; // constant
    first[7] = 0; // constant, but above zero
    second[9] = 0; // not read
    int[] bias = new int[12];
    bias[7] = 100;
    bytes("w1", first, 12, 1, 1, 1);
    bytes("w2", new byte[] {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, 1, 1, 1, 12);
    bytes("w3", second, 1, 1, 1, 12);
    biases("b1", bias);
    biases("b3", 100);
    Window2d window = Window2d.valid(1, 1, 1, 1, 1, 1);
    node(new Op.Conv2d(window, 1, Activation.RELU), "a", "x", "w1", "b1");
    node(new Op.DepthwiseConv2d(window, 1, Activation.NONE), "b", "a", "w2");
    node(new Op.Conv2d(window, 1, Activation.NONE), "y", "b", "w3", "b3");

    Graph graph = optimized("y");

    // 12 - 3 channels matter; 3 others fill up to a multiple of 4, so nothing is gained
    assertThat(graph.tensor("a").shape()).isEqualTo(Shape.of(1, 2, 2, 12));
    first[5] = 0;
    bytes("w1", first, 12, 1, 1, 1);

    graph = optimized("y");

    assertThat(graph.tensor("a").shape()).isEqualTo(Shape.of(1, 2, 2, 8));
    assertThat(graph.tensor("b").shape()).isEqualTo(Shape.of(1, 2, 2, 8));
    // channel 7: 100 * 0.05 / 0.5 = 10 steps above zero, of which the second layer leaves one
    assertThat(graph.tensor(graph.nodes().getLast().input(2)).constantIntegers())
        .containsExactly(101);
  }

  private void bytes(String name, byte[] values, int... shape) {
    TensorType type =
        new TensorType(ElementType.INT8, Shape.of(shape), new Quantization.PerTensor(0.1f, 0));
    add(Tensor.constant(name, type, Blob.of(values)));
  }

  private void biases(String name, int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int value : values) {
      bytes.putInt(value);
    }
    TensorType type =
        new TensorType(
            ElementType.INT32, Shape.of(values.length), new Quantization.PerTensor(0.05f, 0));
    add(Tensor.constant(name, type, Blob.of(bytes.array())));
  }
}
