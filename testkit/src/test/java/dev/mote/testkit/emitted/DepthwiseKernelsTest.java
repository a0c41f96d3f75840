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
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Depthwise layers of many windows, most of them with the ranges of rectified layers: on an
/// emulated Cortex-M4 they compute what the reference computes.
class DepthwiseKernelsTest {

  /// Layers of one graph, each with an input and an output of its own.
  private static final int LAYERS = Integer.getInteger("mote.dsp.layers", 40);

  private final Random random = new Random(20);
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final List<Node> nodes = new ArrayList<>();
  private final StringBuilder description = new StringBuilder();

  @ParameterizedTest
  @EnumSource(
      value = Optimize.class,
      names = {"SPEED", "MEMORY"})
  void theBoardAgreesWithTheReference(Optimize optimize) {
    IntStream.range(0, LAYERS).forEach(this::addLayer);
    List<String> inputs = nodes.stream().map(node -> node.input(0)).toList();
    List<String> outputs = nodes.stream().map(Node::output).toList();
    Graph graph = new Graph("layers", tensors, nodes, inputs, outputs, List.of(), List.of());
    List<List<Blob>> invocations =
        IntStream.range(0, 2)
            .mapToObj(
                i -> inputs.stream().map(name -> bytes(tensors.get(name).shape().count())).toList())
            .toList();
    CompiledModel model =
        OnBoard.compare(graph, invocations, "cortex-m4", optimize, description.toString());
    assertThat(model.layers())
        .extracting(CompiledModel.Layer::kernel)
        .contains(
            "armv7em/depthwise_3x3_s8",
            "armv7em/depthwise_line_s8",
            "armv7em/depthwise_row_s8",
            "armv7em/depthwise_rows_s8");
  }

  private void addLayer(int index) {
    int shape = random.nextInt(7);
    boolean row = shape == 3;
    int kernelHeight =
        shape == 0 || row ? 3 : shape == 1 ? 1 : shape == 2 ? between(1, 12) : between(1, 7);
    int kernelWidth =
        shape == 0 || row ? 3 : shape == 1 ? between(1, 12) : shape == 2 ? 1 : between(1, 7);
    int strideHeight = between(1, 2);
    int strideWidth = row ? 1 : random.nextInt(4) == 0 ? between(1, 3) : strideHeight;
    int padTop = row ? 0 : random.nextInt(kernelHeight);
    int padBottom = row ? 0 : random.nextInt(kernelHeight);
    int padLeft = random.nextInt(kernelWidth);
    int padRight = random.nextInt(kernelWidth);
    int height = row ? 3 : between(Math.max(1, kernelHeight - padTop - padBottom), 14);
    int width = between(Math.max(1, kernelWidth - padLeft - padRight), 20);
    int channels =
        row ? 4 * between(1, 4) : random.nextInt(3) == 0 ? between(8, 17) : between(1, 6);
    int multiplier = !row && random.nextInt(5) == 0 ? between(2, 3) : 1;
    boolean rectified = row || random.nextInt(3) > 0;
    Activation activation = rectified || random.nextInt(3) == 0 ? Activation.RELU : Activation.NONE;
    Window2d window =
        new Window2d(
            kernelHeight,
            kernelWidth,
            strideHeight,
            strideWidth,
            1,
            1,
            padTop,
            padBottom,
            padLeft,
            padRight);
    int outHeight =
        (height + window.padTop() + window.padBottom() - window.kernelHeight())
                / window.strideHeight()
            + 1;
    int outWidth =
        (width + window.padLeft() + window.padRight() - window.kernelWidth()) / window.strideWidth()
            + 1;
    if (height + window.padTop() + window.padBottom() < window.kernelHeight()
        || width + window.padLeft() + window.padRight() < window.kernelWidth()) {
      return;
    }
    int outputs = channels * multiplier;
    activationTensor("x" + index, 0.5f, between(-128, 127), height, width, channels);
    float outputScale = rectified && random.nextBoolean() ? 6f / 255 : 0.02f;
    activationTensor(
        "y" + index,
        outputScale,
        rectified ? -128 : between(-128, 127),
        outHeight,
        outWidth,
        outputs);
    List<Float> scales = new ArrayList<>();
    List<Float> biasScales = new ArrayList<>();
    for (int i = 0; i < outputs; i++) {
      // most channels have right shifts of 3 to 9, some far larger ones
      double power =
          random.nextInt(20) == 0 ? between(-24, -10) : between(-9, -4) + random.nextDouble();
      float scale =
          (float) (Math.scalb(1.0, (int) power) * (1 + random.nextDouble()) * outputScale);
      scales.add(scale);
      biasScales.add(scale * 0.5f);
    }
    tensors.put(
        "w" + index,
        Tensor.constant(
            "w" + index,
            new TensorType(
                ElementType.INT8,
                Shape.of(1, window.kernelHeight(), window.kernelWidth(), outputs),
                new Quantization.PerChannel(scales, 3)),
            bytes(window.kernelHeight() * window.kernelWidth() * outputs)));
    ByteBuffer bias = ByteBuffer.allocate(4 * outputs).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < outputs; i++) {
      bias.putInt(between(-30_000, 30_000) << (random.nextInt(60) == 0 ? 12 : 0));
    }
    tensors.put(
        "b" + index,
        Tensor.constant(
            "b" + index,
            new TensorType(
                ElementType.INT32, Shape.of(outputs), new Quantization.PerChannel(biasScales, 0)),
            Blob.of(bias.array())));
    nodes.add(
        new Node(
            "layer" + index,
            new Op.DepthwiseConv2d(window, multiplier, activation),
            List.of("x" + index, "w" + index, "b" + index),
            List.of("y" + index)));
    description.append(
        "%n%d: %s %s x%d %s"
            .formatted(index, tensors.get("x" + index).shape(), window, multiplier, activation));
  }

  private void activationTensor(
      String name, float scale, int zero, int height, int width, int channels) {
    tensors.put(
        name,
        Tensor.activation(
            name,
            new TensorType(
                ElementType.INT8,
                Shape.of(1, height, width, channels),
                new Quantization.PerTensor(scale, zero))));
  }

  private Blob bytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return Blob.of(bytes);
  }

  private int between(int low, int high) {
    return random.nextInt(low, high + 1);
  }
}
