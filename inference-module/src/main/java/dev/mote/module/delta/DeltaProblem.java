package dev.mote.module.delta;

/// Bytes that are no delta to the base at hand.
public final class DeltaProblem extends Exception {

  private static final long serialVersionUID = 1L;

  DeltaProblem(int offset, String what) {
    super("at byte %,d: %s".formatted(offset, what));
  }

  /// What is wrong, and where in the delta.
  public String what() {
    return String.valueOf(getMessage());
  }
}
