package dev.mote.reference;

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

/// Layers with weights and pools against numbers worked out by hand.
class WeightedLayersTest {

  private static final Window2d SAME_3X3 = Window2d.same(3, 3, 3, 3, 1, 1, 1, 1);

  @Test
  void pixelsOutsideTheImageAreRealZero() {
    // x - zero point is 1 everywhere, weights are 1: each output counts the pixels under its window
    byte[] y =
        run(
            new Op.Conv2d(SAME_3X3, 1, Activation.NONE),
            quantized(ElementType.INT8, 1, 5, 1, 3, 3, 1),
            bytes(6, 6, 6, 6, 6, 6, 6, 6, 6),
            quantized(ElementType.INT8, 1, -10, 1, 3, 3, 1),
            constant(
                quantized(ElementType.INT8, 1, 0, 1, 3, 3, 1), bytes(1, 1, 1, 1, 1, 1, 1, 1, 1)));
    assertThat(y).containsExactly(-6, -4, -6, -4, -1, -4, -6, -4, -6);
  }

  @Test
  void activationClampsToTheQuantizedBounds() {
    // 20 + 0 -> RELU6 with scale 1 and zero point -3 leaves -3 to 3
    byte[] y =
        run(
            new Op.FullyConnected(Activation.RELU6),
            quantized(ElementType.INT8, 1, 0, 1, 1),
            bytes(20),
            quantized(ElementType.INT8, 1, -3, 1, 2),
            constant(quantized(ElementType.INT8, 1, 0, 2, 1), bytes(1, -1)));
    assertThat(y).containsExactly(3, -3);
  }

  @Test
  void eachOutputChannelHasItsOwnScale() {
    Quantization weights = new Quantization.PerChannel(List.of(1f, 0.5f), 0);
    byte[] y =
        run(
            new Op.Conv2d(Window2d.valid(1, 1, 1, 1, 1, 1), 1, Activation.NONE),
            quantized(ElementType.INT8, 1, 0, 1, 1, 1, 1),
            bytes(10),
            quantized(ElementType.INT8, 1, 0, 1, 1, 1, 2),
            constant(new TensorType(ElementType.INT8, Shape.of(2, 1, 1, 1), weights), bytes(3, 3)));
    assertThat(y).containsExactly(30, 15);
  }

  @Test
  void outputsSaturate() {
    byte[] y =
        run(
            new Op.FullyConnected(Activation.NONE),
            quantized(ElementType.INT8, 1, 0, 1, 1),
            bytes(-128),
            quantized(ElementType.INT8, 1, 0, 1, 2),
            constant(quantized(ElementType.INT8, 1, 0, 2, 1), bytes(127, -128)));
    assertThat(y).containsExactly(-128, 127);
  }

  @Test
  void groupsSeeTheirOwnChannelsOnly() {
    byte[] y =
        run(
            new Op.Conv2d(Window2d.valid(1, 1, 1, 1, 1, 1), 2, Activation.NONE),
            quantized(ElementType.INT8, 1, 0, 1, 1, 1, 4),
            bytes(1, 2, 3, 4),
            quantized(ElementType.INT8, 1, 0, 1, 1, 1, 2),
            constant(quantized(ElementType.INT8, 1, 0, 2, 1, 1, 2), bytes(1, 1, 1, 1)));
    assertThat(y).containsExactly(3, 7);
  }

  @Test
  void depthwiseOutputsOfOneInputChannelAreNeighbours() {
    byte[] y =
        run(
            new Op.DepthwiseConv2d(Window2d.valid(1, 1, 1, 1, 1, 1), 2, Activation.NONE),
            quantized(ElementType.INT8, 1, 0, 1, 1, 1, 2),
            bytes(1, 10),
            quantized(ElementType.INT8, 1, 0, 1, 1, 1, 4),
            constant(quantized(ElementType.INT8, 1, 0, 1, 1, 1, 4), bytes(1, 2, 3, 4)));
    assertThat(y).containsExactly(1, 2, 30, 40);
  }

  @Test
  void transposedConvolutionScattersThroughTheKernel() {
    // 1 and 2 through the kernel (1, 10, 100) with stride 2: 1, 10, 100 + 2, 20, 200 (saturated)
    byte[] y =
        run(
            new Op.TransposeConv2d(Window2d.valid(1, 3, 1, 2, 1, 1), Activation.NONE),
            quantized(ElementType.INT8, 1, 0, 1, 1, 2, 1),
            bytes(1, 2),
            quantized(ElementType.INT8, 1, 0, 1, 1, 5, 1),
            constant(quantized(ElementType.INT8, 1, 0, 1, 1, 3, 1), bytes(1, 10, 100)));
    assertThat(y).containsExactly(1, 10, 102, 20, 127);
  }

  @Test
  void sixteenBitSumsWithALongBiasAreRoundedOnce() {
    // 7 * 2^-4: 32-bit accumulators round to 1, 64-bit ones to 0
    TensorType x = quantized(ElementType.INT16, 1, 0, 1, 1);
    TensorType y = quantized(ElementType.INT16, 16, 0, 1, 1);
    Tensor weights = constant(quantized(ElementType.INT8, 1, 0, 1, 1), bytes(1));
    Op op = new Op.FullyConnected(Activation.NONE);
    Tensor narrow = constant(quantized(ElementType.INT32, 1, 0, 1), new byte[4]);
    Tensor wide = constant(quantized(ElementType.INT64, 1, 0, 1), new byte[8]);
    assertThat(run(op, x, shorts(7), y, weights, narrow)).isEqualTo(shorts(1));
    assertThat(run(op, x, shorts(7), y, weights, wide)).isEqualTo(shorts(0));
  }

  @Test
  void averageRoundsHalvesAwayFromZero() {
    Op op =
        new Op.Pool2d(Op.Pool2d.Kind.AVERAGE, Window2d.valid(1, 2, 1, 2, 1, 1), Activation.NONE);
    TensorType x = quantized(ElementType.INT8, 1, 0, 1, 1, 4, 1);
    TensorType y = quantized(ElementType.INT8, 1, 0, 1, 1, 2, 1);
    assertThat(run(op, x, bytes(1, 2, -1, -2), y)).containsExactly(2, -2);
  }

  @Test
  void poolsDivideByThePixelsInsideTheImage() {
    Op op = new Op.Pool2d(Op.Pool2d.Kind.AVERAGE, SAME_3X3, Activation.NONE);
    TensorType type = quantized(ElementType.INT8, 1, 0, 1, 3, 3, 1);
    assertThat(run(op, type, bytes(9, 9, 9, 9, 9, 9, 9, 9, 9), type))
        .containsExactly(9, 9, 9, 9, 9, 9, 9, 9, 9);
  }

  @Test
  void l2PoolIsTheRootOfTheMeanSquare() {
    Op op = new Op.Pool2d(Op.Pool2d.Kind.L2, Window2d.valid(1, 2, 1, 1, 1, 1), Activation.NONE);
    TensorType x = TensorType.plain(ElementType.FLOAT32, Shape.of(1, 1, 2, 1));
    TensorType y = TensorType.plain(ElementType.FLOAT32, Shape.of(1, 1, 1, 1));
    assertThat(run(op, x, floats(1, 7), y)).isEqualTo(floats(5));
  }

  @Test
  void matrixProductBroadcastsBatchesAndTransposes() {
    // two matrices (1 2), (3 4), times the transposed (5 6): 17 and 39
    TensorType x = TensorType.plain(ElementType.FLOAT32, Shape.of(2, 1, 2));
    TensorType y = TensorType.plain(ElementType.FLOAT32, Shape.of(2, 1, 1));
    Tensor right = constant(TensorType.plain(ElementType.FLOAT32, Shape.of(1, 2)), floats(5, 6));
    assertThat(run(new Op.BatchMatMul(false, true), x, floats(1, 2, 3, 4), y, right))
        .isEqualTo(floats(17, 39));
  }

  private static byte[] run(
      Op op, TensorType xType, byte[] x, TensorType yType, Tensor... constants) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("x", Tensor.activation("x", xType));
    List<String> inputs = new ArrayList<>(List.of("x"));
    for (Tensor constant : constants) {
      String name = "c" + inputs.size();
      tensors.put(name, new Tensor(name, constant.type(), constant.data()));
      inputs.add(name);
    }
    tensors.put("y", Tensor.activation("y", yType));
    Node node = new Node("layer", op, inputs, List.of("y"));
    Graph graph =
        new Graph("test", tensors, List.of(node), List.of("x"), List.of("y"), List.of(), List.of());
    return new Interpreter(graph).run(List.of(x)).getFirst();
  }

  private static TensorType quantized(
      ElementType element, float scale, int zeroPoint, int... dims) {
    return new TensorType(element, Shape.of(dims), new Quantization.PerTensor(scale, zeroPoint));
  }

  private static Tensor constant(TensorType type, byte[] data) {
    return Tensor.constant("constant", type, Blob.of(data));
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  private static byte[] shorts(int... values) {
    ByteBuffer buffer = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int value : values) {
      buffer.putShort((short) value);
    }
    return buffer.array();
  }

  private static byte[] floats(float... values) {
    ByteBuffer buffer = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      buffer.putFloat(value);
    }
    return buffer.array();
  }
}
