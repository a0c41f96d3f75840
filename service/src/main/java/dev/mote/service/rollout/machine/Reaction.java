package dev.mote.service.rollout.machine;

/// What a rollout does by itself when it goes wrong.
public enum Reaction {
  /// No further update begins; a person decides.
  PAUSE,
  /// It ends; what is installed stays.
  STOP,
  /// It ends, and devices get back what they had.
  ROLL_BACK
}
