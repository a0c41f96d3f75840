package dev.mote.ir;

import java.util.List;
import java.util.stream.Collectors;

/// Carries diagnostics out of a call that has no other way to report them.
public final class DiagnosticException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient List<Diagnostic> diagnostics;

  public DiagnosticException(Diagnostic diagnostic) {
    this(List.of(diagnostic));
  }

  public DiagnosticException(List<Diagnostic> diagnostics) {
    super(diagnostics.stream().map(Diagnostic::toString).collect(Collectors.joining("\n")));
    this.diagnostics = List.copyOf(diagnostics);
  }

  /// What is wrong; never empty.
  public List<Diagnostic> diagnostics() {
    return diagnostics;
  }
}
