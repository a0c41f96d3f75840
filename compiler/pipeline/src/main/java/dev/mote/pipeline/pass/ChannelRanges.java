package dev.mote.pipeline.pass;

import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import dev.mote.pipeline.lower.QuantizedRange;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Bounds of the values that each channel of the int8 tensors of a graph can take, whatever the
/// model's inputs are.
///
/// The rescaling of a layer never decreases, so the bounds of an output are the images of the
/// bounds of its sum.
final class ChannelRanges {

  /// Bounds of a channel, both included.
  record Range(int low, int high) {

    static final Range INT8 = new Range(Byte.MIN_VALUE, Byte.MAX_VALUE);

    boolean isConstant() {
      return low == high;
    }
  }

  private final Graph graph;
  private final Map<String, Range[]> known = new HashMap<>();

  ChannelRanges(Graph graph) {
    this.graph = graph;
    for (Node node : graph.nodes()) {
      ranges(node).ifPresent(ranges -> known.put(node.output(), ranges));
    }
  }

  /// Bounds of channel `channel` of `tensor`.
  Range of(String tensor, int channel) {
    Range[] ranges = known.get(tensor);
    return ranges == null ? Range.INT8 : ranges[channel];
  }

  private Optional<Range[]> ranges(Node node) {
    return switch (node.op()) {
      case Op.Pool2d op -> passedOn(node).map(ranges -> clamped(ranges, op, node));
      case Op.Reshape _ -> passedOn(node);
      default -> SummingLayer.of(graph, node).map(this::sums);
    };
  }

  /// The ranges of a node's input, if its channels are those of its output.
  private Optional<Range[]> passedOn(Node node) {
    Tensor x = graph.input(node, 0);
    Tensor y = graph.output(node);
    return known.containsKey(x.name())
            && SummingLayer.isInt8(y)
            && x.shape().last() == y.shape().last()
            && x.quantization().equals(y.quantization())
        ? Optional.of(known.get(x.name()))
        : Optional.empty();
  }

  private Range[] clamped(Range[] ranges, Op.Pool2d op, Node node) {
    TensorType type = graph.output(node).type();
    QuantizedRange clamp = QuantizedRange.of(op.activation(), type);
    return Arrays.stream(ranges)
        .map(range -> new Range(clamp.clamp(range.low), clamp.clamp(range.high)))
        .toArray(Range[]::new);
  }

  private Range[] sums(SummingLayer layer) {
    int channels = layer.channels();
    long[] low = layer.biases();
    long[] high = low.clone();
    byte[] weights = layer.weights().data().orElseThrow().toByteArray();
    int perChannel = weights.length / channels;
    for (int i = 0; i < weights.length; i++) {
      int channel = layer.depthwise() ? i % channels : i / perChannel;
      Range range = of(layer.x().name(), i % layer.depth());
      long least = weights[i] * (long) (range.low - layer.xZero());
      long most = weights[i] * (long) (range.high - layer.xZero());
      // padding contributes nothing
      long neutral = layer.padded() ? 0 : least;
      low[channel] += Math.min(neutral, Math.min(least, most));
      high[channel] += Math.max(neutral, Math.max(least, most));
    }
    Range[] ranges = new Range[channels];
    for (int channel = 0; channel < channels; channel++) {
      Optional<Integer> smallest = layer.output(channel, low[channel]);
      Optional<Integer> largest = layer.output(channel, high[channel]);
      ranges[channel] =
          smallest.isPresent() && largest.isPresent()
              ? new Range(smallest.get(), largest.get())
              : Range.INT8;
    }
    return ranges;
  }
}
