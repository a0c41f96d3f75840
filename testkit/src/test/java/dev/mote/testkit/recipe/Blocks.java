package dev.mote.testkit.recipe;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/// The networks as their papers write them, in doubles and plain loops; nothing is shared with the
/// reader.
final class Blocks {

  private final String name;
  private final Map<String, double[]> arrays = new HashMap<>();

  Blocks(String name) {
    this.name = name;
    try (ZipInputStream zip =
        new ZipInputStream(new ByteArrayInputStream(resource(name + ".npz")))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        arrays.put(entry.getName().replace(".npy", ""), floats(zip.readAllBytes()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] resource(String file) {
    try (InputStream stream =
        Objects.requireNonNull(Blocks.class.getResourceAsStream("/blocks/" + file), file)) {
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// All arrays of the test's files are float32 in C's order.
  private static double[] floats(byte... file) {
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int begin = 10 + Short.toUnsignedInt(bytes.getShort(8));
    String header = new String(file, 10, begin - 10, StandardCharsets.US_ASCII);
    if (!header.contains("'<f4'") || header.contains("True")) {
      throw new IllegalArgumentException(header);
    }
    double[] values = new double[(file.length - begin) / 4];
    Arrays.setAll(values, i -> bytes.getFloat(begin + 4 * i));
    return values;
  }

  private double[] array(String key) {
    return Objects.requireNonNull(arrays.get(key), key);
  }

  /// Row `r` of a matrix with rows of `x.length` times `x`.
  private static double dot(double[] matrix, int r, double... x) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += matrix[r * x.length + i] * x[i];
    }
    return sum;
  }

  /// `x` times a matrix with `columns`.
  private static double[] times(double[] x, double[] matrix, int columns) {
    double[] y = new double[columns];
    for (int i = 0; i < x.length; i++) {
      for (int c = 0; c < columns; c++) {
        y[c] += x[i] * matrix[i * columns + c];
      }
    }
    return y;
  }

  double[] logits(double... x) {
    return switch (name) {
      case "bonsai" -> bonsai(x);
      case "protonn" -> prototypes(x);
      default -> recurrent(x);
    };
  }

  private double[] normal(double[] x, int length) {
    double[] y = new double[length];
    Arrays.fill(y, 1);
    for (int i = 0; i < x.length; i++) {
      y[i] = (x[i] - array("mean")[i]) / array("std")[i];
    }
    return y;
  }

  private double[] bonsai(double... x) {
    double[] wide = normal(x, 65);
    int width = array("Z").length / 65;
    double[] z = new double[width];
    Arrays.setAll(z, r -> dot(array("Z"), r, wide) / width);
    int total = 2 * (array("T").length / width) + 1;
    double[] logits = new double[10];
    // The way from the root to a leaf.
    for (int node = 0; node < total; ) {
      for (int c = 0; c < 10; c++) {
        int row = node * 10 + c;
        logits[c] +=
            dot(array("W"), row, z) * Math.tanh(array("sigma")[0] * dot(array("V"), row, z));
      }
      if (node >= total / 2) {
        break;
      }
      node = dot(array("T"), node, z) > 0 ? 2 * node + 2 : 2 * node + 1;
    }
    return logits;
  }

  private double[] prototypes(double... x) {
    double[] normal = normal(x, 64);
    int width = array("W").length / 64;
    double[] near = times(normal, array("W"), width);
    int count = array("B").length / width;
    double gamma = array("gamma")[0];
    double[] similar = new double[count];
    for (int j = 0; j < count; j++) {
      double distance = 0;
      for (int i = 0; i < width; i++) {
        distance += Math.pow(near[i] - array("B")[i * count + j], 2);
      }
      similar[j] = Math.exp(-gamma * gamma * distance);
    }
    double[] logits = new double[10];
    Arrays.setAll(logits, c -> dot(array("Z"), c, similar));
    return logits;
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private double[] recurrent(double... x) {
    int units = array("Bg").length;
    int rank = array("W2").length / units;
    int back = array("U2").length / units;
    double[] state = new double[units];
    for (int t = 0; t < 8; t++) {
      double[] row = Arrays.copyOfRange(x, 8 * t, 8 * t + 8);
      double[] in = times(times(row, array("W1"), rank), array("W2"), units);
      double[] own = times(times(state, array("U1"), back), array("U2"), units);
      for (int u = 0; u < units; u++) {
        double gate = sigmoid(in[u] + own[u] + array("Bg")[u]);
        double update = Math.tanh(in[u] + own[u] + array("Bh")[u]);
        state[u] =
            gate * state[u]
                + (sigmoid(array("zeta")[0]) * (1 - gate) + sigmoid(array("nu")[0])) * update;
      }
    }
    double[] logits = times(state, array("FC"), 10);
    for (int c = 0; c < 10; c++) {
      logits[c] += array("FCbias")[c];
    }
    return logits;
  }
}
