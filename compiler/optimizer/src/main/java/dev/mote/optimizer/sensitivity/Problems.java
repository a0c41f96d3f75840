package dev.mote.optimizer.sensitivity;

import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.Graph;

/// What can be wrong with a model whose layers are to be quantized one by one.
final class Problems {

  private Problems() {}

  static DiagnosticException noWeights(Graph graph) {
    return new DiagnosticException(
        Diagnostic.user(
            1327,
            graph.name(),
            "it has no layer with float weights",
            "give the float model of a network: its convolutions and matrix products are measured."));
  }
}
