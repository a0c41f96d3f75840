package dev.mote.optimizer.run;

import dev.mote.ir.Blob;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.TensorType;
import dev.mote.optimizer.data.Encoding;
import dev.mote.optimizer.data.SampleSet;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/// What a model gives for each sample of a set, as real numbers.
///
/// The model is compiled for this machine with the same kernels' meaning as on a chip: integer
/// models give exactly what every target gives. Where no C compiler is installed the interpreter
/// runs it, with equal integers and thousands of times slower; [#interpreted] tells. Inputs of
/// integer models are quantized and clamped to the input's range, outputs dequantized.
public final class Predictions {

  /// Most bytes of outputs that are kept.
  private static final long MAX_BYTES = 1L << 30;

  private final Graph graph;
  private final List<List<float[]>> outputs;
  private final boolean interpreted;

  private Predictions(Graph graph, List<List<float[]>> outputs, boolean interpreted) {
    this.graph = graph;
    this.outputs = outputs;
    this.interpreted = interpreted;
  }

  /// Runs `graph` on every sample; state starts afresh for each.
  ///
  /// @throws DiagnosticException when the samples do not fit the graph, or it does not compile
  public static Predictions of(Graph graph, SampleSet samples) {
    checkFit(graph, samples);
    checkOutputs(graph, samples);
    List<TensorType> types = types(graph, graph.outputs());
    int workers = Math.min(Runtime.getRuntime().availableProcessors(), samples.size());
    List<List<float[]>> outputs = new ArrayList<>(Collections.nCopies(samples.size(), List.of()));
    try (Execution first = Execution.open(graph)) {
      IntStream.range(0, workers)
          .parallel()
          .forEach(
              worker -> {
                try (Execution execution = first.fork()) {
                  for (int i = worker; i < samples.size(); i += workers) {
                    List<Blob> results = execution.run(encode(graph, samples, i));
                    outputs.set(i, decode(results, types));
                  }
                }
              });
      return new Predictions(graph, List.copyOf(outputs), first.isInterpreted());
    }
  }

  private static List<float[]> decode(List<Blob> results, List<TensorType> types) {
    return IntStream.range(0, types.size())
        .mapToObj(k -> Encoding.toFloats(results.get(k), types.get(k)))
        .toList();
  }

  /// Runs `graph` on every sample and hands over what every tensor was, inputs first, then nodes in
  /// their order; sample by sample, so that memory is bounded by one.
  ///
  /// Every tensor that a node writes is made an output of the graph, so that each arrives under its
  /// own name whatever the compiler fuses.
  public static void observe(Graph graph, SampleSet samples, LayerConsumer consumer) {
    checkFit(graph, samples);
    Set<String> names = new LinkedHashSet<>();
    for (Node node : graph.nodes()) {
      node.outputs().stream()
          .filter(name -> !graph.tensor(name).isConstant() && !graph.isVariable(name))
          .filter(name -> !graph.inputs().contains(name))
          .forEach(names::add);
    }
    Graph open = graph.withBorder(graph.inputs(), List.copyOf(names));
    List<TensorType> types = types(graph, open.outputs());
    try (Execution execution = Execution.open(open)) {
      for (int i = 0; i < samples.size(); i++) {
        List<Blob> inputs = encode(graph, samples, i);
        for (int k = 0; k < inputs.size(); k++) {
          String name = graph.inputs().get(k);
          consumer.accept(i, name, Encoding.toFloats(inputs.get(k), graph.tensor(name).type()));
        }
        List<Blob> results = execution.run(inputs);
        for (int k = 0; k < results.size(); k++) {
          consumer.accept(
              i, open.outputs().get(k), Encoding.toFloats(results.get(k), types.get(k)));
        }
      }
    }
  }

  /// The model.
  public Graph graph() {
    return graph;
  }

  /// Number of samples.
  public int size() {
    return outputs.size();
  }

  /// Elements of one output for one sample, row-major; not to be written to.
  public float[] output(int sample, int output) {
    return outputs.get(sample).get(output);
  }

  /// Index of the largest element of the first output, the first of equal ones; NaN is never it.
  public int top(int sample) {
    return top(sample, 0);
  }

  /// Index of the largest element of an output.
  public int top(int sample, int output) {
    float[] scores = output(sample, output);
    int best = 0;
    for (int i = 1; i < scores.length; i++) {
      if (scores[i] > scores[best] || Float.isNaN(scores[best]) && !Float.isNaN(scores[i])) {
        best = i;
      }
    }
    return best;
  }

  /// Whether the interpreter ran the model, since there is no C compiler.
  public boolean interpreted() {
    return interpreted;
  }

  private static List<TensorType> types(Graph graph, List<String> names) {
    return names.stream().map(name -> graph.tensor(name).type()).toList();
  }

  private static List<Blob> encode(Graph graph, SampleSet samples, int sample) {
    List<Blob> reals = samples.inputs().get(sample);
    return IntStream.range(0, reals.size())
        .mapToObj(k -> Encoding.ofFloats(reals.get(k), graph.tensor(graph.inputs().get(k)).type()))
        .toList();
  }

  private static void checkFit(Graph graph, SampleSet samples) {
    if (samples.size() == 0) {
      throw new DiagnosticException(
          Diagnostic.user(
              RunCodes.NO_SAMPLES,
              samples.name(),
              "it has no samples",
              "give data: at least one sample, better a hundred for each class."));
    }
    List<Blob> first = samples.inputs().getFirst();
    boolean fits = first.size() == graph.inputs().size();
    for (int k = 0; fits && k < first.size(); k++) {
      long count = graph.tensor(graph.inputs().get(k)).shape().count();
      fits = first.get(k).size() == Float.BYTES * count;
    }
    if (!fits) {
      throw new DiagnosticException(
          Diagnostic.user(
              RunCodes.MISFIT,
              samples.name() + " for " + graph.name(),
              "a sample has %s numbers, the model's inputs take %s"
                  .formatted(
                      first.stream().map(blob -> blob.size() / Float.BYTES).toList(),
                      types(graph, graph.inputs()).stream().map(t -> t.shape().count()).toList()),
              "read the samples for a model of the same inputs."));
    }
  }

  private static void checkOutputs(Graph graph, SampleSet samples) {
    long elements =
        types(graph, graph.outputs()).stream().mapToLong(type -> type.shape().count()).sum();
    if (elements * Float.BYTES * samples.size() > MAX_BYTES) {
      throw new DiagnosticException(
          Diagnostic.resource(
              RunCodes.TOO_MANY_OUTPUTS,
              graph.name(),
              "%,d samples with %,d numbers of output each do not fit into memory"
                  .formatted(samples.size(), elements),
              "take fewer: --samples N."));
    }
  }
}
