package dev.mote.testkit.cases;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.frontends.tflite.TfliteReader;
import dev.mote.frontends.tflite.schema.BuiltinOperator;
import dev.mote.frontends.tflite.schema.SoftmaxOptionsT;
import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import dev.mote.plugin.ModelReader;
import org.junit.jupiter.api.Test;

/// Quantizations that the arithmetic of an operator cannot take are refused at import.
class RefusedQuantizationTest {

  @Test
  void logisticNeedsTheOutputOfTheConverter() {
    assertThat(refusal(BuiltinOperator.LOGISTIC, ElementType.INT8, 0.1f, 0.01f, -128))
        .contains(
            "its output has scale 0.01 and zero point -128 instead of 0.00390625 and -128\n"
                + "  Fix: quantize the model with TFLite's converter, which gives this operator"
                + " that scale.");
  }

  @Test
  void softmaxNeedsTheOutputOfTheConverter() {
    assertThat(refusal(BuiltinOperator.SOFTMAX, ElementType.INT8, 0.1f, 1f / 256, 0))
        .contains(
            "its output has scale 0.00390625 and zero point 0 instead of 0.00390625 and -128");
  }

  @Test
  void tanhOfInt16NeedsAnInputThatFitsItsTable() {
    assertThat(refusal(BuiltinOperator.TANH, ElementType.INT16, 3f, 1f / 32768, 0))
        .contains("its input has scale 3.0; int16 needs at most 2.66");
  }

  @Test
  void hardSwishNeedsAnInputThatIsFineEnough() {
    assertThat(refusal(BuiltinOperator.HARD_SWISH, ElementType.INT8, 2f, 0.01f, 0))
        .contains("its input has scale 2.0, 128 times its output's or more");
  }

  private static String refusal(
      int builtin, ElementType element, float inputScale, float outputScale, int outputZeroPoint) {
    Shape shape = Shape.of(1, 4);
    SingleOpModel model = SingleOpModel.of(builtin, new CaseRandom(1, 0));
    if (builtin == BuiltinOperator.SOFTMAX) {
      SoftmaxOptionsT options = new SoftmaxOptionsT();
      options.setBeta(1);
      model.options(options);
    }
    ModelSketch sketch =
        model
            .input(new TensorType(element, shape, new Quantization.PerTensor(inputScale, 0)))
            .output(
                new TensorType(
                    element, shape, new Quantization.PerTensor(outputScale, outputZeroPoint)))
            .sketch();
    ModelReader.Result result =
        new TfliteReader()
            .read(Blob.of(sketch.build()), "model.tflite", ModelReader.Options.standard());
    return switch (result) {
      case ModelReader.Result.Refused(var problems) -> problems.toString();
      case ModelReader.Result.Model _ -> "accepted";
    };
  }
}
