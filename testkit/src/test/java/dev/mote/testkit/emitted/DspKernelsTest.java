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
import dev.mote.testkit.cases.CaseFamily;
import dev.mote.testkit.cases.Families;
import dev.mote.testkit.cases.OperatorCase;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The kernels for the DSP extension compute on an emulated Cortex-M4 what the reference computes,
/// on
/// the random cases of the operators that have such kernels.
class DspKernelsTest {

  /// Of each family; each is a build and a run of QEMU.
  private static final int CASES = Integer.getInteger("mote.dsp.cases", 3);

  private static final Set<String> OPERATORS =
      Set.of("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "AVERAGE_POOL_2D", "ADD", "SUB");

  static Stream<CaseFamily> families() {
    return Families.all().stream()
        .filter(family -> OPERATORS.contains(family.operator()))
        .filter(family -> family.name().contains("int8"));
  }

  @ParameterizedTest
  @MethodSource("families")
  void theBoardAgreesWithTheReference(CaseFamily family) {
    family.cases().subList(0, CASES).forEach(DspKernelsTest::compare);
  }

  private static void compare(OperatorCase source) {
    Graph graph =
        switch (new TfliteReader()
            .read(source.model(), "case.tflite", ModelReader.Options.standard())) {
          case ModelReader.Result.Model(Graph read) -> read;
          case ModelReader.Result.Refused(var problems) -> fail(problems.toString());
        };
    CompiledModel model =
        switch (MoteCompiler.compile(graph, Targets.find("cortex-m4"), Optimize.SPEED, "dsp")) {
          case MoteCompiler.Outcome.Compiled(CompiledModel compiled) -> compiled;
          case MoteCompiler.Outcome.Refused(var problems) -> fail(problems.toString());
        };
    Interpreter interpreter = new Interpreter(graph);
    try (ModelRunner board = ModelRunner.open(model, BuildCache.standard())) {
      var inferences = board.run(source.invocations(), RunOptions.standard());
      for (int i = 0; i < inferences.size(); i++) {
        List<Blob> expected =
            interpreter
                .run(source.invocations().get(i).stream().map(Blob::toByteArray).toList())
                .stream()
                .map(Blob::of)
                .toList();
        assertThat(new Comparison(0).outputs(model, inferences.get(i).outputs(), expected))
            .as(source.name() + ": " + source.description())
            .isEmpty();
      }
    }
  }
}
