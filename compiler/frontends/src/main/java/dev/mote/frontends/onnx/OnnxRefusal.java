package dev.mote.frontends.onnx;

import dev.mote.ir.Diagnostic;

/// Ends the reading of one node or tensor; the rest of the model is still read.
final class OnnxRefusal extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient Diagnostic diagnostic;

  OnnxRefusal(Diagnostic diagnostic) {
    super(diagnostic.toString(), null, false, false);
    this.diagnostic = diagnostic;
  }

  Diagnostic diagnostic() {
    return diagnostic;
  }
}
