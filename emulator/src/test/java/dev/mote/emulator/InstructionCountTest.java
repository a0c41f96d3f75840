package dev.mote.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.emulator.BoardProgram.Variant;
import dev.mote.ir.Blob;
import dev.mote.pipeline.CompiledModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The plugin's count against QEMU's own: with `-icount shift=0` each instruction is one nanosecond
/// of emulated time, which a timer of the board reads.
class InstructionCountTest {

  @TempDir static Path directory;

  /// The timer counts at the board's clock; on RISC-V it is the count of retired instructions.
  @ParameterizedTest
  @CsvSource({
    "cortex-m0, 16000000",
    "cortex-m3, 25000000",
    "cortex-m4, 25000000",
    "cortex-m7, 25000000",
    "cortex-m33, 20000000",
    "cortex-m55, 32000000",
    "rv32imc, 1000000000"
  })
  void itEqualsTheEmulatedTime(String target, long timerHz) throws IOException {
    BuildCache cache = BuildCache.in(directory);
    CompiledModel model = ToyModel.forTarget(target);
    List<List<Blob>> inputs = List.of(List.of(ToyModel.input(0)), List.of(ToyModel.input(9)));
    try (BoardRunner runner = BoardRunner.open(model, cache)) {
      List<Inference> counted = runner.run(inputs, RunOptions.standard());
      List<Batch.Report> timed = timed(model, inputs, cache);
      double resolution = 1e9 / timerHz;
      for (int i = 0; i < inputs.size(); i++) {
        // The timer also sees the calls of the markers and the reading of itself.
        assertThat(timed.get(i).ticks() * resolution - counted.get(i).instructions().orElseThrow())
            .isBetween(-resolution, 40 + resolution);
      }
    }
  }

  private static List<Batch.Report> timed(
      CompiledModel model, List<List<Blob>> inputs, BuildCache cache) throws IOException {
    Board board = Board.find(model.target().board().orElseThrow()).orElseThrow();
    BoardProgram program = BoardProgram.build(model, board, Variant.PLAIN, cache);
    Path scratch = cache.scratch();
    Files.write(scratch.resolve(Batch.INPUT), Batch.encode(inputs, RunOptions.standard()));
    List<String> command = new ArrayList<>(List.of(RequiredTools.require(board.emulator())));
    command.addAll(board.machine());
    command.addAll(
        List.of(
            "-display",
            "none",
            "-monitor",
            "none",
            "-serial",
            "none",
            "-semihosting-config",
            "enable=on,target=native",
            "-icount",
            "shift=0",
            "-kernel",
            program.file().toString()));
    assertThat(new Command(command, scratch, Duration.ofMinutes(1)).run().succeeded()).isTrue();
    return Batch.decode(
        model,
        Files.readAllBytes(scratch.resolve(Batch.OUTPUT)),
        inputs.size(),
        RunOptions.standard(),
        "test");
  }
}
