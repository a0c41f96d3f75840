package dev.mote.testkit.writers;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.mote.frontends.onnx.OnnxWriter;
import dev.mote.ir.Blob;
import dev.mote.ir.Graph;
import dev.mote.ir.TensorType;
import dev.mote.plugin.ModelWriter;
import dev.mote.reference.Interpreter;
import dev.mote.testkit.cases.Agreement;
import dev.mote.testkit.cases.OperatorCase;
import dev.mote.testkit.differential.Comparison;
import java.util.List;
import java.util.Optional;

/// Writes graphs as ONNX and runs them by ONNX Runtime.
final class OnnxRoundTrip {

  /// What came of a case.
  enum Kind {
    EQUAL,
    REFUSED,
    DIFFERENT
  }

  /// @param text what is wrong; empty when nothing is
  record Outcome(Kind kind, String text) {}

  private static final Agreement REAL = new Agreement.Close(1e-5f, 1e-5f);

  private OnnxRoundTrip() {}

  /// Reads, writes and runs a case.
  ///
  /// @param steps by which integers may differ
  static Outcome of(OperatorCase source, int steps) {
    Graph graph = TfliteRoundTrip.read(source.model(), source.name());
    ModelWriter.Result result = new OnnxWriter().write(graph);
    if (!(result instanceof ModelWriter.Result.Written(Blob file))) {
      return new Outcome(Kind.REFUSED, result.toString());
    }
    if (!new OnnxWriter().write(graph).equals(result)) {
      return new Outcome(Kind.DIFFERENT, "the same graph gives another file");
    }
    try {
      return difference(graph, file, source.invocations(), steps, OptLevel.NO_OPT)
          .map(text -> new Outcome(Kind.DIFFERENT, text))
          .orElse(new Outcome(Kind.EQUAL, ""));
    } catch (OrtException e) {
      return new Outcome(Kind.DIFFERENT, e.toString());
    }
  }

  /// Where ONNX Runtime gives something else than the interpreter.
  static Optional<String> difference(
      Graph graph, Blob file, List<List<Blob>> invocations, int steps, OptLevel level)
      throws OrtException {
    Interpreter interpreter = new Interpreter(graph);
    try (OnnxRun run = new OnnxRun(graph, file, level)) {
      for (List<Blob> invocation : invocations) {
        List<byte[]> inputs = invocation.stream().map(Blob::toByteArray).toList();
        List<byte[]> expected = interpreter.run(inputs);
        List<byte[]> actual = run.run(inputs);
        for (int i = 0; i < expected.size(); i++) {
          TensorType type = graph.tensor(graph.outputs().get(i)).type();
          Optional<String> difference =
              Comparison.difference(
                  type,
                  expected.get(i),
                  actual.get(i),
                  type.element().isFloat()
                      ? REAL
                      : new Agreement.Within(steps, "floats are rounded once"));
          if (difference.isPresent()) {
            return difference;
          }
        }
      }
      return Optional.empty();
    }
  }
}
