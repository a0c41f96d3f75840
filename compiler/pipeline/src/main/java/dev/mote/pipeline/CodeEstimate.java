package dev.mote.pipeline;

import dev.mote.pipeline.cascade.Cascade;
import dev.mote.pipeline.lower.KernelCall;
import dev.mote.pipeline.lower.KernelCost;
import dev.mote.pipeline.plan.LoweredStep;
import dev.mote.plugin.Target;
import dev.mote.targets.CostTable;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Bytes of code by the cost table of the instruction set. What several layers share counts once.
final class CodeEstimate {

  /// What runs a chain of layers row by row.
  private static final String ROWS = "mote_cascade";

  private final Optional<CostTable.Row> rows;
  private final Set<String> there = new HashSet<>();

  private CodeEstimate(Target target) {
    this.rows = CostTable.of(target.instructionSet()).kernel(ROWS);
  }

  /// Code of all steps; 0 where there is no table.
  static long of(List<LoweredStep> steps, Target target) {
    CodeEstimate estimate = new CodeEstimate(target);
    return steps.stream().mapToLong(estimate::step).sum();
  }

  private long step(LoweredStep step) {
    return switch (step) {
      case LoweredStep.Layer layer -> kernel(layer.call(), layer.cost());
      case LoweredStep.Rows(Cascade cascade) ->
          cascade.stages().stream().mapToLong(s -> kernel(s.call(), s.cost())).sum()
              + rows.map(row -> once(ROWS, row.sharedBytes()) + Math.round(row.callBytes()))
                  .orElse(0L);
    };
  }

  private long kernel(KernelCall call, KernelCost cost) {
    return cost.callCodeBytes() + once(call.function(), cost.sharedCodeBytes());
  }

  private long once(String function, double bytes) {
    return there.add(function) ? Math.round(bytes) : 0;
  }
}
