package dev.mote.pipeline.compress;

import dev.mote.ir.Graph;

/// What is done to a model between two steps of pruning: the place for training. Weights that are
/// zero must stay zero, and shapes as they are.
public interface FineTuning {

  /// Nothing is done.
  FineTuning NONE = (pruned, _) -> pruned;

  /// `pruned`, trained on.
  ///
  /// @param step number of the step, from 0
  Graph tune(Graph pruned, int step);
}
