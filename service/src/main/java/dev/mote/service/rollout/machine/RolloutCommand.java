package dev.mote.service.rollout.machine;

/// What is to be done.
public sealed interface RolloutCommand {

  /// Collect the devices by waves, and ask for modules.
  record Prepare() implements RolloutCommand {}

  /// Begin at most so many updates of devices in waves up to this one; fewer, if fewer are ready.
  record Begin(int most, int wave) implements RolloutCommand {}

  /// Ask telemetry about the devices that were updated.
  record AskGate() implements RolloutCommand {}

  /// Cancel the updates that run. Their ends are counted when they come.
  record CancelRunning(String why) implements RolloutCommand {}

  /// Leave out all devices that wait.
  record SkipWaiting(String why) implements RolloutCommand {}

  /// Whatever was updated and had something before is to get it back.
  record MarkReturning() implements RolloutCommand {}

  /// Begin at most so many updates that bring devices back.
  record GoBack(int most) implements RolloutCommand {}

  /// Do not wait any longer for those that are to be brought back.
  record GiveUpReturning(String why) implements RolloutCommand {}
}
