package dev.mote.optimizer.calibrate;

import dev.mote.ir.Activation;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.Window2d;
import java.util.Optional;

/// A layer as sums over windows: each output is `bias + Σ weight·x` over the elements of x that one
/// position sees. Convolutions, depthwise convolutions and fully connected layers with constant
/// weights are such.
///
/// Channels are in groups that read different elements: one group in a plain convolution, one for
/// each input channel in a depthwise one.
final class LinearLayer {

  private final Node node;
  private final Tensor weights;
  private final Shape x;
  private final Shape y;
  private final Window2d window;
  private final Activation activation;
  private final int groups;
  private final int depth;
  private final int width;
  private final boolean depthwise;

  private LinearLayer(
      Graph graph,
      Node node,
      Window2d window,
      Activation activation,
      int groups,
      boolean depthwise) {
    this.node = node;
    this.weights = graph.input(node, 1);
    this.window = window;
    this.activation = activation;
    this.groups = groups;
    this.depthwise = depthwise;
    boolean matrix = node.op() instanceof Op.FullyConnected;
    Shape in = graph.input(node, 0).shape();
    Shape out = graph.output(node).shape();
    int inner = weights.shape().last();
    this.x = matrix ? Shape.of(in.count() / inner, 1, 1, inner) : in;
    this.y = matrix ? Shape.of(in.count() / inner, 1, 1, weights.shape().dim(0)) : out;
    this.width = depthwise ? 1 : inner;
    this.depth = window.kernelHeight() * window.kernelWidth() * width;
  }

  /// `node` as such a layer, if it is one.
  static Optional<LinearLayer> of(Graph graph, Node node) {
    if (node.inputs().size() < 2
        || !graph.input(node, 1).isConstant()
        || graph.input(node, 0).isConstant()
        || (node.inputs().size() > 2 && !graph.input(node, 2).isConstant())) {
      return Optional.empty();
    }
    return switch (node.op()) {
      case Op.Conv2d(Window2d window, int groups, Activation activation) ->
          Optional.of(new LinearLayer(graph, node, window, activation, groups, false));
      case Op.DepthwiseConv2d(Window2d window, int _, Activation activation) ->
          Optional.of(
              new LinearLayer(
                  graph, node, window, activation, graph.input(node, 0).shape().last(), true));
      case Op.FullyConnected(Activation activation) when graph.input(node, 1).shape().rank() == 2 ->
          Optional.of(
              new LinearLayer(graph, node, Window2d.valid(1, 1, 1, 1, 1, 1), activation, 1, false));
      default -> Optional.empty();
    };
  }

  Node node() {
    return node;
  }

  Tensor weights() {
    return weights;
  }

  Activation activation() {
    return activation;
  }

  int groups() {
    return groups;
  }

  /// Elements of x that one output sees.
  int depth() {
    return depth;
  }

  int channels() {
    return y.last();
  }

  int channelsPerGroup() {
    return channels() / groups;
  }

  int positions() {
    return y.count() / channels();
  }

  /// Whether the other layer has windows and weights of the same form.
  boolean matches(LinearLayer other) {
    return groups == other.groups
        && depth == other.depth
        && depthwise == other.depthwise
        && weights.shape().equals(other.weights.shape())
        && x.equals(other.x)
        && y.equals(other.y);
  }

  /// Index in the weights of term `k` of `channel`.
  int weightIndex(int channel, int k) {
    return depthwise ? k * channels() + channel : channel * depth + k;
  }

  /// The scale of the weights of `channel`; 1 when they are floats.
  double scale(int channel) {
    return switch (weights.quantization()) {
      case Quantization.None _ -> 1;
      case Quantization.PerTensor p -> p.scale();
      case Quantization.PerChannel p -> p.scale(p.scales().size() == 1 ? 0 : channel);
    };
  }

  /// The real weights, those of a channel together.
  double[] realWeights() {
    double[] real = new double[channels() * depth];
    float[] floats = weights.element().isFloat() ? weights.constantFloats() : new float[0];
    long[] integers = weights.element().isFloat() ? new long[0] : weights.constantIntegers();
    int zero = weights.quantization().isQuantized() ? weights.quantization().zeroPoint() : 0;
    for (int channel = 0; channel < channels(); channel++) {
      for (int k = 0; k < depth; k++) {
        int index = weightIndex(channel, k);
        real[channel * depth + k] =
            floats.length > 0 ? floats[index] : scale(channel) * (integers[index] - zero);
      }
    }
    return real;
  }

  /// Copies what `position` sees of `input` to `terms`: `depth` elements for each group, zero where
  /// the window is beyond the border.
  void gather(float[] input, int position, float[] terms) {
    int outX = position % y.dim(2);
    int outY = position / y.dim(2) % y.dim(1);
    int batch = position / y.dim(2) / y.dim(1);
    int channels = x.last();
    int tap = 0;
    for (int ky = 0; ky < window.kernelHeight(); ky++) {
      int inY = outY * window.strideHeight() - window.padTop() + ky * window.dilationHeight();
      for (int kx = 0; kx < window.kernelWidth(); kx++, tap++) {
        int inX = outX * window.strideWidth() - window.padLeft() + kx * window.dilationWidth();
        boolean inside = inY >= 0 && inY < x.dim(1) && inX >= 0 && inX < x.dim(2);
        int pixel = inside ? ((batch * x.dim(1) + inY) * x.dim(2) + inX) * channels : -1;
        for (int group = 0; group < groups; group++) {
          int to = group * depth + tap * width;
          for (int i = 0; i < width; i++) {
            terms[to + i] = inside ? input[pixel + group * width + i] : 0;
          }
        }
      }
    }
  }
}
