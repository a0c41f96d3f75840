package dev.mote.service.rollout.machine;

/// What happened to a rollout.
public sealed interface RolloutEvent {

  /// Somebody wants something of it.
  record Asked(Action action, String by) implements RolloutEvent {}

  /// The devices are collected and counted by waves.
  record Prepared() implements RolloutEvent {}

  /// The counts may have changed.
  record Counted() implements RolloutEvent {}

  /// What came of the order to begin: so many updates began.
  record Begun(int devices) implements RolloutEvent {}

  /// What telemetry says.
  record Read(GateReading reading) implements RolloutEvent {}

  /// The time of [Step#wakeAt] has come, or some other time.
  record TimePassed() implements RolloutEvent {}
}
