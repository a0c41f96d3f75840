package dev.mote.plugin;

import dev.mote.ir.Diagnostic;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;

/// Why a graph cannot be written in a model format; `docs/errors` has a page for each.
public enum WriteProblem {
  /// The format has no such operator, and none that together compute the same.
  NO_OPERATOR(1361),
  /// The format has the operator, but not with these attributes, types or shapes.
  NO_SUCH_FORM(1362),
  /// The file would be larger than the format allows.
  TOO_LARGE(1363);

  private final int code;

  WriteProblem(int code) {
    this.code = code;
  }

  /// The number behind `MOTE-`.
  public int code() {
    return code;
  }

  /// This problem of one node.
  ///
  /// @param what what cannot be written and why
  /// @param fix what to do instead
  public Diagnostic at(Graph graph, Node node, String what, String fix) {
    return Diagnostic.user(
        code,
        "%s, %s '%s' (op #%d)"
            .formatted(graph.name(), node.op().label(), node.name(), graph.nodes().indexOf(node)),
        what,
        fix);
  }

  /// This problem of the whole graph.
  public Diagnostic at(Graph graph, String what, String fix) {
    return Diagnostic.user(code, graph.name(), what, fix);
  }
}
