package dev.mote.pipeline.lower;

/// Lowers operators with state.
final class Recurrences {

  private Recurrences() {}
}
