package dev.mote.frontends.onnx;

import dev.mote.frontends.onnx.Operators.Reading;
import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Op.Unary;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads quantization: operators on integers become those on floats between a dequantization and a
/// quantization, which [FuseQuantized] then makes operators on integers again, with Mote's
/// arithmetic.
final class QuantizationReaders {

  /// Products of two 8-bit numbers whose sum a float still holds exactly.
  private static final int EXACT_TERMS = (1 << 24) / (255 * 255);

  private QuantizationReaders() {}

  static void register(Map<String, Reading> readings) {
    readings.put(
        "QuantizeLinear",
        (node, draw) -> {
          Wire x = ElementReaders.real(node);
          return List.of(quantize(node, draw, x, 1, 2));
        });
    readings.put(
        "DequantizeLinear",
        (node, draw) -> List.of(dequantize(node, draw, node.input(0), 1, 2, 1)));
    readings.put("QLinearConv", QuantizationReaders::convolution);
    readings.put("QLinearMatMul", QuantizationReaders::product);
    readings.put("MatMulInteger", QuantizationReaders::integerProduct);
    readings.put("ConvInteger", QuantizationReaders::integerConvolution);
  }

  /// The type of the integers: that of the zero point.
  private static ElementType integers(NodeView node, int zeroIndex) {
    if (node.optional(zeroIndex).filter(Wire::isNarrow).isPresent()) {
      throw node.types("it is not supported for int4");
    }
    ElementType type = node.optional(zeroIndex).map(Wire::element).orElse(ElementType.UINT8);
    if (type != ElementType.INT8 && type != ElementType.UINT8 && type != ElementType.INT16) {
      throw node.types("it is not supported for " + type.label());
    }
    return type;
  }

  private static Wire scale(NodeView node, int index) {
    Wire scale = node.constant(index, "scale");
    if (scale.element() != ElementType.FLOAT32) {
      throw node.types("its scale is not float32");
    }
    for (float value : scale.floats()) {
      if (!(value > 0) || Float.isInfinite(value)) {
        throw node.refusal(
            OnnxProblem.QUANTIZATION,
            "its scale is " + value,
            "scales must be positive and finite: quantize the model again.");
      }
    }
    return scale;
  }

  private static long[] zeros(NodeView node, int index, int count) {
    if (node.optional(index).isEmpty()) {
      return new long[count];
    }
    long[] values = node.integers(index, "zero point");
    node.require(values.length == count, "scales and zero points differ in number");
    return values;
  }

  /// x as integers, for which the inputs number `scale` and `zero` say what they stand for.
  private static Wire quantize(NodeView node, Blocks draw, Wire x, int scaleIndex, int zeroIndex) {
    ElementType type = integers(node, zeroIndex);
    Wire scale = scale(node, scaleIndex);
    long[] zeros = zeros(node, zeroIndex, scale.shape().count());
    if (zeros.length == 1) {
      Quantization q = new Quantization.PerTensor(scale.floats()[0], (int) zeros[0]);
      return draw.drawing().add(new Op.Quantize(), new TensorType(type, x.shape(), q), List.of(x));
    }
    int axis = node.axis(node.integer("axis", 1), x.rank());
    Wire steps = draw.unary(Unary.Kind.ROUND, draw.divide(x, along(draw, scale, axis, x.rank())));
    double[] offsets = java.util.Arrays.stream(zeros).asDoubleStream().toArray();
    Wire offset = draw.constant(ElementType.FLOAT32, Shape.of(zeros.length), offsets);
    Wire moved = draw.add(steps, along(draw, offset, axis, x.rank()));
    Wire limited =
        draw.minimum(draw.maximum(moved, draw.real(type.minValue())), draw.real(type.maxValue()));
    return draw.cast(limited, type);
  }

  private static Wire along(Blocks draw, Wire vector, int axis, int rank) {
    List<Integer> dims = new ArrayList<>(Collections.nCopies(rank, 1));
    dims.set(axis, vector.shape().count());
    return draw.reshape(vector, new Shape(dims));
  }

  /// The real numbers that integers stand for.
  private static Wire dequantize(
      NodeView node, Blocks draw, Wire x, int scaleIndex, int zeroIndex, int usualAxis) {
    Wire scale = scale(node, scaleIndex);
    int count = scale.shape().count();
    long[] zeros = zeros(node, zeroIndex, count);
    boolean supported =
        switch (x.element()) {
          case INT8, UINT8, INT16, INT32 -> true;
          default -> false;
        };
    if (!supported) {
      throw node.types("it is not supported for " + x.element().label());
    }
    TensorType real = TensorType.plain(ElementType.FLOAT32, x.shape());
    if (count == 1) {
      Quantization q = new Quantization.PerTensor(scale.floats()[0], (int) zeros[0]);
      Wire quantized = draw.drawing().meaning(x, x.type().withQuantization(q));
      return draw.drawing().add(new Op.Dequantize(), real, List.of(quantized));
    }
    int axis = node.axis(node.integer("axis", usualAxis), x.rank());
    node.require(
        x.shape().dim(axis) == count, "its scales do not fit dimension %d".formatted(axis));
    boolean symmetric = java.util.Arrays.stream(zeros).allMatch(zero -> zero == 0);
    if (x.isConstant() && symmetric) {
      List<Float> scales = new ArrayList<>();
      for (float value : scale.floats()) {
        scales.add(value);
      }
      Quantization q = new Quantization.PerChannel(scales, axis);
      Wire quantized = draw.drawing().meaning(x, x.type().withQuantization(q));
      return draw.drawing().add(new Op.Dequantize(), real, List.of(quantized));
    }
    double[] offsets = java.util.Arrays.stream(zeros).asDoubleStream().toArray();
    Wire offset = draw.constant(ElementType.FLOAT32, Shape.of(count), offsets);
    Wire plain = draw.cast(x, ElementType.FLOAT32);
    return draw.multiply(
        draw.subtract(plain, along(draw, offset, axis, x.rank())),
        along(draw, scale, axis, x.rank()));
  }

  private static List<Wire> convolution(NodeView node, Blocks draw) {
    Wire x = dequantize(node, draw, node.input(0), 1, 2, 1);
    Wire weights = dequantize(node, draw, node.input(3), 4, 5, 0);
    Optional<Wire> bias =
        node.optional(8)
            .map(
                b -> {
                  float input = scale(node, 1).floats()[0];
                  float[] scales = scale(node, 4).floats();
                  int outputs = b.shape().count();
                  double[] products = new double[outputs];
                  for (int i = 0; i < outputs; i++) {
                    products[i] = (double) input * scales[scales.length == 1 ? 0 : i];
                  }
                  Wire factor = draw.constant(ElementType.FLOAT32, Shape.of(outputs), products);
                  return draw.multiply(draw.cast(b, ElementType.FLOAT32), factor);
                });
    Wire result = ConvolutionReaders.convolution(node, draw, x, weights, bias);
    return List.of(quantize(node, draw, result, 6, 7));
  }

  private static List<Wire> product(NodeView node, Blocks draw) {
    Wire a = dequantize(node, draw, node.input(0), 1, 2, 0);
    Wire b = dequantize(node, draw, node.input(3), 4, 5, 1);
    return List.of(quantize(node, draw, MatrixReaders.product(node, draw, a, b), 6, 7));
  }

  /// Integers without their zero point, as floats.
  private static Wire centred(NodeView node, Blocks draw, Wire x, int zeroIndex, int axis) {
    Wire plain = draw.cast(x, ElementType.FLOAT32);
    if (node.optional(zeroIndex).isEmpty()) {
      return plain;
    }
    Wire zero = draw.cast(node.input(zeroIndex), ElementType.FLOAT32);
    return draw.subtract(
        plain,
        zero.shape().count() > 1
            ? along(draw, zero, axis, x.rank())
            : draw.reshape(zero, Shape.SCALAR));
  }

  private static List<Wire> integerProduct(NodeView node, Blocks draw) {
    Wire a = node.input(0);
    Wire b = node.input(1);
    if (a.shape().last() > EXACT_TERMS) {
      throw node.unsupported("a sum of more than %d integer products".formatted(EXACT_TERMS));
    }
    Wire left = centred(node, draw, a, 2, Math.max(0, a.rank() - 2));
    Wire right = centred(node, draw, b, 3, b.rank() - 1);
    return List.of(draw.cast(MatrixReaders.product(node, draw, left, right), ElementType.INT32));
  }

  private static List<Wire> integerConvolution(NodeView node, Blocks draw) {
    Wire weights = node.input(1);
    if (weights.shape().count() / Math.max(1, weights.shape().dim(0)) > EXACT_TERMS) {
      throw node.unsupported("a sum of more than %d integer products".formatted(EXACT_TERMS));
    }
    Wire x = centred(node, draw, node.input(0), 2, 1);
    Wire w = centred(node, draw, weights, 3, 0);
    return List.of(
        draw.cast(
            ConvolutionReaders.convolution(node, draw, x, w, Optional.empty()), ElementType.INT32));
  }
}
