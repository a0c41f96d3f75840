package dev.mote.service.job;

/// Where a job is in its life. The last three are final.
public enum JobState {
  WAITING,
  RUNNING,
  SUCCEEDED,
  FAILED,
  CANCELLED;

  /// Whether nothing comes after it.
  public boolean isFinal() {
    return switch (this) {
      case WAITING, RUNNING -> false;
      case SUCCEEDED, FAILED, CANCELLED -> true;
    };
  }
}
