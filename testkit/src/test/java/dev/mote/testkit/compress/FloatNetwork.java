package dev.mote.testkit.compress;

import dev.mote.ir.Activation;
import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import dev.mote.ir.Window2d;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Draws float networks with residual additions, concatenations, depthwise convolutions, pools,
/// splits and a classifier over a flattened image.
final class FloatNetwork {

  private final Random random;
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final List<Node> nodes = new ArrayList<>();

  private FloatNetwork(long seed) {
    this.random = new Random(seed);
  }

  static Graph of(long seed) {
    return new FloatNetwork(seed).draw();
  }

  /// Random contents for the inputs of `graph`.
  static byte[] input(Graph graph, long seed) {
    Random random = new Random(seed);
    int count = graph.tensor(graph.inputs().getFirst()).shape().count();
    ByteBuffer bytes = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      bytes.putFloat(random.nextFloat() * 2 - 1);
    }
    return bytes.array();
  }

  private Graph draw() {
    String x = activation("x", 1, 7, 8, 3);
    x = convolution(x, 8 + 4 * random.nextInt(3), 3, 1);
    int steps = 3 + random.nextInt(4);
    for (int i = 0; i < steps; i++) {
      x = step(x);
    }
    Shape shape = shape(x);
    if (random.nextBoolean()) {
      x = node(new Op.Reshape(), activation(name(), 1, shape.count()), x);
    } else {
      x =
          node(
              new Op.Reduce(Op.Reduce.Kind.MEAN, List.of(1, 2)),
              activation(name(), 1, shape.last()),
              x);
    }
    x = dense(x, 12, Activation.RELU);
    x = dense(x, 5, Activation.NONE);
    x = node(new Op.Softmax(1), activation(name(), 1, 5), x);
    return new Graph("net", tensors, nodes, List.of("x"), List.of(x), List.of(), List.of());
  }

  private String step(String x) {
    Shape s = shape(x);
    int c = s.last();
    return switch (random.nextInt(9)) {
      case 0 -> convolution(x, 4 + random.nextInt(14), 1 + 2 * random.nextInt(2), 1);
      case 1 -> depthwise(x, 1);
      case 2 -> depthwise(x, 2);
      case 3 -> {
        String a = convolution(x, c, 3, 1);
        String b = convolution(a, c, 1, 1);
        yield node(new Op.Binary(Op.Binary.Kind.ADD, Activation.RELU), activation(name(), s), b, x);
      }
      case 4 -> {
        String a = convolution(x, 8, 3, 1);
        String b = depthwise(convolution(x, 12, 1, 1), 1);
        String y = activation(name(), 1, s.dim(1), s.dim(2), 20);
        yield node(new Op.Concat(3), y, a, b);
      }
      case 5 -> {
        Window2d window = Window2d.same(s.dim(1), s.dim(2), 2, 2, 1, 1, 1, 1);
        yield node(
            new Op.Pool2d(Op.Pool2d.Kind.MAX, window, Activation.NONE), activation(name(), s), x);
      }
      case 6 -> {
        String scale = constant(Shape.of(c));
        String y =
            node(
                new Op.Binary(Op.Binary.Kind.MUL, Activation.NONE),
                activation(name(), s),
                x,
                scale);
        yield node(new Op.Prelu(), activation(name(), s), y, constant(Shape.of(1, 1, c)));
      }
      case 7 -> {
        String padded = activation(name(), 1, s.dim(1) + 1, s.dim(2), c);
        node(new Op.Pad(List.of(0, 1, 0, 0), List.of(0, 0, 0, 0), Op.Pad.Mode.CONSTANT), padded, x);
        yield node(
            new Op.Slice(
                List.of(0, 1, 0, 0), List.of(1, 1, 1, 1), List.of(1, s.dim(1), s.dim(2), c)),
            activation(name(), s),
            padded);
      }
      default -> {
        String y = convolution(x, 16, 1, 1);
        String a = activation(name(), 1, s.dim(1), s.dim(2), 6);
        String b = activation(name(), 1, s.dim(1), s.dim(2), 10);
        nodes.add(new Node("split" + nodes.size(), new Op.Split(3), List.of(y), List.of(a, b)));
        yield node(
            new Op.Concat(3),
            activation(name(), 1, s.dim(1), s.dim(2), 16),
            node(new Op.Unary(Op.Unary.Kind.RELU), activation(name(), shape(b)), b),
            a);
      }
    };
  }

  private String convolution(String x, int channels, int kernel, int stride) {
    Shape s = shape(x);
    Window2d window = Window2d.same(s.dim(1), s.dim(2), kernel, kernel, stride, stride, 1, 1);
    String w = constant(Shape.of(channels, kernel, kernel, s.last()));
    String y = activation(name(), 1, s.dim(1), s.dim(2), channels);
    Op op = new Op.Conv2d(window, 1, Activation.RELU);
    return random.nextInt(4) > 0
        ? node(op, y, x, w, constant(Shape.of(channels)))
        : node(op, y, x, w);
  }

  private String depthwise(String x, int multiplier) {
    Shape s = shape(x);
    int channels = s.last() * multiplier;
    Window2d window = Window2d.same(s.dim(1), s.dim(2), 3, 3, 1, 1, 1, 1);
    String y = activation(name(), 1, s.dim(1), s.dim(2), channels);
    return node(
        new Op.DepthwiseConv2d(window, multiplier, Activation.RELU6),
        y,
        x,
        constant(Shape.of(1, 3, 3, channels)),
        constant(Shape.of(channels)));
  }

  private String dense(String x, int outputs, Activation activation) {
    String w = constant(Shape.of(outputs, shape(x).last()));
    return node(
        new Op.FullyConnected(activation),
        activation(name(), 1, outputs),
        x,
        w,
        constant(Shape.of(outputs)));
  }

  private String node(Op op, String output, String... inputs) {
    nodes.add(new Node("n" + nodes.size(), op, List.of(inputs), List.of(output)));
    return output;
  }

  private Shape shape(String tensor) {
    return java.util.Objects.requireNonNull(tensors.get(tensor)).shape();
  }

  private String name() {
    return "t" + tensors.size();
  }

  private String activation(String name, int... dims) {
    return activation(name, Shape.of(dims));
  }

  private String activation(String name, Shape shape) {
    tensors.put(name, Tensor.activation(name, TensorType.plain(ElementType.FLOAT32, shape)));
    return name;
  }

  private String constant(Shape shape) {
    float bound = (float) Math.sqrt(6.0 / Math.max(1, shape.count(1, shape.rank())));
    ByteBuffer bytes = ByteBuffer.allocate(4 * shape.count()).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < shape.count(); i++) {
      bytes.putFloat((random.nextFloat() * 2 - 1) * bound);
    }
    String name = name();
    tensors.put(
        name,
        Tensor.constant(
            name, TensorType.plain(ElementType.FLOAT32, shape), Blob.of(bytes.array())));
    return name;
  }
}
