package dev.mote.testkit.emitted;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.emulator.BuildCache;
import dev.mote.emulator.Inference;
import dev.mote.emulator.ModelRunner;
import dev.mote.emulator.RunOptions;
import dev.mote.ir.Blob;
import dev.mote.ir.Graph;
import dev.mote.pipeline.CompiledModel;
import dev.mote.pipeline.CompiledModel.Buffer;
import dev.mote.pipeline.MoteCompiler;
import dev.mote.plugin.Compiler.Optimize;
import dev.mote.plugin.Target;
import dev.mote.plugin.Target.Memory;
import dev.mote.reference.Interpreter;
import dev.mote.targets.Targets;
import dev.mote.testkit.representative.RepresentativeModel;
import dev.mote.testkit.representative.RepresentativeModels;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// An arena that is too large for the largest RAM goes on in the second one.
class TwoMemoriesTest {

  private static final RepresentativeModel MODEL =
      RepresentativeModels.all().stream()
          .filter(model -> model.name().equals("unet"))
          .findFirst()
          .orElseThrow();

  @ParameterizedTest
  @ValueSource(strings = {"host", "cortex-m4"})
  void resultsAreTheSame(String name) {
    Graph graph = MODEL.graph();
    int arena = compile(graph, Targets.find(name)).arenaBytes();
    CompiledModel model = compile(graph, withBanks(Targets.find(name), arena * 3L / 4, arena / 2));
    assertThat(model.hasTwoMemories()).isTrue();
    assertThat(model.secondMemory()).contains("bank 2");
    assertThat(model.header()).contains("#define MODEL_BANK_BYTES");
    for (Buffer buffer : model.buffers()) {
      assertThat(buffer.offset() < model.firstBytes())
          .as("%s lies in one memory", buffer)
          .isEqualTo(buffer.offset() + buffer.bytes() <= model.firstBytes());
    }
    List<Blob> inputs = MODEL.inputs(3);
    List<byte[]> expected =
        new Interpreter(graph).run(inputs.stream().map(Blob::toByteArray).toList());
    try (ModelRunner runner = ModelRunner.open(model, BuildCache.standard())) {
      Inference inference = runner.run(List.of(inputs), RunOptions.standard()).getFirst();
      for (int i = 0; i < expected.size(); i++) {
        assertThat(inference.outputs().get(i).toByteArray()).isEqualTo(expected.get(i));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = "cortex-m4")
  void whatIsTooLargeForBothIsRefused(String name) {
    Graph graph = MODEL.graph();
    int arena = compile(graph, Targets.find(name)).arenaBytes();
    assertThat(
            MoteCompiler.compile(
                graph,
                withBanks(Targets.find(name), arena / 2, arena / 8),
                Optimize.SPEED,
                "model"))
        .isInstanceOf(MoteCompiler.Outcome.Refused.class);
  }

  private static CompiledModel compile(Graph graph, Target target) {
    return switch (MoteCompiler.compile(graph, target, Optimize.SPEED, "model")) {
      case MoteCompiler.Outcome.Compiled(CompiledModel model) -> model;
      case MoteCompiler.Outcome.Refused(var problems) -> throw new AssertionError(problems);
    };
  }

  /// `target` with two RAMs of these sizes.
  private static Target withBanks(Target target, long first, long second) {
    List<Memory> memories = new ArrayList<>();
    memories.add(ram("bank 2", 0x3000_0000L, second));
    memories.add(ram("bank 1", 0x2000_0000L, first));
    return new Target(
        target.name(),
        target.description(),
        target.core(),
        target.instructionSet(),
        target.clockHz(),
        memories,
        target.toolchain(),
        target.board(),
        target.sources());
  }

  private static Memory ram(String name, long origin, long bytes) {
    return new Memory(name, Memory.Kind.RAM, origin, bytes, 0, 4, 0, false);
  }
}
