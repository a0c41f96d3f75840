package dev.mote.testkit.classical;

import static org.assertj.core.api.Assertions.fail;

import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.plugin.ModelReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;

/// A trained model of the resources, with what the library that trained it says of some rows.
///
/// @param rows for each row its features
/// @param answers for each row the library's answer
record TestModel(String name, Graph graph, List<double[]> rows, List<double[]> answers) {

  static TestModel load(String file) {
    String name = file.replaceFirst("\\..*", "");
    List<String> lines =
        new String(resource(name + ".csv"), StandardCharsets.UTF_8).lines().toList();
    return new TestModel(
        name,
        read(file, resource(file)),
        lines.stream().map(line -> numbers(line.split(";", -1)[0])).toList(),
        lines.stream().map(line -> numbers(line.split(";", -1)[1])).toList());
  }

  static Graph read(String file, byte[] bytes) {
    Blob blob = Blob.of(bytes);
    List<ModelReader> readers =
        ServiceLoader.load(ModelReader.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(reader -> reader.accepts(blob, file))
            .toList();
    if (readers.size() != 1) {
      return fail(file + " is accepted by " + readers);
    }
    return switch (readers.getFirst().read(blob, file, ModelReader.Options.standard())) {
      case ModelReader.Result.Model(Graph graph) -> graph;
      case ModelReader.Result.Refused(var problems) -> fail(problems.toString());
    };
  }

  static byte[] resource(String file) {
    try (InputStream stream = TestModel.class.getResourceAsStream("/classical/" + file)) {
      return stream == null ? fail("there is no " + file) : stream.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Row `index` as the model takes it.
  byte[] input(int index) {
    ElementType type = graph.tensor(graph.inputs().getFirst()).element();
    double[] row = rows.get(index);
    ByteBuffer bytes =
        ByteBuffer.allocate((int) type.bytes(row.length)).order(ByteOrder.LITTLE_ENDIAN);
    for (double value : row) {
      switch (type) {
        case FLOAT32 -> bytes.putFloat((float) value);
        case INT16 -> bytes.putShort((short) value);
        default -> bytes.put((byte) value);
      }
    }
    return bytes.array();
  }

  /// How far `output` is from the answer to row `index`, in parts of the answer where that is above
  /// 1.
  double distance(int index, byte[] output) {
    ByteBuffer bytes = ByteBuffer.wrap(output).order(ByteOrder.LITTLE_ENDIAN);
    boolean real = graph.tensor(graph.outputs().getFirst()).element() == ElementType.FLOAT32;
    double[] answer = answers.get(index);
    if (output.length != 4 * answer.length) {
      return Double.POSITIVE_INFINITY;
    }
    double largest = 0;
    for (int i = 0; i < answer.length; i++) {
      double value = real ? bytes.getFloat(4 * i) : bytes.getInt(4 * i);
      double distance = Math.abs(value - answer[i]) / Math.max(1, Math.abs(answer[i]));
      largest = distance <= largest ? largest : distance;
    }
    return largest;
  }

  private static double[] numbers(String text) {
    return Arrays.stream(text.split(",", -1))
        .mapToDouble(word -> word.equals("nan") ? Double.NaN : Double.parseDouble(word))
        .toArray();
  }

  @Override
  public String toString() {
    return name;
  }
}
