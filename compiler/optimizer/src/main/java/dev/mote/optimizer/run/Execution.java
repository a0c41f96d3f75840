package dev.mote.optimizer.run;

import dev.mote.emulator.BuildCache;
import dev.mote.emulator.HostRunner;
import dev.mote.emulator.ModelRunner;
import dev.mote.emulator.RequiredTools;
import dev.mote.emulator.RunOptions;
import dev.mote.ir.Blob;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.Graph;
import dev.mote.pipeline.CompiledModel;
import dev.mote.pipeline.MoteCompiler;
import dev.mote.pipeline.Settings;
import dev.mote.plugin.Compiler.Optimize;
import dev.mote.plugin.Target;
import dev.mote.reference.Interpreter;
import dev.mote.targets.Targets;
import java.util.List;

/// A graph that can be run on this machine.
sealed interface Execution extends AutoCloseable {

  /// Outputs in the graph's order for inputs in its order, all raw bytes; state starts afresh.
  List<Blob> run(List<Blob> inputs);

  boolean isInterpreted();

  /// Another execution of the same graph, for another thread.
  Execution fork();

  @Override
  void close();

  static Execution open(Graph graph) {
    Target host = Targets.find("host");
    boolean hasCompiler = RequiredTools.missing(List.of(host)).isEmpty();
    return hasCompiler ? Compiled.of(graph, host) : new Interpreted(graph, new Interpreter(graph));
  }

  /// Emitted C in this process.
  record Compiled(CompiledModel model, ModelRunner runner) implements Execution {

    static Compiled of(Graph graph, Target host) {
      Settings settings = Settings.preferring(Optimize.SPEED);
      return switch (MoteCompiler.compile(graph, host, settings, "model")) {
        case MoteCompiler.Outcome.Compiled(CompiledModel model) ->
            new Compiled(model, HostRunner.open(model, BuildCache.standard()));
        case MoteCompiler.Outcome.Refused(var problems) -> throw new DiagnosticException(problems);
      };
    }

    @Override
    public List<Blob> run(List<Blob> inputs) {
      return runner.run(List.of(inputs), RunOptions.standard()).getFirst().outputs();
    }

    @Override
    public boolean isInterpreted() {
      return false;
    }

    @Override
    public Execution fork() {
      return new Compiled(model, HostRunner.open(model, BuildCache.standard()));
    }

    @Override
    public void close() {
      runner.close();
    }
  }

  /// The reference interpreter.
  record Interpreted(Graph graph, Interpreter interpreter) implements Execution {

    @Override
    public List<Blob> run(List<Blob> inputs) {
      interpreter.reset();
      return interpreter.run(inputs.stream().map(Blob::toByteArray).toList()).stream()
          .map(Blob::of)
          .toList();
    }

    @Override
    public boolean isInterpreted() {
      return true;
    }

    @Override
    public Execution fork() {
      return new Interpreted(graph, new Interpreter(graph));
    }

    @Override
    public void close() {}
  }
}
