package dev.mote.testkit.representative;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.mote.emulator.BuildCache;
import dev.mote.emulator.Comparison;
import dev.mote.emulator.Inference;
import dev.mote.emulator.ModelRunner;
import dev.mote.emulator.RunOptions;
import dev.mote.ir.Blob;
import dev.mote.ir.Graph;
import dev.mote.pipeline.CompiledModel;
import dev.mote.pipeline.MoteCompiler;
import dev.mote.plugin.Compiler.Optimize;
import dev.mote.reference.Interpreter;
import dev.mote.targets.Targets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Models like those that people bring compute the same everywhere, to the bit.
class RepresentativeModelsTest {

  /// One of these for each model, as compiling takes longest.
  private static final List<Optimize> PREFERENCES =
      List.of(Optimize.MEMORY, Optimize.SIZE, Optimize.SPEED);

  static Stream<RepresentativeModel> models() {
    return RepresentativeModels.all().stream();
  }

  @ParameterizedTest
  @MethodSource("models")
  void everyExecutionAgrees(RepresentativeModel source) {
    Graph graph = source.graph();
    List<List<Blob>> inputs = List.of(source.inputs(1), source.inputs(2));
    Interpreter interpreter = new Interpreter(graph);
    List<List<Blob>> expected =
        inputs.stream()
            .map(set -> fresh(interpreter).run(set.stream().map(Blob::toByteArray).toList()))
            .map(outputs -> outputs.stream().map(Blob::of).toList())
            .toList();
    assertThat(expected.getFirst()).as("the input matters").isNotEqualTo(expected.getLast());
    Optimize onHost = PREFERENCES.get(source.name().length() % PREFERENCES.size());
    compare(source, graph, "host", onHost, inputs, expected);
    compare(source, graph, "cortex-m4", Optimize.SPEED, inputs, expected);
  }

  private static Interpreter fresh(Interpreter interpreter) {
    interpreter.reset();
    return interpreter;
  }

  private static void compare(
      RepresentativeModel source,
      Graph graph,
      String target,
      Optimize optimize,
      List<List<Blob>> inputs,
      List<List<Blob>> expected) {
    CompiledModel model =
        switch (MoteCompiler.compile(graph, Targets.find(target), optimize, source.name())) {
          case MoteCompiler.Outcome.Compiled(CompiledModel compiled) -> compiled;
          case MoteCompiler.Outcome.Refused(var problems) -> fail(problems.toString());
        };
    try (ModelRunner runner = ModelRunner.open(model, BuildCache.standard())) {
      List<Inference> inferences = runner.run(inputs, RunOptions.standard());
      for (int i = 0; i < inferences.size(); i++) {
        assertThat(new Comparison(0).outputs(model, inferences.get(i).outputs(), expected.get(i)))
            .as("%s on %s for %s, input %d", source.name(), target, optimize, i)
            .isEmpty();
      }
    }
  }
}
