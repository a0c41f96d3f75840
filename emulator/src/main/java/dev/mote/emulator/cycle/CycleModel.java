package dev.mote.emulator.cycle;

import dev.mote.plugin.Target;
import dev.mote.plugin.Target.Memory;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Turns what a program executed into an estimate of cycles on a target's core and memories.
///
/// `docs/reference/cycle-model.md` says where the figures come from and how far to trust them.
public final class CycleModel {

  private final CoreTiming core;
  private final Optional<Memory> flash;

  private CycleModel(CoreTiming core, Optional<Memory> flash) {
    this.core = core;
    this.flash = flash;
  }

  /// The model of `target`: its core, and its first flash with wait states and cache.
  public static CycleModel of(Target target) {
    return new CycleModel(timing(target.core()), target.flash());
  }

  private static CoreTiming timing(String core) {
    String name = core.replaceFirst("F$", "");
    return switch (name) {
      case "Cortex-M0" -> InOrderArm.M0;
      case "Cortex-M0+" -> InOrderArm.M0_PLUS;
      case "Cortex-M3" -> InOrderArm.M3;
      case "Cortex-M4" -> InOrderArm.M4;
      case "Cortex-M33" -> InOrderArm.M33;
      case "Cortex-M7" -> new DualIssueArm();
      case "Cortex-M55", "Cortex-M85" -> new HeliumArm();
      default -> new InOrderRiscV();
    };
  }

  /// Cycles of `blocks`.
  ///
  /// @param program every instruction of the program by its address
  public CycleEstimate estimate(Collection<ExecutedBlock> blocks, Map<Long, Opcode> program) {
    long cycles = 0;
    long codeBytes = 0;
    long flashBytes = 0;
    for (ExecutedBlock block : blocks) {
      cycles += block.executions() * core.cycles(block.opcodes());
      if (block.taken() > 0) {
        Opcode last = block.opcodes().getLast();
        Optional<Opcode> target =
            last.target().stream()
                .boxed()
                .flatMap(at -> Stream.ofNullable(program.get(at)))
                .findFirst();
        cycles += block.taken() * core.taken(last, target);
      }
      codeBytes += block.codeBytes();
      flashBytes += block.flashBytes();
    }
    double code = codeBytes;
    double data = flashBytes;
    return new CycleEstimate(
        cycles,
        flash.map(memory -> Math.round(memory.fetchStalls(code))).orElse(0L),
        flash.map(memory -> Math.round(memory.dataStalls(data))).orElse(0L),
        codeBytes,
        flashBytes);
  }
}
