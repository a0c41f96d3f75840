package dev.mote.testkit.quantize;

import dev.mote.ir.Activation;
import dev.mote.ir.Graph;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.Window2d;
import dev.mote.testkit.cases.CaseRandom;
import java.util.ArrayList;
import java.util.List;

/// Draws float networks as trained ones look: convolutions with normalisation, pools, residual
/// sums, branches that are joined, gates, paddings and movements, closed by a classifier; some with
/// a second output, several readers of one tensor, or a function that has no integer form.
final class RandomFloatNet {

  private final FloatNet net;
  private final CaseRandom random;
  private final List<String> images = new ArrayList<>();

  private RandomFloatNet(CaseRandom random) {
    this.random = random;
    this.net = new FloatNet(random);
  }

  static Graph draw(int seed) {
    return new RandomFloatNet(new CaseRandom(seed * 0x9E3779B97F4A7C15L, seed)).draw();
  }

  private Graph draw() {
    int size = random.between(4, 8);
    images.add(net.input(1, size, size, random.between(1, 4)));
    int steps = random.between(2, 7);
    for (int i = 0; i < steps; i++) {
      step();
    }
    String last = images.getLast();
    List<String> outputs = new ArrayList<>();
    if (images.size() > 2 && random.chance(0.3)) {
      outputs.add(images.get(random.between(1, images.size() - 2)));
    }
    String mean =
        net.node(
            new Op.Reduce(Op.Reduce.Kind.MEAN, List.of(1, 2)),
            Shape.of(1, net.shape(last).last()),
            last);
    outputs.add(classifier(mean));
    return net.graph(outputs.toArray(String[]::new));
  }

  private String classifier(String x) {
    int classes = random.between(2, 6);
    String logits = dense(x, classes, Activation.NONE);
    return random.chance(0.5) ? net.map(new Op.Softmax(1), logits) : logits;
  }

  private String dense(String x, int units, Activation activation) {
    int width = net.shape(x).last();
    float spread = (float) Math.sqrt(3.0 / width);
    return net.node(
        new Op.FullyConnected(activation),
        Shape.of(1, units),
        x,
        net.constant(-spread, spread, units, width),
        net.constant(-0.5f, 0.5f, units));
  }

  private void step() {
    String x =
        random.chance(0.7) ? images.getLast() : images.get(random.between(0, images.size() - 1));
    switch (random.between(0, 11)) {
      case 0, 1, 2 -> images.add(activated(convolution(x)));
      case 3 -> images.add(activated(depthwise(x)));
      case 4 -> pool(x);
      case 5 -> images.add(residual(x));
      case 6 -> images.add(concat(x));
      case 7 -> images.add(gate(x));
      case 8 -> images.add(pad(x));
      case 9 -> images.add(net.map(function(), x));
      case 10 -> images.add(move(x));
      default -> images.add(clip(x));
    }
  }

  private String convolution(String x) {
    Shape shape = net.shape(x);
    int kernel = random.pick(1, 3);
    int channels = random.between(1, 8);
    Window2d window = Window2d.same(shape.dim(1), shape.dim(2), kernel, kernel, 1, 1, 1, 1);
    float spread = (float) Math.sqrt(3.0 / (kernel * kernel * shape.last()));
    String weights = net.constant(-spread, spread, channels, kernel, kernel, shape.last());
    Shape output = Shape.of(1, shape.dim(1), shape.dim(2), channels);
    Op op = new Op.Conv2d(window, 1, Activation.NONE);
    String y =
        random.chance(0.5)
            ? net.node(op, output, x, weights, net.constant(-0.5f, 0.5f, channels))
            : net.node(op, output, x, weights);
    return random.chance(0.5) ? normalised(y, channels) : y;
  }

  private String depthwise(String x) {
    Shape shape = net.shape(x);
    Window2d window = Window2d.same(shape.dim(1), shape.dim(2), 3, 3, 1, 1, 1, 1);
    return net.node(
        new Op.DepthwiseConv2d(window, 1, Activation.NONE),
        shape,
        x,
        net.constant(-0.6f, 0.6f, 1, 3, 3, shape.last()),
        net.constant(-0.5f, 0.5f, shape.last()));
  }

  private String normalised(String x, int channels) {
    Op mul = new Op.Binary(Op.Binary.Kind.MUL, Activation.NONE);
    Op add = new Op.Binary(Op.Binary.Kind.ADD, Activation.NONE);
    return net.map(
        add, net.map(mul, x, net.constant(0.3f, 2, channels)), net.constant(-0.5f, 0.5f, channels));
  }

  private String activated(String x) {
    return switch (random.between(0, 5)) {
      case 0 -> x;
      case 1 -> net.map(new Op.Unary(Op.Unary.Kind.RELU6), x);
      case 2 -> net.map(new Op.LeakyRelu(0.1f), x);
      case 3 -> net.map(new Op.Unary(Op.Unary.Kind.HARD_SWISH), x);
      default -> net.map(new Op.Unary(Op.Unary.Kind.RELU), x);
    };
  }

  private void pool(String x) {
    Shape shape = net.shape(x);
    if (shape.dim(1) < 2 || shape.dim(2) < 2) {
      return;
    }
    Op.Pool2d.Kind kind = random.pick(Op.Pool2d.Kind.MAX, Op.Pool2d.Kind.AVERAGE);
    Shape output = Shape.of(1, shape.dim(1) / 2, shape.dim(2) / 2, shape.last());
    Op op = new Op.Pool2d(kind, Window2d.valid(2, 2, 2, 2, 1, 1), Activation.NONE);
    images.add(net.node(op, output, x));
  }

  private String residual(String x) {
    Op add = new Op.Binary(random.pick(Op.Binary.Kind.ADD, Op.Binary.Kind.SUB), Activation.NONE);
    return net.map(add, x, twin(x));
  }

  private String concat(String x) {
    Shape shape = net.shape(x);
    return net.node(
        new Op.Concat(3), Shape.of(1, shape.dim(1), shape.dim(2), 2 * shape.last()), x, twin(x));
  }

  /// Another tensor of the shape of x.
  private String twin(String x) {
    return images.stream()
        .filter(y -> !y.equals(x) && net.shape(y).equals(net.shape(x)))
        .findFirst()
        .orElseGet(() -> depthwise(x));
  }

  /// Squeeze and excitation.
  private String gate(String x) {
    int channels = net.shape(x).last();
    String mean =
        net.node(new Op.Reduce(Op.Reduce.Kind.MEAN, List.of(1, 2)), Shape.of(1, channels), x);
    String gates =
        net.map(new Op.Unary(Op.Unary.Kind.LOGISTIC), dense(mean, channels, Activation.RELU));
    String shaped = net.node(new Op.Reshape(), Shape.of(1, 1, 1, channels), gates);
    return net.map(new Op.Binary(Op.Binary.Kind.MUL, Activation.NONE), x, shaped);
  }

  private String pad(String x) {
    Shape shape = net.shape(x);
    return net.node(
        new Op.Pad(List.of(0, 1, 0, 0), List.of(0, 0, 1, 0), Op.Pad.Mode.CONSTANT),
        Shape.of(1, shape.dim(1) + 1, shape.dim(2) + 1, shape.last()),
        x);
  }

  private Op function() {
    return new Op.Unary(
        random.pick(
            Op.Unary.Kind.TANH,
            Op.Unary.Kind.LOGISTIC,
            Op.Unary.Kind.ELU,
            Op.Unary.Kind.ABS,
            Op.Unary.Kind.SIN,
            Op.Unary.Kind.ERF,
            Op.Unary.Kind.NEG));
  }

  private String move(String x) {
    Shape shape = net.shape(x);
    Shape turned = Shape.of(1, shape.dim(2), shape.dim(1), shape.last());
    return random.chance(0.5)
        ? net.node(new Op.Transpose(List.of(0, 2, 1, 3)), turned, x)
        : net.node(new Op.Reshape(), turned, x);
  }

  private String clip(String x) {
    String low =
        net.map(
            new Op.Binary(Op.Binary.Kind.MAXIMUM, Activation.NONE),
            x,
            net.constant(Shape.SCALAR, -0.5f));
    return net.map(
        new Op.Binary(Op.Binary.Kind.MINIMUM, Activation.NONE),
        low,
        net.constant(Shape.SCALAR, 1.5f));
  }
}
