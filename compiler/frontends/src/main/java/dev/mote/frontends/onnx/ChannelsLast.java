package dev.mote.frontends.onnx;

import dev.mote.ir.Graph;

/// Pushes transpositions away.
final class ChannelsLast {

  private ChannelsLast() {}

  static Graph apply(Graph graph) {
    return graph;
  }
}
