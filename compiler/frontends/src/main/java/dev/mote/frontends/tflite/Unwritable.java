package dev.mote.frontends.tflite;

import dev.mote.ir.Diagnostic;

/// Ends the writing of one node, which the format cannot express.
final class Unwritable extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient Diagnostic diagnostic;

  Unwritable(Diagnostic diagnostic) {
    super(diagnostic.toString(), null, false, false);
    this.diagnostic = diagnostic;
  }

  Diagnostic diagnostic() {
    return diagnostic;
  }
}
