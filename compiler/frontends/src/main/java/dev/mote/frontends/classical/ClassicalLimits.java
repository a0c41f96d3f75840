package dev.mote.frontends.classical;

/// How much the file of a classical model may make the reader do.
final class ClassicalLimits {

  /// Bytes of a file. Texts of models that fit a microcontroller are far smaller.
  static final int FILE_BYTES = 1 << 25;

  /// Nesting of JSON or XML. PMML nests as deep as its trees.
  static final int DEPTH = 512;

  /// Nodes and leaves of all trees together.
  static final int NODES = 1 << 20;

  /// Trees of an ensemble.
  static final int TREES = 1 << 14;

  /// Features of a model.
  static final int FEATURES = 1 << 15;

  /// Columns of a result.
  static final int COLUMNS = 1 << 12;

  /// Numbers of a constant.
  static final int ELEMENTS = 1 << 22;

  private ClassicalLimits() {}
}
