package dev.mote.testkit.cases;

import dev.mote.frontends.tflite.schema.BuiltinOperator;
import dev.mote.frontends.tflite.schema.Padding;
import dev.mote.frontends.tflite.schema.Pool2DOptionsT;
import dev.mote.ir.ElementType;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import java.util.List;

/// Cases of pools.
final class PoolCases {

  private PoolCases() {}

  static List<CaseFamily> families() {
    return List.of(
        pool("AVERAGE_POOL_2D", BuiltinOperator.AVERAGE_POOL_2D, Column.INT8, ElementType.INT8),
        pool("AVERAGE_POOL_2D", BuiltinOperator.AVERAGE_POOL_2D, Column.INT16, ElementType.INT16),
        pool(
            "AVERAGE_POOL_2D",
            BuiltinOperator.AVERAGE_POOL_2D,
            Column.FLOAT32,
            ElementType.FLOAT32),
        pool("MAX_POOL_2D", BuiltinOperator.MAX_POOL_2D, Column.INT8, ElementType.INT8),
        pool("AVERAGE_POOL_2D", BuiltinOperator.AVERAGE_POOL_2D, Column.UINT8, ElementType.UINT8)
            .oracle(
                new Agreement.Within(
                    1, "halves are rounded away from the int8 zero; see tflite-differences.md")),
        pool("MAX_POOL_2D", BuiltinOperator.MAX_POOL_2D, Column.UINT8, ElementType.UINT8),
        pool("MAX_POOL_2D", BuiltinOperator.MAX_POOL_2D, Column.INT16, ElementType.INT16),
        pool("MAX_POOL_2D", BuiltinOperator.MAX_POOL_2D, Column.FLOAT32, ElementType.FLOAT32),
        pool("L2_POOL_2D", BuiltinOperator.L2_POOL_2D, Column.FLOAT32, ElementType.FLOAT32));
  }

  private static CaseFamily pool(String operator, int builtin, Column column, ElementType element) {
    return CaseFamily.of(operator, column, random -> pool(builtin, element, random));
  }

  private static ModelSketch pool(int builtin, ElementType element, CaseRandom random) {
    int height = random.between(1, 9);
    int width = random.between(1, 9);
    int kernelHeight = random.between(1, Math.min(height, 4));
    int kernelWidth = random.between(1, Math.min(width, 4));
    int strideHeight = random.between(1, 3);
    int strideWidth = random.between(1, 3);
    byte padding = random.pick(Padding.SAME, Padding.VALID);
    int batch = random.between(1, 2);
    int channels = random.between(1, 9);
    Pool2DOptionsT options = new Pool2DOptionsT();
    options.setPadding(padding);
    options.setFilterHeight(kernelHeight);
    options.setFilterWidth(kernelWidth);
    options.setStrideH(strideHeight);
    options.setStrideW(strideWidth);
    options.setFusedActivationFunction(ConvolutionCases.activation(random));
    TensorType input = random.quantized(element, Shape.of(batch, height, width, channels));
    boolean same = padding == Padding.SAME;
    Shape output =
        Shape.of(
            batch,
            same ? Math.ceilDiv(height, strideHeight) : (height - kernelHeight) / strideHeight + 1,
            same ? Math.ceilDiv(width, strideWidth) : (width - kernelWidth) / strideWidth + 1,
            channels);
    return SingleOpModel.of(builtin, random)
        .options(options)
        .input(input)
        .output(input.withShape(output))
        .sketch();
  }
}
