package dev.mote.optimizer.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mote.ir.Blob;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.Graph;
import dev.mote.ir.GraphText;
import dev.mote.optimizer.data.SampleSet;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PredictionsTest {

  private static final String FLOATS =
      """
      graph "floats" {
        tensor "x" float32 [1x2]
        tensor "w" float32 [2x2] = hex "0000803f000000000000000000000040"
        tensor "y" float32 [1x2]
        tensor "z" float32 [1x2]
        input "x"
        output "z"
        node "dense" FullyConnected(activation: NONE) "x" "w" -> "y"
        node "relu" Unary(kind: RELU) "y" -> "z"
      }
      """;

  private static final String INTEGERS =
      """
      graph "integers" {
        tensor "x" int8 [1x2] scale 0.5 zero 1
        tensor "y" int8 [1x2] scale 0.25 zero 0
        input "x"
        output "y"
        node "rescale" Quantize "x" -> "y"
      }
      """;

  @Test
  void floatModelsGiveTheirNumbers() {
    Predictions predictions = Predictions.of(graph(FLOATS), samples(1, 2, -3, 5));
    assertThat(predictions.size()).isEqualTo(2);
    assertThat(predictions.output(0, 0)).containsExactly(1, 4);
    assertThat(predictions.output(1, 0)).containsExactly(0, 10);
    assertThat(predictions.top(0)).isOne();
  }

  @Test
  void integerModelsTakeAndGiveReals() {
    Predictions predictions = Predictions.of(graph(INTEGERS), samples(1.3f, -2, 1000, -1000));
    assertThat(predictions.output(0, 0)).containsExactly(1.5f, -2);
    assertThat(predictions.output(1, 0)).containsExactly(31.75f, -32);
  }

  @Test
  void everyTensorIsObservedUnderItsName() {
    List<String> seen = new ArrayList<>();
    Predictions.observe(
        graph(FLOATS),
        samples(1, -2),
        (sample, tensor, reals) -> seen.add(sample + tensor + reals[0] + "," + reals[1]));
    assertThat(seen).containsExactly("0x1.0,-2.0", "0y1.0,-4.0", "0z1.0,0.0");
  }

  @Test
  void compiledAndInterpretedAgree() {
    Graph graph = graph(INTEGERS);
    Execution slow = new Execution.Interpreted(graph, new dev.mote.reference.Interpreter(graph));
    Blob input = Blob.of(new byte[] {7, -100});
    try (Execution fast = Execution.open(graph)) {
      assertThat(slow.run(List.of(input))).isEqualTo(fast.run(List.of(input)));
      assertThat(slow.isInterpreted()).isTrue();
    }
  }

  @Test
  void samplesOfAnotherModelAreRefused() {
    SampleSet three = new SampleSet("s", List.of(List.of(blob(1, 2, 3))), List.of(), List.of());
    assertThatThrownBy(() -> Predictions.of(graph(FLOATS), three))
        .isInstanceOf(DiagnosticException.class)
        .hasMessageStartingWith(
            "MOTE-1302 s for floats: a sample has [3] numbers, the model's inputs take [2]");
    SampleSet none = new SampleSet("s", List.of(), List.of(), List.of());
    assertThatThrownBy(() -> Predictions.of(graph(FLOATS), none))
        .hasMessageStartingWith("MOTE-1301");
  }

  private static Graph graph(String text) {
    return GraphText.parse(text);
  }

  /// Samples of two numbers.
  private static SampleSet samples(float... numbers) {
    List<List<Blob>> inputs = new ArrayList<>();
    for (int i = 0; i < numbers.length; i += 2) {
      inputs.add(List.of(blob(numbers[i], numbers[i + 1])));
    }
    return new SampleSet("s", inputs, List.of(), List.of());
  }

  private static Blob blob(float... numbers) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Float.BYTES * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float number : numbers) {
      bytes.putFloat(number);
    }
    return Blob.of(bytes.array());
  }
}
