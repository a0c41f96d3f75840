package dev.mote.bench;

import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Tensor;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;

/// Stands for more training of a model's last layer: all else stays as it is, which is what makes
/// an update small.
final class Retraining {

  /// The most by which a weight changes, in steps of int8.
  private static final int MOST = 6;

  private Retraining() {}

  /// The file of a model with other weights in its last dense layer; the same for the same seed.
  static byte[] ofLastLayer(byte[] file, Graph graph, long seed) {
    Node last =
        graph.nodes().stream()
            .filter(node -> node.op() instanceof Op.FullyConnected)
            .reduce((_, second) -> second)
            .orElseThrow();
    Tensor weights =
        last.inputs().stream()
            .map(graph::tensor)
            .filter(Tensor::isConstant)
            .max(Comparator.comparingLong(tensor -> tensor.type().bytes()))
            .orElseThrow();
    byte[] before = weights.data().orElseThrow().toByteArray();
    byte[] retrained = file.clone();
    Random random = new Random(seed);
    int at = place(file, before);
    for (int i = 0; i < before.length; i++) {
      int weight = before[i] + random.nextInt(2 * MOST + 1) - MOST;
      retrained[at + i] = (byte) Math.clamp(weight, -127, 127);
    }
    return retrained;
  }

  private static int place(byte[] file, byte[] part) {
    for (int at = 0; at + part.length <= file.length; at++) {
      if (Arrays.equals(file, at, at + part.length, part, 0, part.length)) {
        return at;
      }
    }
    throw new IllegalArgumentException("the file does not hold the weights as they are");
  }
}
