package dev.mote.client;

import java.util.List;

/// What came from a model or a version, as a graph.
///
/// @param complete false if there is more than is shown
public record Lineage(List<Node> nodes, List<Edge> edges, boolean complete) {
  /// @param kind such as `version` or `module`
  public record Node(String id, String kind, String name, String detail) {}

  /// @param label how the one led to the other
  public record Edge(String from, String to, String label) {}
}
