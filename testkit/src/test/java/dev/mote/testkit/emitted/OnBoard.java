package dev.mote.testkit.emitted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.mote.emulator.BuildCache;
import dev.mote.emulator.Comparison;
import dev.mote.emulator.ModelRunner;
import dev.mote.emulator.RunOptions;
import dev.mote.frontends.tflite.TfliteReader;
import dev.mote.ir.Blob;
import dev.mote.ir.Graph;
import dev.mote.pipeline.CompiledModel;
import dev.mote.pipeline.MoteCompiler;
import dev.mote.plugin.Compiler.Optimize;
import dev.mote.plugin.ModelReader;
import dev.mote.reference.Interpreter;
import dev.mote.targets.Targets;
import dev.mote.testkit.cases.OperatorCase;
import java.util.List;

/// Runs cases on the emulated board of a target and compares them with the reference.
final class OnBoard {

  private OnBoard() {}

  static void compare(OperatorCase source, String target) {
    Graph graph =
        switch (new TfliteReader()
            .read(source.model(), "case.tflite", ModelReader.Options.standard())) {
          case ModelReader.Result.Model(Graph read) -> read;
          case ModelReader.Result.Refused(var problems) -> fail(problems.toString());
        };
    compare(
        graph,
        source.invocations(),
        target,
        Optimize.SPEED,
        source.name() + ": " + source.description());
  }

  /// What was compiled; each of `invocations` is a list of the graph's inputs.
  static CompiledModel compare(
      Graph graph,
      List<List<Blob>> invocations,
      String target,
      Optimize optimize,
      String description) {
    CompiledModel model =
        switch (MoteCompiler.compile(graph, Targets.find(target), optimize, "layer")) {
          case MoteCompiler.Outcome.Compiled(CompiledModel compiled) -> compiled;
          case MoteCompiler.Outcome.Refused(var problems) -> fail(problems.toString());
        };
    Interpreter interpreter = new Interpreter(graph);
    try (ModelRunner board = ModelRunner.open(model, BuildCache.standard())) {
      var inferences = board.run(invocations, RunOptions.standard());
      for (int i = 0; i < inferences.size(); i++) {
        interpreter.reset();
        List<Blob> expected =
            interpreter.run(invocations.get(i).stream().map(Blob::toByteArray).toList()).stream()
                .map(Blob::of)
                .toList();
        assertThat(new Comparison(0).outputs(model, inferences.get(i).outputs(), expected))
            .as(description)
            .isEmpty();
      }
    }
    return model;
  }
}
