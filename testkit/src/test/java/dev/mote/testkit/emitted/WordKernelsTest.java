package dev.mote.testkit.emitted;

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
import dev.mote.pipeline.CompiledModel;
import dev.mote.plugin.Compiler.Optimize;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Layers that kernels for the DSP extension compute four elements at a time: on an emulated
/// Cortex-M4 they compute what the reference computes.
class WordKernelsTest {

  private static final int LAYERS = Integer.getInteger("mote.dsp.layers", 48);

  private final Random random = new Random(21);
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final List<Node> nodes = new ArrayList<>();
  private final List<String> inputs = new ArrayList<>();
  private final StringBuilder description = new StringBuilder();

  @Test
  void theBoardAgreesWithTheReference() {
    IntStream.range(0, LAYERS).forEach(this::addLayer);
    List<String> outputs = nodes.stream().map(Node::output).toList();
    Graph graph = new Graph("layers", tensors, nodes, inputs, outputs, List.of(), List.of());
    List<List<Blob>> invocations =
        IntStream.range(0, 2)
            .mapToObj(i -> inputs.stream().map(name -> bytes(tensors.get(name))).toList())
            .toList();
    CompiledModel model =
        OnBoard.compare(graph, invocations, "cortex-m4", Optimize.SPEED, description.toString());
    assertThat(model.layers())
        .extracting(CompiledModel.Layer::kernel)
        .contains("armv7em/mul_s8", "armv7em/reduce_sum_s8", "armv7em/max_pool2d_s8");
  }

  private void addLayer(int index) {
    int height = between(1, 9);
    int width = between(1, 9);
    int channels = between(1, 13);
    switch (index % 4) {
      case 0 -> {
        Shape shape = Shape.of(between(1, 2), height, width, channels);
        Shape gate = Shape.of(shape.dim(0), 1, 1, channels);
        boolean first = random.nextBoolean();
        product(index, first ? gate : shape, first ? shape : gate, shape);
      }
      case 1 -> {
        Shape shape = Shape.of(1, height, width, channels);
        product(index, shape, shape, shape);
      }
      case 2 -> {
        int rows = random.nextInt(3) == 0 ? between(20, 40) : height;
        input("x" + index, 0.05f, Shape.of(between(1, 2), rows, width, channels));
        Op op =
            new Op.Reduce(
                random.nextBoolean() ? Op.Reduce.Kind.MEAN : Op.Reduce.Kind.SUM, List.of(1, 2));
        node(
            index,
            op,
            List.of("x" + index),
            quantized(0.04f, Shape.of(tensors.get("x" + index).shape().dim(0), 1, 1, channels)));
      }
      default -> pool(index, height, width, between(1, 3) * 4);
    }
  }

  private void product(int index, Shape x, Shape y, Shape z) {
    input("x" + index, 0.05f, x);
    input("y" + index, 1f / 256, y);
    float scale = random.nextInt(3) == 0 ? 0.0005f : 0.03f * (1 + random.nextFloat());
    node(
        index,
        new Op.Binary(Op.Binary.Kind.MUL, Activation.NONE),
        List.of("x" + index, "y" + index),
        quantized(scale, z));
  }

  private void pool(int index, int height, int width, int channels) {
    int rows = between(1, Math.min(3, height));
    int columns = between(1, Math.min(3, width));
    int stride = between(1, 2);
    int padTop = random.nextInt(rows);
    int padLeft = random.nextInt(columns);
    Window2d window =
        new Window2d(rows, columns, stride, stride, 1, 1, padTop, 0, padLeft, columns - 1);
    input("x" + index, 0.05f, Shape.of(1, height, width, channels));
    Shape output =
        Shape.of(
            1, (height + padTop - rows) / stride + 1, (width + padLeft - 1) / stride + 1, channels);
    node(
        index,
        new Op.Pool2d(Op.Pool2d.Kind.MAX, window, Activation.NONE),
        List.of("x" + index),
        tensors.get("x" + index).type().withShape(output));
  }

  private void node(int index, Op op, List<String> operands, TensorType type) {
    String output = "z" + index;
    tensors.put(output, Tensor.activation(output, type));
    nodes.add(new Node("layer" + index, op, operands, List.of(output)));
    description.append("%n%d: %s %s".formatted(index, op, type.shape()));
  }

  private void input(String name, float scale, Shape shape) {
    tensors.put(name, Tensor.activation(name, quantized(scale, shape)));
    inputs.add(name);
  }

  private TensorType quantized(float scale, Shape shape) {
    return new TensorType(
        ElementType.INT8, shape, new Quantization.PerTensor(scale, between(-128, 127)));
  }

  private Blob bytes(Tensor tensor) {
    byte[] bytes = new byte[tensor.shape().count()];
    random.nextBytes(bytes);
    return Blob.of(bytes);
  }

  private int between(int low, int high) {
    return random.nextInt(low, high + 1);
  }
}
