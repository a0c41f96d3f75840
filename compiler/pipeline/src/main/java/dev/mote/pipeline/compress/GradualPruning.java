package dev.mote.pipeline.compress;

import dev.mote.ir.Graph;

/// Pruning in steps, with fine-tuning after each.
///
/// @param schedule how sparse the model is after each step
/// @param steps how many; ≥ 1
/// @param pruning what is pruned: its sparsity is replaced by the schedule's
/// @param tuning what is done after each step
public record GradualPruning(
    SparsitySchedule schedule, int steps, MagnitudePruning pruning, FineTuning tuning)
    implements Compression {

  public GradualPruning {
    CompressionCodes.range("steps of pruning", steps, 1, 1_000_000);
  }

  @Override
  public Graph apply(Graph graph) {
    Graph result = graph;
    for (int step = 0; step < steps; step++) {
      result = tuning.tune(pruning.withSparsity(schedule.at(step)).apply(result), step);
    }
    return result;
  }
}
