package dev.mote.testkit.cases;

import dev.mote.frontends.tflite.schema.BuiltinOperator;
import dev.mote.frontends.tflite.schema.L2NormOptionsT;
import dev.mote.frontends.tflite.schema.SoftmaxOptionsT;
import dev.mote.ir.ElementType;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import java.util.List;

/// Cases of normalisations over the last dimension.
final class SoftmaxCases {

  private static final Quantization INT8_PROBABILITIES = new Quantization.PerTensor(1f / 256, -128);

  private SoftmaxCases() {}

  static List<CaseFamily> families() {
    return List.of(
        softmax(Column.INT8, "", ElementType.INT8, ElementType.INT8, INT8_PROBABILITIES, 6),
        softmax(
            Column.INT8, "long rows", ElementType.INT8, ElementType.INT8, INT8_PROBABILITIES, 300),
        softmax(
            Column.UINT8,
            "",
            ElementType.UINT8,
            ElementType.UINT8,
            new Quantization.PerTensor(1f / 256, 0),
            60),
        softmax(
            Column.INT8,
            "to int16",
            ElementType.INT8,
            ElementType.INT16,
            new Quantization.PerTensor(1f / 65536, -32768),
            60),
        softmax(
            Column.INT16,
            "",
            ElementType.INT16,
            ElementType.INT16,
            new Quantization.PerTensor(1f / 32768, 0),
            60),
        softmax(
            Column.FLOAT32, "", ElementType.FLOAT32, ElementType.FLOAT32, Quantization.NONE, 60),
        logSoftmax(Column.INT8, ElementType.INT8, new Quantization.PerTensor(1f / 16, 127)),
        logSoftmax(Column.FLOAT32, ElementType.FLOAT32, Quantization.NONE),
        l2Normalization(Column.INT8, ElementType.INT8, new Quantization.PerTensor(1f / 128, 0)),
        l2Normalization(Column.FLOAT32, ElementType.FLOAT32, Quantization.NONE));
  }

  private static CaseFamily softmax(
      Column column,
      String detail,
      ElementType from,
      ElementType to,
      Quantization quantization,
      int maxDepth) {
    return CaseFamily.of(
            "SOFTMAX",
            column,
            random -> {
              Shape shape = rows(random, maxDepth);
              SoftmaxOptionsT options = new SoftmaxOptionsT();
              options.setBeta(random.pick(1f, 1f, 0.5f, 3f));
              return SingleOpModel.of(BuiltinOperator.SOFTMAX, random)
                  .options(options)
                  .input(random.quantized(from, shape))
                  .output(new TensorType(to, shape, quantization))
                  .sketch();
            })
        .detail(detail);
  }

  private static CaseFamily logSoftmax(
      Column column, ElementType element, Quantization quantization) {
    return CaseFamily.of(
        "LOG_SOFTMAX",
        column,
        random -> {
          Shape shape = rows(random, 40);
          return SingleOpModel.of(BuiltinOperator.LOG_SOFTMAX, random)
              .input(random.quantized(element, shape))
              .output(new TensorType(element, shape, quantization))
              .sketch();
        });
  }

  private static CaseFamily l2Normalization(
      Column column, ElementType element, Quantization quantization) {
    return CaseFamily.of(
        "L2_NORMALIZATION",
        column,
        random -> {
          Shape shape = rows(random, 40);
          return SingleOpModel.of(BuiltinOperator.L2_NORMALIZATION, random)
              .options(new L2NormOptionsT())
              .input(random.quantized(element, shape))
              .output(new TensorType(element, shape, quantization))
              .sketch();
        });
  }

  /// One to four dimensions, the last one up to `maxDepth`.
  private static Shape rows(CaseRandom random, int maxDepth) {
    Shape outer = random.shape(1, 3, 4);
    int depth = random.between(1, maxDepth);
    return random.chance(0.2)
        ? Shape.of(depth)
        : new Shape(
            java.util.stream.Stream.concat(outer.dims().stream(), java.util.stream.Stream.of(depth))
                .toList());
  }
}
