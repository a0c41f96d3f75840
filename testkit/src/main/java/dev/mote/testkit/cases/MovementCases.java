package dev.mote.testkit.cases;

import dev.mote.frontends.tflite.schema.BuiltinOperator;
import dev.mote.frontends.tflite.schema.ReshapeOptionsT;
import dev.mote.ir.ElementType;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import java.util.List;

/// Cases of operators that only move data.
final class MovementCases {

  private MovementCases() {}

  static List<CaseFamily> families() {
    return List.of(
        reshape(Column.INT8, ElementType.INT8),
        reshape(Column.INT16, ElementType.INT16),
        reshape(Column.FLOAT32, ElementType.FLOAT32),
        reshape(Column.INT32, ElementType.INT32));
  }

  private static CaseFamily reshape(Column column, ElementType element) {
    return CaseFamily.of(
        "RESHAPE",
        column,
        random -> {
          TensorType type = random.quantized(element, random.shape(1, 4, 6));
          int count = type.shape().count();
          int rows = type.shape().dim(0);
          boolean inferred = random.chance(0.5);
          ReshapeOptionsT options = new ReshapeOptionsT();
          options.setNewShape(new int[] {rows, count / rows});
          return SingleOpModel.of(BuiltinOperator.RESHAPE, random)
              .options(options)
              .input(type)
              .vector(rows, inferred ? -1 : count / rows)
              .output(type.withShape(Shape.of(rows, count / rows)))
              .sketch();
        });
  }
}
