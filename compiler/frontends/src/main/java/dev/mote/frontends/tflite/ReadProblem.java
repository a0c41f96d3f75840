package dev.mote.frontends.tflite;

import dev.mote.ir.Diagnostic;

/// Everything that can be wrong with a model file; `docs/errors` has a page for each.
enum ReadProblem {
  /// The bytes are not those of a TFLite model.
  NOT_TFLITE(1001),
  /// The file is cut off, or an offset in it leads astray.
  DAMAGED(1002),
  /// The schema version is not 3.
  SCHEMA_VERSION(1003),
  /// A stated limit of size is exceeded.
  TOO_LARGE(1004),
  /// The model has no subgraph that could be run.
  NO_GRAPH(1005),
  /// A signature does not fit the graph.
  BAD_SIGNATURE(1006),
  /// A tensor, buffer or operator code is named by a number that does not exist.
  BAD_INDEX(1010),
  /// A tensor's dimensions are negative, zero or too many.
  BAD_SHAPE(1011),
  /// A constant's buffer does not have the size of its tensor.
  BUFFER_SIZE(1012),
  /// Scales or zero points have no meaning.
  BAD_QUANTIZATION(1013),
  /// An integer operator lacks the quantization that gives its numbers a meaning.
  MISSING_QUANTIZATION(1014),
  /// A tensor has an element type that Mote does not have.
  TENSOR_TYPE(1015),
  /// A constant is stored sparsely, or outside of the file.
  STORAGE(1016),
  /// The file's shape of a tensor contradicts the operator that computes it.
  SHAPE_MISMATCH(1017),
  /// A dimension is open and nothing fixes it.
  OPEN_DIMENSION(1018),
  /// A shape that the user gave does not fit the model's input.
  BAD_INPUT_SHAPE(1019),
  /// Mote has no such operator.
  UNSUPPORTED_OPERATOR(1020),
  /// The operator is not one of TFLite's own.
  CUSTOM_OPERATOR(1021),
  /// The operator runs other subgraphs.
  CONTROL_FLOW(1022),
  /// The operator exists, but not for these element types.
  OPERAND_TYPES(1023),
  /// An attribute has an illegal or unsupported value.
  ATTRIBUTE(1024),
  /// An operand must be a constant, but is computed at run time.
  RUNTIME_OPERAND(1025),
  /// The fused activation function is not supported here.
  ACTIVATION(1026),
  /// The operator has too few or too many inputs or outputs.
  OPERAND_COUNT(1027),
  /// The operands' shapes do not fit each other.
  OPERAND_SHAPES(1028),
  /// A tensor is read before it is computed, or never computed.
  NOT_COMPUTED(1030),
  /// A tensor is computed twice, or is computed though it is an input or a constant.
  COMPUTED_TWICE(1031),
  /// The graph's list of inputs or outputs is illegal.
  BORDER(1032),
  /// A resource variable is used in a way that has no static meaning.
  VARIABLE(1040),
  /// The reader itself failed.
  INTERNAL(1099);

  private final int code;

  ReadProblem(int code) {
    this.code = code;
  }

  /// The number behind `MOTE-`.
  int code() {
    return code;
  }

  Diagnostic at(String where, String what, String fix) {
    return this == INTERNAL
        ? Diagnostic.internal(code, where, what, fix)
        : Diagnostic.user(code, where, what, fix);
  }
}
