package dev.mote.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Values worked out by hand from the definitions.
final class SoftmaxesTest {

  @Test
  void equalElementsShareEqually() {
    byte[] y = run(new Op.Softmax(1), int8(4, 0.1f, 3), int8(4, 1f / 256, -128), 7, 7, 7, 7);
    // 1/4 is 64 steps above -128.
    assertThat(y).containsExactly(-64, -64, -64, -64);
  }

  @Test
  void certaintySaturatesBelowOne() {
    byte[] y = run(new Op.Softmax(1), int8(2, 1f, 0), int8(2, 1f / 256, -128), 127, -128);
    assertThat(y).containsExactly(127, -128);
  }

  @Test
  void aDifferenceOfLogarithmOfThreeGivesThreeQuarters() {
    float scale = (float) Math.log(3) / 10;
    byte[] y = run(new Op.Softmax(1), int8(2, scale, 0), int8(2, 1f / 256, -128), 10, 0);
    assertThat(y).containsExactly(192 - 128, 64 - 128);
  }

  @Test
  void betaScalesTheExponent() {
    float scale = (float) Math.log(3) / 20;
    byte[] y = run(new Op.Softmax(2), int8(2, scale, 0), int8(2, 1f / 256, -128), 10, 0);
    assertThat(y).containsExactly(192 - 128, 64 - 128);
  }

  @Test
  void logarithmOfAHalfIsElevenSixteenthsBelowZero() {
    // log(1/2) = -0.693 = -11.09/16; 127 stands for 0.
    byte[] y = run(new Op.LogSoftmax(), int8(2, 0.1f, 0), int8(2, 1f / 16, 127), 5, 5);
    assertThat(y).containsExactly(116, 116);
  }

  @Test
  void aThreeFourFiveTriangleIsNormalised() {
    // 3/5 and 4/5 of 128 are 76.8 and 102.4.
    byte[] y = run(new Op.L2Normalization(), int8(2, 0.1f, 10), int8(2, 1f / 128, 0), 40, 50);
    assertThat(y).containsExactly(77, 102);
  }

  @Test
  void quantizingRoundsHalfAwayFromZeroAndSaturates() {
    TensorType floats = TensorType.plain(ElementType.FLOAT32, Shape.of(6));
    byte[] y =
        run(
            new Op.Quantize(),
            floats,
            int8(6, 0.5f, 1),
            bytes(Value.zeros(floats), 0.25f, -0.25f, 0.2f, 1e30f, -1e30f, Float.NaN));
    assertThat(y).containsExactly(2, 0, 1, 127, -128, -128);
  }

  private static byte[] bytes(Value value, float... reals) {
    for (int i = 0; i < reals.length; i++) {
      value.setReal(i, reals[i]);
    }
    return value.toBytes();
  }

  private static TensorType int8(int count, float scale, int zeroPoint) {
    return new TensorType(
        ElementType.INT8, Shape.of(count), new Quantization.PerTensor(scale, zeroPoint));
  }

  private static byte[] run(Op op, TensorType x, TensorType y, int... elements) {
    byte[] input = new byte[elements.length];
    for (int i = 0; i < elements.length; i++) {
      input[i] = (byte) elements[i];
    }
    return run(op, x, y, input);
  }

  private static byte[] run(Op op, TensorType x, TensorType y, byte[] input) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("x", Tensor.activation("x", x));
    tensors.put("y", Tensor.activation("y", y));
    Graph graph =
        new Graph(
            "one",
            tensors,
            List.of(new Node("node", op, List.of("x"), List.of("y"))),
            List.of("x"),
            List.of("y"),
            List.of(),
            List.of());
    return new Interpreter(graph).run(List.of(input)).getFirst();
  }
}
