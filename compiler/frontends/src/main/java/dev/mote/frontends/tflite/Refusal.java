package dev.mote.frontends.tflite;

import dev.mote.ir.Diagnostic;

/// Ends the reading of one operator or tensor; the rest of the model is still read.
final class Refusal extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient Diagnostic diagnostic;

  Refusal(Diagnostic diagnostic) {
    super(diagnostic.toString(), null, false, false);
    this.diagnostic = diagnostic;
  }

  Diagnostic diagnostic() {
    return diagnostic;
  }
}
