package dev.mote.pluginhost.check;

import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.TensorType;
import dev.mote.reference.Interpreter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/// Inputs that are drawn from a seed, and what the reference interpreter makes of them.
///
/// @param inputs a list for each run
/// @param outputs the interpreter's
record RandomInputs(List<List<Blob>> inputs, List<List<Blob>> outputs) {

  /// Of the largest magnitude in a tensor of floats.
  private static final double TOLERANCE = 1e-5;

  static RandomInputs of(Graph graph, int runs, long seed) {
    Random random = new Random(seed);
    List<List<Blob>> inputs = new ArrayList<>();
    List<List<Blob>> outputs = new ArrayList<>();
    Interpreter interpreter = new Interpreter(graph);
    for (int run = 0; run < runs; run++) {
      List<Blob> set =
          graph.inputs().stream().map(name -> draw(graph.tensor(name).type(), random)).toList();
      inputs.add(set);
      interpreter.reset();
      outputs.add(
          interpreter.run(set.stream().map(Blob::toByteArray).toList()).stream()
              .map(Blob::of)
              .toList());
    }
    return new RandomInputs(inputs, outputs);
  }

  private static Blob draw(TensorType type, Random random) {
    byte[] bytes = new byte[Math.toIntExact(type.bytes())];
    if (type.element() == ElementType.FLOAT32) {
      ByteBuffer floats = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      while (floats.hasRemaining()) {
        floats.putFloat(2 * random.nextFloat() - 1);
      }
    } else if (type.quantization().isQuantized()) {
      random.nextBytes(bytes);
    } else if (type.element() == ElementType.BOOL) {
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) random.nextInt(2);
      }
    }
    return Blob.of(bytes);
  }

  /// Where `others` differ from the interpreter; empty when they do not.
  Optional<String> difference(Graph graph, List<List<Blob>> others) {
    for (int run = 0; run < outputs.size(); run++) {
      for (int i = 0; i < graph.outputs().size(); i++) {
        String name = graph.outputs().get(i);
        Blob expected = outputs.get(run).get(i);
        Blob actual = others.get(run).get(i);
        boolean same =
            graph.tensor(name).element() == ElementType.FLOAT32
                ? near(expected, actual)
                : expected.equals(actual);
        if (!same) {
          return Optional.of(
              "output '%s' of run %d differs first at byte %d"
                  .formatted(name, run, expected.buffer().mismatch(actual.buffer())));
        }
      }
    }
    return Optional.empty();
  }

  private static boolean near(Blob expected, Blob actual) {
    if (expected.size() != actual.size()) {
      return false;
    }
    double largest = 0;
    for (int at = 0; at < expected.size(); at += Float.BYTES) {
      largest = Math.max(largest, Math.abs(expected.buffer().getFloat(at)));
    }
    for (int at = 0; at < expected.size(); at += Float.BYTES) {
      double apart = Math.abs(expected.buffer().getFloat(at) - actual.buffer().getFloat(at));
      if (!(apart <= TOLERANCE * largest)) {
        return false;
      }
    }
    return true;
  }
}
