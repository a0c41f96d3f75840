package dev.mote.pipeline.lower;

/// Lowers convolutions, matrix products and pooling.
final class Convolutions {

  private Convolutions() {}
}
