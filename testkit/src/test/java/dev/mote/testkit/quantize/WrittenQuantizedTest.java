package dev.mote.testkit.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mote.frontends.tflite.TfliteReader;
import dev.mote.frontends.tflite.TfliteWriter;
import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import dev.mote.pipeline.quantize.ActivationFormat;
import dev.mote.pipeline.quantize.Calibration;
import dev.mote.pipeline.quantize.LayerFormat;
import dev.mote.pipeline.quantize.QuantizationScheme;
import dev.mote.pipeline.quantize.Quantizer;
import dev.mote.pipeline.quantize.ValueRange;
import dev.mote.pipeline.quantize.WeightFormat;
import dev.mote.pipeline.quantize.WeightRounding;
import dev.mote.pipeline.quantize.WeightScales;
import dev.mote.plugin.ModelReader;
import dev.mote.plugin.ModelWriter;
import dev.mote.reference.Interpreter;
import dev.mote.reference.Value;
import dev.mote.testkit.cases.Agreement;
import dev.mote.testkit.cases.CaseRandom;
import dev.mote.testkit.cases.Values;
import dev.mote.testkit.differential.Comparison;
import dev.mote.testkit.oracle.TfliteOperators;
import dev.mote.testkit.oracle.TfliteOracle;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What Mote quantized, written as `.tflite`, runs in TFLite.
class WrittenQuantizedTest {

  private static final int NETWORKS = 16;

  /// Fully connected layers differ by a step in desktop TFLite, which layers behind them spread.
  private static final int STEPS = 2;

  static Stream<LayerFormat> formats() {
    return Stream.of(
        LayerFormat.INT8,
        LayerFormat.INT16,
        new LayerFormat(ActivationFormat.INT8, WeightFormat.INT4),
        LayerFormat.FLOAT16);
  }

  @ParameterizedTest
  @MethodSource("formats")
  void tfliteGivesTheSame(LayerFormat format) {
    assumeTrue(TfliteOracle.obstacle().isEmpty(), () -> TfliteOracle.obstacle().orElse(""));
    int written = 0;
    for (int seed = 0; seed < NETWORKS; seed++) {
      Graph graph = quantized(Quantizer.prepare(RandomFloatNet.draw(seed)), format);
      Optional<byte[]> result = written(graph);
      if (result.isEmpty()) {
        continue;
      }
      written++;
      byte[] file = result.get();
      assertThat(TfliteOperators.missing(file)).isEmpty();
      Interpreter again = new Interpreter(read(file));
      Interpreter interpreter = new Interpreter(graph);
      try (TfliteOracle tflite = TfliteOracle.of(file)) {
        for (int i = 0; i < 3; i++) {
          List<byte[]> inputs = inputs(graph, i);
          List<byte[]> expected = interpreter.run(inputs);
          compare(graph, expected, again.run(inputs), Agreement.FLOAT, format + ", " + seed);
          Agreement agreement =
              format.equals(LayerFormat.FLOAT16)
                  ? new Agreement.Close(1e-4f, 1e-4f)
                  : new Agreement.Within(STEPS, "fully connected layers");
          compare(graph, expected, tflite.run(inputs), agreement, format + " TFLite, " + seed);
        }
      }
    }
    assertThat(written).isGreaterThan(NETWORKS / 3);
  }

  private static void compare(
      Graph graph, List<byte[]> expected, List<byte[]> actual, Agreement agreement, String where) {
    for (int i = 0; i < expected.size(); i++) {
      TensorType type = graph.tensor(graph.outputs().get(i)).type();
      assertThat(Comparison.difference(type, expected.get(i), actual.get(i), agreement))
          .as(where)
          .isEmpty();
    }
  }

  private static Graph quantized(Graph prepared, LayerFormat format) {
    Interpreter interpreter = new Interpreter(prepared);
    Map<String, ValueRange> ranges = new LinkedHashMap<>();
    for (int i = 0; i < 3; i++) {
      interpreter.run(inputs(prepared, i));
      for (Tensor tensor : prepared.tensors().values()) {
        if (tensor.element() == ElementType.FLOAT32 && !tensor.isConstant()) {
          Value value = interpreter.get(tensor.name());
          for (int k = 0; k < value.count(); k++) {
            ValueRange range = new ValueRange(value.real(k), value.real(k));
            ranges.merge(tensor.name(), range, ValueRange::union);
          }
        }
      }
    }
    return Quantizer.quantize(
        prepared,
        new Calibration(ranges),
        QuantizationScheme.of(format),
        WeightScales.MIN_MAX,
        WeightRounding.NEAREST);
  }

  private static List<byte[]> inputs(Graph graph, int seed) {
    return graph.inputs().stream()
        .map(name -> graph.tensor(name).type())
        .map(
            type ->
                (type.element().isFloat() ? Values.reals(-1, 1) : Values.any())
                    .draw(new CaseRandom(seed, seed), type))
        .toList();
  }

  /// Empty where a function of the network, the error function say, is none that TFLite has.
  private static Optional<byte[]> written(Graph graph) {
    return switch (new TfliteWriter().write(graph)) {
      case ModelWriter.Result.Written(Blob file) -> Optional.of(file.toByteArray());
      case ModelWriter.Result.Refused(var problems) -> {
        assertThat(problems).allMatch(problem -> problem.code() == 1361);
        yield Optional.empty();
      }
    };
  }

  private static Graph read(byte[] file) {
    return switch (new TfliteReader()
        .read(Blob.of(file), "net.tflite", ModelReader.Options.standard())) {
      case ModelReader.Result.Model(Graph graph) -> graph;
      case ModelReader.Result.Refused(var problems) -> throw new AssertionError(problems);
    };
  }
}
