package dev.mote.testkit.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.frontends.recipe.RecipeReader;
import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.pipeline.quantize.Calibration;
import dev.mote.pipeline.quantize.QuantizationScheme;
import dev.mote.pipeline.quantize.Quantizer;
import dev.mote.pipeline.quantize.ValueRange;
import dev.mote.pipeline.quantize.WeightRounding;
import dev.mote.pipeline.quantize.WeightScales;
import dev.mote.plugin.ModelReader;
import dev.mote.reference.Interpreter;
import dev.mote.testkit.differential.HostBatch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Bonsai, ProtoNN and FastGRNN, trained on digits by `examples/scikit-learn/train_blocks.py`,
/// compute what their papers define, and can be made integer.
class RecipesTest {

  private static final int CALIBRATED = 100;

  private record Row(double[] features, int digit) {}

  private static List<Row> rows() {
    return new String(Blocks.resource("digits.csv"), StandardCharsets.UTF_8)
        .lines()
        .map(
            line -> {
              String[] parts = line.split(";", -1);
              return new Row(
                  Arrays.stream(parts[0].split(",", -1)).mapToDouble(Double::parseDouble).toArray(),
                  Integer.parseInt(parts[1]));
            })
        .toList();
  }

  private static Graph graph(String name) {
    ModelReader.Options options =
        name.equals("fastgrnn")
            ? new ModelReader.Options(Map.of("sequence", Shape.of(1, 8, 8)), ModelReader.Io.MODEL)
            : ModelReader.Options.standard();
    Blob file = Blob.of(Blocks.resource(name + ".npz"));
    assertThat(new RecipeReader().accepts(file, name + ".npz")).isTrue();
    return switch (new RecipeReader().read(file, name + ".npz", options)) {
      case ModelReader.Result.Model(Graph graph) -> graph;
      case ModelReader.Result.Refused(var problems) -> throw new AssertionError(problems);
    };
  }

  /// FastGRNN sees a digit row by row, its pixels between 0 and 1.
  private static double[] input(String name, Row row) {
    return name.equals("fastgrnn")
        ? Arrays.stream(row.features()).map(x -> x / 16).toArray()
        : row.features();
  }

  @ParameterizedTest
  @ValueSource(strings = {"bonsai", "protonn", "fastgrnn"})
  void theyComputeWhatTheirPapersDefine(String name) {
    Graph graph = graph(name);
    Interpreter interpreter = new Interpreter(graph);
    HostBatch batch = new HostBatch();
    assertThat(batch.add(graph)).isEmpty();
    Blocks blocks = new Blocks(name);
    int right = 0;
    try (HostBatch.Library library = batch.build()) {
      for (Row row : rows()) {
        double[] x = input(name, row);
        double[] expected = blocks.logits(x);
        byte[] input = bytes(graph.tensor(graph.inputs().getFirst()), x);
        near(expected, interpreter.run(List.of(input)).getFirst());
        near(expected, library.start(0).run(List.of(input)).getFirst());
        right += largest(expected) == row.digit() ? 1 : 0;
      }
    }
    assertThat(right).as("right of " + rows().size()).isGreaterThan(rows().size() * 88 / 100);
  }

  private static void near(double[] expected, byte... output) {
    ByteBuffer bytes = ByteBuffer.wrap(output).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < expected.length; i++) {
      double bound = 1e-5 * Math.max(10, Math.abs(expected[i]));
      assertThat(Math.abs(bytes.getFloat(4 * i) - expected[i])).isLessThan(bound);
    }
  }

  /// Share of the test rows, in per mille, that may become wrong.
  @ParameterizedTest
  @CsvSource({
    "bonsai, 8, 40",
    "bonsai, 16, 5",
    "protonn, 8, 40",
    "protonn, 16, 30",
    "fastgrnn, 8, 60",
    "fastgrnn, 16, 5"
  })
  void integersLoseLittle(String name, int bits, int perMille) {
    Graph prepared = Quantizer.prepare(graph(name));
    Graph integer =
        Quantizer.quantize(
            prepared,
            calibration(prepared, name),
            bits == 8 ? QuantizationScheme.INT8 : QuantizationScheme.INT16,
            WeightScales.MIN_MAX,
            WeightRounding.NEAREST);
    assertThat(integer.nodes())
        .as("layers that have become integer")
        .anyMatch(
            node ->
                integer.output(node).element() == ElementType.INT8
                    || integer.output(node).element() == ElementType.INT16);
    Interpreter real = new Interpreter(prepared);
    Interpreter narrow = new Interpreter(integer);
    int before = 0;
    int after = 0;
    for (Row row : rows()) {
      before += right(prepared, real, name, row);
      after += right(integer, narrow, name, row);
    }
    assertThat(after)
        .as("right, of %d before", before)
        .isGreaterThanOrEqualTo(before - rows().size() * perMille / 1000);
  }

  private static int right(Graph graph, Interpreter interpreter, String name, Row row) {
    byte[] input = bytes(graph.tensor(graph.inputs().getFirst()), input(name, row));
    Tensor output = graph.tensor(graph.outputs().getFirst());
    double[] scores = reals(output, interpreter.run(List.of(input)).getFirst());
    return largest(scores) == row.digit() ? 1 : 0;
  }

  private static int largest(double... scores) {
    int place = 0;
    for (int i = 1; i < scores.length; i++) {
      place = scores[i] > scores[place] ? i : place;
    }
    return place;
  }

  /// The ranges of all tensors over some rows.
  private static Calibration calibration(Graph graph, String name) {
    List<String> activations =
        graph.nodes().stream().flatMap(node -> node.outputs().stream()).toList();
    Graph open = graph.withBorder(graph.inputs(), activations);
    Interpreter interpreter = new Interpreter(open);
    Map<String, float[]> ranges = new LinkedHashMap<>();
    for (Row row : rows().subList(0, CALIBRATED)) {
      double[] x = input(name, row);
      byte[] input = bytes(graph.tensor(graph.inputs().getFirst()), x);
      widen(ranges, graph.inputs().getFirst(), x);
      List<byte[]> outputs = interpreter.run(List.of(input));
      for (int i = 0; i < activations.size(); i++) {
        widen(ranges, activations.get(i), reals(graph.tensor(activations.get(i)), outputs.get(i)));
      }
    }
    Map<String, ValueRange> result = new LinkedHashMap<>();
    ranges.forEach((tensor, range) -> result.put(tensor, new ValueRange(range[0], range[1])));
    return new Calibration(result);
  }

  private static void widen(Map<String, float[]> ranges, String tensor, double... values) {
    float[] range = ranges.computeIfAbsent(tensor, t -> new float[2]);
    for (double value : values) {
      range[0] = Math.min(range[0], (float) value);
      range[1] = Math.max(range[1], (float) value);
    }
  }

  private static byte[] bytes(Tensor tensor, double... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate((int) tensor.type().bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (double value : values) {
      switch (tensor.type().quantization()) {
        case Quantization.PerTensor q -> {
          long whole = Math.round(value / q.scale()) + q.zeroPoint();
          ElementType element = tensor.element();
          long clamped = Math.clamp(whole, element.minValue(), element.maxValue());
          if (element == ElementType.INT8) {
            bytes.put((byte) clamped);
          } else {
            bytes.putShort((short) clamped);
          }
        }
        default -> bytes.putFloat((float) value);
      }
    }
    return bytes.array();
  }

  private static double[] reals(Tensor tensor, byte... output) {
    Tensor filled = Tensor.constant("output", tensor.type(), Blob.of(output));
    if (tensor.element() == ElementType.FLOAT32) {
      float[] values = filled.constantFloats();
      double[] wide = new double[values.length];
      Arrays.setAll(wide, i -> values[i]);
      return wide;
    }
    Optional<Quantization.PerTensor> scale =
        tensor.type().quantization() instanceof Quantization.PerTensor q
            ? Optional.of(q)
            : Optional.empty();
    List<Double> values = new ArrayList<>();
    for (long value : filled.constantIntegers()) {
      values.add(
          scale.map(q -> (value - q.zeroPoint()) * (double) q.scale()).orElse((double) value));
    }
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
