package dev.mote.service.rollout.machine;

/// Where a rollout is.
public enum Phase {
  /// Nobody started it yet.
  CREATED,
  /// A second person is to approve it.
  AWAITING_APPROVAL,
  /// Its time comes.
  SCHEDULED,
  /// Devices are updated, wave by wave.
  RUNNING,
  /// No update begins; those that run go on.
  PAUSED,
  /// Nothing begins any more; it ends when the running updates have.
  STOPPING,
  /// Devices get back what they had.
  ROLLING_BACK,
  SUCCEEDED,
  FAILED,
  ABORTED,
  ROLLED_BACK;

  public boolean isOver() {
    return this == SUCCEEDED || this == FAILED || this == ABORTED || this == ROLLED_BACK;
  }

  /// Whether it has begun and not ended.
  public boolean isLive() {
    return this == RUNNING || this == PAUSED || this == STOPPING || this == ROLLING_BACK;
  }
}
