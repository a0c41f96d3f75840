package dev.mote.testkit.writers;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.mote.frontends.onnx.OnnxWriter;
import dev.mote.frontends.tflite.TfliteWriter;
import dev.mote.ir.Blob;
import dev.mote.ir.Graph;
import dev.mote.ir.GraphText;
import dev.mote.plugin.ModelWriter;
import dev.mote.reference.Interpreter;
import dev.mote.testkit.cases.Agreement;
import dev.mote.testkit.cases.CaseRandom;
import dev.mote.testkit.cases.Values;
import dev.mote.testkit.differential.Comparison;
import dev.mote.testkit.oracle.TfliteOracle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What no TFLite model brings along, and so no family of cases covers: functions that a format
/// lacks, padding without a name, classical models.
class CompositesTest {

  private static final Agreement CLOSE = new Agreement.Close(2e-5f, 2e-5f);

  @ParameterizedTest
  @CsvSource({
    "TAN, -1, 1",
    "SINH, -2, 2",
    "COSH, -2, 2",
    "ASINH, -9, 9",
    "ACOSH, 1.1, 9",
    "ATANH, -0.9, 0.9",
    "SIGN, -2, 2",
    "SOFTPLUS, -20, 20"
  })
  void functionsAreWrittenAsSeveral(String kind, float low, float high) throws OrtException {
    bothGiveTheSame(
        """
        graph "net" {
          tensor "x" float32 [2x5]
          tensor "y" float32 [2x5]
          input "x"
          output "y"
          node "y" Unary(kind: %s) "x" -> "y"
        }
        """
            .formatted(kind),
        low,
        high);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ASIN", "ACOS", "ATAN", "ERF"})
  void whatTfliteCannotIsRefusedAndWrittenAsOnnx(String kind) throws OrtException {
    Graph graph =
        GraphText.parse(
            """
            graph "net" {
              tensor "x" float32 [2x5]
              tensor "y" float32 [2x5]
              input "x"
              output "y"
              node "y" Unary(kind: %s) "x" -> "y"
            }
            """
                .formatted(kind));
    assertThat(new TfliteWriter().write(graph))
        .isInstanceOfSatisfying(
            ModelWriter.Result.Refused.class,
            refused ->
                assertThat(refused.problems().getFirst().toString())
                    .isEqualTo(
                        "MOTE-1361 net, %s 'y' (op #0): TFLite has no such operator, and none that together compute it\n  Fix: write the model as .onnx, which has it."
                            .formatted(
                                kind.charAt(0) + kind.substring(1).toLowerCase(Locale.ROOT))));
    onnxGivesTheSame(graph, inputs(graph, -0.9f, 0.9f));
  }

  @ParameterizedTest
  @CsvSource({
    "LINEAR, 1, 0, 1",
    "POLYNOMIAL, 0.5, 1, 3",
    "SIGMOID, 0.1, 0.2, 1",
    "RBF, 0.3, 0, 1",
    "SQUARED_DISTANCE, 1, 0, 1",
    "MANHATTAN, 1, 0, 1"
  })
  void kernelsAreWrittenAsSeveral(String kind, float gamma, float offset, int degree)
      throws OrtException {
    bothGiveTheSame(
        """
        graph "net" {
          tensor "x" float32 [2x2]
          tensor "v" float32 [3x2] = hex "0000803f000000400000003f000080bf0000003e00004040"
          tensor "y" float32 [2x3]
          input "x"
          output "y"
          node "y" KernelMatrix(kind: %s, gamma: %s, offset: %s, degree: %d) "x" "v" -> "y"
        }
        """
            .formatted(kind, gamma, offset, degree),
        -1,
        1);
  }

  /// As PyTorch pads: alike on both sides, which is not SAME at a stride of 2.
  @ParameterizedTest
  @ValueSource(strings = {"MAX", "AVERAGE"})
  void poolsOfAnyPadding(String kind) throws OrtException {
    bothGiveTheSame(
        """
        graph "net" {
          tensor "x" float32 [1x6x6x2]
          tensor "y" float32 [1x3x3x2]
          input "x"
          output "y"
          node "y" Pool2d(kind: %s, window: (kernelHeight: 3, kernelWidth: 3, strideHeight: 2, strideWidth: 2, dilationHeight: 1, dilationWidth: 1, padTop: 1, padBottom: 1, padLeft: 1, padRight: 1), activation: RELU) "x" -> "y"
        }
        """
            .formatted(kind),
        -1,
        1);
  }

  @Test
  void maximaOfIntegersWithAnyPaddingAreExact() throws OrtException {
    bothGiveTheSame(
        """
        graph "net" {
          tensor "x" int8 [1x6x6x2] scale 0.5 zero 3
          tensor "y" int8 [1x3x3x2] scale 0.5 zero 3
          input "x"
          output "y"
          node "y" Pool2d(kind: MAX, window: (kernelHeight: 3, kernelWidth: 3, strideHeight: 2, strideWidth: 2, dilationHeight: 1, dilationWidth: 1, padTop: 1, padBottom: 1, padLeft: 1, padRight: 1), activation: NONE) "x" -> "y"
        }
        """,
        -1,
        1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"SUM", "MEAN", "MIN", "MAX"})
  void treesAreWrittenAsOnnx(String aggregate) throws OrtException {
    Graph graph =
        GraphText.parse(
            """
            graph "net" {
              tensor "x" float32 [4x2]
              tensor "features" int32 [2] = hex "0000000001000000"
              tensor "thresholds" float32 [2] = hex "0000000000000000"
              tensor "left" int32 [2] = hex "01000000feffffff"
              tensor "right" int32 [2] = hex "fffffffffdffffff"
              tensor "missing" bool [2] = hex "0100"
              tensor "roots" int32 [2] = hex "0000000001000000"
              tensor "targets" int32 [2] = hex "0000000000000000"
              tensor "leaves" float32 [3x1] = hex "0000803f0000004000004040"
              tensor "base" float32 [1] = hex "0000003f"
              tensor "y" float32 [4x1]
              input "x"
              output "y"
              node "y" TreeEnsemble(aggregate: %s) "x" "features" "thresholds" "left" "right" "missing" "roots" "targets" "leaves" "base" -> "y"
            }
            """
                .formatted(aggregate));
    onnxGivesTheSame(graph, inputs(graph, -1, 1));
    assertThat(new TfliteWriter().write(graph)).isInstanceOf(ModelWriter.Result.Refused.class);
  }

  @Test
  void neighboursAreWrittenAsOnnx() throws OrtException {
    Graph graph =
        GraphText.parse(
            """
            graph "net" {
              tensor "d" float32 [2x4]
              tensor "v" float32 [4x1] = hex "0000803f000000400000404000008040"
              tensor "y" float32 [2x1]
              input "d"
              output "y"
              node "y" NearestVote(neighbours: 3, weighting: UNIFORM) "d" "v" -> "y"
            }
            """);
    onnxGivesTheSame(graph, inputs(graph, 0, 1));
  }

  private static void bothGiveTheSame(String text, float low, float high) throws OrtException {
    Graph graph = GraphText.parse(text);
    List<List<Blob>> inputs = inputs(graph, low, high);
    tfliteGivesTheSame(graph, inputs);
    onnxGivesTheSame(graph, inputs);
  }

  static void tfliteGivesTheSame(Graph graph, List<List<Blob>> invocations) {
    Blob file = file(new TfliteWriter().write(graph));
    if (TfliteOracle.obstacle().isPresent()) {
      return;
    }
    Interpreter interpreter = new Interpreter(graph);
    try (TfliteOracle tflite = TfliteOracle.of(file.toByteArray())) {
      for (List<Blob> invocation : invocations) {
        List<byte[]> inputs = invocation.stream().map(Blob::toByteArray).toList();
        List<byte[]> expected = interpreter.run(inputs);
        List<byte[]> actual = tflite.run(inputs);
        for (int i = 0; i < expected.size(); i++) {
          assertThat(
                  Comparison.difference(
                      graph.tensor(graph.outputs().get(i)).type(),
                      expected.get(i),
                      actual.get(i),
                      CLOSE))
              .isEmpty();
        }
      }
    }
  }

  private static void onnxGivesTheSame(Graph graph, List<List<Blob>> invocations)
      throws OrtException {
    Blob file = file(new OnnxWriter().write(graph));
    assertThat(OnnxRoundTrip.difference(graph, file, invocations, 0, OptLevel.NO_OPT)).isEmpty();
  }

  private static Blob file(ModelWriter.Result result) {
    return switch (result) {
      case ModelWriter.Result.Written(Blob file) -> file;
      case ModelWriter.Result.Refused(var problems) -> throw new AssertionError(problems);
    };
  }

  private static List<List<Blob>> inputs(Graph graph, float low, float high) {
    List<List<Blob>> all = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      CaseRandom random = new CaseRandom(i, i);
      all.add(
          graph.inputs().stream()
              .map(name -> graph.tensor(name).type())
              .map(
                  type ->
                      Blob.of(
                          (type.element().isFloat() ? Values.reals(low, high) : Values.any())
                              .draw(random, type)))
              .toList());
    }
    return all;
  }
}
