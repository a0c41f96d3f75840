package dev.mote.pipeline;

import dev.mote.ir.Diagnostic;
import dev.mote.ir.Graph;
import dev.mote.pipeline.MoteCompiler.Outcome;
import dev.mote.pipeline.lower.KernelChoice;
import dev.mote.pipeline.lower.WeightStorage;
import dev.mote.pipeline.plan.Chaining;
import dev.mote.plugin.Compiler.Constraints;
import dev.mote.plugin.Compiler.Optimize;
import dev.mote.plugin.Progress;
import dev.mote.plugin.Target;
import dev.mote.plugin.Target.Memory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/// Tries ways to compile a model until one satisfies all constraints: the way that was asked for,
/// then the others from the fastest to the smallest.
final class ConstraintSearch {

  /// Code of the diagnostic for constraints that no way satisfies.
  static final int UNSATISFIED = 3004;

  private static final List<Optimize> FASTEST_FIRST =
      List.of(Optimize.SPEED, Optimize.BALANCED, Optimize.SIZE, Optimize.MEMORY);

  private final Graph graph;
  private final Target target;
  private final Constraints constraints;

  private ConstraintSearch(Graph graph, Target target, Constraints constraints) {
    this.graph = graph;
    this.target = target;
    this.constraints = constraints;
  }

  /// A limit, and what a model needs of it, in the same unit.
  private record Need(String option, String unit, double needed, double limit, String help) {

    boolean met() {
      return needed <= limit;
    }

    double excess() {
      return Math.max(0, needed / limit - 1);
    }

    String describe() {
      return String.format(
          Locale.ROOT,
          unit.equals("ms")
              ? "%s: %.2f ms of at most %.2f (%.2f too many)"
              : "%s: %,.0f bytes of at most %,.0f (%,.0f too many)",
          option,
          needed,
          limit,
          needed - limit);
    }
  }

  /// The first of the ways that satisfies the constraints, or why none does.
  static Outcome compile(
      Graph graph,
      Target target,
      Settings wanted,
      Constraints constraints,
      String symbol,
      Progress progress) {
    ConstraintSearch search = new ConstraintSearch(graph, target, constraints);
    List<CompiledModel> tried = new ArrayList<>();
    List<Settings> ways = search.ways(wanted);
    for (Settings settings : ways) {
      if (search.isForNothing(settings, wanted, tried)) {
        continue;
      }
      progress.checkCancelled();
      progress.report(
          (double) tried.size() / ways.size(),
          "optimizing for " + settings.optimize().name().toLowerCase(Locale.ROOT));
      switch (MoteCompiler.compileUnchecked(graph, target, settings, symbol)) {
        case Outcome.Refused refused -> {
          return refused;
        }
        case Outcome.Compiled(CompiledModel model) -> {
          if (search.needs(model).stream().allMatch(Need::met)) {
            return new Outcome.Compiled(model);
          }
          tried.add(model);
        }
      }
    }
    return new Outcome.Refused(List.of(search.refusal(tried)));
  }

  /// Whether a way that saves flash is tried although the one that was asked for has enough of it.
  private boolean isForNothing(Settings settings, Settings wanted, List<CompiledModel> tried) {
    return settings.storage() != wanted.storage()
        && !tried.isEmpty()
        && limit(Memory.Kind.FLASH, constraints.flashBytes())
            .map(limit -> tried.getFirst().flashBytes() <= limit)
            .orElse(true);
  }

  /// What was asked for, the same with weights packed as far as the flash asks for it, then each
  /// objective as it is, then with no more execution by rows than the RAM asks for.
  private List<Settings> ways(Settings wanted) {
    Optional<Long> ram = limit(Memory.Kind.RAM, constraints.ramBytes());
    Optional<Long> flash = limit(Memory.Kind.FLASH, constraints.flashBytes());
    boolean packs =
        wanted.storage() == WeightStorage.AUTO && wanted.library() == Settings.Library.OWN;
    return Stream.of(
            Stream.of(wanted),
            flash.stream().filter(_ -> packs).map(bytes -> fastestWithin(wanted, bytes)),
            FASTEST_FIRST.stream()
                .filter(optimize -> optimize != wanted.optimize())
                .map(
                    optimize ->
                        Settings.preferring(optimize)
                            .withStreamInput(wanted.streamInput())
                            .withStorage(wanted.storage())))
        .flatMap(some -> some)
        .flatMap(
            way ->
                Stream.concat(
                    Stream.of(way),
                    ram.stream().map(bytes -> way.withChaining(new Chaining.Within(bytes)))))
        .toList();
  }

  private static Settings fastestWithin(Settings wanted, long flashBytes) {
    return wanted
        .withStorage(WeightStorage.COMPRESSED)
        .withKernels(KernelChoice.fastestWithin(flashBytes));
  }

  private List<Need> needs(CompiledModel model) {
    List<Need> needs = new ArrayList<>();
    constraints
        .latency()
        .ifPresent(
            limit ->
                needs.add(
                    new Need(
                        "latency",
                        "ms",
                        1e3 * model.estimatedCycles() / target.clockHz(),
                        milliseconds(limit),
                        "a faster target, a smaller input, or fewer channels in the layers with the"
                            + " most cycles ('mote compile --json' lists them)")));
    limit(Memory.Kind.RAM, constraints.ramBytes())
        .ifPresent(
            limit ->
                needs.add(
                    new Need(
                        "RAM",
                        "bytes",
                        model.arenaBytes(),
                        limit,
                        "a smaller input, fewer channels in the layers at the peak, or a streamed"
                            + " input")));
    limit(Memory.Kind.FLASH, constraints.flashBytes())
        .ifPresent(
            limit ->
                needs.add(
                    new Need(
                        "flash",
                        "bytes",
                        model.flashBytes(),
                        limit,
                        "weights of int8 or int4, or fewer channels in the layers with the most"
                            + " weights")));
    return needs;
  }

  private static double milliseconds(Duration duration) {
    return duration.toNanos() / 1e6;
  }

  /// The smaller of the constraint and of what the target has.
  private Optional<Long> limit(Memory.Kind kind, OptionalLong constraint) {
    Optional<Long> there = kind == Memory.Kind.FLASH ? target.total(kind) : target.limit(kind);
    return Stream.concat(there.stream(), constraint.stream().boxed())
        .min(Comparator.naturalOrder());
  }

  /// By how much the nearest of the ways misses, and what would help.
  private Diagnostic refusal(List<CompiledModel> tried) {
    CompiledModel nearest =
        tried.stream().min(Comparator.comparingDouble(this::excess)).orElseThrow();
    List<Need> missed = needs(nearest).stream().filter(need -> !need.met()).toList();
    return Diagnostic.resource(
        UNSATISFIED,
        graph.name() + " for " + target.name(),
        "no way to compile it satisfies all constraints; optimized for %s it comes nearest and misses %s"
            .formatted(
                nearest.optimize().name().toLowerCase(Locale.ROOT),
                String.join("; ", missed.stream().map(Need::describe).toList())),
        "relax these constraints, or use "
            + String.join("; ", missed.stream().map(Need::help).toList())
            + ".");
  }

  private double excess(CompiledModel model) {
    return needs(model).stream().mapToDouble(Need::excess).sum();
  }

  /// Why the latency cannot be estimated; empty when it can.
  static Optional<Diagnostic> unknownLatency(Graph graph, Target target, Constraints constraints) {
    return constraints.latency().isPresent() && target.clockHz() == 0
        ? Optional.of(
            Diagnostic.user(
                UNSATISFIED,
                graph.name() + " for " + target.name(),
                "a latency was asked for, but the target has no clock to estimate it by",
                "name a chip; 'mote targets' shows their clocks."))
        : Optional.empty();
  }
}
