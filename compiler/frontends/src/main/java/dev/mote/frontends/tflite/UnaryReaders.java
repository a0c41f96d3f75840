package dev.mote.frontends.tflite;

import dev.mote.frontends.tflite.schema.BuiltinOptions;
import dev.mote.frontends.tflite.schema.LeakyReluOptions;
import dev.mote.frontends.tflite.schema.SoftmaxOptions;
import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;

/// Reads element-wise operators of one input, normalisations and changes of representation.
final class UnaryReaders {

  /// Of a leaky rectifier; products with the extreme scales stay finite below it.
  private static final float STEEPEST_SLOPE = 1 << 20;

  private UnaryReaders() {}

  static void unary(OperatorView view, Op.Unary.Kind kind) {
    switch (kind) {
      case LOGISTIC -> {
        requireOutput(view, 1f / 256, -128, 1f / 32768);
        requireTableScale(view);
      }
      case TANH -> {
        requireOutput(view, 1f / 128, 0, 1f / 32768);
        requireTableScale(view);
      }
      case HARD_SWISH -> requireFineInput(view);
      default -> {}
    }
    sameShape(view, new Op.Unary(kind));
  }

  /// Refuses a quantized output whose quantization is not the one that TFLite's converter gives it
  /// and that the arithmetic assumes.
  ///
  /// @param wideScale scale of an int16 output, whose zero point is 0
  private static void requireOutput(
      OperatorView view, float scale, int zeroPoint, float wideScale) {
    view.expectCounts(1, 1, 1);
    boolean wide = view.target(0).element() == ElementType.INT16;
    if (view.target(0).quantization() instanceof Quantization.PerTensor output) {
      requireOutput(view, output, wide ? wideScale : scale, wide ? 0 : zeroPoint);
    }
  }

  private static void requireOutput(
      OperatorView view, Quantization.PerTensor output, float scale, int zeroPoint) {
    if (Math.abs(output.scale() - scale) > scale / 1000 || output.zeroPoint() != zeroPoint) {
      throw view.problem(
          ReadProblem.BAD_QUANTIZATION,
          "its output has scale %s and zero point %d instead of %s and %d"
              .formatted(output.scale(), output.zeroPoint(), scale, zeroPoint),
          "quantize the model with TFLite's converter, which gives this operator that scale.");
    }
  }

  /// An operator of one input whose output has the same shape.
  private static void sameShape(OperatorView view, Op op) {
    view.expectCounts(1, 1, 1);
    view.emit(op, view.inputNames(), view.inputShape(0));
  }

  /// Refuses int16 numbers that the table of the logistic function, with 3·2^12 positions for 1,
  /// cannot take: their scale in positions must fit in 16 bits.
  private static void requireTableScale(OperatorView view) {
    if (view.inputType(0).element() == ElementType.INT16
        && view.inputType(0).quantization().scale() * 12288.0 > Short.MAX_VALUE) {
      throw view.problem(
          ReadProblem.BAD_QUANTIZATION,
          "its input has scale %s; int16 needs at most 2.66"
              .formatted(view.inputType(0).quantization().scale()),
          "quantize the model with TFLite's converter and representative data.");
    }
  }

  /// Refuses what the 16-bit arithmetic of HARD_SWISH cannot express.
  private static void requireFineInput(OperatorView view) {
    view.expectCounts(1, 1, 1);
    if (view.inputType(0).quantization() instanceof Quantization.PerTensor from
        && view.target(0).quantization() instanceof Quantization.PerTensor to
        && from.scale() / to.scale() >= 128) {
      throw view.problem(
          ReadProblem.BAD_QUANTIZATION,
          "its input has scale %s, 128 times its output's or more".formatted(from.scale()),
          "quantize the model with TFLite's converter and representative data.");
    }
  }

  static void leakyRelu(OperatorView view) {
    float alpha =
        view.options(BuiltinOptions.LeakyReluOptions, new LeakyReluOptions())
            .map(LeakyReluOptions::alpha)
            .orElse(0f);
    if (!(Math.abs(alpha) <= STEEPEST_SLOPE)) {
      throw view.damaged(ReadProblem.ATTRIBUTE, "its alpha is " + alpha);
    }
    sameShape(view, new Op.LeakyRelu(alpha));
  }

  static void prelu(OperatorView view) {
    view.expectCounts(2, 2, 1);
    Shape x = view.inputShape(0);
    ShapeInference.require(
        x.broadcast(view.inputShape(1)).equals(x),
        "a slope of [%s] does not broadcast to [%s]".formatted(view.inputShape(1), x));
    view.emit(new Op.Prelu(), view.inputNames(), x);
  }

  static void softmax(OperatorView view) {
    float beta =
        view.options(BuiltinOptions.SoftmaxOptions, new SoftmaxOptions())
            .map(SoftmaxOptions::beta)
            .orElse(0f);
    if (!(beta > 0)) {
      throw view.damaged(ReadProblem.ATTRIBUTE, "its beta is " + beta);
    }
    boolean narrow = view.inputType(0).element() == ElementType.INT8;
    if (narrow
        && view.target(0).element() == ElementType.INT16
        && view.target(0).quantization() instanceof Quantization.PerTensor output) {
      requireOutput(view, output, 1f / 65536, -32768);
    } else {
      requireOutput(view, 1f / 256, -128, 1f / 32768);
    }
    sameShape(view, new Op.Softmax(finite(view, "beta", beta)));
  }

  static void logSoftmax(OperatorView view) {
    requireOutput(view, 1f / 16, 127, 0);
    sameShape(view, new Op.LogSoftmax());
  }

  /// Its fused activation is ignored, as by TFLite.
  static void l2Normalization(OperatorView view) {
    requireOutput(view, 1f / 128, 0, 0);
    sameShape(view, new Op.L2Normalization());
  }

  static void quantize(OperatorView view) {
    sameShape(view, new Op.Quantize());
  }

  static void dequantize(OperatorView view) {
    sameShape(view, new Op.Dequantize());
  }

  static void cast(OperatorView view) {
    // Quantized uint8 has become int8 of other numbers, which a cast would lay open.
    if (view.source(0).fromUint8() || view.target(0).fromUint8()) {
      throw view.problem(
          ReadProblem.OPERAND_TYPES,
          "it casts the raw numbers of quantized uint8",
          "use DEQUANTIZE or QUANTIZE instead, or quantize the model to int8.");
    }
    if (view.inputType(0).element() == view.target(0).element()) {
      sameShape(view, new Op.Reshape());
    } else {
      sameShape(view, new Op.Cast());
    }
  }

  private static float finite(OperatorView view, String what, float value) {
    if (!Float.isFinite(value)) {
      throw view.damaged(ReadProblem.ATTRIBUTE, "its %s is %s".formatted(what, value));
    }
    return value;
  }
}
