package dev.mote.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.ir.ElementType;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReductionsTest {

  private static final Quantization HALVES = new Quantization.PerTensor(0.5f, -1);

  private static Value int8(Shape shape, long... elements) {
    Value value = Value.zeros(new TensorType(ElementType.INT8, shape, HALVES));
    for (int i = 0; i < elements.length; i++) {
      value.set(i, elements[i]);
    }
    return value;
  }

  private static Invocation call(Op op, Value x, Value y) {
    return new Invocation(new Node("n", op, List.of("x"), List.of("y")), List.of(x), List.of(y));
  }

  private static List<Long> reduce(Op.Reduce.Kind kind, List<Integer> axes, Value x, Shape y) {
    Value result = int8(y);
    Op.Reduce op = new Op.Reduce(kind, axes);
    Reductions.reduce(call(op, x, result), op);
    return elements(result);
  }

  private static List<Long> elements(Value value) {
    return IntStream.range(0, value.count()).mapToObj(value::integer).toList();
  }

  @Test
  void reducesOverTheAxesThatItIsGiven() {
    Value x = int8(Shape.of(2, 3), 1, 3, 5, -7, 9, 11);
    assertThat(reduce(Op.Reduce.Kind.MAX, List.of(0), x, Shape.of(3))).containsExactly(1L, 9L, 11L);
    assertThat(reduce(Op.Reduce.Kind.MIN, List.of(1), x, Shape.of(2))).containsExactly(1L, -7L);
    // 1 + 2 + 3 = 6 → 11; -3 + 5 + 6 = 8 → 15.
    assertThat(reduce(Op.Reduce.Kind.SUM, List.of(1), x, Shape.of(2))).containsExactly(11L, 15L);
    // 6/3 = 2 → 3; 8/3 = 2.67 → 4.33.
    assertThat(reduce(Op.Reduce.Kind.MEAN, List.of(1), x, Shape.of(2, 1))).containsExactly(3L, 4L);
    assertThat(reduce(Op.Reduce.Kind.MEAN, List.of(0, 1), x, Shape.SCALAR)).containsExactly(4L);
  }

  @Test
  void meansOfOneQuantizationRoundToNearest() {
    // (4 + 5)/2 = 4.5 and (-3 - 2)/2 = -2.5, above a zero point of -1: ties go upwards.
    assertThat(reduce(Op.Reduce.Kind.MEAN, List.of(0), int8(Shape.of(2), 3, 4), Shape.SCALAR))
        .containsExactly(4L);
    assertThat(reduce(Op.Reduce.Kind.MEAN, List.of(0), int8(Shape.of(2), -4, -3), Shape.SCALAR))
        .containsExactly(-3L);
  }

  @Test
  void argumentsOfExtremaAreTheFirst() {
    Value x = int8(Shape.of(2, 3), 4, 9, 9, -1, -5, -5);
    Value y = Value.zeros(TensorType.plain(ElementType.INT32, Shape.of(2)));
    Op.ArgReduce largest = new Op.ArgReduce(true, 1);
    Reductions.argReduce(call(largest, x, y), largest);
    assertThat(elements(y)).containsExactly(1L, 0L);
    Op.ArgReduce smallest = new Op.ArgReduce(false, 1);
    Reductions.argReduce(call(smallest, x, y), smallest);
    assertThat(elements(y)).containsExactly(0L, 1L);
  }

  @Test
  void runningSumsGoBothWays() {
    TensorType type = TensorType.plain(ElementType.INT32, Shape.of(2, 2));
    Value x = Value.zeros(type);
    for (int i = 0; i < 4; i++) {
      x.set(i, i + 1L);
    }
    Value y = Value.zeros(type);
    Op.CumulativeSum down = new Op.CumulativeSum(0, false, false);
    Reductions.cumulativeSum(call(down, x, y), down);
    assertThat(elements(y)).containsExactly(1L, 2L, 4L, 6L);
    Op.CumulativeSum back = new Op.CumulativeSum(1, true, true);
    Reductions.cumulativeSum(call(back, x, y), back);
    assertThat(elements(y)).containsExactly(2L, 0L, 4L, 0L);
  }
}
