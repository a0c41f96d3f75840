package dev.mote.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.ir.Activation;
import dev.mote.ir.ElementType;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArithmeticTest {

  private static Value int8(float scale, int zeroPoint, Shape shape, long... elements) {
    return integers(
        new TensorType(ElementType.INT8, shape, new Quantization.PerTensor(scale, zeroPoint)),
        elements);
  }

  private static Value integers(TensorType type, long... elements) {
    Value value = Value.zeros(type);
    for (int i = 0; i < elements.length; i++) {
      value.set(i, elements[i]);
    }
    return value;
  }

  private static List<Long> run(Op.Binary op, Value x, Value y, Value z) {
    Arithmetic.binary(
        new Invocation(
            new Node("n", op, List.of("x", "y"), List.of("z")), List.of(x, y), List.of(z)),
        op);
    return IntStream.range(0, z.count()).mapToObj(z::integer).toList();
  }

  /// x has scale 0.5 and zero point 1, y scale 0.25 and zero point -2, z scale 0.5 and zero
  /// point 3.
  @ParameterizedTest
  @CsvSource({
    "ADD, NONE, 5, 2, 9", // 2 + 1 = 3
    "ADD, NONE, 5, -1, 8", // 2 + 0.25 = 2.25: the tie goes away from zero
    "ADD, NONE, -3, -3, -2", // -2 - 0.25 = -2.25
    "ADD, NONE, 127, 127, 127", // 63 + 32.25 saturates
    "ADD, RELU, -3, -3, 3", // below zero
    "ADD, RELU6, 15, 2, 15", // 7 + 1 = 8, limited to 6
    "SUB, NONE, 5, 2, 5", // 2 - 1 = 1
    "MUL, NONE, 5, 2, 7", // 2 * 1 = 2
    "MUL, NONE, -5, 2, -3", // -3 * 1 = -3
    "DIV, NONE, 5, 2, 7", // 2 / 1 = 2
    "DIV, NONE, 5, 0, 11", // 2 / 0.5 = 4
    "DIV, NONE, 5, -4, -5", // 2 / -0.5 = -4
    "DIV, NONE, 5, -2, 3", // division by zero
    "SQUARED_DIFFERENCE, NONE, 5, 2, 5", // (2 - 1)² = 1
    "SQUARED_DIFFERENCE, NONE, -5, 2, 35", // (-3 - 1)² = 16
    "MINIMUM, NONE, 5, 2, 2",
    "MAXIMUM, NONE, 5, 2, 5"
  })
  void computesOnWhatQuantizedNumbersStandFor(
      Op.Binary.Kind kind, Activation activation, long x, long y, long z) {
    Shape shape = Shape.of(1);
    List<Long> result =
        run(
            new Op.Binary(kind, activation),
            int8(0.5f, 1, shape, x),
            int8(0.25f, -2, shape, y),
            int8(0.5f, 3, shape));
    assertThat(result).containsExactly(z);
  }

  @Test
  void repeatsOperandsByNumPysRules() {
    TensorType matrix = TensorType.plain(ElementType.INT32, Shape.of(2, 3));
    TensorType row = TensorType.plain(ElementType.INT32, Shape.of(3));
    TensorType column = TensorType.plain(ElementType.INT32, Shape.of(2, 1));
    Op.Binary add = new Op.Binary(Op.Binary.Kind.ADD, Activation.NONE);
    assertThat(
            run(
                add,
                integers(matrix, 1, 2, 3, 4, 5, 6),
                integers(row, 10, 20, 30),
                Value.zeros(matrix)))
        .containsExactly(11L, 22L, 33L, 14L, 25L, 36L);
    assertThat(run(add, integers(column, 10, 20), integers(row, 1, 2, 3), Value.zeros(matrix)))
        .containsExactly(11L, 12L, 13L, 21L, 22L, 23L);
  }

  @ParameterizedTest
  @CsvSource({
    "ADD, 2147483647, 1, -2147483648",
    "MUL, 65536, 65536, 0",
    "DIV, -7, 2, -3",
    "DIV, 7, 0, 0",
    "DIV, -2147483648, -1, -2147483648",
    "FLOOR_DIV, -7, 2, -4",
    "FLOOR_MOD, -7, 2, 1",
    "FLOOR_MOD, 7, -2, -1",
    "SQUARED_DIFFERENCE, 3, -4, 49"
  })
  void plainIntegersWrapAround(Op.Binary.Kind kind, long x, long y, long z) {
    TensorType type = TensorType.plain(ElementType.INT32, Shape.of(1));
    assertThat(
            run(
                new Op.Binary(kind, Activation.NONE),
                integers(type, x),
                integers(type, y),
                Value.zeros(type)))
        .containsExactly(z);
  }

  @Test
  void aSumOfSeveralIsOffByTheZeroPoint() {
    Shape shape = Shape.of(1);
    Value z = int8(1f, 0, shape);
    Op op = new Op.AddN();
    Arithmetic.addN(
        new Invocation(
            new Node("n", op, List.of("a", "b"), List.of("z")),
            List.of(int8(1f, 5, shape, 15), int8(1f, 5, shape, 25)),
            List.of(z)));
    assertThat(z.integer(0)).isEqualTo(10 + 20 - 5);
  }
}
