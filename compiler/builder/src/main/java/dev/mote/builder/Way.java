package dev.mote.builder;

import dev.mote.ir.Diagnostic;
import dev.mote.module.Golden;
import dev.mote.module.Manifest;
import dev.mote.module.ModuleFile;
import dev.mote.pipeline.CompiledModel;
import dev.mote.plugin.Cost;
import dev.mote.plugin.Payload;
import dev.mote.plugin.Progress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A way to make a module for a device: a kind of payload, and who makes it.
interface Way {

  Payload.Kind kind();

  /// Who makes it.
  String compiler();

  /// What it would cost, or why it cannot be.
  Estimated estimate(Progress progress);

  /// Makes it.
  ///
  /// @throws dev.mote.ir.DiagnosticException with every reason why it cannot be
  Made make(Label label, Progress progress);

  /// What a way would cost; it serves when there are no problems.
  record Estimated(Cost cost, List<String> notes, List<Diagnostic> problems) {
    public Estimated {
      notes = List.copyOf(notes);
      problems = List.copyOf(problems);
    }
  }

  /// What every module of a model says of itself, whoever made it.
  ///
  /// @param golden outputs of the reference interpreter
  record Label(Manifest.Identity identity, long sequence, List<Golden> golden) {}

  /// What was made.
  ///
  /// @param module unsigned
  /// @param cost as built
  /// @param notes what was decided
  /// @param version of the compiler
  /// @param compiled the plan, where the built-in compiler made it
  /// @param proof on what it was run: a sentence or more
  /// @param figures what was measured
  record Made(
      ModuleFile module,
      Cost cost,
      List<String> notes,
      String version,
      Optional<CompiledModel> compiled,
      List<String> proof,
      Map<String, Long> figures) {}
}
