package dev.mote.testkit.cases;

import dev.mote.frontends.tflite.schema.BuiltinOperator;
import dev.mote.frontends.tflite.schema.LeakyReluOptionsT;
import dev.mote.ir.ElementType;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import java.util.ArrayList;
import java.util.List;

/// Cases of operators on one operand, element by element.
final class UnaryCases {

  private static final Values NOT_NEGATIVE = Values.reals(0, 8);

  private UnaryCases() {}

  static List<CaseFamily> families() {
    List<CaseFamily> families = new ArrayList<>();
    rectifiers(families);
    slopes(families);
    sigmoids(families);
    magnitudes(families);
    realFunctions(families);
    families.add(
        CaseFamily.of(
            "LOGICAL_NOT", Column.BOOL, random -> plain(random, "LOGICAL_NOT", ElementType.BOOL)));
    return families;
  }

  private static void rectifiers(List<CaseFamily> families) {
    for (String operator : List.of("RELU", "RELU6", "RELU_N1_TO_1", "RELU_0_TO_1")) {
      families.add(requantizing(operator, Column.INT8, ElementType.INT8));
      families.add(requantizing(operator, Column.INT8, ElementType.INT8, 1, 1).detail("one scale"));
      families.add(real(operator, Values.any()));
    }
    for (String operator : List.of("RELU", "RELU6")) {
      families.add(requantizing(operator, Column.INT16, ElementType.INT16));
    }
    families.add(requantizing("RELU", Column.UINT8, ElementType.UINT8));
    families.add(requantizing("RELU6", Column.UINT8, ElementType.UINT8));
    families.add(requantizing("ELU", Column.INT8, ElementType.INT8));
    families.add(real("ELU", Values.any()));
    families.add(requantizing("HARD_SWISH", Column.INT8, ElementType.INT8, 0.02f, 100));
    families.add(requantizing("HARD_SWISH", Column.UINT8, ElementType.UINT8, 0.02f, 100));
    families.add(real("HARD_SWISH", Values.any()));
  }

  private static void slopes(List<CaseFamily> families) {
    families.add(leakyRelu(Column.INT8, ElementType.INT8));
    families.add(leakyRelu(Column.UINT8, ElementType.UINT8));
    families.add(leakyRelu(Column.INT16, ElementType.INT16));
    families.add(leakyRelu(Column.FLOAT32, ElementType.FLOAT32));
    families.add(prelu(Column.INT8, ElementType.INT8, ElementType.INT8));
    families.add(prelu(Column.UINT8, ElementType.UINT8, ElementType.UINT8));
    families.add(
        prelu(Column.INT16, ElementType.INT16, ElementType.INT8)
            .oracle(new Agreement.Absent("TFLite has no PRELU of int16, TFLite Micro has")));
    families.add(prelu(Column.FLOAT32, ElementType.FLOAT32, ElementType.FLOAT32));
  }

  private static void sigmoids(List<CaseFamily> families) {
    families.add(fixedOutput("LOGISTIC", ElementType.INT8, 1f / 256, -128));
    families.add(fixedOutput("LOGISTIC", ElementType.UINT8, 1f / 256, 0));
    families.add(fixedOutput("LOGISTIC", ElementType.INT16, 1f / 32768, 0));
    families.add(real("LOGISTIC", Values.reals(-30, 30)));
    families.add(fixedOutput("TANH", ElementType.INT8, 1f / 128, 0));
    families.add(fixedOutput("TANH", ElementType.UINT8, 1f / 128, 128));
    families.add(fixedOutput("TANH", ElementType.INT16, 1f / 32768, 0));
    families.add(real("TANH", Values.any()));
  }

  private static void magnitudes(List<CaseFamily> families) {
    families.add(requantizing("ABS", Column.INT8, ElementType.INT8));
    families.add(requantizing("ABS", Column.INT16, ElementType.INT16));
    families.add(real("ABS", Values.any()));
    families.add(
        CaseFamily.of("ABS", Column.INT32, random -> plain(random, "ABS", ElementType.INT32)));
    families.add(
        CaseFamily.of("NEG", Column.INT32, random -> plain(random, "NEG", ElementType.INT32)));
    families.add(
        CaseFamily.of("NEG", Column.INT64, random -> plain(random, "NEG", ElementType.INT64)));
    families.add(real("NEG", Values.any()));
  }

  private static void realFunctions(List<CaseFamily> families) {
    families.add(real("SQUARE", Values.any()));
    families.add(real("SQRT", NOT_NEGATIVE));
    families.add(real("RSQRT", NOT_NEGATIVE));
    families.add(real("EXP", Values.any()));
    families.add(real("LOG", NOT_NEGATIVE));
    families.add(real("SIN", Values.any()));
    families.add(real("COS", Values.any()));
    families.add(real("FLOOR", Values.any()));
    families.add(real("CEIL", Values.any()));
    families.add(real("ROUND", (random, type) -> Values.floats(type, i -> halves(random, i))));
    families.add(exp());
    families.add(positive("LOG", ElementType.INT8));
    families.add(positive("RSQRT", ElementType.INT8));
    families.add(
        positive("RSQRT", ElementType.INT16)
            .oracle(
                new Agreement.Absent(
                    "TFLite interpolates in a table of 513 samples, TFLite Micro computes each")));
  }

  private static float halves(CaseRandom random, int index) {
    return index % 2 == 0 ? 0.5f * random.between(-9, 9) : random.real(-9, 9);
  }

  /// Floats, with values of a function's domain.
  private static CaseFamily real(String operator, Values values) {
    return CaseFamily.of(
        operator,
        Column.FLOAT32,
        random -> {
          TensorType type = TensorType.plain(ElementType.FLOAT32, random.shape(1, 4, 6));
          return SingleOpModel.of(code(operator), random).input(type, values).output(type).sketch();
        });
  }

  private static ModelSketch plain(CaseRandom random, String operator, ElementType element) {
    TensorType type = TensorType.plain(element, random.shape(1, 4, 6));
    return SingleOpModel.of(code(operator), random).input(type).output(type).sketch();
  }

  /// Any quantization of input and output.
  private static CaseFamily requantizing(String operator, Column column, ElementType element) {
    return CaseFamily.of(
        operator,
        column,
        random -> {
          Shape shape = random.shape(1, 4, 6);
          return SingleOpModel.of(code(operator), random)
              .input(random.quantized(element, shape))
              .output(random.quantized(element, shape))
              .sketch();
        });
  }

  /// The output's scale is the input's times a factor from `low` to `high`.
  private static CaseFamily requantizing(
      String operator, Column column, ElementType element, float low, float high) {
    return CaseFamily.of(
        operator,
        column,
        random -> {
          Shape shape = random.shape(1, 4, 6);
          Quantization.PerTensor from = random.quantization(element);
          int zeroPoint = low == high ? from.zeroPoint() : random.quantization(element).zeroPoint();
          float scale = from.scale() * random.real(low, high);
          return SingleOpModel.of(code(operator), random)
              .input(new TensorType(element, shape, from))
              .output(new TensorType(element, shape, new Quantization.PerTensor(scale, zeroPoint)))
              .sketch();
        });
  }

  private static CaseFamily fixedOutput(
      String operator, ElementType element, float scale, int zeroPoint) {
    return CaseFamily.of(
        operator,
        Column.valueOf(element.name()),
        random -> {
          Shape shape = random.shape(1, 4, 6);
          Quantization.PerTensor from = random.quantization(element);
          if (element == ElementType.INT16) {
            // What 16-bit models have, and scales around it.
            from =
                new Quantization.PerTensor(
                    random.chance(0.4)
                        ? random.pick(1f / 4096, 1f / 2048, 1f / 8192)
                        : (float) Math.pow(2, random.real(-14, 1)),
                    0);
          }
          return SingleOpModel.of(code(operator), random)
              .input(new TensorType(element, shape, from))
              .output(new TensorType(element, shape, new Quantization.PerTensor(scale, zeroPoint)))
              .sketch();
        });
  }

  /// Elements whose real value is above zero.
  private static CaseFamily positive(String operator, ElementType element) {
    return CaseFamily.of(
        operator,
        Column.valueOf(element.name()),
        random -> {
          Shape shape = random.shape(1, 4, 6);
          int zeroPoint = element == ElementType.INT8 ? random.between(-128, 100) : 0;
          TensorType from =
              new TensorType(element, shape, new Quantization.PerTensor(random.scale(), zeroPoint));
          return SingleOpModel.of(code(operator), random)
              .input(from, Values.between(zeroPoint + 1, element.maxValue()))
              .output(random.quantized(element, shape))
              .sketch();
        });
  }

  /// Small exponents: TFLite leaves open what becomes of numbers beyond int32.
  private static CaseFamily exp() {
    return CaseFamily.of(
        "EXP",
        Column.INT8,
        random -> {
          Shape shape = random.shape(1, 4, 6);
          float scale = random.real(0.001f, 0.03f);
          int zeroPoint = random.quantization(ElementType.INT8).zeroPoint();
          return SingleOpModel.of(BuiltinOperator.EXP, random)
              .input(
                  new TensorType(
                      ElementType.INT8, shape, new Quantization.PerTensor(scale, zeroPoint)))
              .output(random.quantized(ElementType.INT8, shape))
              .sketch();
        });
  }

  private static CaseFamily leakyRelu(Column column, ElementType element) {
    return CaseFamily.of(
        "LEAKY_RELU",
        column,
        random -> {
          Shape shape = random.shape(1, 4, 6);
          LeakyReluOptionsT options = new LeakyReluOptionsT();
          options.setAlpha(random.pick(0.01f, 0.1f, 0.3f, 1.5f, -0.5f, 0f));
          return SingleOpModel.of(BuiltinOperator.LEAKY_RELU, random)
              .options(options)
              .input(random.quantized(element, shape))
              .output(random.quantized(element, shape))
              .sketch();
        });
  }

  private static CaseFamily prelu(Column column, ElementType element, ElementType slope) {
    return CaseFamily.of(
        "PRELU",
        column,
        random -> {
          Shape shape = random.shape(1, 4, 6);
          return SingleOpModel.of(BuiltinOperator.PRELU, random)
              .input(random.quantized(element, shape))
              .constant(random.quantized(slope, random.broadcastable(shape)), Values.any())
              .output(random.quantized(element, shape))
              .sketch();
        });
  }

  private static int code(String operator) {
    return java.util.Arrays.asList(BuiltinOperator.names).indexOf(operator);
  }
}
