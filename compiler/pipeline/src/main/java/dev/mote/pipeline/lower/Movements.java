package dev.mote.pipeline.lower;

/// Lowers operators that move data.
final class Movements {

  private Movements() {}
}
