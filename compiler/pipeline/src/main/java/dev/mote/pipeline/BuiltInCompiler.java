package dev.mote.pipeline;

import dev.mote.ir.Blob;
import dev.mote.ir.Diagnostic;
import dev.mote.pipeline.lower.WeightStorage;
import dev.mote.plugin.Compiler;
import dev.mote.plugin.Cost;
import dev.mote.plugin.Cost.Figure;
import dev.mote.plugin.Estimate;
import dev.mote.plugin.Payload;
import dev.mote.plugin.PluginDescription;
import dev.mote.plugin.Progress;
import dev.mote.plugin.Target;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// The built-in compiler as one of several: `mote-c`, self-contained C99.
public final class BuiltInCompiler implements Compiler {

  private static final String STREAM_INPUT = "stream-input";
  private static final String WEIGHTS_STORAGE = "weights-storage";

  private static final PluginDescription DESCRIPTION =
      new PluginDescription(
          "mote-c",
          Optional.ofNullable(BuiltInCompiler.class.getPackage().getImplementationVersion())
              .orElse("development"),
          "mote.dev",
          "Apache-2.0",
          "Self-contained C99, with kernels chosen for each layer and a planned arena.",
          List.of(PluginDescription.GRAPH),
          List.of(Payload.Kind.C_SOURCES),
          List.of(
              new PluginDescription.Fact("ram-bytes", false, "refuses an arena that does not fit"),
              new PluginDescription.Fact("flash-bytes", false, "refuses weights that do not fit"),
              new PluginDescription.Fact("clock-hz", false, "turns cycles into time")),
          """
          {
            "type": "object",
            "properties": {
              "stream-input": {
                "type": "boolean",
                "default": false,
                "description": "The application hands in the rows of the first image one by one."
              },
              "weights-storage": {
                "type": "string",
                "enum": ["auto", "plain", "compressed"],
                "default": "auto",
                "description": "How weights are stored; every form gives the same results."
              }
            },
            "additionalProperties": false
          }
          """);

  @Override
  public PluginDescription describe() {
    return DESCRIPTION;
  }

  @Override
  public Estimate estimate(Request request, Progress progress) {
    return switch (outcome(request, progress)) {
      case MoteCompiler.Outcome.Refused(List<Diagnostic> problems) ->
          new Estimate.Refuses(problems);
      case MoteCompiler.Outcome.Compiled(CompiledModel model) ->
          new Estimate.Serves(cost(model), notes(model));
    };
  }

  @Override
  public Result compile(Request request, Progress progress) {
    return switch (outcome(request, progress)) {
      case MoteCompiler.Outcome.Refused(List<Diagnostic> problems) -> new Result.Refused(problems);
      case MoteCompiler.Outcome.Compiled(CompiledModel model) ->
          new Result.Module(payload(model), new Report(cost(model), details(model)));
    };
  }

  private static MoteCompiler.Outcome outcome(Request request, Progress progress) {
    progress.checkCancelled();
    progress.report(0, "compiling");
    MoteCompiler.Outcome outcome = compile(request, request.constraints(), progress);
    progress.checkCancelled();
    Optional<Long> ram = request.target().limit(Target.Memory.Kind.RAM);
    if (outcome instanceof MoteCompiler.Outcome.Refused
        && request.constraints().isEmpty()
        && ram.isPresent()) {
      // The way that was asked for does not fit; another may.
      MoteCompiler.Outcome fitting =
          compile(
              request,
              new Constraints(Optional.empty(), OptionalLong.of(ram.get()), OptionalLong.empty()),
              progress);
      outcome = fitting instanceof MoteCompiler.Outcome.Compiled ? fitting : outcome;
    }
    progress.checkCancelled();
    progress.report(1, "compiled");
    return outcome;
  }

  private static MoteCompiler.Outcome compile(
      Request request, Constraints constraints, Progress progress) {
    boolean streams = request.parameters().flag(STREAM_INPUT).orElse(false);
    return MoteCompiler.compile(
        request.graph(),
        request.target(),
        Settings.preferring(request.optimize())
            .withStreamInput(streams)
            .withStorage(
                request
                    .parameters()
                    .text(WEIGHTS_STORAGE)
                    .map(text -> WeightStorage.valueOf(text.toUpperCase(Locale.ROOT)))
                    .orElse(WeightStorage.AUTO)),
        constraints,
        request.symbol(),
        progress);
  }

  /// The emitted sources and all that a module says of them.
  static Payload payload(CompiledModel model) {
    Map<String, Blob> files = new LinkedHashMap<>();
    files.put(model.symbol() + ".h", utf8(model.header()));
    files.put(model.symbol() + ".c", utf8(model.source()));
    boolean whole = model.streamed().isEmpty() && !model.hasTwoMemories();
    return new Payload(
        Payload.Kind.C_SOURCES,
        files,
        Optional.of(model.symbol()),
        whole ? Optional.of(memory(model)) : Optional.empty(),
        Payload.Requirements.of(
            model.target().instructionSet(), model.arenaBytes(), model.flashBytes()));
  }

  private static Payload.Memory memory(CompiledModel model) {
    return new Payload.Memory(
        model.arenaBytes(),
        model.arenaAlignment(),
        model.inputs().stream().map(CompiledModel.Port::offset).toList(),
        model.outputs().stream().map(CompiledModel.Port::offset).toList(),
        model.weightBytes(),
        model.tableBytes());
  }

  private static Cost cost(CompiledModel model) {
    Cost sizes =
        Cost.UNKNOWN
            .withRam(Figure.measured(model.arenaBytes()))
            .withFlash(Figure.estimated(model.flashBytes()));
    return model.estimatedCycles() == 0
        ? sizes
        : sizes.withCycles(Figure.estimated(model.estimatedCycles()));
  }

  private static List<String> notes(CompiledModel model) {
    return List.of("optimized for " + model.optimize().name().toLowerCase(Locale.ROOT));
  }

  private static Map<String, String> details(CompiledModel model) {
    Map<String, String> details = new LinkedHashMap<>();
    details.put("optimized for", model.optimize().name().toLowerCase(Locale.ROOT));
    details.put("layers", String.valueOf(model.layers().size()));
    details.put("multiply-accumulates", String.valueOf(model.macs()));
    details.put("weights", model.weightBytes() + " bytes");
    details.put("tables", model.tableBytes() + " bytes");
    details.put("arena if nothing overlapped", model.lowerBoundBytes() + " bytes at least");
    return details;
  }

  private static Blob utf8(String text) {
    return Blob.of(text.getBytes(StandardCharsets.UTF_8));
  }
}
