package dev.mote.testkit.writers;

import dev.mote.frontends.tflite.TfliteReader;
import dev.mote.frontends.tflite.TfliteWriter;
import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.GraphText;
import dev.mote.ir.Op;
import dev.mote.ir.Quantization;
import dev.mote.ir.TensorType;
import dev.mote.pipeline.pass.Passes;
import dev.mote.plugin.ModelReader;
import dev.mote.plugin.ModelWriter;
import dev.mote.testkit.cases.Agreement;
import dev.mote.testkit.cases.OperatorCase;
import dev.mote.testkit.differential.Comparison;
import dev.mote.testkit.oracle.OracleException;
import dev.mote.testkit.oracle.TfliteOperators;
import dev.mote.testkit.oracle.TfliteOracle;
import java.util.List;
import java.util.Optional;

/// Takes a TFLite model through graph and file and back.
public final class TfliteRoundTrip {

  private TfliteRoundTrip() {}

  /// What is wrong with the case once it was read and written, as it is and after the compiler's
  /// passes: the writer refuses, the file differs from time to time, another graph is read from it,
  /// or TFLite computes something else with it than with the original, bit by bit. Empty when
  /// nothing is.
  public static Optional<String> problem(OperatorCase source) {
    Graph graph = read(source.model(), source.name());
    ModelWriter.Result result = new TfliteWriter().write(graph);
    if (!(result instanceof ModelWriter.Result.Written(Blob written))) {
      return isShifted(graph) ? Optional.empty() : Optional.of(result.toString());
    }
    if (!new TfliteWriter().write(graph).equals(result)) {
      return Optional.of("the same graph gives another file");
    }
    Graph again = read(written, source.name());
    // What was unsigned is written as int8 with a QUANTIZE at the border, which is one node more.
    boolean unsigned =
        graph.tensors().values().stream().anyMatch(t -> t.element() == ElementType.UINT8);
    if (!unsigned && !again.equals(graph)) {
      return Optional.of(
          "another graph is read:%n%s%n%s"
              .formatted(GraphText.print(graph), GraphText.print(again)));
    }
    // Desktop TFLite has SUM of uint8, but that of int8 it computes without the zero point.
    boolean sum = unsigned && source.family().operator().equals("SUM");
    if (sum || source.family().oracle() instanceof Agreement.Absent) {
      return Optional.empty();
    }
    List<String> missing = TfliteOperators.missing(written.toByteArray());
    if (!missing.isEmpty()) {
      return Optional.of("TFLite lacks " + missing);
    }
    return difference(source, graph, written).or(() -> afterPasses(source, graph));
  }

  /// Whether a convolution has weights with a zero point, as those of old uint8 models; TFLite has
  /// no such int8 kernel, so that refusing is right.
  private static boolean isShifted(Graph graph) {
    return graph.nodes().stream()
        .filter(n -> n.op() instanceof Op.Conv2d || n.op() instanceof Op.DepthwiseConv2d)
        .map(n -> graph.input(n, 1).quantization())
        .anyMatch(q -> q instanceof Quantization.PerTensor w && w.zeroPoint() != 0);
  }

  private static Optional<String> afterPasses(OperatorCase source, Graph graph) {
    Graph passed = Passes.run(Passes.STANDARD, graph);
    if (passed.equals(graph)) {
      return Optional.empty();
    }
    return switch (new TfliteWriter().write(passed)) {
      case ModelWriter.Result.Refused(var problems) -> Optional.of("after passes: " + problems);
      case ModelWriter.Result.Written(Blob file) ->
          difference(source, graph, file)
              .map(d -> d + ", after passes:\n" + GraphText.print(passed));
    };
  }

  private static Optional<String> difference(OperatorCase source, Graph graph, Blob written) {
    // TFLite's uint8 kernels round otherwise here and there than those of int8, which are written.
    Agreement agreement =
        source.family().oracle() instanceof Agreement.Within within ? within : Agreement.EXACT;
    try (TfliteOracle before = TfliteOracle.of(source.model().toByteArray());
        TfliteOracle after = TfliteOracle.of(written.toByteArray())) {
      for (List<Blob> invocation : source.invocations()) {
        List<byte[]> inputs = invocation.stream().map(Blob::toByteArray).toList();
        List<TfliteOracle.Contents> expected = before.runForContents(inputs);
        List<TfliteOracle.Contents> actual = after.runForContents(inputs);
        for (int i = 0; i < expected.size(); i++) {
          TensorType type = graph.tensor(graph.outputs().get(i)).type();
          Optional<String> difference =
              expected.get(i).shape().equals(actual.get(i).shape())
                  ? Comparison.difference(
                      type, expected.get(i).bytes(), actual.get(i).bytes(), agreement)
                  : Optional.of("another shape");
          if (difference.isPresent()) {
            return Optional.of("TFLite computes something else: " + difference.get());
          }
        }
      }
      return Optional.empty();
    } catch (OracleException e) {
      return Optional.of(e.toString());
    }
  }

  /// @throws IllegalStateException when the reader refuses the file
  static Graph read(Blob file, String name) {
    return switch (new TfliteReader().read(file, name, ModelReader.Options.standard())) {
      case ModelReader.Result.Model(Graph graph) -> graph;
      case ModelReader.Result.Refused(var problems) ->
          throw new IllegalStateException(name + ": " + problems);
    };
  }
}
