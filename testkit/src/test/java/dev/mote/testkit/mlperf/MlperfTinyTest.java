package dev.mote.testkit.mlperf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mote.frontends.tflite.TfliteReader;
import dev.mote.frontends.tflite.TfliteWriter;
import dev.mote.ir.Blob;
import dev.mote.ir.Graph;
import dev.mote.ir.TensorType;
import dev.mote.plugin.ModelReader;
import dev.mote.plugin.ModelWriter;
import dev.mote.reference.Interpreter;
import dev.mote.testkit.cases.Agreement;
import dev.mote.testkit.cases.CaseRandom;
import dev.mote.testkit.cases.Values;
import dev.mote.testkit.differential.Comparison;
import dev.mote.testkit.differential.HostBatch;
import dev.mote.testkit.oracle.TfliteOperators;
import dev.mote.testkit.oracle.TfliteOracle;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The MLPerf Tiny models: golden outputs for int8, TFLite for floats.
class MlperfTinyTest {

  private static final int RANDOM_INPUTS = 10;

  // Softmax turns a tiny difference of logits into a relative one, so near zero an absolute bound.
  private static final Agreement FLOAT = new Agreement.Close(1e-5f, 1e-6f);

  @BeforeEach
  void requireModels() {
    assumeTrue(MlperfTiny.folder().isPresent(), MlperfTiny.absence());
    assumeTrue(TfliteOracle.obstacle().isEmpty(), () -> TfliteOracle.obstacle().orElse(""));
  }

  static Stream<String> int8Models() {
    return MlperfTiny.INT8.stream();
  }

  static Stream<String> floatModels() {
    return MlperfTiny.FLOAT.stream();
  }

  @ParameterizedTest
  @MethodSource("int8Models")
  void theReferenceInterpreterGivesTheGoldenOutput(String name) {
    Interpreter interpreter = new Interpreter(MlperfTiny.graph(name));
    assertThat(interpreter.run(List.of(MlperfTiny.read(name + ".in.bin"))).getFirst())
        .isEqualTo(MlperfTiny.read(name + ".out.bin"));
  }

  /// Of fully connected layers, which desktop TFLite rounds otherwise, the file is only read again.
  @ParameterizedTest
  @MethodSource("int8Models")
  void theWrittenModelGivesTheGoldenOutput(String name) {
    Graph graph = MlperfTiny.graph(name);
    ModelWriter.Result result = new TfliteWriter().write(graph);
    assertThat(result).isInstanceOf(ModelWriter.Result.Written.class);
    Blob file = ((ModelWriter.Result.Written) result).file();
    assertThat(new TfliteReader().read(file, name + ".tflite", ModelReader.Options.standard()))
        .isEqualTo(new ModelReader.Result.Model(graph));
    assertThat(TfliteOperators.missing(file.toByteArray())).isEmpty();
    if (!MlperfTiny.isFullyConnected(name)) {
      try (TfliteOracle oracle = TfliteOracle.of(file.toByteArray())) {
        assertThat(oracle.run(List.of(MlperfTiny.read(name + ".in.bin"))).getFirst())
            .isEqualTo(MlperfTiny.read(name + ".out.bin"));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("int8Models")
  void theEmittedCodeGivesTheGoldenOutput(String name) {
    HostBatch batch = new HostBatch();
    assertThat(batch.add(MlperfTiny.graph(name))).isEmpty();
    try (HostBatch.Library library = batch.build()) {
      assertThat(library.start(0).run(List.of(MlperfTiny.read(name + ".in.bin"))).getFirst())
          .isEqualTo(MlperfTiny.read(name + ".out.bin"));
    }
  }

  @ParameterizedTest
  @MethodSource("int8Models")
  void everyExecutionAgreesOnRandomInputs(String name) {
    ConformanceSweep.Row row = ConformanceSweep.run(name, RANDOM_INPUTS);
    assertThat(row.passed()).as(row.toString()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("floatModels")
  void floatModelsAgreeWithTflite(String name) {
    Graph graph = MlperfTiny.graph(name);
    Interpreter interpreter = new Interpreter(graph);
    HostBatch batch = new HostBatch();
    assertThat(batch.add(graph)).isEmpty();
    TensorType inputType = graph.tensor(graph.inputs().getFirst()).type();
    TensorType outputType = graph.tensor(graph.outputs().getFirst()).type();
    try (TfliteOracle oracle = TfliteOracle.of(MlperfTiny.model(name));
        HostBatch.Library library = batch.build()) {
      HostBatch.Session session = library.start(0);
      for (int i = 0; i < RANDOM_INPUTS; i++) {
        List<byte[]> input = List.of(Values.reals(-1, 1).draw(new CaseRandom(i, i), inputType));
        byte[] expected = oracle.run(input).getFirst();
        assertThat(
                Comparison.difference(
                    outputType, expected, interpreter.run(input).getFirst(), FLOAT))
            .as("reference interpreter against TFLite")
            .isEmpty();
        assertThat(
                Comparison.difference(outputType, expected, session.run(input).getFirst(), FLOAT))
            .as("emitted C against TFLite")
            .isEmpty();
      }
    }
  }
}
