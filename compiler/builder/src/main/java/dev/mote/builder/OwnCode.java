package dev.mote.builder;

import dev.mote.emulator.BoardRunner;
import dev.mote.emulator.BuildCache;
import dev.mote.emulator.Inference;
import dev.mote.emulator.ModelRunner;
import dev.mote.emulator.NativePayload;
import dev.mote.emulator.RequiredTools;
import dev.mote.emulator.RunOptions;
import dev.mote.ir.Blob;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.module.Golden;
import dev.mote.module.ModuleFile;
import dev.mote.module.ModuleWriter;
import dev.mote.module.cbor.Bytes;
import dev.mote.pipeline.CompiledModel;
import dev.mote.pipeline.MoteCompiler;
import dev.mote.pipeline.Settings;
import dev.mote.plugin.Compiler.Constraints;
import dev.mote.plugin.Cost;
import dev.mote.plugin.Cost.Figure;
import dev.mote.plugin.Payload;
import dev.mote.plugin.Progress;
import dev.mote.plugin.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// Code of the built-in compiler, linked by the target's C compiler: what a device runs where it
/// lies in flash, or a library for the host.
///
/// The settings escalate until the code fits: as asked for, then every other preference of the
/// compiler, packed weights and patches among them; and again with less flash when the linked code
/// turns out larger than its estimate.
record OwnCode(
    Payload.Kind kind,
    ModelSource model,
    TargetChoice choice,
    DeviceFacts facts,
    BuildOptions options)
    implements Way {

  static final String NAME = "mote-c";

  /// Bytes of a module beside its manifest and payload: signature and recipients.
  private static final int ENVELOPE_BYTES = 512;

  /// Before it is built, a manifest is taken to have this many bytes.
  private static final int MANIFEST_BYTES = 2_048;

  private static final int ATTEMPTS = 3;
  private static final Duration RUN = Duration.ofSeconds(60);

  @Override
  public String compiler() {
    return NAME;
  }

  private Target target() {
    return choice.target();
  }

  @Override
  public Estimated estimate(Progress progress) {
    List<Diagnostic> problems = objections();
    if (!problems.isEmpty()) {
      return new Estimated(Cost.UNKNOWN, List.of(), problems);
    }
    return switch (compile(flash(), progress)) {
      case MoteCompiler.Outcome.Refused(List<Diagnostic> refused) ->
          new Estimated(Cost.UNKNOWN, List.of(), refused);
      case MoteCompiler.Outcome.Compiled(CompiledModel compiled) ->
          new Estimated(cost(compiled), notes(compiled), List.of());
    };
  }

  /// Why it is not even tried.
  private List<Diagnostic> objections() {
    List<Diagnostic> problems = new ArrayList<>();
    boolean host = target().instructionSet() == Target.InstructionSet.HOST;
    boolean wasm = target().instructionSet() == Target.InstructionSet.WASM32;
    if (wasm || host == (kind == Payload.Kind.NATIVE)) {
      problems.add(no("no %s code is built for %s".formatted(kind.label(), target().name())));
    }
    if (kind == Payload.Kind.NATIVE && facts.runtimeAbi().orElse(1) < 1) {
      problems.add(no("its runtime says that it has no interface for native code"));
    }
    TargetChoice.missingExtension(facts)
        .ifPresent(
            name ->
                problems.add(
                    no(
                        "code for %s uses the extension %s, which the device does not list"
                            .formatted(facts.architecture().orElseThrow(), name))));
    return problems;
  }

  private Diagnostic no(String what) {
    return Diagnostic.user(
        BuilderCodes.NO_MODULE_FITS,
        model.graph().name() + " for " + facts.name(),
        what,
        "let the device take another kind of payload.");
  }

  /// Flash for the code: what a module has besides needs room as well.
  private OptionalLong flash() {
    if (facts.flashBytes().isEmpty()) {
      return OptionalLong.empty();
    }
    long all = facts.flashBytes().getAsLong();
    return OptionalLong.of(Math.max(1, Math.max(all / 2, all - MANIFEST_BYTES - ENVELOPE_BYTES)));
  }

  private MoteCompiler.Outcome compile(OptionalLong flashBytes, Progress progress) {
    Constraints constraints = options.constraints(facts.ramBytes(), flashBytes);
    return MoteCompiler.compile(
        model.graph(),
        target(),
        Settings.preferring(options.optimize()),
        constraints,
        model.symbol(),
        progress);
  }

  private static Cost cost(CompiledModel compiled) {
    Cost sizes =
        Cost.UNKNOWN
            .withRam(Figure.measured(compiled.arenaBytes()))
            .withFlash(Figure.estimated(compiled.flashBytes()));
    return compiled.estimatedCycles() == 0
        ? sizes
        : sizes.withCycles(Figure.estimated(compiled.estimatedCycles()));
  }

  /// What was decided; where that is not what was asked for, what that would have taken.
  private List<String> notes(CompiledModel compiled) {
    List<String> notes = new ArrayList<>();
    String chosen = compiled.optimize().name().toLowerCase(Locale.ROOT);
    boolean packed = compiled.storedWeights().stream().anyMatch(w -> w.bytes() < w.plainBytes());
    boolean rows = compiled.layers().stream().anyMatch(layer -> layer.patches() > 0);
    notes.add(
        "optimized for %s%s%s"
            .formatted(
                chosen, packed ? ", weights packed" : "", rows ? ", some layers by rows" : ""));
    MoteCompiler.Outcome plain =
        MoteCompiler.compile(
            model.graph(), target(), Settings.preferring(options.optimize()), model.symbol());
    if (plain instanceof MoteCompiler.Outcome.Compiled(CompiledModel wanted)
        && !wanted.source().equals(compiled.source())) {
      notes.add(
          "optimized for %s alone it would take %,d bytes of RAM and %,d of flash"
              .formatted(
                  options.optimize().name().toLowerCase(Locale.ROOT),
                  wanted.arenaBytes(),
                  wanted.flashBytes()));
    }
    return notes;
  }

  @Override
  public Made make(Label label, Progress progress) {
    OptionalLong limit = flash();
    for (int attempt = 1; ; attempt++) {
      progress.checkCancelled();
      progress.report(0.1, "compiling for " + target().name());
      CompiledModel compiled =
          switch (compile(limit, progress)) {
            case MoteCompiler.Outcome.Refused(var problems) ->
                throw new DiagnosticException(problems);
            case MoteCompiler.Outcome.Compiled(CompiledModel done) -> done;
          };
      progress.checkCancelled();
      progress.report(0.4, "linking for " + target().name());
      Made made = linked(compiled, label, progress);
      long bytes = ModuleWriter.write(made.module()).size() + ENVELOPE_BYTES;
      long most = facts.flashBytes().orElse(Long.MAX_VALUE);
      if (bytes <= most) {
        return made;
      }
      if (attempt == ATTEMPTS) {
        throw new DiagnosticException(
            Diagnostic.resource(
                BuilderCodes.NO_MODULE_FITS,
                model.graph().name() + " for " + facts.name(),
                "linked and packed it has %,d bytes, the flash has room for %,d (%,d too few)"
                    .formatted(bytes, most, bytes - most),
                "free flash on the device, or choose a smaller model."));
      }
      limit = OptionalLong.of(Math.max(1, compiled.flashBytes() - (bytes - most)));
    }
  }

  private Made linked(CompiledModel compiled, Label label, Progress progress) {
    Map<String, Long> figures = new LinkedHashMap<>();
    List<String> proof = new ArrayList<>();
    CodePayload code;
    if (kind == Payload.Kind.NATIVE) {
      code = CodePayload.nativeCode(compiled, Optional.empty());
      requireExtensions(code.payload().requires().features());
      if (options.verify()) {
        progress.report(0.6, "running on the emulated board");
        code = verified(compiled, code, label.golden(), proof, figures);
      }
    } else {
      code = CodePayload.sharedLibrary(compiled);
      if (options.verify()) {
        try (ModelRunner host = ModelRunner.open(compiled, BuildCache.standard())) {
          compare(compiled, host.run(inputs(label.golden()), run()), label.golden());
          proof.add("run on this machine: the outputs of the golden vectors are the reference's");
        }
      }
    }
    progress.report(0.9, "packing");
    ModuleFile module =
        new ModuleBuilder(
                model.graph(),
                compiled,
                Bytes.of(model.file().toByteArray()),
                model.format(),
                ModuleBorder.labels(model.graph()),
                Optional.empty())
            .pack(
                label.sequence(),
                label.identity(),
                Optional.empty(),
                List.of(code),
                label.golden());
    figures.put("codeBytes", code.contents().size() - compiled.weightBytes());
    Cost cost = cost(compiled).withFlash(Figure.measured(code.contents().size()));
    if (figures.containsKey("instructions")) {
      cost = cost.withInstructions(Figure.measured(figures.get("instructions")));
    }
    return new Made(
        module, cost, notes(compiled), MoteVersion.number(), Optional.of(compiled), proof, figures);
  }

  private void requireExtensions(List<String> used) {
    if (facts.extensions().isEmpty()) {
      return;
    }
    List<String> missing =
        used.stream().filter(name -> !facts.extensions().contains(name)).toList();
    if (!missing.isEmpty()) {
      throw new DiagnosticException(
          no("its code uses %s, which the device does not list".formatted(missing)));
    }
  }

  private CodePayload verified(
      CompiledModel compiled,
      CodePayload code,
      List<Golden> golden,
      List<String> proof,
      Map<String, Long> figures) {
    boolean possible =
        target().board().isPresent() && RequiredTools.missing(List.of(target())).isEmpty();
    if (!possible) {
      proof.add("not run: there is no emulated board for %s here".formatted(target().name()));
      return code;
    }
    NativePayload built = NativePayload.build(compiled, BuildCache.standard());
    try (BoardRunner board = BoardRunner.ofPayload(compiled, built, 0, BuildCache.standard())) {
      List<Inference> runs = board.run(inputs(golden), run());
      compare(compiled, runs, golden);
      long instructions = runs.getFirst().instructions().orElse(0);
      long stack = runs.stream().mapToLong(r -> r.stackBytes().orElse(0)).max().orElse(0);
      figures.put("instructions", instructions);
      figures.put("stackBytes", stack);
      proof.add(
          "run on the emulated board %s: the outputs of %d golden vectors are the reference's, %,d"
                  .formatted(target().board().orElseThrow(), golden.size(), instructions)
              + " instructions and %,d bytes of stack".formatted(stack));
      return new CodePayload(
          code.payload()
              .withMeasured(
                  new dev.mote.module.Payload.Measured(
                      target().name() + " emulated",
                      Optional.of(instructions),
                      Optional.of(built.codeBytes()),
                      Optional.of(stack),
                      Optional.of(compiled.macs()))),
          code.contents());
    }
  }

  private static RunOptions run() {
    return RunOptions.standard().withTimeLimit(RUN);
  }

  private List<List<Blob>> inputs(List<Golden> golden) {
    List<List<Blob>> sets = new ArrayList<>();
    for (Golden vector : golden) {
      List<Blob> set = new ArrayList<>();
      for (int i = 0; i < vector.inputs().size(); i++) {
        String name = model.graph().inputs().get(i);
        int size = Math.toIntExact(model.graph().tensor(name).type().bytes());
        set.add(Blob.of(vector.inputs().get(i).expand(size).toByteArray()));
      }
      sets.add(set);
    }
    return sets;
  }

  private void compare(CompiledModel compiled, List<Inference> runs, List<Golden> golden) {
    for (int i = 0; i < golden.size(); i++) {
      for (int output = 0; output < golden.get(i).outputs().size(); output++) {
        Blob actual = runs.get(i).outputs().get(output);
        if (!golden.get(i).outputs().get(output).accepts(Bytes.of(actual.toByteArray()))) {
          throw new DiagnosticException(
              Diagnostic.internal(
                  BuilderCodes.DIFFERENCE,
                  compiled.graph().name() + " on " + target().name() + ", golden vector " + i,
                  "the code gives another output %d than the reference interpreter"
                      .formatted(output),
                  "this is a defect of Mote: please report it with the model."));
        }
      }
    }
  }
}
