package dev.mote.pipeline.quantize;

import dev.mote.ir.Blob;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The integer weights and bias of one layer.
///
/// A weight is `scale · integer`; a bias is in steps of the input's scale times the weights'. A
/// scale is widened where the bias would not fit in its integers, and where the product of the
/// scales would be lost in the kernels' fixed-point factor.
///
/// @param graph the float graph
/// @param node the layer
/// @param format how weights are stored
/// @param perChannel a scale for each output channel
/// @param scales how scales are chosen
/// @param rounding how integers are chosen
record LayerWeights(
    Graph graph,
    Node node,
    WeightFormat format,
    boolean perChannel,
    WeightScales scales,
    WeightRounding rounding) {

  /// Bits that a bias may use of the sum's.
  private static final int BIAS_BITS = 30;

  /// Sums of int16 have up to 47 bits.
  private static final int WIDE_BIAS_BITS = 46;

  /// Scales of input and weights against that of the output: below, every product is nothing.
  private static final double LEAST_FACTOR = 0x1p-30;

  /// Where all weights are zero: the bias in 256ths of an output step.
  private static final double FACTOR_OF_ZERO = 0x1p-8;

  /// Smallest and largest integer.
  private record Limits(int low, int high) {}

  /// The weights, and the scale of each channel or the only one.
  ///
  /// @param tensor the constant
  /// @param steps the scales
  record Integers(Tensor tensor, List<Double> steps) {
    Integers {
      steps = List.copyOf(steps);
    }
  }

  /// @param index of the weights among the node's inputs
  /// @param axis the dimension of output channels
  /// @param bias the float bias or an empty array
  /// @param xScale the input's scale
  /// @param outputScale the output's scale
  /// @param activations the type of input and output
  Integers weights(
      int index,
      int axis,
      float[] bias,
      double xScale,
      double outputScale,
      ActivationFormat activations) {
    Tensor weights = graph.input(node, index);
    float[] values = finite(weights);
    Shape shape = weights.shape();
    int channels = perChannel ? shape.dim(axis) : 1;
    int inner = perChannel ? shape.count(axis + 1, shape.rank()) : 1;
    float[][] slices = slices(values, channels, inner);
    Limits limits = limits(slices);
    double[] steps = new double[channels];
    double bits =
        Math.scalb(1.0, activations == ActivationFormat.INT16 ? WIDE_BIAS_BITS : BIAS_BITS);
    for (int channel = 0; channel < channels; channel++) {
      double step = chosen(perChannel ? channel : -1, slices[channel], limits);
      double largest = largest(bias, perChannel ? channel : -1);
      step = step == 0 ? FACTOR_OF_ZERO * outputScale / xScale : step;
      step = Math.max(step, largest / (xScale * bits));
      step = Math.max(step, LEAST_FACTOR * outputScale / xScale);
      steps[channel] = (float) Math.clamp(step, ActivationScale.SMALLEST, 0x1p60);
    }
    double[] scaled = new double[values.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = values[i] / steps[i / inner % channels];
    }
    long[] integers = rounding.round(graph, node, weights, scaled, limits.low, limits.high);
    if (integers.length != scaled.length) {
      throw problem(
          "the rounding gave %d integers for %d weights".formatted(integers.length, scaled.length));
    }
    for (int i = 0; i < integers.length; i++) {
      integers[i] = Math.clamp(integers[i], limits.low, limits.high);
    }
    Quantization quantization =
        perChannel
            ? new Quantization.PerChannel(floats(steps), axis)
            : new Quantization.PerTensor((float) steps[0], 0);
    boolean packed = format == WeightFormat.INT4 && takesNibbles(activations);
    ElementType element = packed ? ElementType.INT4 : ElementType.INT8;
    TensorType type = new TensorType(element, shape, quantization);
    return new Integers(
        constant(weights.name(), type, integers), Arrays.stream(steps).boxed().toList());
  }

  /// The bias for `channels` channels in steps of input times weights.
  Tensor bias(
      String name, float[] bias, int channels, double xScale, List<Double> steps, boolean wide) {
    long[] integers = new long[channels];
    List<Float> products = new ArrayList<>();
    long limit = wide ? 1L << WIDE_BIAS_BITS : Integer.MAX_VALUE;
    for (int channel = 0; channel < channels; channel++) {
      double product = xScale * steps.get(steps.size() == 1 ? 0 : channel);
      double value = channel < bias.length ? bias[channel] / product : 0;
      integers[channel] = Math.clamp(Math.round(value), -limit, limit);
      products.add((float) product);
    }
    Quantization quantization =
        steps.size() == 1
            ? new Quantization.PerTensor(products.getFirst(), 0)
            : new Quantization.PerChannel(products, 0);
    ElementType element = wide ? ElementType.INT64 : ElementType.INT32;
    return constant(name, new TensorType(element, Shape.of(channels), quantization), integers);
  }

  /// The float elements of a constant operand, all of them numbers.
  float[] finite(Tensor tensor) {
    float[] values = tensor.constantFloats();
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw QuantizationProblem.NOT_FINITE.at(
            graph, "tensor '" + tensor.name() + "'", "it contains the number " + value);
      }
    }
    return values;
  }

  // ---- scales ----------------------------------------------------------------------------------

  private double chosen(int channel, float[] weights, Limits limits) {
    double step = scales.scale(graph, node, channel, weights, limits.low, limits.high);
    if (!(step >= 0) || Double.isInfinite(step)) {
      throw problem("the scale of channel %d is %s".formatted(channel, step));
    }
    return step;
  }

  /// Of two bits, the range of smaller error.
  private Limits limits(float[][] slices) {
    return switch (format) {
      case INT8, FLOAT32, FLOAT16 -> new Limits(-127, 127);
      case INT4 -> new Limits(-7, 7);
      case INT2 -> {
        Limits whole = new Limits(-2, 1);
        Limits balanced = new Limits(-1, 1);
        yield error(slices, balanced) <= error(slices, whole) ? balanced : whole;
      }
    };
  }

  private double error(float[][] slices, Limits limits) {
    double sum = 0;
    for (int channel = 0; channel < slices.length; channel++) {
      double step = chosen(perChannel ? channel : -1, slices[channel], limits);
      sum += step == 0 ? 0 : WeightError.squared(slices[channel], step, limits.low, limits.high);
    }
    return sum;
  }

  private static float[][] slices(float[] values, int channels, int inner) {
    float[][] slices = new float[channels][values.length / Math.max(1, channels)];
    int[] filled = new int[channels];
    for (int i = 0; i < values.length; i++) {
      int channel = i / inner % channels;
      slices[channel][filled[channel]++] = values[i];
    }
    return slices;
  }

  private static double largest(float[] bias, int channel) {
    if (channel >= 0) {
      return channel < bias.length ? Math.abs(bias[channel]) : 0;
    }
    double largest = 0;
    for (float value : bias) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  /// Which kernels read packed weights of four bits; others take the same integers as int8.
  private boolean takesNibbles(ActivationFormat activations) {
    return activations == ActivationFormat.INT8
        && switch (node.op()) {
          case Op.Conv2d _, Op.DepthwiseConv2d _, Op.FullyConnected _ -> true;
          default -> false;
        };
  }

  private DiagnosticException problem(String what) {
    String place = node.op().label() + " '" + node.name() + "'";
    return QuantizationProblem.BAD_STRATEGY.at(graph, place, what);
  }

  private static List<Float> floats(double[] values) {
    return Arrays.stream(values).mapToObj(value -> (float) value).toList();
  }

  // ---- constants -------------------------------------------------------------------------------

  /// A constant of integers.
  static Tensor constant(String name, TensorType type, long[] values) {
    ByteBuffer bytes = ByteBuffer.allocate((int) type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < values.length; i++) {
      switch (type.element()) {
        case INT4 ->
            bytes.put(i / 2, (byte) (bytes.get(i / 2) | (values[i] & 15) << (i % 2 == 0 ? 0 : 4)));
        case INT8 -> bytes.put(i, (byte) values[i]);
        case INT16 -> bytes.putShort(2 * i, (short) values[i]);
        case INT32 -> bytes.putInt(4 * i, (int) values[i]);
        case INT64 -> bytes.putLong(8 * i, values[i]);
        case UINT8, BOOL, FLOAT16, FLOAT32 ->
            throw new IllegalArgumentException("no quantized constant is " + type.element());
      }
    }
    return Tensor.constant(name, type, Blob.of(bytes.array()));
  }
}
