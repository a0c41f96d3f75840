package dev.mote.pipeline;

import dev.mote.ir.Diagnostic;
import dev.mote.pipeline.lower.CmsisNnLayers;
import dev.mote.plugin.Compiler;
import dev.mote.plugin.Cost;
import dev.mote.plugin.Cost.Figure;
import dev.mote.plugin.Estimate;
import dev.mote.plugin.Payload;
import dev.mote.plugin.PluginDescription;
import dev.mote.plugin.Progress;
import dev.mote.plugin.Target.InstructionSet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/// C that calls CMSIS-NN instead of kernels of its own, for firmware that links it: `cmsis-nn`.
public final class CmsisNnCompiler implements Compiler {

  /// Cycles that an instruction takes, about, on a core without waiting.
  private static final double CYCLES_PER_INSTRUCTION = 1.2;

  private static final PluginDescription DESCRIPTION =
      new PluginDescription(
          "cmsis-nn",
          Optional.ofNullable(CmsisNnCompiler.class.getPackage().getImplementationVersion())
              .orElse("development"),
          "mote.dev",
          "Apache-2.0",
          "C99 that calls CMSIS-NN, with a planned arena; own kernels for what it does not have.",
          List.of(PluginDescription.GRAPH),
          List.of(Payload.Kind.C_SOURCES),
          List.of(
              new PluginDescription.Fact(
                  "firmware.cmsis-nn", true, "the library that the sources call"),
              new PluginDescription.Fact("ram-bytes", false, "refuses an arena that does not fit"),
              new PluginDescription.Fact("flash-bytes", false, "refuses weights that do not fit")),
          PluginDescription.NO_PARAMETERS);

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
          new Estimate.Serves(
              cost(model),
              List.of(
                  "flash is that of constants and own kernels; the firmware has the library anyway",
                  "instructions by what CMSIS-NN takes for a multiply-accumulate, give or take a"
                      + " third"));
    };
  }

  @Override
  public Result compile(Request request, Progress progress) {
    return switch (outcome(request, progress)) {
      case MoteCompiler.Outcome.Refused(List<Diagnostic> problems) -> new Result.Refused(problems);
      case MoteCompiler.Outcome.Compiled(CompiledModel model) ->
          new Result.Module(
              BuiltInCompiler.payload(model), new Report(cost(model), details(model)));
    };
  }

  private static MoteCompiler.Outcome outcome(Request request, Progress progress) {
    progress.checkCancelled();
    progress.report(0, "compiling");
    Optional<Diagnostic> foreign = foreign(request);
    if (foreign.isPresent()) {
      return new MoteCompiler.Outcome.Refused(List.of(foreign.get()));
    }
    MoteCompiler.Outcome outcome =
        MoteCompiler.compile(
            request.graph(),
            request.target(),
            Settings.preferring(request.optimize()).withCmsisNn(),
            request.symbol());
    progress.checkCancelled();
    progress.report(1, "compiled");
    return switch (outcome) {
      case MoteCompiler.Outcome.Refused refused -> refused;
      case MoteCompiler.Outcome.Compiled compiled -> {
        List<Diagnostic> problems = problems(request, compiled.model());
        yield problems.isEmpty() ? compiled : new MoteCompiler.Outcome.Refused(problems);
      }
    };
  }

  private static Optional<Diagnostic> foreign(Request request) {
    return switch (request.target().instructionSet()) {
      case ARMV6M, ARMV7M, ARMV7EM, ARMV81M_MVE -> Optional.empty();
      case HOST, RV32IMC, WASM32 ->
          Optional.of(
              Diagnostic.user(
                  3010,
                  request.where(),
                  "CMSIS-NN is a library for Arm Cortex-M",
                  "choose the compiler mote-c, or a target with a Cortex-M core."));
    };
  }

  private static List<Diagnostic> problems(Request request, CompiledModel model) {
    List<Diagnostic> problems = new ArrayList<>();
    if (calls(model).isEmpty()) {
      problems.add(
          Diagnostic.user(
              3010,
              request.where(),
              "CMSIS-NN computes none of its layers here: it is used for int8 layers, and for fully"
                  + " connected ones not on cores with vectors",
              "choose the compiler mote-c."));
    }
    Constraints constraints = request.constraints();
    if (constraints.latency().isPresent()) {
      problems.add(
          Diagnostic.user(
              3004,
              request.where(),
              "how long functions of CMSIS-NN take is not known well enough to hold a latency",
              "Leave the latency out, or choose the compiler mote-c."));
    }
    over(constraints.ramBytes(), model.arenaBytes())
        .ifPresent(
            limit ->
                problems.add(
                    Diagnostic.resource(
                        3004,
                        request.where(),
                        "the arena needs %,d bytes, at most %,d are allowed"
                            .formatted(model.arenaBytes(), limit),
                        "Choose the compiler mote-c, whose kernels need less.")));
    over(constraints.flashBytes(), model.flashBytes())
        .ifPresent(
            limit ->
                problems.add(
                    Diagnostic.resource(
                        3004,
                        request.where(),
                        "constants and code need %,d bytes, at most %,d are allowed"
                            .formatted(model.flashBytes(), limit),
                        "Choose the compiler mote-c with --optimize size.")));
    return problems;
  }

  private static Optional<Long> over(OptionalLong limit, long needed) {
    return limit.isPresent() && needed > limit.getAsLong()
        ? Optional.of(limit.getAsLong())
        : Optional.empty();
  }

  private static List<CompiledModel.Layer> calls(CompiledModel model) {
    return model.layers().stream()
        .filter(layer -> layer.kernel().startsWith(CmsisNnLayers.FOLDER))
        .toList();
  }

  private static Cost cost(CompiledModel model) {
    Cost sizes =
        Cost.UNKNOWN
            .withRam(Figure.measured(model.arenaBytes()))
            .withFlash(Figure.estimated(model.weightBytes() + model.tableBytes()));
    OptionalDouble perProduct = instructionsPerProduct(model.target().instructionSet());
    if (perProduct.isEmpty()) {
      return sizes;
    }
    long instructions = Math.round(model.macs() * perProduct.getAsDouble());
    return sizes
        .withInstructions(Figure.estimated(instructions))
        .withCycles(Figure.estimated(Math.round(instructions * CYCLES_PER_INSTRUCTION)));
  }

  /// Instructions for a multiply-accumulate, about, over whole models.
  private static OptionalDouble instructionsPerProduct(InstructionSet set) {
    return switch (set) {
      case ARMV7EM -> OptionalDouble.of(2.7);
      case ARMV81M_MVE -> OptionalDouble.of(0.6);
      case HOST, ARMV6M, ARMV7M, RV32IMC, WASM32 -> OptionalDouble.empty();
    };
  }

  private static Map<String, String> details(CompiledModel model) {
    Map<String, String> details = new LinkedHashMap<>();
    List<CompiledModel.Layer> calls = calls(model);
    details.put("layers by CMSIS-NN", "%d of %d".formatted(calls.size(), model.layers().size()));
    String own =
        model.layers().stream()
            .filter(layer -> !calls.contains(layer))
            .map(layer -> layer.name() + " (" + layer.op() + ")")
            .collect(Collectors.joining(", "));
    details.put("layers by own kernels", own.isEmpty() ? "none" : own);
    details.put("multiply-accumulates", String.valueOf(model.macs()));
    details.put("weights", model.weightBytes() + " bytes");
    details.put("tables", model.tableBytes() + " bytes");
    return details;
  }
}
