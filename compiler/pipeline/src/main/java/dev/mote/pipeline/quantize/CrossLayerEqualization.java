package dev.mote.pipeline.quantize;

import dev.mote.ir.Activation;
import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Tensor;
import dev.mote.pipeline.pass.Pass;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Makes the weights of neighbouring layers equally large, channel by channel, so that one scale
/// for a whole tensor fits all channels: a channel of the first layer is divided by `s` and what
/// reads it in the second is multiplied by `s`, with `s = sqrt(r1 / r2)` of the largest absolute
/// weights of both. Between the layers may be what `f(s·x) = s·f(x)` holds for: rectifiers without
/// an upper bound, pooling, means over an image, views.
///
/// On prepared float graphs, before calibration: the ranges of activations change. Outputs stay
/// equal up to the rounding of floats. Applying it twice is applying it once.
///
/// Source: Nagel et al., Data-Free Quantization Through Weight Equalization and Bias Correction,
/// 2019, section 4.1.
public final class CrossLayerEqualization implements Pass {

  private static final int MOST_ROUNDS = 100;

  /// Factors nearer to 1 are not worth a change.
  private static final double TOLERANCE = 0.01;

  /// Factors are limited, lest a nearly dead channel leaves the range of `float`.
  private static final double LARGEST = 0x1p10;

  /// Two layers, the second of which alone reads the channels of the first.
  ///
  /// @param channels of the first
  private record Pair(Node first, Node second, int channels) {}

  @Override
  public Graph apply(Graph graph) {
    Map<String, Integer> reads = reads(graph);
    Map<String, Node> readers = new HashMap<>();
    graph.nodes().forEach(node -> node.inputs().forEach(name -> readers.put(name, node)));
    List<Pair> pairs = new ArrayList<>();
    for (Node node : graph.nodes()) {
      if (isLayer(graph, node, reads) && scales(activation(node.op()))) {
        second(graph, node, reads, readers).ifPresent(pairs::add);
      }
    }
    Map<String, float[]> values = new LinkedHashMap<>();
    for (int round = 0; round < MOST_ROUNDS; round++) {
      boolean changed = false;
      for (Pair pair : pairs) {
        changed |= equalize(graph, pair, values);
      }
      if (!changed) {
        break;
      }
    }
    Map<String, Tensor> tensors = new LinkedHashMap<>(graph.tensors());
    values.forEach((name, data) -> tensors.put(name, constant(graph.tensor(name), data)));
    return graph.withTensors(tensors);
  }

  // ---- pairs -----------------------------------------------------------------------------------

  /// How often each tensor is read, the graph's outputs counted.
  private static Map<String, Integer> reads(Graph graph) {
    Map<String, Integer> reads = new HashMap<>();
    graph
        .nodes()
        .forEach(node -> node.inputs().forEach(name -> reads.merge(name, 1, Integer::sum)));
    graph.outputs().forEach(name -> reads.merge(name, 1, Integer::sum));
    return reads;
  }

  /// Whether `node` has float weights and a bias of its own.
  private static boolean isLayer(Graph graph, Node node, Map<String, Integer> reads) {
    boolean weighted =
        switch (node.op()) {
          case Op.Conv2d _, Op.DepthwiseConv2d _, Op.FullyConnected _ -> true;
          default -> false;
        };
    return weighted
        && graph.input(node, 0).element() == ElementType.FLOAT32
        && node.inputs().stream()
            .skip(1)
            .allMatch(
                name ->
                    graph.tensor(name).isConstant()
                        && graph.tensor(name).element() == ElementType.FLOAT32
                        && reads.getOrDefault(name, 0) == 1);
  }

  private static Optional<Pair> second(
      Graph graph, Node first, Map<String, Integer> reads, Map<String, Node> readers) {
    int channels = graph.output(first).shape().last();
    String tensor = first.output();
    while (reads.getOrDefault(tensor, 0) == 1 && readers.containsKey(tensor)) {
      Node next = readers.get(tensor);
      if (next == null || !next.input(0).equals(tensor)) {
        return Optional.empty();
      }
      if (isLayer(graph, next, reads)) {
        return readsByChannel(graph, next, channels)
            ? Optional.of(new Pair(first, next, channels))
            : Optional.empty();
      }
      if (!handsOn(graph, next)) {
        return Optional.empty();
      }
      tensor = next.output();
    }
    return Optional.empty();
  }

  /// Whether each input of `layer` stands for one channel of the layer before.
  private static boolean readsByChannel(Graph graph, Node layer, int channels) {
    return layer.op() instanceof Op.FullyConnected
        ? graph.input(layer, 1).shape().last() % channels == 0
        : graph.input(layer, 0).shape().last() == channels;
  }

  private static Activation activation(Op op) {
    return switch (op) {
      case Op.Conv2d conv -> conv.activation();
      case Op.DepthwiseConv2d conv -> conv.activation();
      case Op.FullyConnected dense -> dense.activation();
      case Op.Pool2d pool -> pool.activation();
      default -> Activation.NONE;
    };
  }

  private static boolean scales(Activation activation) {
    return switch (activation) {
      case NONE, RELU -> true;
      case RELU6, RELU_N1_TO_1 -> false;
    };
  }

  /// Whether `f(s·x) = s·f(x)` for each channel, the last dimension, which stays innermost.
  private static boolean handsOn(Graph graph, Node node) {
    int channels = graph.input(node, 0).shape().last();
    return switch (node.op()) {
      case Op.Unary unary -> unary.kind() == Op.Unary.Kind.RELU;
      case Op.LeakyRelu _ -> true;
      case Op.Pool2d pool -> scales(pool.activation());
      case Op.Reduce reduce ->
          (reduce.kind() == Op.Reduce.Kind.MEAN || reduce.kind() == Op.Reduce.Kind.MAX)
              && !reduce.axes().contains(graph.input(node, 0).shape().rank() - 1);
      // elements keep their order, so an element's channel is still its index modulo the channels
      case Op.Reshape _ -> graph.output(node).shape().last() % Math.max(1, channels) == 0;
      default -> false;
    };
  }

  // ---- weights ---------------------------------------------------------------------------------

  private static boolean equalize(Graph graph, Pair pair, Map<String, float[]> values) {
    double[] factors = new double[pair.channels];
    float[] first = values(graph, pair.first.input(1), values);
    float[] second = values(graph, pair.second.input(1), values);
    int[] outputs = outputChannels(graph, pair.first);
    int[] inputs = inputChannels(graph, pair.second, pair.channels);
    double[] r1 = largest(first, outputs, pair.channels);
    double[] r2 = largest(second, inputs, pair.channels);
    boolean changed = false;
    for (int i = 0; i < factors.length; i++) {
      double factor = r1[i] > 0 && r2[i] > 0 ? Math.sqrt(r1[i] / r2[i]) : 1;
      factors[i] = Math.clamp(factor, 1 / LARGEST, LARGEST);
      if (Math.abs(Math.log(factors[i])) < TOLERANCE) {
        factors[i] = 1;
      }
      changed |= factors[i] != 1;
    }
    if (changed) {
      scale(first, outputs, factors, true);
      scale(second, inputs, factors, false);
      if (pair.first.inputs().size() > 2) {
        float[] bias = values(graph, pair.first.input(2), values);
        int[] own = new int[bias.length];
        Arrays.setAll(own, i -> i);
        scale(bias, own, factors, true);
      }
    }
    return changed;
  }

  private static float[] values(Graph graph, String name, Map<String, float[]> values) {
    return values.computeIfAbsent(name, _ -> graph.tensor(name).constantFloats());
  }

  /// The output channel of each weight of a layer.
  private static int[] outputChannels(Graph graph, Node layer) {
    Tensor weights = graph.input(layer, 1);
    int axis = LayerConversion.channelAxis(layer.op()).orElseThrow();
    int inner = weights.shape().count(axis + 1, weights.shape().rank());
    int channels = weights.shape().dim(axis);
    int[] result = new int[weights.shape().count()];
    Arrays.setAll(result, i -> i / inner % channels);
    return result;
  }

  /// The channel of the input that each weight of a layer is multiplied with.
  private static int[] inputChannels(Graph graph, Node layer, int channels) {
    Tensor weights = graph.input(layer, 1);
    int last = weights.shape().last();
    int[] result = new int[weights.shape().count()];
    switch (layer.op()) {
      case Op.DepthwiseConv2d depthwise ->
          Arrays.setAll(result, i -> i % last / depthwise.multiplier());
      case Op.Conv2d conv -> {
        int perOutput = weights.shape().count(1, 4);
        int outputsPerGroup = weights.shape().dim(0) / conv.groups();
        Arrays.setAll(result, i -> i / perOutput / outputsPerGroup * last + i % last);
      }
      default -> Arrays.setAll(result, i -> i % last % channels);
    }
    return result;
  }

  private static double[] largest(float[] weights, int[] channels, int count) {
    double[] largest = new double[count];
    for (int i = 0; i < weights.length; i++) {
      largest[channels[i]] = Math.max(largest[channels[i]], Math.abs(weights[i]));
    }
    return largest;
  }

  private static void scale(float[] weights, int[] channels, double[] factors, boolean inverse) {
    for (int i = 0; i < weights.length; i++) {
      double factor = factors[channels[i]];
      weights[i] = (float) (inverse ? weights[i] / factor : weights[i] * factor);
    }
  }

  private static Tensor constant(Tensor old, float[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return Tensor.constant(old.name(), old.type(), Blob.of(bytes.array()));
  }
}
