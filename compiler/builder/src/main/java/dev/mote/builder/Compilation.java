package dev.mote.builder;

import dev.mote.ir.DiagnosticException;
import dev.mote.ir.Graph;
import dev.mote.pipeline.CompiledModel;
import dev.mote.pipeline.MoteCompiler;
import dev.mote.pipeline.Settings;
import dev.mote.plugin.Compiler.Constraints;
import dev.mote.plugin.Compiler.Optimize;
import dev.mote.plugin.Target;

/// Compiling with the built-in compiler, where a refusal is an exception.
public final class Compilation {

  private Compilation() {}

  /// The compiled model.
  ///
  /// @throws DiagnosticException with every reason when the model is refused
  public static CompiledModel of(Graph graph, Target target, Optimize optimize, String symbol) {
    return of(graph, target, Settings.preferring(optimize), Constraints.NONE, symbol);
  }

  /// The model, compiled so that it satisfies `constraints`.
  ///
  /// @throws DiagnosticException with every reason when the model is refused
  public static CompiledModel of(
      Graph graph, Target target, Settings settings, Constraints constraints, String symbol) {
    return compiled(MoteCompiler.compile(graph, target, settings, constraints, symbol));
  }

  private static CompiledModel compiled(MoteCompiler.Outcome outcome) {
    return switch (outcome) {
      case MoteCompiler.Outcome.Compiled(CompiledModel model) -> model;
      case MoteCompiler.Outcome.Refused(var problems) -> throw new DiagnosticException(problems);
    };
  }
}
