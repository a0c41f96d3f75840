package dev.mote.builder;

import dev.mote.ir.Diagnostic;
import dev.mote.ir.Graph;
import dev.mote.pipeline.CompiledModel;
import dev.mote.pipeline.MoteCompiler;
import dev.mote.pipeline.Settings;
import dev.mote.plugin.Compiler.Constraints;
import dev.mote.plugin.Compiler.Optimize;
import dev.mote.plugin.Progress;
import dev.mote.plugin.Target;
import dev.mote.plugin.Target.Memory;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// What a model would take of a target, as the built-in compiler plans it; the code is an estimate.
///
/// @param target the target's name
/// @param fits whether arena, constants and code find room
/// @param optimize what was preferred, for it to fit
/// @param arenaBytes RAM of the arena
/// @param flashBytes constants and code
/// @param estimatedCycles cycles of one inference; 0 where they are not known
/// @param problems why it does not fit, or was not tried
public record TargetFit(
    String target,
    boolean fits,
    Optional<String> optimize,
    OptionalLong arenaBytes,
    OptionalLong flashBytes,
    long estimatedCycles,
    List<Diagnostic> problems) {

  public TargetFit {
    problems = List.copyOf(problems);
  }

  /// Plans `graph` for each of `targets` until `progress` is cancelled.
  static List<TargetFit> of(Graph graph, List<Target> targets, Progress progress) {
    Map<Target.InstructionSet, CompiledModel> bare = new EnumMap<>(Target.InstructionSet.class);
    List<TargetFit> fits = new ArrayList<>();
    for (Target target : targets) {
      fits.add(
          progress.isCancelled() ? notTried(graph, target) : of(graph, target, bare, progress));
    }
    return fits;
  }

  /// Targets of one instruction set differ in their memories: what was planned for one stands for
  /// those in which it has room.
  private static TargetFit of(
      Graph graph,
      Target target,
      Map<Target.InstructionSet, CompiledModel> bare,
      Progress progress) {
    CompiledModel known = bare.get(target.instructionSet());
    if (known != null && hasRoom(known, target)) {
      return served(known, target);
    }
    MoteCompiler.Outcome outcome =
        MoteCompiler.compile(
            graph, target, Settings.preferring(Optimize.BALANCED), limits(target), "m", progress);
    return switch (outcome) {
      case MoteCompiler.Outcome.Compiled(CompiledModel model) -> {
        bare.putIfAbsent(target.instructionSet(), model);
        yield served(model, target);
      }
      case MoteCompiler.Outcome.Refused(List<Diagnostic> problems) ->
          new TargetFit(
              target.name(),
              false,
              Optional.empty(),
              OptionalLong.empty(),
              OptionalLong.empty(),
              0,
              problems);
    };
  }

  private static boolean hasRoom(CompiledModel model, Target target) {
    return model.optimize() == Optimize.BALANCED
        && target.limit(Memory.Kind.RAM).map(limit -> model.arenaBytes() <= limit).orElse(true)
        && target.limit(Memory.Kind.FLASH).map(limit -> model.flashBytes() <= limit).orElse(true);
  }

  /// Its RAM and flash; none where the target has no limits.
  private static Constraints limits(Target target) {
    return new Constraints(
        Optional.empty(), limit(target, Memory.Kind.RAM), limit(target, Memory.Kind.FLASH));
  }

  private static OptionalLong limit(Target target, Memory.Kind kind) {
    return target.limit(kind).map(OptionalLong::of).orElseGet(OptionalLong::empty);
  }

  private static TargetFit served(CompiledModel model, Target target) {
    return new TargetFit(
        target.name(),
        true,
        Optional.of(model.optimize().name().toLowerCase(Locale.ROOT)),
        OptionalLong.of(model.arenaBytes()),
        OptionalLong.of(model.flashBytes()),
        model.estimatedCycles(),
        List.of());
  }

  private static TargetFit notTried(Graph graph, Target target) {
    return new TargetFit(
        target.name(),
        false,
        Optional.empty(),
        OptionalLong.empty(),
        OptionalLong.empty(),
        0,
        List.of(
            Diagnostic.resource(
                BuilderCodes.NOT_TRIED,
                graph.name() + " for " + target.name(),
                "the time for the check was over before this target was tried",
                "compile for it: then there is more time.")));
  }

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("target", target);
    json.put("fits", fits);
    optimize.ifPresent(value -> json.put("optimize", value));
    arenaBytes.ifPresent(value -> json.put("arenaBytes", value));
    flashBytes.ifPresent(value -> json.put("flashBytes", value));
    if (estimatedCycles > 0) {
      json.put("estimatedCycles", estimatedCycles);
    }
    if (!problems.isEmpty()) {
      json.put("problems", Describe.json(problems));
    }
    return json;
  }
}
