package dev.mote.testkit.onnx;

import dev.mote.frontends.onnx.OnnxReader;
import dev.mote.frontends.onnx.schema.OnnxMl.TensorProto;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.Graph;
import dev.mote.ir.TensorType;
import dev.mote.pipeline.Settings;
import dev.mote.plugin.Compiler;
import dev.mote.plugin.ModelReader;
import dev.mote.reference.Interpreter;
import dev.mote.targets.Targets;
import dev.mote.testkit.differential.HostBatch;
import dev.mote.testkit.onnx.CaseOutcome.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Runs ONNX's test cases through the reader, the reference interpreter and emitted C.
///
/// An input that Mote needs at compile time (a shape, say) becomes a constant with the value that
/// the case gives it.
public final class NodeConformance {

  private static final int CASES_PER_BATCH = 60;
  private static final Pattern RUNTIME_INPUT = Pattern.compile("input '([^']*)', is computed");

  /// A case that was read.
  private record Candidate(NodeCase source, Graph graph, int bound) {}

  private final List<CaseOutcome> outcomes = new ArrayList<>();
  private final boolean quick;

  private NodeConformance(boolean quick) {
    this.quick = quick;
  }

  /// Runs `cases`; `quick` without the C compiler's optimisations.
  static List<CaseOutcome> run(List<NodeCase> cases, boolean quick) {
    NodeConformance run = new NodeConformance(quick);
    List<Candidate> candidates = new ArrayList<>();
    for (NodeCase source : cases) {
      run.read(source).ifPresent(candidates::add);
    }
    for (int from = 0; from < candidates.size(); from += CASES_PER_BATCH) {
      run.compile(candidates.subList(from, Math.min(candidates.size(), from + CASES_PER_BATCH)));
    }
    return List.copyOf(run.outcomes);
  }

  /// The graph of a case, inputs that the reader wants constant bound; empty when it is refused.
  static Optional<Graph> graph(NodeCase source) {
    return new NodeConformance(true).read(source).map(Candidate::graph);
  }

  private Optional<Candidate> read(NodeCase source) {
    Set<String> constants = new HashSet<>();
    for (int attempt = 0; attempt < 8; attempt++) {
      ModelReader.Result result;
      try {
        result =
            new OnnxReader()
                .read(
                    NodeCase.bytes(source.with(constants)),
                    source.name() + ".onnx",
                    new ModelReader.Options(source.shapes(constants), ModelReader.Io.MODEL));
      } catch (RuntimeException e) {
        outcomes.add(new CaseOutcome(source, Verdict.FAILED, 0, "the reader throws " + trace(e)));
        return Optional.empty();
      }
      switch (result) {
        case ModelReader.Result.Model(Graph graph) -> {
          return Optional.of(new Candidate(source, graph, constants.size()));
        }
        case ModelReader.Result.Refused(List<Diagnostic> problems) -> {
          boolean more = false;
          for (Diagnostic problem : problems) {
            Matcher matcher = RUNTIME_INPUT.matcher(problem.what());
            more |=
                matcher.find()
                    && source.sets().getFirst().inputs().containsKey(matcher.group(1))
                    && constants.add(matcher.group(1));
          }
          if (!more) {
            Diagnostic first = problems.getFirst();
            Verdict verdict =
                first.kind() == Diagnostic.Kind.INTERNAL ? Verdict.FAILED : Verdict.REFUSED;
            outcomes.add(
                new CaseOutcome(
                    source, verdict, constants.size(), first.label() + " " + first.what()));
            return Optional.empty();
          }
        }
      }
    }
    throw new IllegalStateException(source.name() + " needs ever more constants");
  }

  private void compile(List<Candidate> candidates) {
    HostBatch batch =
        new HostBatch(Targets.find("host"), Settings.preferring(Compiler.Optimize.BALANCED), quick);
    List<Candidate> built = new ArrayList<>();
    for (Candidate candidate : candidates) {
      Optional<String> refusal = batch.add(candidate.graph());
      if (refusal.isPresent()) {
        boolean clear = refusal.get().startsWith("the compiler refuses");
        outcomes.add(
            new CaseOutcome(
                candidate.source(),
                clear ? Verdict.REFUSED : Verdict.FAILED,
                candidate.bound(),
                refusal.get()));
      } else {
        built.add(candidate);
      }
    }
    try (HostBatch.Library library = batch.build()) {
      for (int i = 0; i < built.size(); i++) {
        Optional<String> difference = execute(built.get(i), library.start(i));
        outcomes.add(
            new CaseOutcome(
                built.get(i).source(),
                difference.isEmpty() ? Verdict.PASSED : Verdict.FAILED,
                built.get(i).bound(),
                difference.orElse("")));
      }
    } catch (HostBatch.BuildException e) {
      built.forEach(
          candidate ->
              outcomes.add(
                  new CaseOutcome(
                      candidate.source(),
                      Verdict.FAILED,
                      candidate.bound(),
                      String.valueOf(e.getMessage()))));
    }
  }

  private static Optional<String> execute(Candidate candidate, HostBatch.Session session) {
    Graph graph = candidate.graph();
    Interpreter interpreter = new Interpreter(graph);
    // With constants bound, only the first set has their values.
    List<NodeCase.DataSet> sets =
        candidate.bound() > 0 ? candidate.source().sets().subList(0, 1) : candidate.source().sets();
    for (NodeCase.DataSet set : sets) {
      if (set.outputs().size() != graph.outputs().size()) {
        return Optional.of("it has %d outputs".formatted(graph.outputs().size()));
      }
      try {
        List<byte[]> inputs = new ArrayList<>();
        for (String input : graph.inputs()) {
          inputs.add(
              TensorValues.bytes(
                  Optional.ofNullable(set.inputs().get(input)).orElseThrow(),
                  graph.tensor(input).type()));
        }
        Optional<String> difference =
            compare(graph, set, interpreter.run(inputs)).map(d -> "interpreter: " + d);
        if (difference.isEmpty()) {
          difference = compare(graph, set, session.run(inputs)).map(d -> "C: " + d);
        }
        if (difference.isPresent()) {
          return difference;
        }
      } catch (RuntimeException e) {
        return Optional.of("it throws " + trace(e));
      }
    }
    return Optional.empty();
  }

  private static Optional<String> compare(Graph graph, NodeCase.DataSet set, List<byte[]> outputs) {
    for (int i = 0; i < outputs.size(); i++) {
      TensorProto expected = set.outputs().get(i);
      TensorType type = graph.tensor(graph.outputs().get(i)).type();
      Optional<String> difference = TensorValues.difference(expected, type, outputs.get(i));
      if (difference.isPresent()) {
        return Optional.of("output %d %s".formatted(i, difference.get()));
      }
    }
    return Optional.empty();
  }

  private static String trace(RuntimeException e) {
    StackTraceElement[] frames = e.getStackTrace();
    return frames.length == 0 ? e.toString() : e + " at " + frames[0];
  }

  /// Prints what came of every case that does not pass: `NodeConformance [TABLE [PART-OF-NAME]]`.
  /// The table of operators is written to file TABLE unless that is `-`.
  public static void main(String[] arguments) throws IOException {
    if (!NodeCase.installed()) {
      System.err.println("the test cases are not installed: apt-get install libonnx-testdata");
      System.exit(1);
    }
    String part = arguments.length > 1 ? arguments[1] : "";
    List<NodeCase> cases =
        NodeCase.all().stream().filter(source -> source.name().contains(part)).toList();
    List<CaseOutcome> outcomes = run(cases, false);
    TreeMap<Verdict, Integer> counts = new TreeMap<>();
    for (CaseOutcome outcome : outcomes) {
      counts.merge(outcome.verdict(), 1, Integer::sum);
      if (outcome.verdict() != Verdict.PASSED) {
        System.out.printf(
            "%-8s %s: %s%n", outcome.verdict(), outcome.source().name(), outcome.reason());
      }
    }
    System.out.println(counts);
    if (arguments.length > 0 && !arguments[0].equals("-")) {
      Files.writeString(Path.of(arguments[0]), ConformanceTable.of(outcomes));
    }
    System.exit(outcomes.stream().allMatch(ConformanceTable::right) ? 0 : 1);
  }
}
