package dev.mote.reference;

import dev.mote.ir.Activation;
import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;

/// Matrix products.
final class MatrixProduct {

  private MatrixProduct() {}

  static void fullyConnected(Invocation call, Op.FullyConnected op) {
    int channels = call.input(1).shape().dim(-2);
    int depth = call.input(1).shape().dim(-1);
    int rows = call.output().count() / channels;
    WeightedSum sum =
        new WeightedSum(
            call, op.activation(), channels, true, false, DynamicRange.ofRows(call, rows));
    for (int row = 0; row < rows; row++) {
      for (int channel = 0; channel < channels; channel++) {
        sum.add(row * depth, channel * depth, depth);
        sum.finish(row * channels + channel, channel);
      }
    }
  }

  static void batchMatMul(Invocation call, Op.BatchMatMul op) {
    Shape y = call.output().shape();
    int rows = y.dim(-2);
    int columns = y.dim(-1);
    int depth = call.input(0).shape().dim(op.adjointX() ? -2 : -1);
    Operand a = new Operand(call.input(0), op.adjointX() ? 1 : depth, op.adjointX() ? rows : 1);
    Operand b = new Operand(call.input(1), op.adjointY() ? depth : 1, op.adjointY() ? 1 : columns);
    Requantization rescale = rescale(call);
    int index = 0;
    for (int batch = 0; batch < y.count(0, y.rank() - 2); batch++) {
      int aStart = matrix(a.value.shape(), y, batch) * rows * depth;
      int bStart = matrix(b.value.shape(), y, batch) * depth * columns;
      for (int row = 0; row < rows; row++) {
        for (int column = 0; column < columns; column++) {
          int aIndex = aStart + row * a.lineStride;
          int bIndex = bStart + column * b.lineStride;
          if (call.output().element().isFloat()) {
            call.output().setReal(index++, realProduct(a, aIndex, b, bIndex, depth));
          } else {
            long sum = integerProduct(a, aIndex, b, bIndex, depth);
            call.output().set(index++, quantized(sum, rescale, call));
          }
        }
      }
    }
  }

  /// A matrix as the product walks through it.
  ///
  /// @param lineStride elements from one row of the first operand, or one column of the second, to
  ///     the next
  /// @param termStride elements from one term of the sum to the next
  private record Operand(Value value, int lineStride, int termStride) {}

  /// Which matrix of `operand` belongs to matrix `batch` of the output.
  private static int matrix(Shape operand, Shape output, int batch) {
    Shape extended = operand.extendTo(output.rank());
    int number = 0;
    int stride = 1;
    int rest = batch;
    for (int axis = output.rank() - 3; axis >= 0; axis--) {
      int coordinate = rest % output.dim(axis);
      rest /= output.dim(axis);
      number += extended.dim(axis) == 1 ? 0 : coordinate * stride;
      stride *= extended.dim(axis);
    }
    return number;
  }

  private static float realProduct(Operand a, int aIndex, Operand b, int bIndex, int depth) {
    float sum = 0;
    for (int i = 0; i < depth; i++) {
      sum += a.value.real(aIndex + i * a.termStride) * b.value.real(bIndex + i * b.termStride);
    }
    return sum;
  }

  private static long integerProduct(Operand a, int aIndex, Operand b, int bIndex, int depth) {
    int aZero = a.value.type().quantization().zeroPoint();
    int bZero = b.value.type().quantization().zeroPoint();
    long sum = 0;
    for (int i = 0; i < depth; i++) {
      sum +=
          (a.value.integer(aIndex + i * a.termStride) - aZero)
              * (b.value.integer(bIndex + i * b.termStride) - bZero);
    }
    return sum;
  }

  private static long quantized(long sum, Requantization rescale, Invocation call) {
    TensorType type = call.outputType();
    int scaled =
        type.element() == ElementType.INT16 ? rescale.applyWide(sum) : rescale.apply((int) sum);
    return Clamp.of(Activation.NONE, type).apply(scaled + type.quantization().zeroPoint());
  }

  /// The scales of the operands are multiplied in `float`.
  private static Requantization rescale(Invocation call) {
    Quantization output = call.outputType().quantization();
    if (!output.isQuantized()) {
      return Requantization.of(0);
    }
    float product =
        call.inputType(0).quantization().scale() * call.inputType(1).quantization().scale();
    return Requantization.of((double) product / (double) output.scale());
  }
}
