package dev.mote.fleet.device;

/// What is wrong with a device.
public enum Behaviour {
  HONEST,
  /// Says that it has a hundred times the memory that it has.
  LIES_ABOUT_MEMORY,
  /// Reports success after an installation, but the version that it had before.
  LIES_ABOUT_VERSION,
  /// Takes half of a package, and then nothing more; goes on to update its registration.
  STALLS,
  /// Answers 2.04 to the order to install, and says later that it failed.
  FAILS_LATER,
  /// Answers with bytes that mean nothing, and sends such on its own.
  SENDS_GARBAGE,
  /// Starts again every few seconds.
  RESTARTS,
  /// Registers, and answers nothing from then on.
  SILENT
}
