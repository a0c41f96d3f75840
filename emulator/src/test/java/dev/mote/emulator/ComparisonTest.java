package dev.mote.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import dev.mote.pipeline.CompiledModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComparisonTest {

  private static final CompiledModel MODEL = ToyModel.forTarget("host");
  private static final Comparison EXACT = new Comparison(0);

  private static Inference inference(Blob sum, Blob output) {
    return new Inference(
        List.of(output),
        List.of(
            new Inference.LayerOutput(0, "sum", sum), new Inference.LayerOutput(1, "y", output)),
        OptionalLong.empty(),
        OptionalLong.empty());
  }

  private static Blob with(Blob blob, int index, int value) {
    byte[] bytes = blob.toByteArray();
    bytes[index] = (byte) value;
    return Blob.of(bytes);
  }

  @Test
  void theFirstLayerThatDiffersIsNamedWithTensorIndexAndValues() {
    Blob sum = ToyModel.sum(ToyModel.input(0), 0);
    Blob output = ToyModel.exponentials(sum);
    Blob wrong = with(with(sum, 7, -1), 9, -2);
    Inference actual = inference(wrong, ToyModel.exponentials(wrong));

    assertThat(EXACT.first(MODEL, actual, Map.of("sum", sum, "y", output)))
        .get()
        .hasToString(
            "layer 0 Binary ADD 'add' (toy_add), tensor 'sum', element 7: expected 7, got -1"
                + " (2 of 64 elements differ)");
  }

  @Test
  void tensorsThatNothingIsExpectedOfArePassedOver() {
    Blob sum = ToyModel.sum(ToyModel.input(0), 0);
    Blob output = ToyModel.exponentials(sum);
    Inference actual = inference(with(sum, 7, -1), output);

    assertThat(EXACT.first(MODEL, actual, Map.of("y", output))).isEmpty();
    assertThat(EXACT.first(MODEL, actual, Map.of())).isEmpty();
  }

  @Test
  void withoutLayerOutputsTheModelsOutputsAreCompared() {
    Blob output = ToyModel.exponentials(ToyModel.input(0));
    Blob expected = ToyModel.exponentials(ToyModel.input(1));
    Inference actual =
        new Inference(List.of(output), List.of(), OptionalLong.empty(), OptionalLong.empty());

    assertThat(EXACT.first(MODEL, actual, Map.of("y", expected)))
        .get()
        .hasToString(
            "output, tensor 'y', element 0: expected 1.0100502, got 1.0 (64 of 64 elements differ)");
    assertThat(EXACT.outputs(MODEL, actual.outputs(), List.of(expected))).isPresent();
    assertThat(EXACT.outputs(MODEL, actual.outputs(), List.of(output))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, true",
    "1, 1.0000099, true",
    "1, 1.00102, false",
    "0, 0.0009, true",
    "0, 0.0011, false",
    "0, -0.0, true",
    "NaN, NaN, true",
    "NaN, 1, false",
    "1, NaN, false",
    "Infinity, Infinity, true",
    "Infinity, -Infinity, false",
    "Infinity, 3.4e38, false"
  })
  void floatsMayDifferByAFractionOfTheLargestMagnitude(float expected, float actual, boolean same) {
    // The largest magnitude is the second element's 100.
    assertThat(
            Comparison.standard()
                .tensors(
                    Optional.empty(),
                    "t",
                    TensorType.plain(ElementType.FLOAT32, Shape.of(2)),
                    floats(expected, 100f),
                    floats(actual, 100f))
                .isEmpty())
        .isEqualTo(same);
  }

  @Test
  void packedNibblesAreComparedElementByElement() {
    assertThat(
            EXACT.tensors(
                Optional.empty(),
                "t",
                TensorType.plain(ElementType.INT4, Shape.of(3)),
                Blob.of(new byte[] {0x21, 0x03}),
                Blob.of(new byte[] {(byte) 0xf1, 0x03})))
        .get()
        .hasToString("output, tensor 't', element 1: expected 2, got -1 (1 of 3 elements differ)");
  }

  private static Blob floats(float... values) {
    ByteBuffer buffer = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      buffer.putFloat(value);
    }
    return Blob.of(buffer.array());
  }
}
