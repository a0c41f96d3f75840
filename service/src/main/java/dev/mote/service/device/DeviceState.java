package dev.mote.service.device;

/// Whether a device can be spoken to.
public enum DeviceState {
  /// Entered, but it never registered.
  NEVER_SEEN,
  /// Registered; it listens.
  ONLINE,
  /// Registered in queue mode: it is spoken to when it says something itself.
  SLEEPING,
  /// Its registration ended, by its own word or by time.
  OFFLINE
}
