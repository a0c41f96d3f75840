package dev.mote.pipeline.lower;

/// Lowers element-wise operators of one input, normalisations and changes of representation.
final class Unaries {

  private Unaries() {}
}
