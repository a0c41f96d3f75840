package dev.mote.builder;

import dev.mote.builder.BuildCandidate.Standing;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.module.Golden;
import dev.mote.module.Manifest;
import dev.mote.module.ModuleException;
import dev.mote.module.ModuleFile;
import dev.mote.plugin.Cost;
import dev.mote.plugin.Payload;
import dev.mote.plugin.Progress;
import dev.mote.pluginhost.Compilers;
import dev.mote.pluginhost.choice.Policy;
import dev.mote.pluginhost.process.Limits;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// From a model and the facts of a device to a module for it.
///
/// Kinds of payload are tried in the order of [#PREFERENCE], of each kind every compiler that
/// builds it, in the order of the policy; the first that fits and gives the reference's outputs is
/// taken. All candidates stand in the choice, with figures or reasons.
///
/// @param model the model
/// @param facts of the device
/// @param options what the user wants
public record ModuleBuild(ModelSource model, DeviceFacts facts, BuildOptions options) {

  /// Kinds of payload, the best first: code in place, code that is loaded, code that is
  /// interpreted, models that are interpreted, and sources, which no device builds by itself.
  public static final List<Payload.Kind> PREFERENCE =
      List.of(
          Payload.Kind.NATIVE,
          Payload.Kind.SHARED_LIBRARY,
          Payload.Kind.WEBASSEMBLY,
          Payload.Kind.TFLITE,
          Payload.Kind.C_SOURCES);

  /// What became of it.
  public sealed interface Outcome {

    BuildChoice choice();

    /// A module was made.
    ///
    /// @param choice what, and why
    /// @param module unsigned, all payloads in the clear
    /// @param report all figures as JSON
    /// @param page the same as an HTML page
    record Built(BuildChoice choice, ModuleFile module, Map<String, Object> report, String page)
        implements Outcome {}

    /// No module fits.
    ///
    /// @param problem in words, with what to do
    record Refused(BuildChoice choice, Diagnostic problem) implements Outcome {}
  }

  /// A way and what was said of it.
  private record Asked(Way way, BuildCandidate candidate) {}

  /// What the device would get, by estimates: nothing is linked or run.
  public BuildChoice plan(Progress progress) {
    Optional<TargetChoice> target = target();
    if (target.isEmpty()) {
      return nothing();
    }
    List<Asked> asked = ask(target.get(), progress);
    List<BuildCandidate> candidates = new ArrayList<>();
    boolean found = false;
    for (Asked one : asked) {
      boolean serves = one.candidate().standing() == Standing.SERVES;
      candidates.add(serves && !found ? one.candidate().with(Standing.CHOSEN) : one.candidate());
      found |= serves;
    }
    return choice(target.get(), candidates);
  }

  /// Builds the module.
  ///
  /// @param identity which module it becomes
  /// @param sequence its anti-rollback number
  /// @throws java.util.concurrent.CancellationException when `progress` was cancelled
  public Outcome run(Manifest.Identity identity, long sequence, Progress progress) {
    Optional<TargetChoice> target = target();
    if (target.isEmpty()) {
      return new Outcome.Refused(nothing(), TargetChoice.unknown(facts));
    }
    progress.report(0.02, "computing golden vectors");
    List<Golden> golden;
    try {
      golden = new ModuleBorder(model.graph(), List.of()).golden();
    } catch (ModuleException e) {
      Diagnostic problem = Diagnostic.user(e.code().number(), e.where(), e.what(), e.code().fix());
      return new Outcome.Refused(nothing(), problem);
    }
    Way.Label label = new Way.Label(identity, sequence, golden);
    List<Asked> asked = ask(target.get(), progress);
    List<BuildCandidate> candidates = new ArrayList<>();
    Optional<Way.Made> made = Optional.empty();
    for (Asked one : asked) {
      BuildCandidate candidate = one.candidate();
      if (made.isPresent() || candidate.standing() != Standing.SERVES) {
        candidates.add(candidate);
        continue;
      }
      progress.checkCancelled();
      try {
        Way.Made result = one.way().make(label, progress);
        made = Optional.of(result);
        candidates.add(
            new BuildCandidate(
                candidate.kind(),
                candidate.compiler(),
                Standing.CHOSEN,
                result.cost(),
                result.notes(),
                List.of()));
      } catch (DiagnosticException e) {
        candidates.add(candidate.failed(e.diagnostics()));
      } catch (ModuleException e) {
        candidates.add(
            candidate.failed(
                List.of(Diagnostic.user(e.code().number(), e.where(), e.what(), e.code().fix()))));
      }
    }
    BuildChoice choice = choice(target.get(), candidates);
    return made.<Outcome>map(
            result -> {
              BuildReport report =
                  new BuildReport(model, target.get().target(), options, choice, result);
              return new Outcome.Built(choice, result.module(), report.json(), report.page());
            })
        .orElseGet(() -> new Outcome.Refused(choice, choice.problem(model.graph().name())));
  }

  /// Where a device tells nothing that a target stands for, but takes WebAssembly, its runtime is
  /// the target.
  private Optional<TargetChoice> target() {
    Optional<TargetChoice> found = TargetChoice.of(facts);
    boolean wasm = facts.payloadKinds().contains(Payload.Kind.WEBASSEMBLY.label());
    return found.isPresent() || !wasm
        ? found
        : TargetChoice.of(DeviceFacts.of("wasm32"))
            .map(
                choice ->
                    new TargetChoice(
                        choice.target(), "the device tells no target, but runs WebAssembly"));
  }

  private BuildChoice nothing() {
    return new BuildChoice(facts, Optional.empty(), TargetChoice.unknown(facts).what(), List.of());
  }

  private BuildChoice choice(TargetChoice target, List<BuildCandidate> candidates) {
    List<BuildCandidate> all = new ArrayList<>(candidates);
    for (Payload.Kind kind : PREFERENCE) {
      if (!isWanted(kind)) {
        all.add(
            new BuildCandidate(
                kind,
                "",
                Standing.NOT_TAKEN,
                Cost.UNKNOWN,
                isTaken(kind) ? List.of("the request asks for another kind") : List.of(),
                List.of()));
      }
    }
    return new BuildChoice(facts, Optional.of(target.target().name()), target.why(), all);
  }

  private boolean isTaken(Payload.Kind kind) {
    return facts.payloadKinds().contains(kind.label());
  }

  private boolean isWanted(Payload.Kind kind) {
    return isTaken(kind) && options.kind().map(only -> only == kind).orElse(true);
  }

  private List<Asked> ask(TargetChoice target, Progress progress) {
    List<Asked> all = new ArrayList<>();
    Compilers compilers = Compilers.standard(List.of(), Limits.STANDARD);
    for (Payload.Kind kind : PREFERENCE) {
      if (isWanted(kind)) {
        List<Asked> ofKind = new ArrayList<>();
        for (Way way : ways(kind, target, compilers)) {
          progress.checkCancelled();
          progress.report(0.05, "asking " + way.compiler());
          Way.Estimated said = way.estimate(progress);
          ofKind.add(
              new Asked(
                  way,
                  new BuildCandidate(
                      kind,
                      way.compiler(),
                      said.problems().isEmpty() ? Standing.SERVES : Standing.FAILS,
                      said.cost(),
                      said.notes(),
                      said.problems())));
        }
        ofKind.sort(order());
        all.addAll(ofKind);
      }
    }
    return all;
  }

  private List<Way> ways(Payload.Kind kind, TargetChoice target, Compilers compilers) {
    List<Way> ways = new ArrayList<>();
    if (kind == Payload.Kind.NATIVE || kind == Payload.Kind.SHARED_LIBRARY) {
      ways.add(new OwnCode(kind, model, target, facts, options));
    }
    compilers.all().stream()
        .filter(compiler -> compiler.describe().builds().contains(kind))
        .forEach(
            compiler -> ways.add(new PluginWay(kind, compiler, model, target, facts, options)));
    options.compiler().ifPresent(only -> ways.removeIf(way -> !way.compiler().equals(only)));
    return ways;
  }

  /// Those that serve before those that do not, then by the policy; what is not known comes last.
  private Comparator<Asked> order() {
    Comparator<Asked> fastest = Comparator.comparingLong(asked -> speed(asked.candidate()));
    Comparator<Asked> smallest =
        Comparator.comparingLong(asked -> known(asked.candidate().cost().flashBytes().known()));
    Comparator<Asked> policy =
        options.policy().goal() == Policy.Goal.SMALLEST
            ? smallest.thenComparing(fastest)
            : fastest.thenComparing(smallest);
    Comparator<Asked> vendor = Comparator.comparing(asked -> !isPreferred(asked.way()));
    Comparator<Asked> serving =
        Comparator.comparing(asked -> asked.candidate().standing() != Standing.SERVES);
    return serving
        .thenComparing(vendor)
        .thenComparing(policy)
        .thenComparing(asked -> asked.way().compiler());
  }

  private boolean isPreferred(Way way) {
    return way instanceof PluginWay plugin
        && options
            .policy()
            .vendor()
            .map(name -> plugin.by().describe().vendor().equalsIgnoreCase(name))
            .orElse(false);
  }

  private static long speed(BuildCandidate candidate) {
    Cost cost = candidate.cost();
    return known(cost.cycles().isKnown() ? cost.cycles().known() : cost.instructions().known());
  }

  private static long known(OptionalLong figure) {
    return figure.orElse(Long.MAX_VALUE);
  }
}
