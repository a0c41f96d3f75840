package dev.mote.pipeline.lower;

/// Which of the forms that lose nothing the weights of layers may be stored in.
public enum WeightStorage {
  /// What the objective prefers: fewer bytes where they cost no time, or where bytes come first.
  AUTO,
  /// A byte for each int8 weight, half a byte for each int4 weight.
  PLAIN,
  /// The fewest bytes for every layer, however much time and scratch memory unpacking takes.
  COMPRESSED
}
