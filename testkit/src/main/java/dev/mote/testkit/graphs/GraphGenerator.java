package dev.mote.testkit.graphs;

import dev.mote.frontends.tflite.schema.ActivationFunctionType;
import dev.mote.frontends.tflite.schema.AddOptionsT;
import dev.mote.frontends.tflite.schema.BuiltinOperator;
import dev.mote.frontends.tflite.schema.ConcatenationOptionsT;
import dev.mote.frontends.tflite.schema.Conv2DOptionsT;
import dev.mote.frontends.tflite.schema.DepthwiseConv2DOptionsT;
import dev.mote.frontends.tflite.schema.FullyConnectedOptionsT;
import dev.mote.frontends.tflite.schema.Padding;
import dev.mote.frontends.tflite.schema.Pool2DOptionsT;
import dev.mote.frontends.tflite.schema.ReducerOptionsT;
import dev.mote.frontends.tflite.schema.SoftmaxOptionsT;
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

/// Draws valid int8 models: convolutions, pools, residual additions, concatenations, paddings and
/// reshapes in any order, over several branches, closed by a classifier.
public final class GraphGenerator {

  /// A tensor that operators may read.
  private record Node(int tensor, TensorType type) {
    int height() {
      return type.shape().dim(1);
    }

    int width() {
      return type.shape().dim(2);
    }

    int channels() {
      return type.shape().dim(3);
    }
  }

  private final CaseRandom random;
  private final ModelSketch sketch = new ModelSketch();
  private final List<Node> nodes = new ArrayList<>();
  private final boolean dense;
  private final boolean idle;
  private final boolean large;

  private GraphGenerator(CaseRandom random, boolean dense, boolean idle, boolean large) {
    this.random = random;
    this.dense = dense;
    this.idle = idle;
    this.large = large;
  }

  /// A model without fully connected layers, on which TFLite and TensorFlow Lite Micro agree.
  public static ModelSketch convolutional(CaseRandom random) {
    return new GraphGenerator(random, false, false, false).generate();
  }

  /// A model with fully connected layers.
  public static ModelSketch dense(CaseRandom random) {
    return new GraphGenerator(random, true, false, false).generate();
  }

  /// A model with fully connected layers, many of whose channels are constant or are not read.
  public static ModelSketch idle(CaseRandom random) {
    return new GraphGenerator(random, true, true, false).generate();
  }

  /// A model on a larger image, deep, with channels by fours: layers that can run row by row.
  public static ModelSketch image(CaseRandom random) {
    return new GraphGenerator(random, true, false, true).generate();
  }

  private ModelSketch generate() {
    int inputs = random.chance(0.2) ? 2 : 1;
    for (int i = 0; i < inputs; i++) {
      TensorType type =
          quantized(
              large
                  ? Shape.of(1, random.between(6, 20), random.between(6, 20), random.between(1, 4))
                  : Shape.of(
                      1, random.between(3, 10), random.between(3, 10), random.between(1, 6)));
      nodes.add(new Node(sketch.input(type, Values.any()), type));
    }
    if (large) {
      convolution(nodes.getLast());
    }
    int steps = random.between(large ? 4 : 2, 10);
    for (int i = 0; i < steps; i++) {
      step();
    }
    if (random.chance(0.3)) {
      // A second output, which something else may read as well.
      sketch.output(nodes.getLast().tensor());
    }
    classify();
    return sketch;
  }

  private void step() {
    Node x = pick();
    switch (random.between(0, 9)) {
      case 0, 1 -> convolution(x);
      case 2 -> depthwise(x);
      case 3 -> pool(x);
      case 4, 5 -> residual(x);
      case 6 -> concatenate(x);
      case 7 -> pad(x);
      case 8 -> relu(x);
      default -> {
        if (large && random.chance(0.7)) {
          depthwise(x);
        } else {
          reshape(x);
        }
      }
    }
  }

  // Mostly the newest tensor, so that graphs get deep; sometimes an older one, so that they branch.
  private Node pick() {
    return random.chance(0.7) ? nodes.getLast() : nodes.get(random.between(0, nodes.size() - 1));
  }

  private int kernel(Node x) {
    return Math.min(random.between(1, large ? 5 : 3), Math.min(x.height(), x.width()));
  }

  private Node convolution(Node x) {
    int kernel = kernel(x);
    int stride = random.between(1, 2);
    byte padding = random.pick(Padding.SAME, Padding.VALID);
    int channels = large ? 4 * random.between(1, 3) : random.between(1, idle ? 16 : 8);
    Conv2DOptionsT options = new Conv2DOptionsT();
    options.setPadding(padding);
    options.setStrideH(stride);
    options.setStrideW(stride);
    options.setDilationHFactor(1);
    options.setDilationWFactor(1);
    options.setFusedActivationFunction(activation());
    Quantization.PerChannel scales = random.perChannel(channels, 0);
    int weights = weights(Shape.of(channels, kernel, kernel, x.channels()), scales);
    int bias = bias(x, scales);
    TensorType type =
        output(
            Shape.of(
                1,
                extent(x.height(), kernel, stride, padding),
                extent(x.width(), kernel, stride, padding),
                channels),
            x.type().quantization().scale() * scales.scale(0),
            kernel * kernel * x.channels());
    return add(BuiltinOperator.CONV_2D, options, List.of(x.tensor(), weights, bias), type);
  }

  private void depthwise(Node x) {
    int kernel = kernel(x);
    int stride = random.between(1, 2);
    byte padding = random.pick(Padding.SAME, Padding.VALID);
    int multiplier = random.chance(0.8) ? 1 : 2;
    int channels = x.channels() * multiplier;
    DepthwiseConv2DOptionsT options = new DepthwiseConv2DOptionsT();
    options.setPadding(padding);
    options.setStrideH(stride);
    options.setStrideW(stride);
    options.setDilationHFactor(1);
    options.setDilationWFactor(1);
    options.setDepthMultiplier(multiplier);
    options.setFusedActivationFunction(activation());
    Quantization.PerChannel scales = random.perChannel(channels, 3);
    int weights = weights(Shape.of(1, kernel, kernel, channels), scales);
    int bias = bias(x, scales);
    TensorType type =
        output(
            Shape.of(
                1,
                extent(x.height(), kernel, stride, padding),
                extent(x.width(), kernel, stride, padding),
                channels),
            x.type().quantization().scale() * scales.scale(0),
            kernel * kernel);
    add(BuiltinOperator.DEPTHWISE_CONV_2D, options, List.of(x.tensor(), weights, bias), type);
  }

  private void pool(Node x) {
    int window = Math.min(random.between(2, 3), Math.min(x.height(), x.width()));
    int stride = random.between(1, 2);
    byte padding = random.pick(Padding.SAME, Padding.VALID);
    Pool2DOptionsT options = new Pool2DOptionsT();
    options.setPadding(padding);
    options.setStrideH(stride);
    options.setStrideW(stride);
    options.setFilterHeight(window);
    options.setFilterWidth(window);
    Shape shape =
        Shape.of(
            1,
            extent(x.height(), window, stride, padding),
            extent(x.width(), window, stride, padding),
            x.channels());
    int operator = random.pick(BuiltinOperator.AVERAGE_POOL_2D, BuiltinOperator.MAX_POOL_2D);
    add(operator, options, List.of(x.tensor()), x.type().withShape(shape));
  }

  // Adds a convolution of x to x, or two tensors that happen to have one shape.
  private void residual(Node x) {
    Optional<Node> twin =
        nodes.stream()
            .filter(n -> n.tensor() != x.tensor() && n.type().shape().equals(x.type().shape()))
            .findFirst();
    Node y = twin.isPresent() && random.chance(0.7) ? twin.get() : branch(x);
    AddOptionsT options = new AddOptionsT();
    options.setFusedActivationFunction(activation());
    add(
        BuiltinOperator.ADD,
        options,
        random.chance(0.5) ? List.of(x.tensor(), y.tensor()) : List.of(y.tensor(), x.tensor()),
        quantized(x.type().shape()));
  }

  private Node branch(Node x) {
    Conv2DOptionsT options = new Conv2DOptionsT();
    options.setPadding(Padding.SAME);
    options.setStrideH(1);
    options.setStrideW(1);
    options.setDilationHFactor(1);
    options.setDilationWFactor(1);
    options.setFusedActivationFunction(activation());
    Quantization.PerChannel scales = random.perChannel(x.channels(), 0);
    int weights = weights(Shape.of(x.channels(), 1, 1, x.channels()), scales);
    TensorType type =
        output(x.type().shape(), x.type().quantization().scale() * scales.scale(0), x.channels());
    return add(
        BuiltinOperator.CONV_2D, options, List.of(x.tensor(), weights, bias(x, scales)), type);
  }

  // TFLite joins only tensors of one quantization; an addition of x to itself makes such a one.
  private void concatenate(Node x) {
    Node y =
        nodes.stream()
            .filter(n -> n.tensor() != x.tensor())
            .filter(n -> n.type().equals(x.type()))
            .findFirst()
            .orElse(x);
    ConcatenationOptionsT options = new ConcatenationOptionsT();
    int axis = random.between(1, 3);
    options.setAxis(random.chance(0.5) ? axis : axis - 4);
    List<Integer> dims = new ArrayList<>(x.type().shape().dims());
    dims.set(axis, 2 * dims.get(axis));
    add(
        BuiltinOperator.CONCATENATION,
        options,
        List.of(x.tensor(), y.tensor()),
        x.type().withShape(new Shape(dims)));
  }

  private void pad(Node x) {
    int top = random.between(0, 2);
    int bottom = random.between(0, 2);
    int left = random.between(0, 2);
    int right = random.between(0, 2);
    TensorType type = TensorType.plain(ElementType.INT32, Shape.of(4, 2));
    int paddings =
        sketch.constant(
            type, Values.exactly(0, 0, top, bottom, left, right, 0, 0).draw(random, type));
    add(
        BuiltinOperator.PAD,
        new dev.mote.frontends.tflite.schema.PadOptionsT(),
        List.of(x.tensor(), paddings),
        x.type()
            .withShape(
                Shape.of(1, x.height() + top + bottom, x.width() + left + right, x.channels())));
  }

  private void relu(Node x) {
    int tensor = sketch.activation(x.type());
    int operator = random.pick(BuiltinOperator.RELU, BuiltinOperator.RELU6);
    sketch.operator(operator, Optional.empty(), List.of(x.tensor()), List.of(tensor));
    nodes.add(new Node(tensor, x.type()));
  }

  // Exchanges extents, so that the tensor stays one of four dimensions.
  private void reshape(Node x) {
    Shape shape = Shape.of(1, x.width(), x.height(), x.channels());
    add(
        BuiltinOperator.RESHAPE,
        new dev.mote.frontends.tflite.schema.ReshapeOptionsT(),
        List.of(x.tensor(), vector(1, x.width(), x.height(), x.channels())),
        x.type().withShape(shape));
  }

  private void classify() {
    Node x = nodes.getLast();
    ReducerOptionsT mean = new ReducerOptionsT();
    mean.setKeepDims(false);
    Node y =
        add(
            BuiltinOperator.MEAN,
            mean,
            List.of(x.tensor(), vector(1, 2)),
            quantized(Shape.of(1, x.channels())));
    if (dense) {
      y = fullyConnected(y, random.between(1, 12));
      y = fullyConnected(y, random.between(2, 5));
    }
    SoftmaxOptionsT softmax = new SoftmaxOptionsT();
    softmax.setBeta(1);
    TensorType probabilities =
        new TensorType(
            ElementType.INT8, y.type().shape(), new Quantization.PerTensor(1f / 256, -128));
    Node z = add(BuiltinOperator.SOFTMAX, softmax, List.of(y.tensor()), probabilities);
    sketch.output(z.tensor());
  }

  private Node fullyConnected(Node x, int units) {
    int width = x.type().shape().last();
    FullyConnectedOptionsT options = new FullyConnectedOptionsT();
    options.setFusedActivationFunction(activation());
    float scale = (float) Math.pow(2, -7);
    TensorType weights =
        new TensorType(
            ElementType.INT8, Shape.of(units, width), new Quantization.PerTensor(scale, 0));
    float product = x.type().quantization().scale() * scale;
    TensorType bias =
        new TensorType(ElementType.INT32, Shape.of(units), new Quantization.PerTensor(product, 0));
    return add(
        BuiltinOperator.FULLY_CONNECTED,
        options,
        List.of(
            x.tensor(),
            sketch.constant(weights, drawWeights(weights)),
            sketch.constant(bias, drawBias(bias))),
        output(Shape.of(1, units), product, width));
  }

  private Node add(int operator, Object options, List<Integer> operands, TensorType type) {
    int tensor = sketch.activation(type);
    sketch.operator(operator, Optional.of(options), operands, List.of(tensor));
    Node node = new Node(tensor, type);
    if (type.shape().rank() == 4) {
      nodes.add(node);
    }
    return node;
  }

  private int weights(Shape shape, Quantization.PerChannel scales) {
    TensorType type = new TensorType(ElementType.INT8, shape, scales);
    return sketch.constant(type, drawWeights(type));
  }

  private byte[] drawWeights(TensorType type) {
    byte[] weights = Values.between(-127, 127).draw(random, type);
    if (idle) {
      clear(weights, type.shape().dim(0), weights.length / type.shape().dim(0), 1);
      clear(weights, type.shape().last(), 1, type.shape().last());
    }
    return weights;
  }

  // Zeros for some of `slices` slices, which begin `first` apart; a slice is dense (step 1) or goes
  // on to the end in steps.
  private void clear(byte[] weights, int slices, int first, int step) {
    for (int slice = 0; slices > 1 && slice < slices; slice++) {
      if (random.chance(0.35)) {
        int end = step == 1 ? (slice + 1) * first : weights.length;
        for (int i = slice * first; i < end; i += step) {
          weights[i] = 0;
        }
      }
    }
  }

  private byte[] drawBias(TensorType type) {
    byte[] small = Values.between(-2000, 2000).draw(random, type);
    return idle && random.chance(0.5)
        ? Values.integers(
            type, _ -> (long) (random.chance(0.3) ? 0x40000000 : random.between(-2000, 2000)))
        : small;
  }

  private int bias(Node x, Quantization.PerChannel weights) {
    float scale = x.type().quantization().scale();
    List<Float> scales = weights.scales().stream().map(s -> s * scale).toList();
    TensorType type =
        new TensorType(
            ElementType.INT32, Shape.of(scales.size()), new Quantization.PerChannel(scales, 0));
    return sketch.constant(type, drawBias(type));
  }

  private int vector(long... values) {
    TensorType type = TensorType.plain(ElementType.INT32, Shape.of(values.length));
    return sketch.constant(type, Values.exactly(values).draw(random, type));
  }

  private TensorType quantized(Shape shape) {
    float scale = (float) Math.pow(2, -6 + 3 * random.nextFloat());
    return new TensorType(
        ElementType.INT8, shape, new Quantization.PerTensor(scale, random.between(-128, 127)));
  }

  // A scale at which the sum of `terms` products of random factors uses the range of int8.
  private TensorType output(Shape shape, float productScale, int terms) {
    float scale = (float) (productScale * 70 * Math.sqrt(terms) * random.real(0.5f, 2f));
    return new TensorType(
        ElementType.INT8, shape, new Quantization.PerTensor(scale, random.between(-100, 100)));
  }

  private byte activation() {
    return random.pick(
        ActivationFunctionType.NONE, ActivationFunctionType.RELU, ActivationFunctionType.RELU6);
  }

  private static int extent(int input, int window, int stride, byte padding) {
    return padding == Padding.SAME ? Math.ceilDiv(input, stride) : (input - window) / stride + 1;
  }
}
