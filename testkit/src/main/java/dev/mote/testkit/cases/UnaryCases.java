package dev.mote.testkit.cases;

import dev.mote.frontends.tflite.schema.BuiltinOperator;
import dev.mote.ir.ElementType;
import dev.mote.ir.Shape;
import java.util.List;

/// Cases of operators on one operand, element by element, and of changes of representation.
final class UnaryCases {

  private UnaryCases() {}

  static List<CaseFamily> families() {
    return List.of(relu());
  }

  private static CaseFamily relu() {
    return CaseFamily.of(
        "RELU",
        Column.INT8,
        random -> {
          Shape shape = random.shape(1, 4, 6);
          return SingleOpModel.of(BuiltinOperator.RELU, random)
              .input(random.quantized(ElementType.INT8, shape))
              .output(random.quantized(ElementType.INT8, shape))
              .sketch();
        });
  }
}
