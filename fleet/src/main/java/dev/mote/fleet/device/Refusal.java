package dev.mote.fleet.device;

/// A package is not taken.
public final class Refusal extends Exception {

  private static final long serialVersionUID = 1L;

  private final Outcome outcome;
  private final int code;

  /// @param code of the runtime: the number after `MOTE-`, or one of its own
  public Refusal(Outcome outcome, int code, String what) {
    super(what);
    this.outcome = outcome;
    this.code = code;
  }

  Outcome outcome() {
    return outcome;
  }

  int code() {
    return code;
  }
}
