package dev.mote.orchestration.update;

/// What happened to an update from outside.
public sealed interface UpdateEvent {

  /// The service starts to care for this update, or does again after a restart: nothing that it
  /// sent before is on its way any more.
  record Resumed() implements UpdateEvent {}

  /// The device registered anew: it may have restarted, and knows of no transfer that was under
  /// way.
  record Registered() implements UpdateEvent {}

  /// Any other sign of life, such as an update of the registration.
  record Heard() implements UpdateEvent {}

  /// The object was read, or notified.
  record Reported(DeviceReport report) implements UpdateEvent {}

  /// The device answered a command.
  ///
  /// @param command which one
  /// @param code CoAP's response code as class · 100 + detail: 204 for 2.04 Changed
  record Answered(UpdateCommand command, int code) implements UpdateEvent {}

  /// A command was given up, as nothing came back.
  record Unanswered(UpdateCommand command) implements UpdateEvent {}

  /// The device sleeps: nothing is sent until it is heard.
  record Slept() implements UpdateEvent {}

  /// Bytes of the package that the device has acknowledged or fetched, from the package's start.
  record Moved(long bytes) implements UpdateEvent {}

  /// The time of [Step#wakeAt] has come, or some other time.
  record TimePassed() implements UpdateEvent {}

  /// Somebody wants it stopped.
  record Cancelled(String why) implements UpdateEvent {}
}
