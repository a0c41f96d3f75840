package dev.mote.testkit.representative;

import dev.mote.frontends.tflite.schema.ActivationFunctionType;
import dev.mote.frontends.tflite.schema.AddOptionsT;
import dev.mote.frontends.tflite.schema.BuiltinOperator;
import dev.mote.frontends.tflite.schema.ConcatenationOptionsT;
import dev.mote.frontends.tflite.schema.Conv2DOptionsT;
import dev.mote.frontends.tflite.schema.DepthwiseConv2DOptionsT;
import dev.mote.frontends.tflite.schema.DequantizeOptionsT;
import dev.mote.frontends.tflite.schema.FullyConnectedOptionsT;
import dev.mote.frontends.tflite.schema.MulOptionsT;
import dev.mote.frontends.tflite.schema.PadOptionsT;
import dev.mote.frontends.tflite.schema.Padding;
import dev.mote.frontends.tflite.schema.Pool2DOptionsT;
import dev.mote.frontends.tflite.schema.QuantizeOptionsT;
import dev.mote.frontends.tflite.schema.ReducerOptionsT;
import dev.mote.frontends.tflite.schema.ReshapeOptionsT;
import dev.mote.frontends.tflite.schema.ResizeBilinearOptionsT;
import dev.mote.frontends.tflite.schema.SoftmaxOptionsT;
import dev.mote.frontends.tflite.schema.TransposeConvOptionsT;
import dev.mote.ir.ElementType;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import dev.mote.testkit.cases.CaseRandom;
import dev.mote.testkit.cases.ModelSketch;
import dev.mote.testkit.cases.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A network under construction, layer by layer. Weights are drawn from a bell curve, scales such
/// that activations use the range of their type.
final class NetworkSketch {

  /// A tensor that layers may read.
  record Value(int tensor, TensorType type) {
    int height() {
      return type.shape().dim(1);
    }

    int width() {
      return type.shape().dim(2);
    }

    int channels() {
      return type.shape().last();
    }

    float scale() {
      return type.quantization().scale();
    }
  }

  /// A window of a convolution or a pool.
  ///
  /// @param padding of [Padding]
  record Slide(int height, int width, int stride, byte padding) {

    static Slide same(int kernel, int stride) {
      return new Slide(kernel, kernel, stride, Padding.SAME);
    }

    static Slide valid(int kernel, int stride) {
      return new Slide(kernel, kernel, stride, Padding.VALID);
    }

    private int extent(int input, int kernel) {
      return padding == Padding.SAME ? Math.ceilDiv(input, stride) : (input - kernel) / stride + 1;
    }

    private Shape output(Value x, int channels) {
      return Shape.of(1, extent(x.height(), height), extent(x.width(), width), channels);
    }
  }

  static final byte NONE = ActivationFunctionType.NONE;
  static final byte RELU = ActivationFunctionType.RELU;
  static final byte RELU6 = ActivationFunctionType.RELU6;

  private final ElementType element;
  private final ElementType weights;
  private final double spread;
  private final CaseRandom random;
  private final ModelSketch sketch = new ModelSketch();

  /// @param element of activations: INT8 or INT16
  /// @param weights element of weights: INT8 or INT4
  NetworkSketch(ElementType element, ElementType weights, CaseRandom random) {
    this(element, weights, weights == ElementType.INT4 ? 2.5 : 40, random);
  }

  /// @param spread deviation of the weights
  NetworkSketch(ElementType element, ElementType weights, double spread, CaseRandom random) {
    this.element = element;
    this.weights = weights;
    this.spread = spread;
    this.random = random;
  }

  ModelSketch sketch() {
    return sketch;
  }

  CaseRandom random() {
    return random;
  }

  // ---- borders ---------------------------------------------------------------------------------

  Value input(int... shape) {
    TensorType type = quantized(Shape.of(shape), element == ElementType.INT8 ? 0.02f : 1e-4f, -3);
    return new Value(sketch.input(type, Values.any()), type);
  }

  /// A float input and its quantized form.
  Value floatInput(int... shape) {
    TensorType real = TensorType.plain(ElementType.FLOAT32, Shape.of(shape));
    Value x = new Value(sketch.input(real, Values.any()), real);
    return add(
        BuiltinOperator.QUANTIZE,
        new QuantizeOptionsT(),
        quantized(Shape.of(shape), 0.05f, 5),
        x.tensor());
  }

  void output(Value y) {
    sketch.output(y.tensor());
  }

  void floatOutput(Value y) {
    TensorType real = TensorType.plain(ElementType.FLOAT32, y.type().shape());
    output(add(BuiltinOperator.DEQUANTIZE, new DequantizeOptionsT(), real, y.tensor()));
  }

  // ---- layers with weights ---------------------------------------------------------------------

  Value conv(Value x, int channels, Slide slide, byte activation) {
    return conv(x, channels, slide, 1, activation);
  }

  Value conv(Value x, int channels, Slide slide, int dilation, byte activation) {
    Conv2DOptionsT options = new Conv2DOptionsT();
    options.setPadding(slide.padding());
    options.setStrideH(slide.stride());
    options.setStrideW(slide.stride());
    options.setDilationHFactor(dilation);
    options.setDilationWFactor(dilation);
    options.setFusedActivationFunction(activation);
    Shape shape = Shape.of(channels, slide.height(), slide.width(), x.channels());
    return weighted(
        BuiltinOperator.CONV_2D,
        options,
        x,
        shape,
        0,
        new Slide(
                (slide.height() - 1) * dilation + 1,
                (slide.width() - 1) * dilation + 1,
                slide.stride(),
                slide.padding())
            .output(x, channels),
        activation);
  }

  Value pointwise(Value x, int channels, byte activation) {
    return conv(x, channels, Slide.same(1, 1), activation);
  }

  Value depthwise(Value x, Slide slide, byte activation) {
    DepthwiseConv2DOptionsT options = new DepthwiseConv2DOptionsT();
    options.setPadding(slide.padding());
    options.setStrideH(slide.stride());
    options.setStrideW(slide.stride());
    options.setDilationHFactor(1);
    options.setDilationWFactor(1);
    options.setDepthMultiplier(1);
    options.setFusedActivationFunction(activation);
    return weighted(
        BuiltinOperator.DEPTHWISE_CONV_2D,
        options,
        x,
        Shape.of(1, slide.height(), slide.width(), x.channels()),
        3,
        slide.output(x, x.channels()),
        activation);
  }

  Value fullyConnected(Value x, int units, byte activation) {
    FullyConnectedOptionsT options = new FullyConnectedOptionsT();
    options.setFusedActivationFunction(activation);
    Shape shape = Shape.of(units, x.type().shape().count());
    return weighted(
        BuiltinOperator.FULLY_CONNECTED, options, x, shape, 0, Shape.of(1, units), activation);
  }

  /// Twice as high and as wide.
  Value transposedConv(Value x, int channels, int kernel) {
    TransposeConvOptionsT options = new TransposeConvOptionsT();
    options.setPadding(Padding.SAME);
    options.setStrideH(2);
    options.setStrideW(2);
    Shape y = Shape.of(1, 2 * x.height(), 2 * x.width(), channels);
    Shape shape = Shape.of(channels, kernel, kernel, x.channels());
    int terms = kernel * kernel * x.channels() / 4;
    Quantization.PerChannel scales = channelScales(x, channels, 0, terms, NONE);
    int constant = constant(new TensorType(weights, shape, scales));
    TensorType type = sum(y, NONE);
    return add(
        BuiltinOperator.TRANSPOSE_CONV,
        options,
        type,
        vector(1, y.dim(1), y.dim(2), channels),
        constant,
        x.tensor(),
        bias(x, scales));
  }

  private Value weighted(
      int operator, Object options, Value x, Shape shape, int axis, Shape y, byte activation) {
    boolean product = operator == BuiltinOperator.FULLY_CONNECTED;
    int terms = axis == 3 ? shape.count(0, 3) : shape.count(1, shape.rank());
    Quantization.PerChannel scales =
        channelScales(x, product ? 1 : shape.dim(axis), axis, terms, activation);
    Quantization quantization = product ? new Quantization.PerTensor(scales.scale(0), 0) : scales;
    int constant = constant(new TensorType(weights, shape, quantization));
    TensorType type = sum(y, activation);
    return add(operator, options, type, x.tensor(), constant, bias(x, scales, y.last()));
  }

  /// Scales of weights with which sums of `terms` products fill the range of the output.
  private Quantization.PerChannel channelScales(
      Value x, int channels, int axis, int terms, byte activation) {
    double scale = sumScale(activation) / (x.scale() * spread * Math.sqrt(terms));
    List<Float> scales = new ArrayList<>();
    for (int i = 0; i < channels; i++) {
      scales.add((float) scale * random.real(0.7f, 1.4f));
    }
    return new Quantization.PerChannel(scales, axis);
  }

  /// With rectified numbers up to 6 and others within ±5 a softmax tells logits apart.
  private double sumScale(byte activation) {
    double step = activation == NONE ? 10.0 / 255 : 6.0 / 255;
    return element == ElementType.INT8 ? step : step / 256;
  }

  private int bias(Value x, Quantization.PerChannel scales) {
    return bias(x, scales, scales.scales().size());
  }

  private int bias(Value x, Quantization.PerChannel scales, int channels) {
    ElementType wide = element == ElementType.INT16 ? ElementType.INT64 : ElementType.INT32;
    List<Float> products = scales.scales().stream().map(scale -> scale * x.scale()).toList();
    Quantization quantization =
        products.size() == channels && channels > 1
            ? new Quantization.PerChannel(products, 0)
            : new Quantization.PerTensor(products.getFirst(), 0);
    TensorType type = new TensorType(wide, Shape.of(channels), quantization);
    long limit = Math.round(60 * spread);
    return sketch.constant(type, Values.between(-limit, limit).draw(random, type));
  }

  private int constant(TensorType type) {
    long limit = type.element().maxValue();
    byte[] values =
        Values.integers(
            type,
            _ -> {
              double bell = random.nextFloat() + random.nextFloat() + random.nextFloat() - 1.5;
              return Math.clamp(Math.round(2 * spread * bell), -limit, limit);
            });
    return sketch.constant(type, values);
  }

  private TensorType sum(Shape shape, byte activation) {
    int zeroPoint = activation == NONE ? random.between(-20, 20) : -128;
    return quantized(shape, (float) sumScale(activation), zeroPoint);
  }

  // ---- layers without weights ------------------------------------------------------------------

  Value add(Value x, Value y) {
    AddOptionsT options = new AddOptionsT();
    TensorType type = quantized(x.type().shape(), Math.max(x.scale(), y.scale()) * 1.1f, 4);
    return add(BuiltinOperator.ADD, options, type, x.tensor(), y.tensor());
  }

  Value multiply(Value x, Value y) {
    TensorType type = quantized(x.type().shape(), x.scale() * 0.8f, zero(x));
    return add(BuiltinOperator.MUL, new MulOptionsT(), type, x.tensor(), y.tensor());
  }

  Value pad(Value x, int top, int bottom, int left, int right) {
    TensorType type = TensorType.plain(ElementType.INT32, Shape.of(4, 2));
    int paddings =
        sketch.constant(
            type, Values.exactly(0, 0, top, bottom, left, right, 0, 0).draw(random, type));
    Shape shape = Shape.of(1, x.height() + top + bottom, x.width() + left + right, x.channels());
    return add(
        BuiltinOperator.PAD, new PadOptionsT(), x.type().withShape(shape), x.tensor(), paddings);
  }

  Value pool(int operator, Value x, Slide slide) {
    Pool2DOptionsT options = new Pool2DOptionsT();
    options.setPadding(slide.padding());
    options.setStrideH(slide.stride());
    options.setStrideW(slide.stride());
    options.setFilterHeight(slide.height());
    options.setFilterWidth(slide.width());
    TensorType type = x.type().withShape(slide.output(x, x.channels()));
    return add(operator, options, type, x.tensor());
  }

  Value mean(Value x, boolean keepDimensions) {
    ReducerOptionsT options = new ReducerOptionsT();
    options.setKeepDims(keepDimensions);
    Shape shape = keepDimensions ? Shape.of(1, 1, 1, x.channels()) : Shape.of(1, x.channels());
    return add(BuiltinOperator.MEAN, options, x.type().withShape(shape), x.tensor(), vector(1, 2));
  }

  Value reshape(Value x, int... dims) {
    return add(
        BuiltinOperator.RESHAPE,
        new ReshapeOptionsT(),
        x.type().withShape(Shape.of(dims)),
        x.tensor(),
        vector(dims));
  }

  Value hardSwish(Value x) {
    TensorType type = quantized(x.type().shape(), x.scale() * 0.7f, -90);
    return unary(BuiltinOperator.HARD_SWISH, x, type);
  }

  Value logistic(Value x) {
    TensorType type =
        new TensorType(
            ElementType.INT8, x.type().shape(), new Quantization.PerTensor(1f / 256, -128));
    return unary(BuiltinOperator.LOGISTIC, x, type);
  }

  private Value unary(int operator, Value x, TensorType type) {
    int tensor = sketch.activation(type);
    sketch.operator(operator, Optional.empty(), List.of(x.tensor()), List.of(tensor));
    return new Value(tensor, type);
  }

  Value softmax(Value x) {
    SoftmaxOptionsT options = new SoftmaxOptionsT();
    options.setBeta(1);
    boolean bytes = element == ElementType.INT8;
    TensorType type =
        new TensorType(
            element,
            x.type().shape(),
            new Quantization.PerTensor(bytes ? 1f / 256 : 1f / 32768, bytes ? -128 : 0));
    return add(BuiltinOperator.SOFTMAX, options, type, x.tensor());
  }

  /// Joined channels; `y` is brought to the scale of `x` first.
  Value concatenate(Value x, Value y) {
    TensorType alike = x.type().withShape(y.type().shape());
    Value scaled = add(BuiltinOperator.QUANTIZE, new QuantizeOptionsT(), alike, y.tensor());
    ConcatenationOptionsT options = new ConcatenationOptionsT();
    options.setAxis(3);
    List<Integer> dims = new ArrayList<>(x.type().shape().dims());
    dims.set(3, x.channels() + y.channels());
    TensorType type = x.type().withShape(new Shape(dims));
    return add(BuiltinOperator.CONCATENATION, options, type, x.tensor(), scaled.tensor());
  }

  Value resize(Value x, int height, int width) {
    ResizeBilinearOptionsT options = new ResizeBilinearOptionsT();
    options.setHalfPixelCenters(true);
    TensorType type = x.type().withShape(Shape.of(1, height, width, x.channels()));
    return add(BuiltinOperator.RESIZE_BILINEAR, options, type, x.tensor(), vector(height, width));
  }

  Value add(int operator, Object options, TensorType type, Integer... operands) {
    int tensor = sketch.activation(type);
    sketch.operator(operator, Optional.of(options), List.of(operands), List.of(tensor));
    return new Value(tensor, type);
  }

  TensorType quantized(Shape shape, float scale, int zeroPoint) {
    boolean bytes = element == ElementType.INT8;
    return new TensorType(element, shape, new Quantization.PerTensor(scale, bytes ? zeroPoint : 0));
  }

  private static int zero(Value x) {
    return x.type().quantization().zeroPoint();
  }

  private int vector(int... values) {
    TensorType type = TensorType.plain(ElementType.INT32, Shape.of(values.length));
    return sketch.constant(type, Values.integers(type, i -> (long) values[i]));
  }
}
