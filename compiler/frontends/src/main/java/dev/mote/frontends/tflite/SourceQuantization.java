package dev.mote.frontends.tflite;

import dev.mote.frontends.tflite.schema.QuantizationParameters;
import dev.mote.frontends.tflite.schema.Tensor;
import dev.mote.ir.ElementType;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Scales and zero points as the file has them, checked.
final class SourceQuantization {

  /// Scales of activations beyond these are absurd, and their products and quotients overflow.
  private static final float SMALLEST_SCALE = 0x1p-60f;

  private static final float LARGEST_SCALE = 0x1p40f;

  private SourceQuantization() {}

  /// What the file says about `tensor`.
  ///
  /// @throws Refusal when that has no meaning
  static Quantization read(
      Tensor tensor, ElementType element, Optional<Shape> shape, String where) {
    QuantizationParameters parameters = tensor.quantization();
    if (parameters == null || !element.isInteger()) {
      return Quantization.NONE;
    }
    if (parameters.detailsType() != 0) {
      throw new Refusal(
          ReadProblem.BAD_QUANTIZATION.at(
              where,
              "it uses blockwise or custom quantization, which is not supported",
              "quantize the model per tensor or per channel."));
    }
    int scales = parameters.scaleLength();
    if (scales == 0) {
      return Quantization.NONE;
    }
    return scales == 1
        ? perTensor(parameters, element, where)
        : perChannel(parameters, element, shape, where);
  }

  private static Quantization perTensor(
      QuantizationParameters parameters, ElementType element, String where) {
    float scale = parameters.scale(0);
    boolean wide = element == ElementType.INT32 || element == ElementType.INT64;
    if (wide && scale == 0) {
      return Quantization.NONE;
    }
    boolean usable = wide ? scale > 0 && !Float.isInfinite(scale) : isUsable(scale);
    if (!usable) {
      throw badQuantization(where, "its scale is " + scale);
    }
    if (parameters.zeroPointLength() > 1) {
      throw badQuantization(
          where, "it has one scale, but %d zero points".formatted(parameters.zeroPointLength()));
    }
    long zeroPoint = parameters.zeroPointLength() == 0 ? 0 : parameters.zeroPoint(0);
    if (zeroPoint < element.minValue()
        || zeroPoint > element.maxValue()
        || zeroPoint != (int) zeroPoint) {
      throw badQuantization(
          where, "its zero point %d is no %s number".formatted(zeroPoint, element.label()));
    }
    return new Quantization.PerTensor(scale, (int) zeroPoint);
  }

  private static boolean isUsable(float scale) {
    return scale >= SMALLEST_SCALE && scale <= LARGEST_SCALE;
  }

  private static Quantization perChannel(
      QuantizationParameters parameters, ElementType element, Optional<Shape> shape, String where) {
    int axis = parameters.quantizedDimension();
    int count = parameters.scaleLength();
    if (shape.isEmpty() || axis < 0 || axis >= shape.get().rank()) {
      throw badQuantization(
          where, "it is quantized along dimension %d, which it does not have".formatted(axis));
    }
    if (count != shape.get().dim(axis)) {
      throw badQuantization(
          where,
          "it has %d scales for the %d slices of dimension %d"
              .formatted(count, shape.get().dim(axis), axis));
    }
    for (int i = 0; i < parameters.zeroPointLength(); i++) {
      if (parameters.zeroPoint(i) != 0) {
        throw badQuantization(
            where,
            "it is quantized per channel, but zero point %d is %d and not 0"
                .formatted(i, parameters.zeroPoint(i)));
      }
    }
    List<Float> scales = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      float scale = parameters.scale(i);
      if (!(scale >= 0 && scale <= LARGEST_SCALE)) {
        throw badQuantization(where, "scale %d is %s".formatted(i, scale));
      }
      scales.add(scale);
    }
    if (element == ElementType.UINT8) {
      throw badQuantization(where, "uint8 is quantized per channel");
    }
    return new Quantization.PerChannel(scales, axis);
  }

  private static Refusal badQuantization(String where, String what) {
    return new Refusal(
        ReadProblem.BAD_QUANTIZATION.at(
            where, what, "quantize the model again with TFLite's converter."));
  }

  /// The same numbers after 128 was taken off each.
  static Quantization signed(Quantization quantization) {
    Quantization.PerTensor q = quantization.perTensor();
    return new Quantization.PerTensor(q.scale(), q.zeroPoint() - 128);
  }
}
