package dev.mote.optimizer.calibrate;

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
import dev.mote.optimizer.data.SampleSet;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// A random float network with every kind of linear layer, and inputs for it.
final class SmallNetwork {

  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final List<Node> nodes = new ArrayList<>();
  private final SplittableRandom random;

  private SmallNetwork(long seed) {
    this.random = new SplittableRandom(seed);
  }

  static Graph graph(long seed) {
    SmallNetwork network = new SmallNetwork(seed);
    network.activation("x", 1, 8, 8, 3);
    network.layer(
        "conv",
        new Op.Conv2d(Window2d.same(8, 8, 3, 3, 2, 2, 1, 1), 1, Activation.RELU),
        "x",
        Shape.of(6, 3, 3, 3),
        6,
        Shape.of(1, 4, 4, 6));
    network.layer(
        "depthwise",
        new Op.DepthwiseConv2d(Window2d.same(4, 4, 3, 3, 1, 1, 1, 1), 2, Activation.RELU6),
        "conv",
        Shape.of(1, 3, 3, 12),
        12,
        Shape.of(1, 4, 4, 12));
    network.layer(
        "grouped",
        new Op.Conv2d(Window2d.valid(1, 1, 1, 1, 1, 1), 2, Activation.NONE),
        "depthwise",
        Shape.of(8, 1, 1, 6),
        8,
        Shape.of(1, 4, 4, 8));
    network.activation("flat", 1, 128);
    network.nodes.add(new Node("flat", new Op.Reshape(), List.of("grouped"), List.of("flat")));
    network.layer(
        "dense",
        new Op.FullyConnected(Activation.NONE),
        "flat",
        Shape.of(5, 128),
        5,
        Shape.of(1, 5));
    return new Graph(
        "small",
        network.tensors,
        network.nodes,
        List.of("x"),
        List.of("dense"),
        List.of(),
        List.of());
  }

  /// Inputs that are alike in neighbouring pixels.
  static SampleSet samples(int count, long seed) {
    return RandomSamples.of(graph(1), -1, 2, count, seed);
  }

  private void layer(String name, Op op, String input, Shape weights, int channels, Shape output) {
    int terms = Math.max(1, weights.count() / channels);
    constant(name + "/w", weights, 1 / Math.sqrt(terms));
    constant(name + "/b", Shape.of(channels), 0.2);
    tensors.put(name, Tensor.activation(name, TensorType.plain(ElementType.FLOAT32, output)));
    nodes.add(new Node(name, op, List.of(input, name + "/w", name + "/b"), List.of(name)));
  }

  private void activation(String name, int... dims) {
    tensors.put(
        name, Tensor.activation(name, TensorType.plain(ElementType.FLOAT32, Shape.of(dims))));
  }

  private void constant(String name, Shape shape, double deviation) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Float.BYTES * shape.count()).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < shape.count(); i++) {
      bytes.putFloat((float) (deviation * random.nextGaussian()));
    }
    tensors.put(
        name,
        Tensor.constant(
            name, TensorType.plain(ElementType.FLOAT32, shape), Blob.of(bytes.array())));
  }
}
