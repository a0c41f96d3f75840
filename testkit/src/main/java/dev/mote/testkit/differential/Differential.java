package dev.mote.testkit.differential;

import dev.mote.frontends.tflite.TfliteReader;
import dev.mote.ir.Blob;
import dev.mote.ir.Graph;
import dev.mote.ir.TensorType;
import dev.mote.plugin.ModelReader;
import dev.mote.reference.Interpreter;
import dev.mote.testkit.cases.Agreement;
import dev.mote.testkit.cases.CaseFamily;
import dev.mote.testkit.cases.OperatorCase;
import dev.mote.testkit.oracle.OracleException;
import dev.mote.testkit.oracle.TfliteOracle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Runs a family of cases by TFLite, the reference interpreter and emitted C.
public final class Differential {

  /// A case that the reference interpreter has run.
  ///
  /// @param outputs for each invocation the outputs in the model's order
  private record Interpreted(OperatorCase source, Graph graph, List<List<byte[]>> outputs) {}

  private final CaseFamily family;
  private final List<String> oracle = new ArrayList<>();
  private final List<String> emitted = new ArrayList<>();

  private Differential(CaseFamily family) {
    this.family = family;
  }

  /// Runs every case of `family`.
  public static FamilyReport run(CaseFamily family) {
    return run(family, family.cases());
  }

  /// Runs some cases of `family`.
  public static FamilyReport run(CaseFamily family, List<OperatorCase> cases) {
    Differential run = new Differential(family);
    List<Interpreted> interpreted = new ArrayList<>();
    for (OperatorCase source : cases) {
      run.interpret(source).ifPresent(interpreted::add);
    }
    if (!(family.oracle() instanceof Agreement.Absent)) {
      interpreted.forEach(run::compareWithTflite);
    }
    if (!(family.emitted() instanceof Agreement.Absent)) {
      run.compareWithC(interpreted);
    }
    return new FamilyReport(family, run.oracle, run.emitted);
  }

  private Optional<Interpreted> interpret(OperatorCase source) {
    String file = source.name() + ".tflite";
    switch (new TfliteReader().read(source.model(), file, ModelReader.Options.standard())) {
      case ModelReader.Result.Refused(var problems) -> {
        oracle.add(line(source, "the reader refuses: " + problems));
        return Optional.empty();
      }
      case ModelReader.Result.Model(Graph graph) -> {
        try {
          Interpreter interpreter = new Interpreter(graph);
          List<List<byte[]>> outputs = new ArrayList<>();
          for (List<Blob> inputs : source.invocations()) {
            outputs.add(interpreter.run(bytes(inputs)));
          }
          return Optional.of(new Interpreted(source, graph, outputs));
        } catch (RuntimeException e) {
          oracle.add(line(source, "the reference interpreter throws: " + trace(e)));
          return Optional.empty();
        }
      }
    }
  }

  private void compareWithTflite(Interpreted run) {
    try (TfliteOracle tflite = TfliteOracle.of(run.source().model().toByteArray())) {
      for (int i = 0; i < run.outputs().size(); i++) {
        List<TfliteOracle.Contents> outputs =
            tflite.runForContents(bytes(run.source().invocations().get(i)));
        for (int o = 0; o < outputs.size(); o++) {
          TensorType type = run.graph().tensor(run.graph().outputs().get(o)).type();
          TfliteOracle.Contents output = outputs.get(o);
          Optional<String> difference =
              output.shape().equals(type.shape())
                  ? Comparison.difference(
                      type, output.bytes(), run.outputs().get(i).get(o), family.oracle())
                  : Optional.of(
                      "has shape [%s], in TFLite [%s]".formatted(type.shape(), output.shape()));
          if (difference.isPresent()) {
            oracle.add(where(run.source(), i, o, difference.get()));
            return;
          }
        }
      }
    } catch (OracleException e) {
      oracle.add(line(run.source(), e.toString()));
    }
  }

  private void compareWithC(List<Interpreted> runs) {
    HostBatch batch = new HostBatch();
    List<Interpreted> built = new ArrayList<>();
    for (Interpreted run : runs) {
      Optional<String> refusal = batch.add(run.graph());
      if (refusal.isPresent()) {
        emitted.add(line(run.source(), refusal.get()));
      } else {
        built.add(run);
      }
    }
    try (HostBatch.Library library = batch.build()) {
      for (int number = 0; number < built.size(); number++) {
        compareWithC(built.get(number), library.start(number));
      }
    } catch (HostBatch.BuildException e) {
      emitted.add(family.name() + ": " + e.getMessage());
    }
  }

  private void compareWithC(Interpreted run, HostBatch.Session session) {
    for (int i = 0; i < run.outputs().size(); i++) {
      List<byte[]> outputs = session.run(bytes(run.source().invocations().get(i)));
      for (int o = 0; o < outputs.size(); o++) {
        TensorType type = run.graph().tensor(run.graph().outputs().get(o)).type();
        Optional<String> difference =
            Comparison.difference(
                type, run.outputs().get(i).get(o), outputs.get(o), family.emitted());
        if (difference.isPresent()) {
          emitted.add(where(run.source(), i, o, difference.get()));
          return;
        }
      }
    }
  }

  private static String where(OperatorCase source, int invocation, int output, String text) {
    return line(source, "invocation %d, output %d: %s".formatted(invocation, output, text));
  }

  private static String line(OperatorCase source, String text) {
    return "#%d %s: %s".formatted(source.index(), source.description(), text);
  }

  // The place that threw, without the harness below it.
  private static String trace(RuntimeException e) {
    StackTraceElement[] frames = e.getStackTrace();
    return frames.length == 0 ? e.toString() : e + " at " + frames[0];
  }

  private static List<byte[]> bytes(List<Blob> blobs) {
    return blobs.stream().map(Blob::toByteArray).toList();
  }
}
