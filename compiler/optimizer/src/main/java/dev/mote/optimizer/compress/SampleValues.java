package dev.mote.optimizer.compress;

import dev.mote.ir.Blob;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Tensor;
import dev.mote.optimizer.data.SampleSet;
import dev.mote.reference.Interpreter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What the tensors of a float graph hold for every sample, while its nodes are executed one after
/// the other, each for all samples; what no later node reads is forgotten.
final class SampleValues {

  private final int samples;
  private final Map<String, List<byte[]>> values = new HashMap<>();

  SampleValues(Graph graph, SampleSet set) {
    this.samples = set.size();
    for (int k = 0; k < graph.inputs().size(); k++) {
      List<byte[]> all = new ArrayList<>();
      for (List<Blob> sample : set.inputs()) {
        all.add(sample.get(k).toByteArray());
      }
      values.put(graph.inputs().get(k), all);
    }
  }

  int samples() {
    return samples;
  }

  /// The elements of `tensor`.
  float[] of(String tensor, int sample) {
    byte[] bytes = values.getOrDefault(tensor, List.of()).get(sample);
    float[] floats = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(floats);
    return floats;
  }

  /// What `node` computes from these values; a node with one output.
  List<byte[]> execute(Graph graph, Node node) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    List<String> inputs = new ArrayList<>();
    for (String name : node.inputs()) {
      Tensor tensor = graph.tensor(name);
      if (tensors.put(name, tensor) == null && !tensor.isConstant()) {
        inputs.add(name);
      }
    }
    node.outputs().forEach(name -> tensors.put(name, graph.tensor(name)));
    Graph single =
        new Graph(
            graph.name(), tensors, List.of(node), inputs, node.outputs(), List.of(), List.of());
    Interpreter interpreter = new Interpreter(single);
    List<byte[]> results = new ArrayList<>();
    for (int i = 0; i < samples; i++) {
      int sample = i;
      results.addAll(
          interpreter.run(
              inputs.stream()
                  .map(name -> values.getOrDefault(name, List.of()).get(sample))
                  .toList()));
    }
    return results;
  }

  /// Keeps what `node` computed: for every sample its outputs one after the other.
  void put(Node node, List<byte[]> results) {
    int outputs = node.outputs().size();
    for (int k = 0; k < outputs; k++) {
      List<byte[]> all = new ArrayList<>();
      for (int i = 0; i < samples; i++) {
        all.add(results.get(i * outputs + k));
      }
      values.put(node.outputs().get(k), all);
    }
  }

  /// Forgets what none of `later` reads.
  void retain(List<Node> later) {
    values.keySet().removeIf(name -> later.stream().noneMatch(n -> n.inputs().contains(name)));
  }
}
