package dev.mote.cli;

import dev.mote.builder.Compilation;
import dev.mote.builder.SampleInputs;
import dev.mote.emulator.BoardRunner;
import dev.mote.emulator.BuildCache;
import dev.mote.emulator.Measurement;
import dev.mote.emulator.RequiredTools;
import dev.mote.emulator.RunOptions;
import dev.mote.ir.Graph;
import dev.mote.pipeline.CompiledModel;
import dev.mote.pipeline.Settings;
import dev.mote.plugin.Compiler.Constraints;
import dev.mote.plugin.Compiler.Optimize;
import dev.mote.plugin.Target;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What a model takes of a chip.
///
/// @param model as compiled for it
/// @param measured on the chip's emulated board; empty where there is none, or its tools are
/// missing
record TargetFigures(CompiledModel model, Optional<Measurement> measured) {

  /// Compiles `graph` for `target`, and measures it where that is possible.
  ///
  /// @throws dev.mote.ir.DiagnosticException when the target refuses it
  static TargetFigures of(Graph graph, Target target, Settings settings, String symbol) {
    CompiledModel model = Compilation.of(graph, target, settings, Constraints.NONE, symbol);
    boolean canRun =
        target.instructionSet() != Target.InstructionSet.HOST
            && target.board().isPresent()
            && RequiredTools.missing(List.of(target)).isEmpty();
    if (!canRun) {
      return new TargetFigures(model, Optional.empty());
    }
    try (BoardRunner board = BoardRunner.open(model, BuildCache.standard())) {
      return new TargetFigures(
          model, Optional.of(board.measure(SampleInputs.fixed(graph), RunOptions.standard())));
    }
  }

  /// The same, balanced between size and speed.
  static TargetFigures of(Graph graph, Target target, String symbol) {
    return of(graph, target, Settings.preferring(Optimize.BALANCED), symbol);
  }

  /// Code and constants; the code is an estimate where it was not measured.
  long flashBytes() {
    return measured
        .map(m -> m.imageSize().codeBytes() + model.weightBytes())
        .orElse(model.flashBytes());
  }

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("target", model.target().name());
    json.put("optimize", model.optimize().name().toLowerCase(Locale.ROOT));
    json.put("measured", measured.isPresent());
    json.put("flashBytes", flashBytes());
    json.put("weightBytes", model.weightBytes());
    json.put("arenaBytes", model.arenaBytes());
    measured.ifPresent(
        m -> {
          json.put("codeBytes", m.imageSize().codeBytes());
          json.put("stackBytes", m.stackBytes());
          json.put("instructions", m.instructions());
          json.put("estimatedCycles", m.cycles().total());
        });
    if (measured.isEmpty() && model.estimatedCycles() > 0) {
      json.put("estimatedCycles", model.estimatedCycles());
    }
    return json;
  }
}
