package dev.mote.testkit.graphs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.frontends.tflite.TfliteReader;
import dev.mote.ir.Blob;
import dev.mote.ir.Graph;
import dev.mote.ir.TensorType;
import dev.mote.pipeline.CompiledModel;
import dev.mote.pipeline.MoteCompiler;
import dev.mote.pipeline.pass.Pass;
import dev.mote.pipeline.pass.Passes;
import dev.mote.plugin.Compiler;
import dev.mote.plugin.ModelReader;
import dev.mote.plugin.Target;
import dev.mote.reference.Interpreter;
import dev.mote.targets.Targets;
import dev.mote.testkit.cases.Agreement;
import dev.mote.testkit.cases.CaseFamily;
import dev.mote.testkit.cases.OperatorCase;
import dev.mote.testkit.differential.Comparison;
import dev.mote.testkit.differential.Differential;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What must hold for every model, on random ones: a quarter of them in `make test`, all in `make
/// sweep`.
class RandomGraphTest {

  private static final Target HOST = Targets.find("host");

  static Stream<CaseFamily> families() {
    return GraphFamilies.all().stream();
  }

  @ParameterizedTest
  @MethodSource("families")
  void everyExecutionAgrees(CaseFamily family) {
    assertThat(Differential.run(family, family.sample()).text(5)).isEmpty();
  }

  /// A sample of what `make graphs` runs on more.
  @Test
  void everyKindOfPlanKeepsTheMeaning() {
    GraphSweep.Summary summary = GraphSweep.run(Boolean.getBoolean("sweep") ? 140 : 48, false);
    assertThat(summary.failures()).isEmpty();
    assertThat(summary.chained()).isPositive();
    assertThat(summary.patched()).isPositive();
    assertThat(summary.overlapped()).isPositive();
  }

  @ParameterizedTest
  @MethodSource("families")
  void everyPassKeepsTheMeaning(CaseFamily family) {
    for (OperatorCase source : family.sample()) {
      Graph before = read(source);
      for (Pass pass : Passes.STANDARD) {
        Graph after = pass.apply(before);
        assertSameMeaning(source, pass, before, after);
        before = after;
      }
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void everyPassIsIdempotent(CaseFamily family) {
    for (OperatorCase source : family.sample()) {
      Graph graph = read(source);
      for (Pass pass : Passes.STANDARD) {
        graph = pass.apply(graph);
        assertThat(pass.apply(graph)).as(pass.name() + " on " + source.name()).isEqualTo(graph);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void liveBuffersOverlapOnlyWhereTheKernelPermits(CaseFamily family) {
    for (OperatorCase source : family.sample()) {
      for (Compiler.Optimize optimize : Compiler.Optimize.values()) {
        assertThat(LivePlan.violations(compile(source, optimize))).as(source.name()).isEmpty();
      }
    }
  }

  private static void assertSameMeaning(OperatorCase source, Pass pass, Graph before, Graph after) {
    Interpreter first = new Interpreter(before);
    Interpreter second = new Interpreter(after);
    for (List<Blob> invocation : source.invocations()) {
      List<byte[]> inputs = invocation.stream().map(Blob::toByteArray).toList();
      List<byte[]> expected = first.run(inputs);
      List<byte[]> actual = second.run(inputs);
      for (int i = 0; i < expected.size(); i++) {
        TensorType type = before.tensor(before.outputs().get(i)).type();
        assertThat(Comparison.difference(type, expected.get(i), actual.get(i), Agreement.EXACT))
            .as("%s on %s: %s", pass.name(), source.name(), source.description())
            .isEmpty();
      }
    }
  }

  private static Graph read(OperatorCase source) {
    return switch (new TfliteReader()
        .read(source.model(), source.name(), ModelReader.Options.standard())) {
      case ModelReader.Result.Model(Graph graph) -> graph;
      case ModelReader.Result.Refused(var problems) ->
          throw new AssertionError(source.name() + ": " + problems);
    };
  }

  private static CompiledModel compile(OperatorCase source, Compiler.Optimize optimize) {
    return switch (MoteCompiler.compile(read(source), HOST, optimize, "model")) {
      case MoteCompiler.Outcome.Compiled(CompiledModel model) -> model;
      case MoteCompiler.Outcome.Refused(var problems) ->
          throw new AssertionError(source.name() + ": " + problems);
    };
  }
}
