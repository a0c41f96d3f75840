package dev.mote.pipeline;

import dev.mote.ir.Diagnostic;
import dev.mote.ir.Graph;
import dev.mote.ir.MacCount;
import dev.mote.ir.Node;
import dev.mote.pipeline.cascade.Cascade;
import dev.mote.pipeline.cascade.CascadeBuilder;
import dev.mote.pipeline.emit.Border;
import dev.mote.pipeline.emit.CEmitter;
import dev.mote.pipeline.emit.Layout;
import dev.mote.pipeline.lower.CmsisNnLayers;
import dev.mote.pipeline.lower.KernelCall;
import dev.mote.pipeline.lower.KernelChoice;
import dev.mote.pipeline.lower.Step;
import dev.mote.pipeline.lower.StoredWeights;
import dev.mote.pipeline.lower.UnsupportedStepException;
import dev.mote.pipeline.pass.Passes;
import dev.mote.pipeline.plan.ArenaPlan;
import dev.mote.pipeline.plan.BufferRequest;
import dev.mote.pipeline.plan.CascadeSearch;
import dev.mote.pipeline.plan.ConstantPlacement;
import dev.mote.pipeline.plan.LoweredStep;
import dev.mote.pipeline.plan.Schedule;
import dev.mote.pipeline.plan.Storage;
import dev.mote.pipeline.plan.Workload;
import dev.mote.plugin.Compiler.Constraints;
import dev.mote.plugin.Compiler.Optimize;
import dev.mote.plugin.Progress;
import dev.mote.plugin.Target;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/// The built-in compiler: graph → passes → kernel calls → plan → C.
///
/// Deterministic: equal requests give equal bytes.
public final class MoteCompiler {

  private static final int ARENA_ALIGNMENT = 8;

  private MoteCompiler() {}

  /// What became of a model.
  public sealed interface Outcome {
    /// It was compiled.
    record Compiled(CompiledModel model) implements Outcome {}

    /// It was refused, for all of these reasons.
    record Refused(List<Diagnostic> problems) implements Outcome {
      public Refused {
        problems = List.copyOf(problems);
      }
    }
  }

  /// Compiles `graph` for `target`.
  ///
  /// @param symbol prefix of every C name: a lower-case C identifier
  public static Outcome compile(Graph graph, Target target, Optimize optimize, String symbol) {
    return compile(graph, target, optimize, symbol, false);
  }

  /// Compiles `graph` for `target`.
  ///
  /// @param symbol prefix of every C name: a lower-case C identifier
  /// @param streamInput whether the application hands in the rows of the first image among the
  /// inputs
  ///     one by one, so that it has no buffer in the arena
  public static Outcome compile(
      Graph graph, Target target, Optimize optimize, String symbol, boolean streamInput) {
    return compile(
        graph, target, Settings.preferring(optimize).withStreamInput(streamInput), symbol);
  }

  /// Compiles `graph` for `target` in one particular way.
  ///
  /// @param symbol prefix of every C name: a lower-case C identifier
  public static Outcome compile(Graph graph, Target target, Settings settings, String symbol) {
    return switch (compileUnchecked(graph, target, settings, symbol)) {
      case Outcome.Refused refused -> refused;
      case Outcome.Compiled compiled -> {
        List<Diagnostic> misfits = Fit.check(compiled.model());
        yield misfits.isEmpty() ? compiled : new Outcome.Refused(misfits);
      }
    };
  }

  /// Compiles `graph` for `target` so that it satisfies `constraints`: as `wanted` if that does,
  /// else in the fastest other way that does.
  ///
  /// @param symbol prefix of every C name: a lower-case C identifier
  public static Outcome compile(
      Graph graph, Target target, Settings wanted, Constraints constraints, String symbol) {
    return compile(graph, target, wanted, constraints, symbol, Progress.NONE);
  }

  /// The same, watched.
  ///
  /// @throws java.util.concurrent.CancellationException when `progress` was cancelled
  public static Outcome compile(
      Graph graph,
      Target target,
      Settings wanted,
      Constraints constraints,
      String symbol,
      Progress progress) {
    if (constraints.isEmpty()) {
      return compile(graph, target, wanted, symbol);
    }
    return ConstraintSearch.unknownLatency(graph, target, constraints)
        .<Outcome>map(problem -> new Outcome.Refused(List.of(problem)))
        .orElseGet(
            () -> ConstraintSearch.compile(graph, target, wanted, constraints, symbol, progress));
  }

  /// The same, whether or not the target's memories are large enough.
  static Outcome compileUnchecked(Graph graph, Target target, Settings settings, String symbol) {
    Optimize optimize = settings.optimize();
    Graph optimized = Schedule.order(Passes.run(settings.passes(), graph));
    Storage storage = new Storage(optimized);
    List<Node> nodes = new ArrayList<>();
    List<List<KernelChoice.Candidate>> candidates = new ArrayList<>();
    List<Diagnostic> problems = new ArrayList<>();
    for (Node node : optimized.nodes()) {
      if (!storage.isView(node)) {
        try {
          candidates.add(
              candidates(
                  new Step(optimized, node, target, optimize, settings.storage()), settings));
          nodes.add(node);
        } catch (UnsupportedStepException e) {
          problems.add(e.diagnostic());
        }
      }
    }
    if (!problems.isEmpty()) {
      return new Outcome.Refused(problems);
    }
    List<KernelChoice.Candidate> chosen =
        new PackingLimit(optimized, storage, nodes).choose(settings.kernels(), candidates);
    List<LoweredStep.Layer> layers =
        IntStream.range(0, nodes.size())
            .mapToObj(
                i ->
                    new LoweredStep.Layer(nodes.get(i), chosen.get(i).call(), chosen.get(i).cost()))
            .toList();
    Optional<String> streamed =
        settings.streamInput() ? StreamedInput.of(optimized) : Optional.empty();
    CascadeBuilder builder = new CascadeBuilder(optimized, target, optimize, settings.storage());
    Optional<List<LoweredStep>> found =
        settings.streamInput() && streamed.isEmpty()
            ? Optional.empty()
            : new CascadeSearch(optimized, storage, layers, builder, streamed)
                .steps(settings.chaining());
    if (found.isEmpty()) {
      return new Outcome.Refused(List.of(StreamedInput.refusal(optimized, streamed)));
    }
    List<LoweredStep> steps = found.get();
    return new Outcome.Compiled(
        emit(optimized, Workload.of(optimized, storage, steps), steps, target, optimize, symbol));
  }

  private static List<KernelChoice.Candidate> candidates(Step step, Settings settings) {
    return switch (settings.library()) {
      case OWN -> KernelChoice.candidates(step);
      case CMSIS_NN -> KernelChoice.candidates(step, CmsisNnLayers.candidates(step));
    };
  }

  private static CompiledModel emit(
      Graph graph,
      Workload workload,
      List<LoweredStep> steps,
      Target target,
      Optimize optimize,
      String symbol) {
    TwoMemories memories = TwoMemories.plan(workload, steps, target);
    ArenaPlan plan = memories.plan();
    Map<String, Integer> offsets = new HashMap<>();
    workload
        .tensorBuffers()
        .forEach((name, buffer) -> offsets.put(name, plan.offsets().get(buffer)));
    List<Map<String, Integer>> work =
        workload.workBuffers().stream().map(buffers -> offsets(buffers, plan)).toList();
    List<Border> inputs = borders(graph, graph.inputs(), offsets);
    List<Border> outputs = borders(graph, graph.outputs(), offsets);
    int arenaBytes = Math.max(plan.arenaBytes(), 1);
    int firstBytes = Math.max(memories.firstBytes(), 1);
    long codeBytes = CodeEstimate.of(steps, target);
    ConstantPlacement placement = ConstantPlacement.of(graph, steps, target, codeBytes);
    CEmitter.Sources sources =
        CEmitter.emit(
            new Layout(
                symbol,
                "Generated by mote from model '" + graph.name() + "' for " + target.name(),
                graph,
                steps,
                offsets,
                work,
                arenaBytes,
                firstBytes,
                ARENA_ALIGNMENT,
                inputs,
                outputs,
                optimize == Optimize.SIZE,
                placement.data()));
    return new CompiledModel(
        symbol,
        target,
        optimize,
        sources.header(),
        sources.source(),
        graph,
        arenaBytes,
        firstBytes,
        ARENA_ALIGNMENT,
        ports(inputs),
        ports(outputs),
        layers(graph, steps, offsets),
        sources.weightBytes(),
        sources.tableBytes(),
        codeBytes,
        plan.disjointBoundBytes(),
        plan.lowerBoundBytes(),
        MacCount.of(graph),
        buffers(workload, plan),
        workload.permits().stream()
            .map(p -> new CompiledModel.Permit(p.written(), p.read(), p.distance(), p.exact()))
            .toList(),
        streamed(steps),
        external(placement));
  }

  private static List<CompiledModel.External> external(ConstantPlacement placement) {
    return placement.constants().stream()
        .map(
            constant ->
                new CompiledModel.External(
                    constant.layer(),
                    constant.data().size(),
                    placement.memory().map(Target.Memory::name).orElseThrow(),
                    constant.readsPerByte()))
        .toList();
  }

  private static Optional<String> streamed(List<LoweredStep> steps) {
    return steps.stream().flatMap(step -> step.streamed().stream()).findFirst();
  }

  private static Map<String, Integer> offsets(Map<String, Integer> buffers, ArenaPlan plan) {
    Map<String, Integer> offsets = new HashMap<>();
    buffers.forEach((key, buffer) -> offsets.put(key, plan.offsets().get(buffer)));
    return offsets;
  }

  private static List<Border> borders(
      Graph graph, Collection<String> names, Map<String, Integer> offsets) {
    return names.stream()
        .map(name -> new Border(name, graph.tensor(name).type(), offsets.getOrDefault(name, -1)))
        .toList();
  }

  private static List<CompiledModel.Port> ports(List<Border> borders) {
    return borders.stream()
        .map(border -> new CompiledModel.Port(border.tensor(), border.type(), border.offset()))
        .toList();
  }

  private static List<CompiledModel.Layer> layers(
      Graph graph, List<LoweredStep> steps, Map<String, Integer> offsets) {
    return IntStream.range(0, steps.size())
        .mapToObj(
            i -> {
              LoweredStep step = steps.get(i);
              List<Node> nodes = step.nodes();
              boolean chain = step instanceof LoweredStep.Rows;
              return new CompiledModel.Layer(
                  i,
                  step.name(),
                  chain ? "Rows" : nodes.getFirst().op().label(),
                  chain ? "portable/cascade" : step.calls().getFirst().kernel(),
                  nodes.stream().mapToLong(node -> MacCount.of(graph, node)).sum(),
                  step.cycles(),
                  nodes.stream().map(Node::name).toList(),
                  step instanceof LoweredStep.Rows(Cascade c) ? c.strips().count() : 0,
                  step instanceof LoweredStep.Rows(Cascade c)
                      ? c.strips().repeated(node -> MacCount.of(graph, node), nodes)
                      : 0,
                  stored(graph, step),
                  ports(borders(graph, step.outputs(), offsets)));
            })
        .toList();
  }

  private static List<StoredWeights> stored(Graph graph, LoweredStep step) {
    List<Node> nodes = step.nodes();
    List<KernelCall> calls = step.calls();
    return IntStream.range(0, nodes.size())
        .mapToObj(i -> StoredWeights.of(graph, nodes.get(i), calls.get(i)))
        .flatMap(Optional::stream)
        .toList();
  }

  private static List<CompiledModel.Buffer> buffers(Workload workload, ArenaPlan plan) {
    return IntStream.range(0, workload.requests().size())
        .mapToObj(
            i -> {
              BufferRequest request = workload.requests().get(i);
              return new CompiledModel.Buffer(
                  request.name(),
                  request.scratch(),
                  plan.offsets().get(i),
                  request.bytes(),
                  workload.step(request.first()),
                  workload.step(request.last()),
                  request.first(),
                  request.last());
            })
        .toList();
  }
}
