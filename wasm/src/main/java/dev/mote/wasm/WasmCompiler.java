package dev.mote.wasm;

import dev.mote.emulator.BuildCache;
import dev.mote.ir.Blob;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.pipeline.CompiledModel;
import dev.mote.pipeline.MoteCompiler;
import dev.mote.pipeline.Settings;
import dev.mote.plugin.Compiler;
import dev.mote.plugin.Cost;
import dev.mote.plugin.Cost.Figure;
import dev.mote.plugin.Estimate;
import dev.mote.plugin.Payload;
import dev.mote.plugin.PluginDescription;
import dev.mote.plugin.Progress;
import dev.mote.plugin.Target;
import dev.mote.targets.Targets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// Models as WebAssembly, for devices whose firmware carries a runtime of it: `wasm`.
public final class WasmCompiler implements Compiler {

  private static final int MEMORY_LIMIT_CODE = 3002;
  private static final int FLASH_LIMIT_CODE = 3003;

  private static final PluginDescription DESCRIPTION =
      new PluginDescription(
          "wasm",
          Optional.ofNullable(WasmCompiler.class.getPackage().getImplementationVersion())
              .orElse("development"),
          "mote.dev",
          "Apache-2.0",
          "A WebAssembly module that imports nothing, of portable kernels.",
          List.of(PluginDescription.GRAPH),
          List.of(Payload.Kind.WEBASSEMBLY),
          List.of(
              new PluginDescription.Fact(
                  "firmware.webassembly", true, "the runtime that executes the module"),
              new PluginDescription.Fact("ram-bytes", false, "refuses a memory that does not fit"),
              new PluginDescription.Fact(
                  "flash-bytes", false, "refuses a module that does not fit")),
          PluginDescription.NO_PARAMETERS);

  @Override
  public PluginDescription describe() {
    return DESCRIPTION;
  }

  /// Builds the module: clang takes about a second, and what it says is exact.
  @Override
  public Estimate estimate(Request request, Progress progress) {
    return switch (compile(request, progress)) {
      case Result.Module(Payload payload, Report report) ->
          new Estimate.Serves(
              report.cost(),
              List.of(
                  "runs in the firmware's WebAssembly runtime, whose own memory and speed come on"
                      + " top"));
      case Result.Refused(List<Diagnostic> problems) -> new Estimate.Refuses(problems);
    };
  }

  @Override
  public Result compile(Request request, Progress progress) {
    progress.checkCancelled();
    progress.report(0, "compiling");
    return switch (MoteCompiler.compile(
        request.graph(),
        Targets.find("wasm32"),
        Settings.preferring(request.optimize()),
        request.symbol())) {
      case MoteCompiler.Outcome.Refused(List<Diagnostic> problems) -> new Result.Refused(problems);
      case MoteCompiler.Outcome.Compiled(CompiledModel model) -> {
        progress.checkCancelled();
        progress.report(0.5, "building WebAssembly");
        yield built(request, model);
      }
    };
  }

  private static Result built(Request request, CompiledModel model) {
    Blob module;
    try {
      module = WasmBuild.of(model, BuildCache.standard());
    } catch (DiagnosticException e) {
      return new Result.Refused(e.diagnostics());
    }
    long memory = WasmBuild.memoryBytes(module);
    List<Diagnostic> problems = misfits(request, memory, module.size());
    if (!problems.isEmpty()) {
      return new Result.Refused(problems);
    }
    Cost cost =
        Cost.UNKNOWN.withRam(Figure.measured(memory)).withFlash(Figure.measured(module.size()));
    return new Result.Module(
        payload(model, module, memory), new Report(cost, details(model, module, memory)));
  }

  private static List<Diagnostic> misfits(Request request, long memory, long module) {
    List<Diagnostic> problems = new ArrayList<>();
    Constraints constraints = request.constraints();
    if (constraints.latency().isPresent()) {
      problems.add(
          Diagnostic.user(
              3004,
              request.where(),
              "how long an inference takes depends on the WebAssembly runtime, and is not known",
              "Leave the latency out, or choose another compiler."));
    }
    limit(request.target().limit(Target.Memory.Kind.RAM), constraints.ramBytes())
        .filter(limit -> memory > limit)
        .ifPresent(
            limit ->
                problems.add(
                    Diagnostic.resource(
                        MEMORY_LIMIT_CODE,
                        request.where(),
                        "the WebAssembly memory, whole pages of 64 KiB with constants in it, needs"
                            + " %,d bytes, there are %,d".formatted(memory, limit),
                        "choose a target with more RAM, or a compiler to native code.")));
    limit(request.target().total(Target.Memory.Kind.FLASH), constraints.flashBytes())
        .filter(limit -> module > limit)
        .ifPresent(
            limit ->
                problems.add(
                    Diagnostic.resource(
                        FLASH_LIMIT_CODE,
                        request.where(),
                        "the WebAssembly module has %,d bytes, there are %,d"
                            .formatted(module, limit),
                        "choose a target with more flash, or use fewer channels.")));
    return problems;
  }

  private static Optional<Long> limit(Optional<Long> memory, OptionalLong constraint) {
    return constraint.isEmpty()
        ? memory
        : Optional.of(Math.min(memory.orElse(Long.MAX_VALUE), constraint.getAsLong()));
  }

  private static Payload payload(CompiledModel model, Blob module, long memory) {
    return new Payload(
        Payload.Kind.WEBASSEMBLY,
        Map.of(model.symbol() + ".wasm", module),
        Optional.of(model.symbol()),
        Optional.of(
            new Payload.Memory(
                model.arenaBytes(),
                model.arenaAlignment(),
                model.inputs().stream().map(CompiledModel.Port::offset).toList(),
                model.outputs().stream().map(CompiledModel.Port::offset).toList(),
                model.weightBytes(),
                model.tableBytes())),
        Payload.Requirements.of(Target.InstructionSet.WASM32, memory, module.size()));
  }

  private static Map<String, String> details(CompiledModel model, Blob module, long memory) {
    Map<String, String> details = new LinkedHashMap<>();
    details.put("exports", "memory, %1$s_arena, %1$s_init, %1$s_invoke".formatted(model.symbol()));
    details.put("layers", String.valueOf(model.layers().size()));
    details.put("multiply-accumulates", String.valueOf(model.macs()));
    details.put("arena", model.arenaBytes() + " bytes");
    details.put("module", module.size() + " bytes");
    details.put("WebAssembly memory", memory + " bytes");
    return details;
  }
}
