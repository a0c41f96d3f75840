package dev.mote.optimizer.calibrate;

import dev.mote.ir.Blob;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import dev.mote.optimizer.data.Encoding;
import dev.mote.optimizer.data.SampleSet;
import dev.mote.reference.Interpreter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Runs a graph on all samples at once, node by node, so that a layer can be changed before it
/// runs.
///
/// Only tensors that are still to be read are kept. Layers of weights are computed on real numbers
/// and rounded to the output's integers, which differs from integer arithmetic by the rounding of
/// ties at most; everything else is interpreted.
final class Replay {

  private Graph graph;
  private final int samples;
  private final Map<String, List<Blob>> values = new HashMap<>();
  private final Map<String, Long> readers;
  private int next;

  Replay(Graph graph, SampleSet samples) {
    this.graph = graph;
    this.samples = samples.size();
    this.readers =
        graph.nodes().stream()
            .flatMap(node -> node.inputs().stream().distinct())
            .collect(Collectors.groupingBy(name -> name, Collectors.counting()));
    for (int k = 0; k < graph.inputs().size(); k++) {
      String name = graph.inputs().get(k);
      List<Blob> encoded = new ArrayList<>(this.samples);
      for (int i = 0; i < this.samples; i++) {
        encoded.add(Encoding.ofFloats(samples.inputs().get(i).get(k), graph.tensor(name).type()));
      }
      values.put(name, encoded);
    }
  }

  /// The graph with the changes so far.
  Graph graph() {
    return graph;
  }

  /// Index of the node that runs next.
  int next() {
    return next;
  }

  /// The real numbers of an input of the next node, or of an output of the last one.
  float[] reals(String tensor, int sample) {
    List<Blob> of = values.get(tensor);
    if (of == null) {
      throw new IllegalStateException("'" + tensor + "' is not kept");
    }
    return Encoding.toFloats(of.get(sample), graph.tensor(tensor).type());
  }

  /// Changes the graph from the next node on.
  void change(Graph changed) {
    graph = changed;
  }

  /// Runs the next node on every sample.
  void step() {
    Node node = graph.nodes().get(next);
    if (node.inputs().stream().allMatch(name -> graph.tensor(name).isConstant())) {
      throw new IllegalArgumentException("node '" + node.name() + "' is not folded");
    }
    LinearLayer.of(graph, node)
        .filter(layer -> node.outputs().size() == 1)
        .ifPresentOrElse(this::multiply, () -> interpret(node));
    next++;
    for (String input : node.inputs().stream().distinct().toList()) {
      if (readers.merge(input, -1L, Long::sum) == 0) {
        values.remove(input);
      }
    }
  }

  private void multiply(LinearLayer layer) {
    Node node = layer.node();
    TensorType type = graph.output(node).type();
    LinearSum sum = new LinearSum(layer, LinearSum.bias(graph, layer));
    List<Blob> results = new ArrayList<>(samples);
    for (int i = 0; i < samples; i++) {
      results.add(Encoding.ofFloats(blob(sum.apply(reals(node.input(0), i))), type));
    }
    values.put(node.output(), results);
  }

  private static Blob blob(float[] reals) {
    java.nio.ByteBuffer bytes =
        java.nio.ByteBuffer.allocate(Float.BYTES * reals.length)
            .order(java.nio.ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(reals);
    return Blob.of(bytes.array());
  }

  private void interpret(Node node) {
    Map<String, Tensor> tensors = new HashMap<>();
    node.inputs().forEach(name -> tensors.put(name, graph.tensor(name)));
    node.outputs().forEach(name -> tensors.put(name, graph.tensor(name)));
    List<String> inputs =
        node.inputs().stream().distinct().filter(name -> !graph.tensor(name).isConstant()).toList();
    Interpreter interpreter =
        new Interpreter(
            new Graph(
                graph.name(),
                tensors,
                List.of(node),
                inputs,
                node.outputs(),
                List.of(),
                List.of()));
    node.outputs().forEach(name -> values.put(name, new ArrayList<>(samples)));
    for (int i = 0; i < samples; i++) {
      for (String name : inputs) {
        interpreter.set(
            name, java.util.Objects.requireNonNull(values.get(name)).get(i).toByteArray());
      }
      interpreter.run();
      for (String name : node.outputs()) {
        java.util.Objects.requireNonNull(values.get(name))
            .add(Blob.of(interpreter.get(name).toBytes()));
      }
    }
  }
}
