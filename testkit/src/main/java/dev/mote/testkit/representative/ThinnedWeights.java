package dev.mote.testkit.representative;

import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.IntUnaryOperator;

/// Graphs whose int8 weights, those of convolutions and matrix products, were made to be stored in
/// fewer bytes.
final class ThinnedWeights {

  private ThinnedWeights() {}

  /// `graph` with groups of four weights of convolutions and matrix products set to zero, along the
  /// innermost dimension.
  static Graph withoutGroups(Graph graph, double fraction, int seed) {
    Random random = new Random(seed);
    return withWeights(
        graph,
        (bytes, _) -> {
          for (int at = 0; at < bytes.length; at += 4) {
            if (random.nextDouble() < fraction) {
              clear(bytes, at, Math.min(4, bytes.length - at));
            }
          }
        });
  }

  /// The same with the groups of two output channels each.
  static Graph withoutPairedGroups(Graph graph, double fraction, int seed) {
    Random random = new Random(seed);
    return withWeights(
        graph,
        (bytes, perChannel) -> {
          for (int pair = 0; pair < bytes.length; pair += 2 * perChannel) {
            for (int at = 0; at < perChannel; at += 4) {
              if (random.nextDouble() < fraction) {
                clear(bytes, pair + at, Math.min(4, perChannel - at));
                clear(bytes, pair + perChannel + at, Math.min(4, perChannel - at));
              }
            }
          }
        });
  }

  private static void clear(byte[] bytes, int from, int count) {
    if (from < bytes.length) {
      Arrays.fill(bytes, from, from + count, (byte) 0);
    }
  }

  /// `graph` with every weight replaced.
  static Graph mapped(Graph graph, IntUnaryOperator map) {
    return withWeights(
        graph,
        (bytes, _) -> {
          for (int at = 0; at < bytes.length; at++) {
            bytes[at] = (byte) map.applyAsInt(bytes[at]);
          }
        });
  }

  private interface Edit {
    void change(byte[] weights, int perChannel);
  }

  private static Graph withWeights(Graph graph, Edit edit) {
    Map<String, Tensor> tensors = new LinkedHashMap<>(graph.tensors());
    for (Node node : graph.nodes()) {
      boolean weighted = node.op() instanceof Op.Conv2d || node.op() instanceof Op.FullyConnected;
      Tensor weights = weighted ? graph.input(node, 1) : null;
      if (weights != null && weights.element() == ElementType.INT8 && weights.isConstant()) {
        byte[] bytes = weights.data().orElseThrow().toByteArray();
        edit.change(bytes, bytes.length / weights.shape().dim(0));
        tensors.put(
            weights.name(), Tensor.constant(weights.name(), weights.type(), Blob.of(bytes)));
      }
    }
    return graph.withTensors(tensors);
  }
}
