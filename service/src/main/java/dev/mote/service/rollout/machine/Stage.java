package dev.mote.service.rollout.machine;

/// What a running rollout does.
public enum Stage {
  /// Devices are collected and modules are asked for.
  PREPARING,
  /// The wave's devices are updated.
  UPDATING,
  /// The wave is watched before the next one.
  SOAKING,
  /// All waves are through; those that were not there are waited for.
  FINISHING
}
