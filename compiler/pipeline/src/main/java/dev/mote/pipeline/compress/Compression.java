package dev.mote.pipeline.compress;

import dev.mote.ir.Graph;

/// A way to make a model smaller: a pure, deterministic function. The graph's inputs and outputs
/// keep their names and types.
public interface Compression {

  Graph apply(Graph graph);
}
