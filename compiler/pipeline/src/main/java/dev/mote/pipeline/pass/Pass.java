package dev.mote.pipeline.pass;

import dev.mote.ir.Graph;

/// A pure, deterministic function from graph to graph that keeps the meaning: for the same inputs
/// and state the outputs are equal bit by bit where they are integers. Applying a pass twice is
/// applying it once.
public interface Pass {

  Graph apply(Graph graph);

  /// Name as traces print it.
  default String name() {
    return getClass().getSimpleName();
  }
}
