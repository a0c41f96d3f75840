package dev.mote.testkit.cases;

/// A column of the operator table: the types in which an operator comes.
public enum Column {
  /// int8 activations (and weights, where there are any).
  INT8("int8"),
  /// int16 activations, with int8 weights where there are any.
  INT16("int16"),
  /// int8 activations with packed int4 weights.
  INT4("int4 weights"),
  /// uint8 activations, which become int8 on import.
  UINT8("uint8"),
  FLOAT32("float32"),
  /// float32 activations with float16 weights.
  FLOAT16("float16 weights"),
  /// float32 activations with int8 weights.
  DYNAMIC("dynamic range"),
  INT32("int32"),
  INT64("int64"),
  BOOL("bool");

  private final String label;

  Column(String label) {
    this.label = label;
  }

  /// The column's heading.
  public String label() {
    return label;
  }
}
