package dev.mote.service.access;

/// What a tenant may use only so much of.
public enum Quota {
  /// Users.
  USERS,
  /// API tokens.
  TOKENS,
  /// Models.
  MODELS,
  /// Bytes of uploaded models and built modules.
  ARTIFACT_BYTES,
  /// Devices, seen or not.
  DEVICES,
  /// Groups of devices.
  GROUPS,
  /// Jobs that wait or run.
  JOBS_AT_ONCE,
  /// Rollouts that have not ended.
  ROLLOUTS_AT_ONCE;

  /// Whether it frees itself by waiting, so that trying later makes sense.
  public boolean passes() {
    return name().endsWith("_AT_ONCE");
  }
}
