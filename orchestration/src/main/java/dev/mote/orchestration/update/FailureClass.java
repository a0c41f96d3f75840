package dev.mote.orchestration.update;

/// Why an update failed, as far as it decides what to do next.
public enum FailureClass {
  /// The way between service and device broke: again, from where it stopped.
  TRANSPORT(true),
  /// What arrived is not what was sent: again, from the start.
  INTEGRITY(true),
  /// Nothing moved for too long.
  TIMEOUT(true),
  /// The device lost what it had, by a power cut say.
  FORGOTTEN(true),
  /// No room for the package: not again.
  STORAGE(false),
  /// The device cannot use such a package, protocol or URI: not again.
  UNSUPPORTED(false),
  /// The device tried and says that it did not work, its self-test for instance: not again.
  REJECTED(false),
  /// The device does what no state of its object allows: not again.
  MISBEHAVIOUR(false);

  private final boolean retryable;

  FailureClass(boolean retryable) {
    this.retryable = retryable;
  }

  /// Whether another attempt may help.
  public boolean isRetryable() {
    return retryable;
  }
}
