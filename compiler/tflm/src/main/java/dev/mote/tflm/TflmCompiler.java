package dev.mote.tflm;

import dev.mote.ir.Blob;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.MacCount;
import dev.mote.plugin.Compiler;
import dev.mote.plugin.Cost;
import dev.mote.plugin.Cost.Figure;
import dev.mote.plugin.Estimate;
import dev.mote.plugin.Payload;
import dev.mote.plugin.PluginDescription;
import dev.mote.plugin.Progress;
import dev.mote.plugin.Target;
import dev.mote.plugin.Target.InstructionSet;
import dev.mote.tflm.ArenaEstimate.Kernels;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/// Models for devices whose firmware carries TensorFlow Lite Micro: `tflm`. No code: the file as it
/// is, checked, with what the interpreter needs; or C++ around it.
public final class TflmCompiler implements Compiler {

  private static final int NOT_FOR_THIS = 3010;
  private static final int RAM_LIMIT = 3002;
  private static final int FLASH_LIMIT = 3003;
  private static final int CONSTRAINTS = 3004;
  private static final long LARGEST_ARENA = 1L << 31;
  private static final String FORMAT = "tflite";
  private static final double CYCLES_PER_INSTRUCTION = 1.2;

  private static final PluginDescription DESCRIPTION =
      new PluginDescription(
          "tflm",
          Optional.ofNullable(TflmCompiler.class.getPackage().getImplementationVersion())
              .orElse("development"),
          "mote.dev",
          "Apache-2.0",
          "The model itself for TensorFlow Lite Micro, its operators and its arena; or C++ around it.",
          List.of(FORMAT),
          List.of(Payload.Kind.TFLITE, Payload.Kind.C_SOURCES),
          List.of(
              new PluginDescription.Fact(
                  "firmware.tflm", true, "the interpreter that runs the model"),
              new PluginDescription.Fact("ram-bytes", false, "refuses an arena that does not fit"),
              new PluginDescription.Fact(
                  "flash-bytes", false, "refuses a model that does not fit")),
          """
          {
            "type": "object",
            "properties": {
              "form": {
                "type": "string",
                "enum": ["model", "sources"],
                "default": "model",
                "description": "The model's file, or C++ sources with it for the firmware's build."
              },
              "kernels": {
                "type": "string",
                "enum": ["cmsis-nn", "reference"],
                "description": "Kernels of the firmware; by default CMSIS-NN on cores with DSP."
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
    return switch (examine(request)) {
      case Examined.Refused(var problems) -> new Estimate.Refuses(problems);
      case Examined.Model model ->
          new Estimate.Serves(
              cost(request, model),
              List.of(
                  "flash is that of the model; the firmware has the interpreter anyway",
                  "instructions by what the kernels take for a multiply-accumulate, give or take a"
                      + " third"));
    };
  }

  @Override
  public Result compile(Request request, Progress progress) {
    progress.checkCancelled();
    progress.report(0, "examining the model");
    return switch (examine(request)) {
      case Examined.Refused(var problems) -> new Result.Refused(problems);
      case Examined.Model model ->
          new Result.Module(
              payload(request, model), new Report(cost(request, model), details(model)));
    };
  }

  /// What was found in a model.
  private sealed interface Examined {
    record Model(Blob file, List<String> methods, ArenaEstimate arena) implements Examined {}

    record Refused(List<Diagnostic> problems) implements Examined {}
  }

  private static Examined examine(Request request) {
    Optional<Blob> file = request.model().in(FORMAT);
    if (file.isEmpty()) {
      return refused(request, "the model is no .tflite file whose inputs and outputs are as in it");
    }
    TfliteOutline outline;
    ArenaEstimate arena;
    try {
      outline = TfliteOutline.of(file.get());
      arena = ArenaEstimate.of(outline, kernels(request));
    } catch (IllegalArgumentException | IndexOutOfBoundsException | ArithmeticException e) {
      return refused(request, "the model file is damaged");
    }
    if (arena.arenaBytes() > LARGEST_ARENA) {
      return refused(request, "the arena would have %,d bytes".formatted(arena.arenaBytes()));
    }
    if (outline.subgraphs() != 1) {
      return refused(request, "the model has %d subgraphs".formatted(outline.subgraphs()));
    }
    List<String> methods = new ArrayList<>();
    List<Diagnostic> problems = new ArrayList<>();
    outline.operators().stream()
        .map(TfliteOutline.Operator::code)
        .distinct()
        .sorted()
        .forEach(
            code ->
                ResolverMethods.of(code)
                    .ifPresentOrElse(
                        methods::add,
                        () ->
                            problems.add(
                                problem(
                                    request,
                                    "TensorFlow Lite Micro has no operator number " + code))));
    problems.addAll(misfits(request, arena.arenaBytes(), file.get().size()));
    return problems.isEmpty()
        ? new Examined.Model(file.get(), List.copyOf(methods), arena)
        : new Examined.Refused(problems);
  }

  private static Examined refused(Request request, String what) {
    return new Examined.Refused(List.of(problem(request, what)));
  }

  private static Diagnostic problem(Request request, String what) {
    return Diagnostic.user(NOT_FOR_THIS, request.where(), what, "choose the compiler mote-c.");
  }

  private static List<Diagnostic> misfits(Request request, long arena, long flash) {
    List<Diagnostic> problems = new ArrayList<>();
    Constraints constraints = request.constraints();
    if (constraints.latency().isPresent()) {
      problems.add(
          Diagnostic.user(
              CONSTRAINTS,
              request.where(),
              "how long an interpreter takes is not known well enough to hold a latency",
              "Leave the latency out, or choose the compiler mote-c."));
    }
    over(request.target().limit(Target.Memory.Kind.RAM), constraints.ramBytes(), arena)
        .ifPresent(
            limit ->
                problems.add(
                    Diagnostic.resource(
                        RAM_LIMIT,
                        request.where(),
                        "the interpreter's arena needs %,d bytes, there are %,d"
                            .formatted(arena, limit),
                        "choose the compiler mote-c, whose arena is smaller.")));
    over(request.target().total(Target.Memory.Kind.FLASH), constraints.flashBytes(), flash)
        .ifPresent(
            limit ->
                problems.add(
                    Diagnostic.resource(
                        FLASH_LIMIT,
                        request.where(),
                        "the model has %,d bytes, there are %,d".formatted(flash, limit),
                        "choose a target with more flash, or the compiler mote-c.")));
    return problems;
  }

  private static Optional<Long> over(Optional<Long> memory, OptionalLong constraint, long needed) {
    long limit = Math.min(memory.orElse(Long.MAX_VALUE), constraint.orElse(Long.MAX_VALUE));
    return needed > limit ? Optional.of(limit) : Optional.empty();
  }

  private static Kernels kernels(Request request) {
    boolean dsp =
        switch (request.target().instructionSet()) {
          case ARMV7EM, ARMV81M_MVE -> true;
          case HOST, ARMV6M, ARMV7M, RV32IMC, WASM32 -> false;
        };
    return switch (request.parameters().text("kernels").orElse(dsp ? "cmsis-nn" : "reference")) {
      case "cmsis-nn" -> Kernels.CMSIS_NN;
      default -> Kernels.REFERENCE;
    };
  }

  private static Payload payload(Request request, Examined.Model model) {
    Payload.Requirements requirements =
        new Payload.Requirements(
            Payload.Requirements.ANY,
            List.of(),
            Optional.empty(),
            model.arena().arenaBytes(),
            model.file().size());
    String symbol = request.symbol();
    boolean sources = request.parameters().text("form").orElse("model").equals("sources");
    return sources
        ? new Payload(
            Payload.Kind.C_SOURCES,
            new GlueSources(symbol, model.methods(), model.arena().arenaBytes(), model.file())
                .files(),
            Optional.of(symbol),
            Optional.empty(),
            requirements)
        : new Payload(
            Payload.Kind.TFLITE,
            Map.of(symbol + ".tflite", model.file()),
            Optional.empty(),
            Optional.empty(),
            requirements);
  }

  private static Cost cost(Request request, Examined.Model model) {
    Cost sizes =
        Cost.UNKNOWN
            .withRam(Figure.estimated(model.arena().arenaBytes()))
            .withFlash(Figure.measured(model.file().size()));
    OptionalDouble perProduct =
        instructionsPerProduct(request.target().instructionSet(), kernels(request));
    if (perProduct.isEmpty()) {
      return sizes;
    }
    long instructions = Math.round(MacCount.of(request.graph()) * perProduct.getAsDouble());
    return sizes
        .withInstructions(Figure.estimated(instructions))
        .withCycles(Figure.estimated(Math.round(instructions * CYCLES_PER_INSTRUCTION)));
  }

  /// Instructions for a multiply-accumulate, about, over whole models.
  private static OptionalDouble instructionsPerProduct(InstructionSet set, Kernels kernels) {
    boolean reference = kernels == Kernels.REFERENCE;
    return switch (set) {
      case ARMV7EM -> OptionalDouble.of(reference ? 11 : 2.7);
      case ARMV81M_MVE -> reference ? OptionalDouble.empty() : OptionalDouble.of(0.6);
      case HOST, ARMV6M, ARMV7M, RV32IMC, WASM32 -> OptionalDouble.empty();
    };
  }

  private static Map<String, String> details(Examined.Model model) {
    Map<String, String> details = new LinkedHashMap<>();
    ArenaEstimate arena = model.arena();
    details.put("operators", String.join(", ", model.methods()));
    details.put("arena", arena.arenaBytes() + " bytes");
    details.put("of it activations and scratch memory", arena.plannedBytes() + " bytes");
    details.put("of it structures that stay", arena.persistentBytes() + " bytes");
    details.put(
        "operators whose structures are a guess",
        arena.unmeasured().isEmpty()
            ? "none"
            : String.join(
                ", ",
                arena.unmeasured().stream()
                    .map(code -> ResolverMethods.of(code).orElseThrow())
                    .toList()));
    return details;
  }
}
