package dev.mote.orchestration.update;

/// What an update waits for.
public enum Phase {
  /// The device's word on where it is.
  ASKING("to hear from the device how far it is"),
  /// The object's first state.
  CLEARING("for the device to drop what it had before"),
  /// The bytes to arrive.
  TRANSFERRING("for the package to arrive"),
  /// The verdict on the order to install.
  INSTALLING("for the device to install"),
  /// The software to run.
  ACTIVATING("for the device to activate the software"),
  /// The next attempt.
  PAUSING("to try again"),
  SUCCEEDED("for nothing: it is installed"),
  FAILED("for nothing: it failed"),
  CANCELLED("for nothing: it was cancelled");

  private final String waitsFor;

  Phase(String waitsFor) {
    this.waitsFor = waitsFor;
  }

  /// Ends "it waits …".
  public String waitsFor() {
    return waitsFor;
  }

  public boolean isOver() {
    return this == SUCCEEDED || this == FAILED || this == CANCELLED;
  }
}
