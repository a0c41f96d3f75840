package dev.mote.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Op.Unary.Kind;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Values worked out by hand from the definitions.
final class UnariesTest {

  @Test
  void reluRequantizesAndClampsAtTheZeroPoint() {
    // 10 · 0.5 = 5 = 20 · 0.25, above the zero point 3.
    assertThat(int8(Kind.RELU, 0.5f, 0, 0.25f, 3, 10, -10, 0)).containsExactly(23, 3, 3);
  }

  @Test
  void relu6SaturatesAtTheImageOfSix() {
    assertThat(int8(Kind.RELU6, 0.5f, 0, 0.25f, -100, 11, 12, 100))
        .containsExactly(22 - 100, 24 - 100, 24 - 100);
  }

  @Test
  void logisticOfZeroIsAHalf() {
    assertThat(int8(Kind.LOGISTIC, 0.1f, 4, 1f / 256, -128, 4, 127, -128))
        .containsExactly(0, 127, -128);
  }

  @Test
  void logisticOfLogarithmOfThreeIsThreeQuarters() {
    float scale = (float) Math.log(3);
    assertThat(int8(Kind.LOGISTIC, scale, 0, 1f / 256, -128, 1, -1)).containsExactly(64, -64);
  }

  @Test
  void tanhIsOddAndSaturates() {
    // tanh(log 2) = (4 - 1) / (4 + 1) = 0.6 = 76.8 / 128.
    float scale = (float) Math.log(2);
    assertThat(int8(Kind.TANH, scale, 0, 1f / 128, 0, 1, -1, 100, -100))
        .containsExactly(77, -77, 127, -128);
  }

  @Test
  void eluOfLargeNegativeNumbersIsMinusOne() {
    assertThat(int8(Kind.ELU, 0.25f, 0, 0.125f, 0, -128, 4, 0)).containsExactly(-8, 8, 0);
  }

  @Test
  void hardSwishIsZeroBelowMinusThreeAndIdentityAboveThree() {
    assertThat(int8(Kind.HARD_SWISH, 0.125f, 0, 0.125f, 0, -24, -64, 24, 64))
        .containsExactly(0, 0, 24, 64);
  }

  @Test
  void magnitudeIsTakenAroundTheZeroPoint() {
    assertThat(int8(Kind.ABS, 0.5f, 10, 0.5f, -20, 4, 16, -118)).containsExactly(-14, -14, 108);
  }

  @Test
  void reciprocalRootOfFourIsAHalf() {
    assertThat(int8(Kind.RSQRT, 1f, 0, 0.0078125f, 0, 4, 1, 0, -5))
        .containsExactly(64, 127, 127, 127);
  }

  @Test
  void leakyReluScalesNegativeNumbersOnly() {
    assertThat(
            run(
                new Op.LeakyRelu(0.1f),
                type(ElementType.INT8, 2, 0.5f, 0),
                type(ElementType.INT8, 2, 0.5f, 0),
                bytes(20, -20)))
        .containsExactly(20, -2);
  }

  @Test
  void roundingIsHalfToEven() {
    TensorType floats = TensorType.plain(ElementType.FLOAT32, Shape.of(4));
    Value x = Value.zeros(floats);
    x.setReal(0, 0.5f);
    x.setReal(1, 1.5f);
    x.setReal(2, 2.5f);
    x.setReal(3, -2.6f);
    Value y = Value.fromBytes(floats, run(new Op.Unary(Kind.ROUND), floats, floats, x.toBytes()));
    assertThat(List.of(y.real(0), y.real(1), y.real(2), y.real(3)))
        .containsExactly(0f, 2f, 2f, -3f);
  }

  @Test
  void castingSaturatesFloatsAndCutsIntegers() {
    TensorType floats = TensorType.plain(ElementType.FLOAT32, Shape.of(4));
    Value x = Value.zeros(floats);
    x.setReal(0, 300f);
    x.setReal(1, -1.9f);
    x.setReal(2, Float.NaN);
    x.setReal(3, -1e20f);
    TensorType int8 = TensorType.plain(ElementType.INT8, Shape.of(4));
    assertThat(run(new Op.Cast(), floats, int8, x.toBytes())).containsExactly(127, -1, 0, -128);
    TensorType int16 = TensorType.plain(ElementType.INT16, Shape.of(1));
    TensorType narrow = TensorType.plain(ElementType.INT8, Shape.of(1));
    assertThat(run(new Op.Cast(), int16, narrow, bytes(0x2C, 1))).containsExactly(0x2C);
  }

  private static byte[] int8(
      Kind kind, float scale, int zeroPoint, float outScale, int outZeroPoint, int... elements) {
    return run(
        new Op.Unary(kind),
        type(ElementType.INT8, elements.length, scale, zeroPoint),
        type(ElementType.INT8, elements.length, outScale, outZeroPoint),
        bytes(elements));
  }

  private static TensorType type(ElementType element, int count, float scale, int zeroPoint) {
    return new TensorType(element, Shape.of(count), new Quantization.PerTensor(scale, zeroPoint));
  }

  private static byte[] bytes(int... elements) {
    byte[] bytes = new byte[elements.length];
    for (int i = 0; i < elements.length; i++) {
      bytes[i] = (byte) elements[i];
    }
    return bytes;
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
