package dev.mote.service.rollout.machine;

/// Where a device of a rollout is; counted by [Tally].
public enum DeviceState {
  WAITING,
  RUNNING,
  SUCCEEDED,
  FAILED,
  SKIPPED,
  RETURNING,
  GOING_BACK,
  RETURNED,
  NOT_RETURNED
}
