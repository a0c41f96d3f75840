package dev.mote.pluginhost;

import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.Graph;
import dev.mote.plugin.Compiler;
import dev.mote.plugin.Cost;
import dev.mote.plugin.Cost.Figure;
import dev.mote.plugin.Estimate;
import dev.mote.plugin.Payload;
import dev.mote.plugin.PluginDescription;
import dev.mote.plugin.Progress;
import dev.mote.plugin.Target;
import dev.mote.pluginhost.json.JsonProblem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.stream.LongStream;

/// A compiler whose requests are checked against its description, and whose answers against the
/// request. What it throws, but for a cancellation, becomes a [DiagnosticException].
public final class CheckedCompiler implements Compiler {

  private final Compiler compiler;
  private final PluginDescription description;
  private final ParametersSchema schema;

  private CheckedCompiler(
      Compiler compiler, PluginDescription description, ParametersSchema schema) {
    this.compiler = compiler;
    this.description = description;
    this.schema = schema;
  }

  /// @throws DiagnosticException when its description does not hold
  public static CheckedCompiler of(Compiler compiler) {
    try {
      PluginDescription description = compiler.describe();
      return new CheckedCompiler(
          compiler, description, ParametersSchema.parse(description.parametersSchema()));
    } catch (JsonProblem | IllegalArgumentException e) {
      throw Answers.badDescription("compiler " + compiler.getClass().getName(), e);
    }
  }

  @Override
  public PluginDescription describe() {
    return description;
  }

  public ParametersSchema schema() {
    return schema;
  }

  /// The compiler as it is.
  public Compiler unchecked() {
    return compiler;
  }

  /// Why the request is not even put to the compiler; empty when it is.
  public List<Diagnostic> objections(Request request) {
    List<Diagnostic> objections = new ArrayList<>();
    List<String> formats = description.formats();
    boolean taken =
        formats.contains(PluginDescription.GRAPH)
            || formats.stream().anyMatch(format -> request.model().in(format).isPresent());
    if (!taken) {
      objections.add(
          Diagnostic.user(
              PluginCodes.WRONG_FORMAT,
              request.where(),
              "compiler '%s' takes %s, and %s"
                  .formatted(
                      name(),
                      String.join(", ", formats),
                      request
                          .model()
                          .file()
                          .map(file -> "the model is of format " + file.format())
                          .orElse("there is no file with the inputs of this model")),
              "use another compiler, or a model file of that format as it is."));
    }
    for (PluginDescription.Fact fact : description.facts()) {
      if (fact.required() && request.device().fact(fact.name()).isEmpty()) {
        objections.add(
            Diagnostic.user(
                PluginCodes.MISSING_FACT,
                request.where(),
                "compiler '%s' needs to know '%s' of the device: %s"
                    .formatted(name(), fact.name(), fact.purpose()),
                "state it with --fact %s=VALUE, or in the target's file.".formatted(fact.name())));
      }
    }
    for (String problem : schema.problems(request.parameters())) {
      objections.add(
          Diagnostic.user(
              PluginCodes.BAD_PARAMETER,
              "parameters of compiler '" + name() + "'",
              problem,
              schema.names() + "; 'mote plugin describe " + name() + "' shows them."));
    }
    return objections;
  }

  @Override
  public Estimate estimate(Request request, Progress progress) {
    List<Diagnostic> objections = objections(request);
    if (!objections.isEmpty()) {
      return new Estimate.Refuses(objections);
    }
    Estimate estimate = guarded(() -> compiler.estimate(request, progress));
    if (estimate instanceof Estimate.Serves(Cost cost, var _)) {
      List<Diagnostic> excess = excess(request, cost);
      return excess.isEmpty() ? estimate : new Estimate.Refuses(excess);
    }
    return estimate;
  }

  @Override
  public Result compile(Request request, Progress progress) {
    List<Diagnostic> objections = objections(request);
    if (!objections.isEmpty()) {
      return new Result.Refused(objections);
    }
    Result result = guarded(() -> compiler.compile(request, progress));
    if (result instanceof Result.Module(Payload payload, Report report)) {
      contradiction(request, payload, report)
          .ifPresent(
              what -> {
                throw new DiagnosticException(
                    Diagnostic.resource(
                        PluginCodes.WRONG_MODULE,
                        request.where(),
                        "the module of compiler '%s' does not hold: %s".formatted(name(), what),
                        "report it to the plugin's vendor."));
              });
      List<Diagnostic> excess = excess(request, report.cost());
      return excess.isEmpty() ? result : new Result.Refused(excess);
    }
    return result;
  }

  private interface Call<T> {
    T make();
  }

  private <T> T guarded(Call<T> call) {
    try {
      return call.make();
    } catch (DiagnosticException | CancellationException e) {
      throw e;
    } catch (RuntimeException | StackOverflowError | LinkageError e) {
      DiagnosticException failed =
          new DiagnosticException(
              Diagnostic.internal(
                  PluginCodes.FAILED,
                  "compiler '" + name() + "'",
                  "it failed: " + Conversation.quoted(e.toString()),
                  "report it to the plugin's vendor."));
      failed.initCause(e);
      throw failed;
    }
  }

  /// Limits of the device and of the request that `cost` is known to exceed.
  private List<Diagnostic> excess(Request request, Cost cost) {
    List<Diagnostic> problems = new ArrayList<>();
    Target target = request.target();
    Constraints constraints = request.constraints();
    over(
        request,
        "RAM",
        cost.ramBytes(),
        least(request.device().fact("ram-bytes"), constraints.ramBytes()),
        problems);
    over(
        request,
        "flash",
        cost.flashBytes(),
        least(request.device().fact("flash-bytes"), constraints.flashBytes()),
        problems);
    if (constraints.latency().isPresent() && target.clockHz() > 0) {
      long cycles = (long) (constraints.latency().get().toNanos() / 1e9 * target.clockHz());
      Figure least = cost.cycles().isKnown() ? cost.cycles() : cost.instructions();
      if (least.isKnown() && least.amount() > cycles) {
        problems.add(
            tooLarge(
                request,
                "an inference takes %,d cycles, and %,d are allowed"
                    .formatted(least.amount(), cycles)));
      }
    }
    return problems;
  }

  private void over(
      Request request, String what, Figure needed, OptionalLong limit, List<Diagnostic> problems) {
    // Where several memories share the load, only the compiler knows what fits.
    boolean several =
        what.equals("RAM")
            && request.target().memories().stream()
                    .filter(memory -> memory.kind() == Target.Memory.Kind.RAM)
                    .count()
                > 1
            && request.constraints().ramBytes().isEmpty();
    if (needed.isKnown() && limit.isPresent() && needed.amount() > limit.getAsLong() && !several) {
      problems.add(
          tooLarge(
              request,
              "it needs %,d bytes of %s, and there are %,d"
                  .formatted(needed.amount(), what, limit.getAsLong())));
    }
  }

  private Diagnostic tooLarge(Request request, String what) {
    return Diagnostic.resource(
        PluginCodes.TOO_LARGE,
        request.where() + " by " + name(),
        what,
        "use another compiler, a larger device, or relax the constraint.");
  }

  private static OptionalLong least(Optional<String> fact, OptionalLong constraint) {
    LongStream stated =
        fact.filter(text -> text.matches("[0-9]{1,18}")).map(Long::parseLong).stream()
            .mapToLong(Long::longValue);
    return LongStream.concat(stated, constraint.stream()).min();
  }

  /// In what the module contradicts the request, the description or itself.
  private Optional<String> contradiction(Request request, Payload payload, Report report) {
    if (!description.builds().contains(payload.kind())) {
      return Optional.of("it builds no payloads of kind " + payload.kind().label());
    }
    if (payload.kind() == Payload.Kind.C_SOURCES
        && !payload.files().containsKey(payload.entry().orElse("") + ".h")) {
      return Optional.of("there is no header '" + payload.entry().orElse("") + ".h'");
    }
    Figure ram = report.cost().ramBytes();
    if (payload.memory().isPresent()) {
      Payload.Memory memory = payload.memory().get();
      if (ram.isKnown() && ram.amount() < memory.arenaBytes()) {
        return Optional.of("its arena is larger than the RAM that it says it needs");
      }
      if (payload.requires().ramBytes() < memory.arenaBytes()) {
        return Optional.of("its arena is larger than the RAM that it requires");
      }
      return misplaced(request.graph(), request.graph().inputs(), memory.inputOffsets(), memory)
          .or(
              () ->
                  misplaced(
                      request.graph(), request.graph().outputs(), memory.outputOffsets(), memory));
    }
    return Optional.empty();
  }

  private static Optional<String> misplaced(
      Graph graph, List<String> names, List<Integer> offsets, Payload.Memory memory) {
    if (offsets.size() != names.size()) {
      return Optional.of("it has not one offset for each input and output");
    }
    for (int i = 0; i < names.size(); i++) {
      if (offsets.get(i) + graph.tensor(names.get(i)).type().bytes() > memory.arenaBytes()) {
        return Optional.of("tensor '" + names.get(i) + "' ends behind the arena");
      }
    }
    return Optional.empty();
  }
}
