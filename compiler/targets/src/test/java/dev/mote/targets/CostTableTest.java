package dev.mote.targets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mote.ir.DiagnosticException;
import dev.mote.plugin.Target.InstructionSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CostTableTest {

  private static final String TABLE =
      """
      source.1 = a test
      core.Cortex-M7F = 0.5
      mote_a = 1.5 | 1 | 3 | 2 | 0.25 | 10 | 2 || 400 | 20
      mote_a.1x1 = 1 | 0 | 0 | 0 | 0 | 0 | 0 || 0 | 30
      flash.mote_a = 0.5 | 0 | 0 | 0 | 0 | 4 | 0
      code-bytes-per-cycle = 2.5
      family.dense = 3 | 0 | 0 | 0 | 0 | 0 | 0 || 0 | 100
      family.dense.f32 = 30 | 0 | 0 | 0 | 0 | 0 | 0 || 0 | 300
      """;

  @Test
  void aRowIsReadAndApplied() {
    CostTable table = CostTable.parse("test.properties", TABLE);
    CostTable.Row row = table.kernel("mote_a").orElseThrow();
    assertThat(row).isEqualTo(new CostTable.Row(1.5, 1, 3, 2, 0.25, 10, 2, 400, 20));
    assertThat(row.of(new CostTable.Work(100, 80, 30, 10, 8)))
        .isEqualTo(150 + 80 + 90 + 20 + 2 + 10);
    assertThat(table.flashBytes("mote_a", false).of(new CostTable.Work(100, 0, 0, 0, 0)))
        .isEqualTo(54);
    assertThat(table.codeBytesPerCycle()).isEqualTo(2.5);
    assertThat(table.sources()).containsExactly("a test");
  }

  @Test
  void nothingIsEstimatedBelowTheLeastThatWasSeen() {
    CostTable.Row row = new CostTable.Row(0, 0, 0, 1, 0, 0, 2, 0, 0);
    assertThat(row.of(new CostTable.Work(100, 100, 10, 10, 10))).isEqualTo(200);
  }

  @Test
  void windowsOfOneElementMayHaveARowOfTheirOwn() {
    CostTable table = CostTable.parse("test.properties", TABLE);
    assertThat(table.kernel("mote_a", true).orElseThrow().callBytes()).isEqualTo(30);
    assertThat(table.kernel("mote_a", false).orElseThrow().callBytes()).isEqualTo(20);
  }

  @ParameterizedTest
  @CsvSource({"dense, f32, 30", "dense, s8, 3", "pooling, s8, 0"})
  void anUnknownKernelHasTheRowOfItsFamily(String family, String types, double perProduct) {
    CostTable table = CostTable.parse("test.properties", TABLE);
    assertThat(table.kernel("mote_unknown")).isEmpty();
    assertThat(table.family(family, types).perProduct()).isEqualTo(perProduct);
  }

  @ParameterizedTest
  @CsvSource({"Cortex-M7F, 0.5", "Cortex-M4F, 1"})
  void aCoreHasAFactor(String core, double factor) {
    assertThat(CostTable.parse("test.properties", TABLE).factor(core)).isEqualTo(factor);
  }

  @Test
  void everythingThatIsWrongIsReported() {
    assertThatThrownBy(() -> CostTable.parse("bad.properties", "mote_a = 1 | 2\ncore.X = fast\n"))
        .isInstanceOf(DiagnosticException.class)
        .hasMessageContaining("MOTE-4002 cost table bad.properties: '1 | 2' of mote_a is not a row")
        .hasMessageContaining("'fast' of core.X is not a factor")
        .hasMessageContaining("there is no source.1");
  }

  @ParameterizedTest
  @EnumSource(
      value = InstructionSet.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"HOST", "WASM32"})
  void everyInstructionSetHasItsTable(InstructionSet set) {
    CostTable table = CostTable.of(set);
    assertThat(table.kernels()).isNotEmpty();
    assertThat(table.families()).containsKeys("convolution", "depthwise", "dense", "elementwise");
    assertThat(table.sources()).isNotEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"HOST", "WASM32"})
  void whatOtherProgramsRunHasNoCycles(InstructionSet set) {
    assertThat(CostTable.of(set).kernels()).isEmpty();
  }
}
