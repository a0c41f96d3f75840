package dev.mote.cli;

import dev.mote.ir.DiagnosticException;
import dev.mote.ir.Graph;
import dev.mote.pipeline.CompiledModel;
import dev.mote.pipeline.MoteCompiler;
import dev.mote.plugin.Compiler.Optimize;
import dev.mote.plugin.Target;

/// Compiling from the command line.
final class Compilation {

  private Compilation() {}

  /// The compiled model.
  ///
  /// @throws DiagnosticException with every reason when the model is refused
  static CompiledModel of(Graph graph, Target target, Optimize optimize, String symbol) {
    return switch (MoteCompiler.compile(graph, target, optimize, symbol)) {
      case MoteCompiler.Outcome.Compiled(CompiledModel model) -> model;
      case MoteCompiler.Outcome.Refused(var problems) -> throw new DiagnosticException(problems);
    };
  }
}
