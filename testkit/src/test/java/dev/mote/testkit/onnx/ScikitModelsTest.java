package dev.mote.testkit.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.frontends.onnx.OnnxReader;
import dev.mote.frontends.onnx.schema.OnnxMl.ModelProto;
import dev.mote.frontends.onnx.schema.OnnxMl.TensorProto;
import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.plugin.ModelReader;
import dev.mote.reference.Interpreter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Models that scikit-learn trained, as ONNX: `examples/scikit-learn/make_onnx_models.py` wrote
/// them with the operators that converters use, and what scikit-learn says of test rows.
class ScikitModelsTest {

  private static final double TOLERANCE = 1e-5;

  /// For distances to the centres of k-means: the file's formula takes differences of large numbers
  /// in float, scikit-learn in double. ONNX Runtime is as far away; the clusters are the same.
  private static final double WIDE_TOLERANCE = 5e-5;

  private record Row(float[] features, double[] numbers, int place) {}

  static Stream<String> names() {
    return Stream.of(
            "digits_forest cancer_forest iris_boosting cancer_boosting diabetes_forest",
            "wine_logistic cancer_logistic diabetes_ridge iris_machine diabetes_machine iris_bayes",
            "iris_mixture iris_means iris_neighbours wine_neighbours digits_components iris_layers")
        .flatMap(line -> Stream.of(line.split(" ")))
        .map(name -> "onnx_" + name);
  }

  @ParameterizedTest
  @MethodSource("names")
  void theReferenceAnswersAsScikitLearnDoes(String name) {
    Graph graph = graph(name);
    double tolerance = name.endsWith("means") ? WIDE_TOLERANCE : TOLERANCE;
    Interpreter interpreter = new Interpreter(graph);
    for (Row row : rows(name)) {
      List<byte[]> outputs = interpreter.run(List.of(bytes(row.features())));
      double[] numbers = floats(outputs.getLast());
      assertThat(numbers).hasSameSizeAs(row.numbers());
      for (int i = 0; i < numbers.length; i++) {
        double allowed = tolerance * Math.max(1, Math.abs(row.numbers()[i]));
        assertThat(Math.abs(numbers[i] - row.numbers()[i])).isLessThanOrEqualTo(allowed);
      }
      if (row.place() >= 0) {
        assertThat(graph.tensor(graph.outputs().getFirst()).element()).isEqualTo(ElementType.INT64);
        assertThat(bytesOf(outputs.getFirst()).getLong(0)).isEqualTo(row.place());
      }
    }
  }

  @Test
  void onnxRuntimeAndEmittedCodeAnswerTheSame() {
    List<RuntimeCase> cases = new ArrayList<>();
    names()
        .forEach(
            name -> {
              List<Map<String, TensorProto>> feeds =
                  rows(name).stream()
                      .limit(10)
                      .map(
                          row ->
                              OnnxSketch.feed(
                                  "X",
                                  OnnxSketch.floats(
                                      List.of(1L, (long) row.features().length), row.features())))
                      .toList();
              cases.add(new RuntimeCase(name, model(name), feeds, 2e-5, 2e-5));
            });
    assertThat(RuntimeOracle.differences(cases)).isEmpty();
  }

  @Test
  void namesOfClassesAreKept() {
    assertThat(graph("onnx_iris_machine").classes())
        .containsExactly("setosa", "versicolor", "virginica");
    assertThat(graph("onnx_cancer_forest").classes()).containsExactly("0", "1");
    assertThat(graph("onnx_diabetes_ridge").classes()).isEmpty();
  }

  private static byte[] resource(String file) {
    try (InputStream stream =
        java.util.Objects.requireNonNull(
            ScikitModelsTest.class.getResourceAsStream("/classical/" + file), file)) {
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ModelProto model(String name) {
    try {
      return ModelProto.parseFrom(resource(name + ".onnx"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Graph graph(String name) {
    Blob file = Blob.of(resource(name + ".onnx"));
    return switch (new OnnxReader().read(file, name + ".onnx", ModelReader.Options.standard())) {
      case ModelReader.Result.Model(Graph graph) -> graph;
      case ModelReader.Result.Refused(var problems) -> throw new AssertionError(problems);
    };
  }

  private static List<Row> rows(String name) {
    return new String(resource(name + ".csv"), StandardCharsets.UTF_8)
        .lines()
        .map(
            line -> {
              String[] parts = line.split(";", -1);
              double[] features = numbers(parts[0]);
              float[] narrow = new float[features.length];
              for (int i = 0; i < narrow.length; i++) {
                narrow[i] = (float) features[i];
              }
              int place = parts.length > 2 ? Integer.parseInt(parts[2]) : -1;
              return new Row(narrow, numbers(parts[1]), place);
            })
        .toList();
  }

  private static double[] numbers(String text) {
    return Arrays.stream(text.split(",", -1)).mapToDouble(Double::parseDouble).toArray();
  }

  private static byte[] bytes(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return bytes.array();
  }

  private static ByteBuffer bytesOf(byte... output) {
    return ByteBuffer.wrap(output).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static double[] floats(byte... output) {
    ByteBuffer bytes = bytesOf(output);
    double[] values = new double[output.length / 4];
    for (int i = 0; i < values.length; i++) {
      values[i] = bytes.getFloat(4 * i);
    }
    return values;
  }
}
