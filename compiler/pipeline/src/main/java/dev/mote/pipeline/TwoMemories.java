package dev.mote.pipeline;

import dev.mote.pipeline.plan.ArenaPlan;
import dev.mote.pipeline.plan.ArenaPlanner;
import dev.mote.pipeline.plan.LoweredStep;
import dev.mote.pipeline.plan.Workload;
import dev.mote.plugin.Target;
import dev.mote.plugin.Target.Memory;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// An arena that goes on in a second RAM where the largest is too small for it.
///
/// @param plan offsets; those from `firstBytes` on are in the second memory
/// @param firstBytes bytes of the first memory that are used; the whole arena when one memory is
///     enough
record TwoMemories(ArenaPlan plan, int firstBytes) {

  private static final int ALIGNMENT = 8;

  /// The plan for one memory, or for two if that does not fit and two do. Chains of rows, whose
  /// tables know one memory, stay in it.
  static TwoMemories plan(Workload workload, List<LoweredStep> steps, Target target) {
    ArenaPlan one = ArenaPlanner.plan(workload.requests(), workload.permits());
    List<Long> banks = banks(target);
    boolean layers = steps.stream().allMatch(step -> step instanceof LoweredStep.Layer);
    if (!layers || banks.size() < 2 || one.arenaBytes() <= banks.getFirst()) {
      return new TwoMemories(one, one.arenaBytes());
    }
    int boundary = Math.toIntExact(banks.getFirst()) & -ALIGNMENT;
    ArenaPlan two = ArenaPlanner.plan(workload.requests(), workload.permits(), boundary);
    return two.arenaBytes() - boundary <= banks.get(1)
        ? new TwoMemories(two, boundary)
        : new TwoMemories(one, one.arenaBytes());
  }

  /// Sizes of the RAMs, the largest first.
  private static List<Long> banks(Target target) {
    return target.memories().stream()
        .filter(memory -> memory.kind() == Memory.Kind.RAM)
        .map(Memory::bytes)
        .filter(bytes -> bytes <= Integer.MAX_VALUE / 2)
        .sorted(Comparator.reverseOrder())
        .toList();
  }

  /// The second RAM's name; empty where one memory is enough.
  static Optional<String> second(Target target, CompiledModel model) {
    return model.firstBytes() == model.arenaBytes()
        ? Optional.empty()
        : target.memories().stream()
            .filter(memory -> memory.kind() == Memory.Kind.RAM)
            .sorted(Comparator.comparingLong(Memory::bytes).reversed())
            .skip(1)
            .map(Memory::name)
            .findFirst();
  }
}
