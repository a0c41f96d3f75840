package dev.mote.testkit.cases;

import dev.mote.frontends.tflite.schema.TensorType;
import dev.mote.ir.ElementType;

/// The types of a layer with weights.
///
/// @param column where such layers stand in the operator table
/// @param detail what tells this from other precisions of the column; may be empty
/// @param activation type of input and output
/// @param weights type of the weights
/// @param bias type of the bias
/// @param perChannel whether each output channel has a scale of its own
record Precision(
    Column column,
    String detail,
    ElementType activation,
    ElementType weights,
    ElementType bias,
    boolean perChannel) {

  static final Precision INT8_PER_CHANNEL =
      new Precision(
          Column.INT8, "per channel", ElementType.INT8, ElementType.INT8, ElementType.INT32, true);

  static final Precision INT8_PER_TENSOR =
      new Precision(
          Column.INT8, "per tensor", ElementType.INT8, ElementType.INT8, ElementType.INT32, false);

  static final Precision INT16_WIDE_BIAS =
      new Precision(
          Column.INT16, "int64 bias", ElementType.INT16, ElementType.INT8, ElementType.INT64, true);

  static final Precision INT16_WIDE_BIAS_PER_TENSOR =
      new Precision(
          Column.INT16,
          "int64 bias, per tensor",
          ElementType.INT16,
          ElementType.INT8,
          ElementType.INT64,
          false);

  static final Precision INT16_NARROW_BIAS =
      new Precision(
          Column.INT16, "int32 bias", ElementType.INT16, ElementType.INT8, ElementType.INT32, true);

  static final Precision INT16_NARROW_BIAS_PER_TENSOR =
      new Precision(
          Column.INT16,
          "int32 bias, per tensor",
          ElementType.INT16,
          ElementType.INT8,
          ElementType.INT32,
          false);

  static final Precision INT4_PER_CHANNEL =
      new Precision(
          Column.INT4, "per channel", ElementType.INT8, ElementType.INT4, ElementType.INT32, true);

  static final Precision INT4_PER_TENSOR =
      new Precision(
          Column.INT4, "per tensor", ElementType.INT8, ElementType.INT4, ElementType.INT32, false);

  static final Precision UINT8 =
      new Precision(
          Column.UINT8, "", ElementType.UINT8, ElementType.UINT8, ElementType.INT32, false);

  static final Precision FLOAT32 =
      new Precision(
          Column.FLOAT32, "", ElementType.FLOAT32, ElementType.FLOAT32, ElementType.FLOAT32, false);

  static final Precision FLOAT16 =
      new Precision(
          Column.FLOAT16, "", ElementType.FLOAT32, ElementType.FLOAT16, ElementType.FLOAT32, false);

  static final Precision DYNAMIC_PER_CHANNEL =
      new Precision(
          Column.DYNAMIC,
          "per channel",
          ElementType.FLOAT32,
          ElementType.INT8,
          ElementType.FLOAT32,
          true);

  static final Precision DYNAMIC_PER_TENSOR =
      new Precision(
          Column.DYNAMIC,
          "per tensor",
          ElementType.FLOAT32,
          ElementType.INT8,
          ElementType.FLOAT32,
          false);

  /// What the layer's options say of the bias: TFLite takes a bias of int16 layers for int64 unless
  /// told otherwise.
  byte biasCode() {
    return switch (bias) {
      case INT64 -> TensorType.INT64;
      case INT32 -> TensorType.INT32;
      default -> TensorType.FLOAT32;
    };
  }

  boolean isFloat() {
    return activation.isFloat();
  }

  /// How closely sums of products of floats agree: their terms may cancel.
  Agreement agreement() {
    return isFloat() ? new Agreement.Close(1e-5f, 2e-5f) : Agreement.EXACT;
  }

  /// A family of `operator` in this precision.
  CaseFamily family(String operator, CaseFamily.Generator generator) {
    return CaseFamily.of(operator, column, generator)
        .detail(detail)
        .oracle(agreement())
        .emitted(agreement());
  }
}
