package dev.mote.cli;

import dev.mote.builder.Compilation;
import dev.mote.emulator.BuildCache;
import dev.mote.emulator.Comparison;
import dev.mote.emulator.Comparison.Mismatch;
import dev.mote.emulator.Inference;
import dev.mote.emulator.ModelRunner;
import dev.mote.emulator.RunOptions;
import dev.mote.ir.Blob;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.pipeline.CompiledModel;
import dev.mote.pipeline.Settings;
import dev.mote.plugin.Compiler.Constraints;
import dev.mote.plugin.Target;
import dev.mote.reference.Interpreter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Compares emitted C with the reference interpreter.
final class Verification {

  /// Inputs between two steps of the progress line; each part is one run of the emulator.
  private static final int PARTS = 10;

  private final Graph graph;
  private final List<List<Blob>> sets;
  private final Settings settings;
  private final String symbol;
  private final List<List<Blob>> expected = new ArrayList<>();
  private final Comparison comparison = Comparison.standard();

  Verification(Graph graph, List<List<Blob>> sets, Settings settings, String symbol) {
    this.graph = graph;
    this.sets = sets;
    this.settings = settings;
    this.symbol = symbol;
  }

  /// The first place where a target differs from the reference.
  ///
  /// @param target name of the target
  /// @param input number of the input, from 0
  /// @param mismatch where and how
  record Difference(String target, int input, Mismatch mismatch) {

    Diagnostic diagnostic(String model) {
      return Diagnostic.user(
          CliCodes.DIFFERENCE,
          model + " on " + target + ", input " + input,
          mismatch.toString(),
          "this is a defect of Mote: please report it with the model; another --target or --optimize"
              + " may avoid the kernel.");
    }

    Map<String, Object> json() {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("target", target);
      json.put("input", input);
      mismatch
          .layer()
          .ifPresent(
              layer -> {
                json.put("layer", layer.index());
                json.put("name", layer.name());
                json.put("operator", layer.op());
                json.put("kernel", layer.kernel());
              });
      json.put("tensor", mismatch.tensor());
      json.put("index", mismatch.index());
      json.put("expected", mismatch.expected());
      json.put("actual", mismatch.actual());
      json.put("differing", mismatch.differing());
      json.put("elements", mismatch.elements());
      return json;
    }
  }

  /// Computes what every input must give.
  void interpret(Progress progress) {
    Interpreter interpreter = new Interpreter(graph);
    for (List<Blob> set : sets) {
      interpreter.reset();
      expected.add(
          interpreter.run(set.stream().map(Blob::toByteArray).toList()).stream()
              .map(Blob::of)
              .toList());
      progress.step("reference");
    }
  }

  /// Runs the C on `target`; empty when all outputs agree.
  Optional<Difference> check(Target target, Progress progress) {
    CompiledModel model = Compilation.of(graph, target, settings, Constraints.NONE, symbol);
    try (ModelRunner runner = ModelRunner.open(model, BuildCache.standard())) {
      int part = Math.max(1, Math.ceilDiv(sets.size(), PARTS));
      for (int from = 0; from < sets.size(); from += part) {
        List<List<Blob>> inputs = sets.subList(from, Math.min(sets.size(), from + part));
        List<Inference> results = runner.run(inputs, RunOptions.standard());
        for (int i = 0; i < results.size(); i++) {
          Optional<Mismatch> mismatch =
              comparison.outputs(model, results.get(i).outputs(), expected.get(from + i));
          if (mismatch.isPresent()) {
            Mismatch first = firstLayer(model, runner, inputs.get(i)).orElse(mismatch.get());
            return Optional.of(new Difference(target.name(), from + i, first));
          }
          progress.step(target.name());
        }
      }
    }
    return Optional.empty();
  }

  /// The first layer that differs: the interpreter runs the compiled graph, whose tensors the
  /// layers write. Empty when every layer agrees, so that a pass must have changed the model's
  /// meaning.
  private Optional<Mismatch> firstLayer(
      CompiledModel model, ModelRunner runner, List<Blob> inputs) {
    Graph compiled = model.graph();
    Interpreter interpreter = new Interpreter(compiled);
    interpreter.run(inputs.stream().map(Blob::toByteArray).toList());
    Map<String, Blob> tensors = new HashMap<>();
    for (Node node : compiled.nodes()) {
      for (String output : node.outputs()) {
        tensors.put(output, Blob.of(interpreter.get(output).toBytes()));
      }
    }
    Inference traced =
        runner.run(List.of(inputs), RunOptions.standard().withLayerOutputs(true)).getFirst();
    return comparison.first(model, traced, tensors);
  }
}
