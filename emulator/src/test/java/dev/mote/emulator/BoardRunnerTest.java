package dev.mote.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mote.ir.Blob;
import dev.mote.pipeline.CompiledModel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Measurements and misbehaviour on emulated boards.
@Isolated("looks for emulators that run on, and no other test\'s shall be among them")
class BoardRunnerTest {

  @TempDir static Path directory;

  private static final List<Blob> INPUT = List.of(ToyModel.input(0));

  private static BoardRunner open(CompiledModel model) {
    return BoardRunner.open(model, BuildCache.in(directory));
  }

  @ParameterizedTest
  @CsvSource({"cortex-m0, 20000", "cortex-m4, 2000", "cortex-m55, 1000", "rv32imc, 20000"})
  void aMeasurementIsExactAndAddsUp(String target, long atLeast) {
    try (BoardRunner board = open(ToyModel.forTarget(target))) {
      Measurement cost = board.measure(INPUT, RunOptions.standard());

      assertThat(board.measure(INPUT, RunOptions.standard())).isEqualTo(cost);
      assertThat(cost.instructions()).isBetween(atLeast, 200_000L);
      assertThat(cost.profile().total()).isEqualTo(cost.instructions());
      assertThat(cost.profile().byFunction().keySet()).contains("toy_invoke", "expf");
      assertThat(List.copyOf(cost.profile().byMnemonic().values()))
          .isSortedAccordingTo(Comparator.reverseOrder());
      assertThat(cost.layerInstructions()).hasSize(2).allSatisfy(n -> assertThat(n).isPositive());
      long sum = cost.layerInstructions().stream().mapToLong(Long::longValue).sum();
      assertThat(sum).isBetween(cost.instructions() - 40, cost.instructions() + 40);
      assertThat(cost.stackBytes()).isBetween(16L, 300L);
      assertThat(board.run(List.of(INPUT), RunOptions.standard()).getFirst().instructions())
          .hasValue(cost.instructions());
    }
  }

  @Test
  void theImageSizeIsTheModelsShareOfTheFlash() {
    try (BoardRunner board = open(ToyModel.forTarget("cortex-m4"))) {
      ImageSize size = board.imageSize();

      // The code of both layers with expf and its table, the 64 weights; errno and newlib's
      // __fdlib_version.
      assertThat(size.textBytes()).isBetween(300L, 1200L);
      assertThat(size.readOnlyBytes()).isBetween(64L, 700L);
      assertThat(size.weightBytes()).isEqualTo(64);
      assertThat(size.codeBytes())
          .isEqualTo(size.textBytes() + size.readOnlyBytes() + size.dataBytes() - 64);
      assertThat(size.dataBytes()).isLessThanOrEqualTo(8);
      assertThat(size.ramBytes()).isLessThanOrEqualTo(16);
    }
  }

  @Test
  void theImagesSymbolsAddUpToItsSize() {
    try (BoardRunner board = open(ToyModel.forTarget("cortex-m4"))) {
      List<ImageSymbol> symbols = board.imageSymbols();

      assertThat(symbols)
          .extracting(ImageSymbol::name)
          .contains("toy_init", "toy_invoke", "weights", "expf")
          .doesNotContain("mote_board_main", "mote_model_invoke");
      assertThat(symbols).contains(new ImageSymbol("weights", 64, false));
      // Unnamed constants of the library and alignment remain.
      assertThat(symbols.stream().mapToLong(ImageSymbol::bytes).sum())
          .isBetween(board.imageSize().flashBytes() - 200, board.imageSize().flashBytes() + 32);
    }
  }

  @Test
  void aDeeperStackIsSeen() {
    String deep =
        "{ volatile uint8_t deep[1000]; deep[0] = 1; deep[999] = arena[0]; (void)deep[0]; }";
    try (BoardRunner shallow = open(ToyModel.forTarget("cortex-m3"));
        BoardRunner deeper = open(ToyModel.withExtraCode("cortex-m3", deep))) {
      long before = stackBytes(shallow);
      assertThat(stackBytes(deeper)).isBetween(before + 990, before + 1040);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cortex-m0", "cortex-m4", "cortex-m33", "cortex-m55", "rv32imc"})
  void aFaultTellsWhere(String target) {
    // Nothing is mapped there on any of the boards.
    String wild = "*(volatile uint32_t *)0xe8000000u = 1u;";
    try (BoardRunner board = open(ToyModel.withExtraCode(target, wild))) {
      assertThatThrownBy(() -> board.run(List.of(INPUT), RunOptions.standard()))
          .hasMessageContaining("MOTE-5004 model 'toy' on ")
          .hasMessageContaining("the processor faulted at 0x")
          .hasMessageContaining("(toy_invoke+0x");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cortex-m0", "cortex-m4", "cortex-m55", "rv32imc"})
  void anOverflowingStackIsReported(String target) {
    String huge =
        "{ volatile uint8_t deep[70000]; for (int i = 69999; i >= 0; i -= 16) { deep[i] = arena[0]; } }";
    try (BoardRunner board = open(ToyModel.withExtraCode(target, huge))) {
      assertThatThrownBy(() -> board.run(List.of(INPUT), RunOptions.standard()))
          .hasMessageMatching("(?s)MOTE-50(04|11) model 'toy' on .*stack.*");
    }
  }

  @Test
  void anEndlessLoopEndsWithTheInstructionBudget() {
    try (BoardRunner board =
        open(ToyModel.withExtraCode("cortex-m4", "for (;;) { __asm__ volatile(\"\"); }"))) {
      RunOptions options = RunOptions.standard().withInstructionBudget(1_000_000);
      assertThatThrownBy(() -> board.run(List.of(INPUT), options))
          .hasMessageStartingWith(
              "MOTE-5005 model 'toy' on mps2-an386: one inference took more than 1,000,000 instructions");
    }
  }

  @Test
  void anEndlessLoopEndsWithTheTimeLimitAndQemuIsGone() {
    try (BoardRunner board =
        open(ToyModel.withExtraCode("cortex-m4", "for (;;) { __asm__ volatile(\"\"); }"))) {
      RunOptions options = RunOptions.standard().withTimeLimit(Duration.ofSeconds(2));
      assertThatThrownBy(() -> board.run(List.of(INPUT), options))
          .hasMessageStartingWith(
              "MOTE-5006 model 'toy' on mps2-an386: the run did not end within 2 s");
      assertThat(ProcessHandle.current().descendants()).isEmpty();
    }
  }

  @Test
  void aModelThatOutgrowsTheBoardIsRefused() {
    CompiledModel model = ToyModel.forTarget("cortex-m4");
    String large =
        model.source().replace("weights[64] = {1, 2, 3}", "weights[5 * 1024 * 1024] = {1, 2, 3}");
    assertThatThrownBy(() -> open(ToyModel.withSource("cortex-m4", large)))
        .hasMessageStartingWith(
            "MOTE-5003 model 'toy' for cortex-m4: it does not fit the memory of the emulated board mps2-an386");
  }

  @Test
  void theHostHasNoBoard() {
    assertThatThrownBy(() -> open(ToyModel.forTarget("host")))
        .hasMessageStartingWith("MOTE-5009 target 'host': no emulated board runs its code");
  }

  private static long stackBytes(BoardRunner board) {
    return board.run(List.of(INPUT), RunOptions.standard()).getFirst().stackBytes().orElseThrow();
  }
}
