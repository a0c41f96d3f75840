package dev.mote.orchestration.update;

/// What is to be sent to the device. The caller keeps it for a device that sleeps.
public sealed interface UpdateCommand {

  /// Observes state and result, and reads state, result, version and, for object 9, activation.
  record Ask() implements UpdateCommand {}

  /// Brings the object back to its first state: an empty package for object 5, Uninstall with the
  /// argument "1" for object 9.
  record Clear() implements UpdateCommand {}

  /// Writes the package block-wise, beginning with the block that holds byte `from`.
  record Push(long from) implements UpdateCommand {}

  /// Writes the URI from which the device is to fetch the package.
  record WriteUri() implements UpdateCommand {}

  /// Executes Update or Install.
  record Install() implements UpdateCommand {}

  /// Executes Activate of object 9.
  record Activate() implements UpdateCommand {}
}
