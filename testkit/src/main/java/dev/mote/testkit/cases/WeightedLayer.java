package dev.mote.testkit.cases;

import dev.mote.frontends.tflite.schema.BuiltinOperator;
import dev.mote.frontends.tflite.schema.DequantizeOptionsT;
import dev.mote.ir.ElementType;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A model of one layer with weights: input, weights, optional bias and output of matching scales.
final class WeightedLayer {

  private static final float SMALLEST_SCALE = 0x1p-9f;

  private final Precision precision;
  private final CaseRandom random;
  private final ModelSketch sketch = new ModelSketch();
  private final List<Integer> operands = new ArrayList<>();
  private float inputScale = 1;
  private int batch = 1;
  private boolean constantWeights = true;
  private List<Float> weightScales = List.of(1f);

  WeightedLayer(Precision precision, CaseRandom random) {
    this.precision = precision;
    this.random = random;
  }

  /// An operand that stands before the input (the output shape of a transposed convolution).
  void vector(int... values) {
    TensorType type = TensorType.plain(ElementType.INT32, Shape.of(values.length));
    operands.add(sketch.constant(type, Values.integers(type, i -> (long) values[i])));
  }

  void input(Shape shape) {
    TensorType type = random.quantized(precision.activation(), shape);
    if (!precision.isFloat()) {
      inputScale = type.quantization().scale();
    }
    batch = shape.dim(0);
    operands.add(sketch.input(type, Values.any()));
  }

  /// The first dimension of the input.
  int batch() {
    return batch;
  }

  /// Makes the caller fill the weights as well.
  void computeWeights() {
    constantWeights = false;
  }

  /// The input must be known before, unless the weights come first.
  ///
  /// @param axis the dimension of output channels
  void weights(Shape shape, int axis) {
    TensorType type = TensorType.plain(precision.weights(), shape);
    if (precision.weights().isFloat()) {
      int tensor = sketch.constant(type, Values.reals(-1, 1).draw(random, type));
      operands.add(precision.weights() == ElementType.FLOAT16 ? widened(tensor, shape) : tensor);
      return;
    }
    Quantization quantization =
        precision.perChannel()
            ? random.perChannel(shape.dim(axis), axis)
            : new Quantization.PerTensor(
                SMALLEST_SCALE * random.real(1, 4), middle(precision.weights()));
    weightScales =
        quantization instanceof Quantization.PerChannel p
            ? p.scales()
            : List.of(quantization.scale());
    TensorType quantized = type.withQuantization(quantization);
    long limit = precision.weights().maxValue();
    long least = precision.weights() == ElementType.UINT8 ? 0 : -limit;
    Values values =
        random.chance(0.2)
            ? (r, t) -> Values.integers(t, _ -> r.chance(0.5) ? limit : least)
            : Values.between(least, limit);
    operands.add(
        constantWeights
            ? sketch.constant(quantized, values.draw(random, quantized))
            : sketch.input(quantized, values));
  }

  // The zero point of weights: uint8 ones are not symmetric.
  private int middle(ElementType element) {
    return element == ElementType.UINT8 ? random.between(100, 150) : 0;
  }

  // Half weights reach a float layer through an operator of their own.
  private int widened(int half, Shape shape) {
    int single = sketch.activation(TensorType.plain(ElementType.FLOAT32, shape));
    sketch.operator(
        BuiltinOperator.DEQUANTIZE,
        Optional.of(new DequantizeOptionsT()),
        List.of(half),
        List.of(single));
    return single;
  }

  /// A bias, left off in a fifth of the cases.
  void optionalBias(int channels) {
    if (random.chance(0.8)) {
      bias(channels);
    }
  }

  /// A bias of the scales that input and weights ask for.
  void bias(int channels) {
    TensorType type = TensorType.plain(precision.bias(), Shape.of(channels));
    if (precision.isFloat()) {
      operands.add(sketch.constant(type, Values.reals(-4, 4).draw(random, type)));
      return;
    }
    List<Float> scales = weightScales.stream().map(scale -> scale * inputScale).toList();
    TensorType quantized =
        type.withQuantization(
            precision.perChannel()
                ? new Quantization.PerChannel(scales, 0)
                : new Quantization.PerTensor(scales.getFirst(), 0));
    long limit = precision.activation() == ElementType.INT16 ? 4_000_000 : 20_000;
    operands.add(sketch.constant(quantized, Values.between(-limit, limit).draw(random, quantized)));
  }

  /// The finished model.
  ///
  /// @param terms number of products that one output element sums
  ModelSketch output(int builtin, Object options, Shape shape, int terms) {
    TensorType type = TensorType.plain(precision.activation(), shape);
    if (!precision.isFloat()) {
      type = type.withQuantization(outputQuantization(terms));
    }
    int tensor = sketch.activation(type);
    sketch.operator(builtin, Optional.of(options), operands, List.of(tensor));
    sketch.output(tensor);
    return sketch;
  }

  // Around the scale at which random sums just fill the range of the output, from clipping most of
  // them to using a few steps.
  private Quantization.PerTensor outputQuantization(int terms) {
    double largest =
        precision.weights() == ElementType.UINT8 ? 128 : precision.weights().maxValue();
    double weight = 0.6 * largest * weightScales.getFirst();
    double sum = inputScale * 0.6 * weight * Math.sqrt(terms);
    float scale = (float) (sum * Math.pow(2, -1 + 4 * random.nextFloat()));
    Quantization.PerTensor drawn = random.quantization(precision.activation());
    return new Quantization.PerTensor(scale, drawn.zeroPoint());
  }
}
