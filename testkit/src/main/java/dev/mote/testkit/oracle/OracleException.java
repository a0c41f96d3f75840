package dev.mote.testkit.oracle;

/// TFLite refused a model or an inference; the message says what TFLite reported.
public final class OracleException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  OracleException(String message) {
    super(message);
  }

  // Method handles declare Throwable; TFLite's C functions themselves throw nothing.
  static RuntimeException of(Throwable thrown) {
    return switch (thrown) {
      case RuntimeException e -> e;
      case Error e -> throw e;
      default -> new IllegalStateException(thrown);
    };
  }
}
