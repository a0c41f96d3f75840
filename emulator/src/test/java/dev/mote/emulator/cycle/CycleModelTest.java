package dev.mote.emulator.cycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.plugin.Target;
import dev.mote.plugin.Target.Memory;
import dev.mote.targets.Targets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Cycles of little programs, counted by hand from the tables of the cores' reference manuals.
class CycleModelTest {

  /// Instructions are separated by semicolons; 4 bytes each, but 2 when marked with a dot.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // The examples of "load/store timings".
        "cortex-m4 | ldr r0, [r1]; ldr r1, [r2] | 3",
        "cortex-m4 | ldr r0, [r1, r2]; str r0, [r3, #20] | 3",
        "cortex-m4 | ldr r0, [r1, r2]; str r1, [r3, r2] | 3",
        "cortex-m4 | ldr r0, [r1, r5]; ldr r1, [r2]; ldr r2, [r3, #4] | 4",
        "cortex-m3 | ldr r0, [r1, r5]; ldr r1, [r2]; ldr r2, [r3, #4] | 4",
        // The second address is the first load's result.
        "cortex-m4 | ldr r0, [r1]; ldr r2, [r0] | 4",
        // An address that was computed just before.
        "cortex-m4 | add r1, r2, r3; ldr r0, [r1] | 4",
        "cortex-m4 | str r0, [r1, #4]; add r2, r2, #1 | 2",
        "cortex-m4 | str r0, [r1, r2]; add r2, r2, #1 | 3",
        "cortex-m4 | ldmia r0!, {r1, r2, r3, r4} | 5",
        "cortex-m4 | push {r4, r5, r6, lr} | 5",
        "cortex-m4 | ldrd r0, r1, [r2] | 3",
        "cortex-m4 | smlad r0, r1, r2, r0; smlal r0, r1, r2, r3; mla r0, r1, r2, r3 | 3",
        "cortex-m3 | mul r0, r1, r2; mla r0, r1, r2, r3 | 3",
        "cortex-m4 | vmla.f32 s0, s1, s2; vadd.f32 s3, s4, s5 | 4",
        "cortex-m4 | vadd.f32 s0, s1, s2; vadd.f32 s3, s0, s5 | 3",
        "cortex-m4 | vdiv.f32 s0, s1, s2 | 14",
        "cortex-m4 | .cmp r0, r1; it ge; movge r0, r1 | 2",
        "cortex-m4 | cmp r0, r1; it ge; movge r0, r1 | 3",
        "cortex-m0plus | ldr r0, [r1, #0]; ldr r1, [r2, #0] | 4",
        "cortex-m0plus | muls r0, r1; adds r0, #1 | 2",
        "cortex-m0plus | ldmia r0!, {r1, r2, r3} | 4",
        "cortex-m33 | ldr r0, [r1]; add r2, r0, r3 | 3",
        "cortex-m33 | ldr r0, [r1]; add r2, r4, r3 | 2",
        "cortex-m7 | smlad r0, r1, r2, r0; ldr r3, [r4] | 1",
        "cortex-m7 | smlad r0, r1, r2, r0; smlad r3, r4, r5, r3 | 2",
        "cortex-m7 | add r0, r1, r2; add r3, r0, r4 | 2",
        "cortex-m55 | vldrb.8 q0, [r0]; vmladav.s8 r1, q0, q1; vldrb.8 q2, [r2] | 3",
        "cortex-m55 | vldrb.8 q0, [r0]; vldrb.8 q1, [r1] | 3",
        "rv32imc | lw a0, 0(a1); add a2, a0, a3 | 3",
        "rv32imc | lw a0, 0(a1); add a2, a4, a3 | 2",
      })
  void straightCode(String target, String program, long cycles) {
    assertThat(estimate(Targets.find(target), opcodes(program), 1, 0).core()).isEqualTo(cycles);
  }

  /// A loop of a subtraction and a branch: ten times round, the branch taken nine times.
  @ParameterizedTest
  @CsvSource({"cortex-m4, 29", "cortex-m3, 29", "cortex-m0plus, 29", "cortex-m0, 38"})
  void aTakenBranchRefillsThePipeline(String target, long cycles) {
    List<Opcode> loop = opcodes(".subs r0, #1; .bne 8000 <loop>");
    assertThat(estimate(Targets.find(target), loop, 10, 9).core()).isEqualTo(cycles);
  }

  @Test
  void aTargetAcrossTheBorderOfAWordCostsACycle() {
    Opcode branch = new Opcode(0x100, 2, "bne", "8002 <loop>");
    assertThat(InOrderArm.M4.taken(branch, Optional.of(new Opcode(0x8002, 4, "ldr", ""))))
        .isEqualTo(2);
    assertThat(InOrderArm.M4.taken(branch, Optional.of(new Opcode(0x8002, 2, "ldr", ""))))
        .isEqualTo(1);
  }

  @Test
  void theEndOfALowOverheadLoopIsFree() {
    List<Opcode> loop = opcodes("vldrb.8 q0, [r0]; vmladav.s8 r1, q0, q1; le lr, 8000 <loop>");
    assertThat(estimate(Targets.find("cortex-m55"), loop, 100, 99).core()).isEqualTo(200);
  }

  @Test
  void flashIsWaitedForByLines() {
    Target bare = Targets.find("cortex-m4");
    Memory flash = new Memory("Flash", Memory.Kind.FLASH, 0, 1 << 20, 5, 16, 0.75, true);
    Memory uncached = new Memory("Flash", Memory.Kind.FLASH, 0, 1 << 20, 5);
    ExecutedBlock block = new ExecutedBlock(0, 100, 0, 400, opcodes("ldr r0, [r1]; ldr r2, [r3]"));
    CycleEstimate cached = CycleModel.of(with(bare, flash)).estimate(List.of(block), Map.of());
    // 800 bytes of code are 50 lines, a quarter of which is not there; 400 bytes of data are 25.
    assertThat(cached).isEqualTo(new CycleEstimate(300, 63, 25 * 5, 800, 400));
    CycleEstimate plain = CycleModel.of(with(bare, uncached)).estimate(List.of(block), Map.of());
    assertThat(plain).isEqualTo(new CycleEstimate(300, 200 * 5, 100 * 5, 800, 400));
    assertThat(plain.total()).isEqualTo(1800);
  }

  private static Target with(Target target, Memory memory) {
    return new Target(
        target.name(),
        target.description(),
        target.core(),
        target.instructionSet(),
        target.clockHz(),
        List.of(memory),
        target.toolchain(),
        target.board(),
        target.sources());
  }

  private static CycleEstimate estimate(Target target, List<Opcode> block, long runs, long taken) {
    return CycleModel.of(target)
        .estimate(List.of(new ExecutedBlock(0, runs, taken, 0, block)), Map.of());
  }

  private static List<Opcode> opcodes(String program) {
    List<Opcode> opcodes = new ArrayList<>();
    long address = 0x8000;
    for (String line : program.split(";", -1)) {
      String text = line.strip();
      int bytes = text.startsWith(".") ? 2 : 4;
      String[] parts = text.replaceFirst("^\\.", "").split(" ", 2);
      opcodes.add(new Opcode(address, bytes, parts[0], parts.length > 1 ? parts[1] : ""));
      address += bytes;
    }
    return opcodes;
  }
}
