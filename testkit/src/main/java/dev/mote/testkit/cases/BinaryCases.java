package dev.mote.testkit.cases;

import dev.mote.frontends.tflite.schema.ActivationFunctionType;
import dev.mote.frontends.tflite.schema.AddOptionsT;
import dev.mote.frontends.tflite.schema.BuiltinOperator;
import dev.mote.ir.ElementType;
import dev.mote.ir.Shape;
import java.util.List;

/// Cases of operators on two operands.
final class BinaryCases {

  private static final Byte[] ACTIVATIONS = {
    ActivationFunctionType.NONE,
    ActivationFunctionType.RELU,
    ActivationFunctionType.RELU6,
    ActivationFunctionType.RELU_N1_TO_1
  };

  private BinaryCases() {}

  static List<CaseFamily> families() {
    return List.of(add());
  }

  private static CaseFamily add() {
    return CaseFamily.of(
        "ADD",
        Column.INT8,
        random -> {
          Shape shape = random.shape(1, 4, 6);
          AddOptionsT options = new AddOptionsT();
          options.setFusedActivationFunction(random.pick(ACTIVATIONS));
          return SingleOpModel.of(BuiltinOperator.ADD, random)
              .options(options)
              .input(random.quantized(ElementType.INT8, shape))
              .input(random.quantized(ElementType.INT8, random.broadcastable(shape)))
              .output(random.quantized(ElementType.INT8, shape))
              .sketch();
        });
  }
}
