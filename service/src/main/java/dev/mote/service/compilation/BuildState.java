package dev.mote.service.compilation;

/// Where a build is.
public enum BuildState {
  /// Its job waits or runs.
  RUNNING,
  /// There is a module.
  BUILT,
  /// There is none, and why is known.
  FAILED,
  /// It was cancelled; asking again starts it again.
  CANCELLED;

  /// Whether it is over.
  public boolean isEnded() {
    return this != RUNNING;
  }
}
