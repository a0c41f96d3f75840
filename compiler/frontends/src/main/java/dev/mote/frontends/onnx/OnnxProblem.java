package dev.mote.frontends.onnx;

import dev.mote.ir.Diagnostic;

/// Everything that can be wrong with an ONNX file; `docs/errors` has a page for each.
enum OnnxProblem {
  /// The bytes are not those of an ONNX model.
  NOT_ONNX(1101),
  /// The file is cut off or is no sound Protocol Buffers message.
  DAMAGED(1102),
  /// The operator set is missing, too old or too new.
  OPERATOR_SET(1103),
  /// A stated limit of size is exceeded.
  TOO_LARGE(1104),
  /// The model has no graph.
  NO_GRAPH(1105),
  /// A tensor is read before it is computed, or never computed.
  NOT_COMPUTED(1106),
  /// A tensor is computed twice, or is computed though it is an input or a constant.
  COMPUTED_TWICE(1107),
  /// The graph's list of inputs or outputs is illegal.
  BORDER(1108),
  /// Dimensions are negative or too many.
  SHAPE(1110),
  /// A constant does not hold the elements that its shape promises.
  TENSOR_DATA(1111),
  /// A tensor has an element type that Mote does not have.
  TENSOR_TYPE(1112),
  /// A constant lies in another file.
  EXTERNAL_DATA(1113),
  /// A dimension of an input is open and nothing fixes it.
  OPEN_DIMENSION(1114),
  /// A shape that the user gave does not fit the model's input.
  INPUT_SHAPE(1115),
  /// A value is no tensor: a sequence, a map, an optional.
  NOT_A_TENSOR(1116),
  /// Scales or zero points have no meaning.
  QUANTIZATION(1117),
  /// Mote has no such operator.
  UNSUPPORTED_OPERATOR(1120),
  /// The operator is not of the standard domain.
  FOREIGN_DOMAIN(1121),
  /// The operator runs other graphs.
  CONTROL_FLOW(1122),
  /// The operator exists, but not for these element types.
  OPERAND_TYPES(1123),
  /// An attribute is missing or has an illegal or unsupported value.
  ATTRIBUTE(1124),
  /// An operand must be a constant, but is computed at run time.
  RUNTIME_OPERAND(1125),
  /// The operator has too few or too many inputs or outputs.
  OPERAND_COUNT(1126),
  /// The operands' shapes do not fit each other.
  OPERAND_SHAPES(1127),
  /// The reader itself failed.
  INTERNAL(1199);

  private final int code;

  OnnxProblem(int code) {
    this.code = code;
  }

  Diagnostic at(String where, String what, String fix) {
    return this == INTERNAL
        ? Diagnostic.internal(code, where, what, fix)
        : Diagnostic.user(code, where, what, fix);
  }
}
