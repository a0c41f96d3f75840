package dev.mote.testkit.graphs;

import dev.mote.frontends.tflite.TfliteReader;
import dev.mote.ir.Blob;
import dev.mote.ir.Graph;
import dev.mote.pipeline.CompiledModel;
import dev.mote.pipeline.Settings;
import dev.mote.pipeline.pass.Passes;
import dev.mote.pipeline.plan.Chaining;
import dev.mote.plugin.Compiler.Optimize;
import dev.mote.plugin.ModelReader;
import dev.mote.reference.Interpreter;
import dev.mote.targets.Targets;
import dev.mote.testkit.cases.CaseFamily;
import dev.mote.testkit.cases.OperatorCase;
import dev.mote.testkit.differential.HostBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/// Random graphs under every kind of plan: the passes keep the meaning, buffers that live together
/// do not overlap but where a kernel allows it, and the emitted C gives what the reference
/// interpreter gives, bit by bit.
public final class GraphSweep {

  private static final int USUAL_GRAPHS = 5_000;
  private static final int GRAPHS_PER_BATCH = 40;

  /// The plans: each graph runs under two of them, in turn.
  private static final Map<String, Settings> PLANS = plans();

  /// What was seen.
  ///
  /// @param graphs number of random graphs
  /// @param models compiled models that ran
  /// @param chained of these, models with layers that run row by row
  /// @param patched of these, models with layers in patches
  /// @param overlapped models in which buffers share bytes while both live
  /// @param refused models that cannot take their input row by row, or have no image
  /// @param failures what went wrong
  public record Summary(
      int graphs,
      int models,
      int chained,
      int patched,
      int overlapped,
      int refused,
      List<String> failures) {
    public Summary {
      failures = List.copyOf(failures);
    }
  }

  private int graphs;
  private int models;
  private int chained;
  private int patched;
  private int overlapped;
  private int refused;
  private final List<String> failures = new ArrayList<>();

  private GraphSweep() {}

  private static Map<String, Settings> plans() {
    Settings speed = Settings.preferring(Optimize.SPEED);
    Map<String, Settings> plans = new LinkedHashMap<>();
    plans.put("rows", speed.withChaining(new Chaining.Smallest(100)));
    plans.put("2 patches", speed.withChaining(new Chaining.Patched(2)));
    plans.put("layers", speed);
    plans.put("3 patches", speed.withChaining(new Chaining.Patched(3)));
    plans.put("streamed", Settings.preferring(Optimize.MEMORY).withStreamInput(true));
    plans.put("4 patches", speed.withChaining(new Chaining.Patched(4)));
    plans.put("size", Settings.preferring(Optimize.SIZE));
    return plans;
  }

  /// Prints a summary; exits with 1 when something failed. Arguments: the number of graphs (5,000
  /// unless said).
  public static void main(String[] arguments) {
    int graphs = arguments.length > 0 ? Integer.parseInt(arguments[0]) : USUAL_GRAPHS;
    Summary summary = run(graphs, true);
    System.err.println();
    summary.failures().forEach(System.err::println);
    System.out.printf(
        "%,d graphs, %,d models: %,d with layers by rows, %,d in patches, %,d with overlapping"
            + " buffers, %,d refused; %d failures%n",
        summary.graphs(),
        summary.models(),
        summary.chained(),
        summary.patched(),
        summary.overlapped(),
        summary.refused(),
        summary.failures().size());
    System.exit(summary.failures().isEmpty() && summary.patched() > 0 ? 0 : 1);
  }

  /// Runs the first `count` graphs, always the same.
  public static Summary run(int count, boolean progress) {
    int workers = Runtime.getRuntime().availableProcessors();
    try (ExecutorService pool = Executors.newFixedThreadPool(workers)) {
      AtomicInteger next = new AtomicInteger();
      AtomicInteger done = new AtomicInteger();
      List<Future<GraphSweep>> parts = new ArrayList<>();
      for (int worker = 0; worker < workers; worker++) {
        parts.add(pool.submit(() -> new GraphSweep().batches(count, next, done, progress)));
      }
      GraphSweep sum = new GraphSweep();
      for (Future<GraphSweep> part : parts) {
        sum.add(part.get());
      }
      return new Summary(
          sum.graphs,
          sum.models,
          sum.chained,
          sum.patched,
          sum.overlapped,
          sum.refused,
          sum.failures);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private GraphSweep batches(int count, AtomicInteger next, AtomicInteger done, boolean progress) {
    List<String> names = List.copyOf(PLANS.keySet());
    List<CaseFamily> families = GraphFamilies.all();
    int batches = Math.ceilDiv(count, GRAPHS_PER_BATCH);
    for (int batch = next.getAndIncrement(); batch < batches; batch = next.getAndIncrement()) {
      List<OperatorCase> cases = new ArrayList<>();
      int end = Math.min(count, (batch + 1) * GRAPHS_PER_BATCH);
      for (int number = batch * GRAPHS_PER_BATCH; number < end; number++) {
        cases.add(families.get(number % families.size()).draw(number));
      }
      run(cases, names.get(batch % names.size()));
      run(cases, names.get((batch + 1 + batch / names.size()) % names.size()));
      graphs += cases.size();
      int total = done.addAndGet(cases.size());
      if (progress) {
        System.err.printf("\r%,d of %,d graphs", total, count);
      }
    }
    return this;
  }

  private void add(GraphSweep other) {
    graphs += other.graphs;
    models += other.models;
    chained += other.chained;
    patched += other.patched;
    overlapped += other.overlapped;
    refused += other.refused;
    failures.addAll(other.failures);
  }

  private void run(List<OperatorCase> cases, String plan) {
    Settings settings = PLANS.getOrDefault(plan, Settings.preferring(Optimize.SPEED));
    HostBatch batch = new HostBatch(Targets.find("host"), settings, true);
    List<OperatorCase> built = new ArrayList<>();
    for (OperatorCase source : cases) {
      Graph graph = read(source);
      if (batch.add(graph).isPresent()) {
        refused++;
        if (!plan.equals("streamed")) {
          failures.add(plan + ", " + source.name() + ": refused");
        }
      } else {
        built.add(source);
      }
    }
    models += built.size();
    try (HostBatch.Library library = batch.build()) {
      for (int i = 0; i < built.size(); i++) {
        CompiledModel model = batch.models().get(i);
        count(model);
        String where = plan + ", " + built.get(i).name() + ": ";
        LivePlan.violations(model).forEach(violation -> failures.add(where + violation));
        compare(where, built.get(i), library.start(i));
      }
    } catch (HostBatch.BuildException e) {
      failures.add(plan + ", " + cases.getFirst().name() + " and following: " + e.getMessage());
    }
  }

  private void count(CompiledModel model) {
    chained += model.source().contains("mote_stage_t ") ? 1 : 0;
    patched += model.source().contains(".patches = ") ? 1 : 0;
    overlapped += LivePlan.overlaps(model) ? 1 : 0;
  }

  private void compare(String where, OperatorCase source, HostBatch.Session session) {
    Graph graph = read(source);
    Interpreter plain = new Interpreter(graph);
    Interpreter passed = new Interpreter(Passes.run(Passes.STANDARD, graph));
    for (List<Blob> invocation : source.invocations()) {
      List<byte[]> inputs = invocation.stream().map(Blob::toByteArray).toList();
      List<byte[]> expected = plain.run(inputs);
      if (!equal(expected, passed.run(inputs))) {
        failures.add(where + "the passes change the result");
      }
      if (!equal(expected, session.run(inputs))) {
        failures.add(where + "the emitted C gives another result");
      }
    }
  }

  private static boolean equal(List<byte[]> a, List<byte[]> b) {
    for (int i = 0; i < a.size(); i++) {
      if (!Arrays.equals(a.get(i), b.get(i))) {
        return false;
      }
    }
    return a.size() == b.size();
  }

  private static Graph read(OperatorCase source) {
    return switch (new TfliteReader()
        .read(source.model(), source.name(), ModelReader.Options.standard())) {
      case ModelReader.Result.Model(Graph graph) -> graph;
      case ModelReader.Result.Refused(var problems) ->
          throw new IllegalStateException(source.name() + ": " + problems);
    };
  }
}
