package dev.mote.testkit.cases;

import dev.mote.ir.ElementType;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import java.util.Arrays;
import java.util.List;

/// One family for each element type that an operator moves.
final class ByElement {

  /// Draws the model of a case whose data has elements of `element`.
  @FunctionalInterface
  interface Generator {
    ModelSketch generate(CaseRandom random, ElementType element);
  }

  private ByElement() {}

  static List<CaseFamily> of(String operator, Generator generator, ElementType... elements) {
    return of(operator, "", generator, elements);
  }

  static List<CaseFamily> of(
      String operator, String detail, Generator generator, ElementType... elements) {
    return Arrays.stream(elements)
        .map(
            element ->
                CaseFamily.of(
                        operator, column(element), random -> generator.generate(random, element))
                    .detail(detail)
                    .oracle(Agreement.EXACT)
                    .emitted(Agreement.EXACT))
        .toList();
  }

  private static Column column(ElementType element) {
    return switch (element) {
      case INT4 -> Column.INT4;
      case INT8 -> Column.INT8;
      case UINT8 -> Column.UINT8;
      case INT16 -> Column.INT16;
      case INT32 -> Column.INT32;
      case INT64 -> Column.INT64;
      case BOOL -> Column.BOOL;
      case FLOAT16 -> Column.FLOAT16;
      case FLOAT32 -> Column.FLOAT32;
    };
  }

  /// Adds a constant int32 matrix of pairs, one for each dimension: paddings, crops.
  static SingleOpModel pairs(SingleOpModel model, List<Integer> first, List<Integer> second) {
    long[] values = new long[2 * first.size()];
    for (int i = 0; i < first.size(); i++) {
      values[2 * i] = first.get(i);
      values[2 * i + 1] = second.get(i);
    }
    TensorType type = TensorType.plain(ElementType.INT32, Shape.of(first.size(), 2));
    return model.constant(type, Values.exactly(values));
  }

  static int[] array(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }
}
