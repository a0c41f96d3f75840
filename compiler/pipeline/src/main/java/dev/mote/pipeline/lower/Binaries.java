package dev.mote.pipeline.lower;

/// Lowers element-wise operators of two and more inputs, comparisons and reductions.
final class Binaries {

  private Binaries() {}
}
