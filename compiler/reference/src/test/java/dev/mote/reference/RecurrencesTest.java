package dev.mote.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mote.ir.Activation;
import dev.mote.ir.ElementType;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecurrencesTest {

  private static TensorType quantized(ElementType element, double scale, int zero, int... dims) {
    return new TensorType(element, Shape.of(dims), new Quantization.PerTensor((float) scale, zero));
  }

  private static Value value(TensorType type, long... elements) {
    Value value = Value.zeros(type);
    for (int i = 0; i < elements.length; i++) {
      value.set(i, elements[i]);
    }
    return value;
  }

  private static Value reals(int[] dims, float... elements) {
    Value value = Value.zeros(TensorType.plain(ElementType.FLOAT32, Shape.of(dims)));
    for (int i = 0; i < elements.length; i++) {
      value.setReal(i, elements[i]);
    }
    return value;
  }

  private static void run(Op op, List<Value> inputs, Value output) {
    Node node = new Node("n", op, List.of(), List.of());
    Invocation call = new Invocation(node, inputs, List.of(output));
    switch (op) {
      case Op.Lstm lstm -> Recurrences.lstm(call, lstm);
      case Op.Svdf svdf -> Recurrences.svdf(call, svdf);
      default -> throw new IllegalArgumentException(op.label());
    }
  }

  @ParameterizedTest
  @CsvSource({"0", "1", "4095", "4096", "-4096", "12345", "-12345", "32767", "-32768"})
  void tabulatedFunctionsAreWithinTwoStepsOfTheRealOnes(int x) {
    double real = x / 4096.0;
    double sigmoid = 32768 / (1 + Math.exp(-real));
    assertThat((double) SigmoidTable.sigmoid(3 * x)).isCloseTo(sigmoid, within(1.5));
    assertThat((double) SigmoidTable.tanh(3 * x)).isCloseTo(32768 * Math.tanh(real), within(2.5));
  }

  /// One unit, one input of scale 1/64, weights of scale 1/64: products are gates with 12
  /// fractional bits. The recurrent weight of the cell gate is 1, of the others 0.
  @Test
  void integerLstmFollowsTheRealFunction() {
    TensorType weight = quantized(ElementType.INT8, 1 / 64.0, 0, 1, 1);
    TensorType bias = quantized(ElementType.INT32, 1 / 4096.0, 0, 1);
    TensorType hidden = quantized(ElementType.INT8, 1 / 128.0, -5, 1, 1);
    TensorType cell = quantized(ElementType.INT16, 1 / 2048.0, 0, 1, 1);
    List<Value> inputs = new ArrayList<>();
    // 0.5 and 1.5 with zero point 3.
    inputs.add(value(quantized(ElementType.INT8, 1 / 64.0, 3, 1, 2, 1), 35, 99));
    for (long w : new long[] {64, -64, 32, 16}) {
      inputs.add(value(weight, w));
    }
    for (long w : new long[] {0, 0, 64, 0}) {
      inputs.add(value(weight, w));
    }
    for (long b : new long[] {0, 8192, 0, 4096}) {
      inputs.add(value(bias, b));
    }
    inputs.add(value(hidden, -5));
    inputs.add(value(cell, 0));
    Value y = value(quantized(ElementType.INT8, 1 / 128.0, -5, 1, 2, 1));
    run(new Op.Lstm(false, 0), inputs, y);

    double c = 0;
    double h = 0;
    for (int step = 0; step < 2; step++) {
      double x = step == 0 ? 0.5 : 1.5;
      c = sigmoid(2 - x) * c + sigmoid(x) * Math.tanh(0.5 * x + h);
      h = sigmoid(1 + 0.25 * x) * Math.tanh(c);
      assertThat((double) y.integer(step)).isCloseTo(128 * h - 5, within(0.75));
    }
    assertThat(inputs.get(13).integer(0)).isEqualTo(y.integer(1));
    assertThat((double) inputs.get(14).integer(0)).isCloseTo(2048 * c, within(3.0));
  }

  @Test
  void floatLstmClipsItsCell() {
    List<Value> inputs = new ArrayList<>();
    inputs.add(reals(new int[] {1, 1, 1}, 1));
    for (int i = 0; i < 8; i++) {
      inputs.add(reals(new int[] {1, 1}, 0));
    }
    // Every gate is open: the cell would become 1 + tanh(1) = 1.76.
    for (float b : new float[] {50, 50, 1, 50}) {
      inputs.add(reals(new int[] {1}, b));
    }
    inputs.add(reals(new int[] {1, 1}, 0));
    inputs.add(reals(new int[] {1, 1}, 1));
    Value y = reals(new int[] {1, 1, 1}, 0);
    run(new Op.Lstm(true, 1.5f), inputs, y);
    assertThat(inputs.get(14).real(0)).isEqualTo(1.5f);
    assertThat(y.real(0)).isCloseTo((float) Math.tanh(1.5), within(1e-6f));
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /// One unit of two filters that remember two outputs; every scale is 1.
  @Test
  void integerSvdfForgetsTheOldest() {
    Value x = value(quantized(ElementType.INT8, 1, 1, 1, 2), 3, 4); // real 2, 3
    Value features = value(quantized(ElementType.INT8, 1, 0, 2, 2), 1, 2, -1, 1); // 8 and 1
    Value times = value(quantized(ElementType.INT16, 1, 0, 2, 2), 10, 1, 100, -2);
    Value state = value(quantized(ElementType.INT16, 1, 0, 1, 4), 50, 5, 60, 6);
    Value bias = value(quantized(ElementType.INT32, 1, 0, 1), -700);
    Value y = value(quantized(ElementType.INT8, 1, 2, 1, 1));
    run(new Op.Svdf(2, Activation.NONE), List.of(x, features, times, state, bias), y);
    assertThat(List.of(state.integer(0), state.integer(1), state.integer(2), state.integer(3)))
        .containsExactly(5L, 8L, 6L, 1L);
    // 10·5 + 1·8 + 100·6 - 2·1 - 700 = -44
    assertThat(y.integer(0)).isEqualTo(-42);
  }

  @Test
  void floatSvdfAppliesItsActivation() {
    Value x = reals(new int[] {1, 1}, 2);
    Value features = reals(new int[] {1, 1}, 3);
    Value times = reals(new int[] {1, 2}, 1, -1);
    Value state = reals(new int[] {1, 2}, 9, 4);
    Value y = reals(new int[] {1, 1}, 0);
    run(new Op.Svdf(1, Activation.RELU), List.of(x, features, times, state), y);
    assertThat(state.real(1)).isEqualTo(6);
    assertThat(y.real(0)).isEqualTo(0); // 4 - 6
  }
}
