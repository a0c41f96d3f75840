package dev.mote.frontends.onnx;

import dev.mote.frontends.onnx.Operators.Reading;
import dev.mote.ir.Activation;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import dev.mote.ir.Window2d;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads convolutions: of images, of sequences as images of height 1, and of volumes as a
/// convolution per slice of the result.
final class ConvolutionReaders {

  private static final int MOST_SLICES = 256;

  private ConvolutionReaders() {}

  static void register(Map<String, Reading> readings) {
    readings.put("Conv", (node, draw) -> List.of(convolution(node, draw)));
    readings.put("ConvTranspose", (node, draw) -> List.of(transposed(node, draw)));
  }

  private static Wire convolution(NodeView node, Blocks draw) {
    return convolution(node, draw, ElementReaders.real(node), node.input(1), node.optional(2));
  }

  /// The convolution that the attributes of `node` describe.
  static Wire convolution(NodeView node, Blocks draw, Wire x, Wire weights, Optional<Wire> bias) {
    ElementReaders.sameTypes(node, x, weights);
    int spatial = x.rank() - 2;
    node.require(
        spatial >= 1 && spatial <= 3 && weights.rank() == x.rank(),
        "an image [%s] and weights [%s] do not fit".formatted(x.shape(), weights.shape()));
    int groups = node.small("group", 1);
    node.require(
        groups >= 1
            && weights.shape().dim(1) * groups == x.shape().dim(1)
            && weights.shape().dim(0) % groups == 0
            && weights.shape().count() > 0,
        "the weights [%s] do not fit %d channels in %d groups"
            .formatted(weights.shape(), x.shape().dim(1), groups));
    List<Integer> kernel = weights.shape().dims().subList(2, x.rank());
    List<Integer> image = x.shape().dims().subList(2, x.rank());
    SlidingWindow window = SlidingWindow.of(node, kernel, image);
    window.requireFit(node, image);
    return switch (spatial) {
      case 1 -> {
        Wire y =
            image(
                draw,
                draw.unsqueeze(x, List.of(2)),
                draw.unsqueeze(weights, List.of(2)),
                bias,
                window.last(),
                groups);
        List<Integer> dims = new ArrayList<>(y.shape().dims());
        dims.remove(2);
        yield draw.reshape(y, new Shape(dims));
      }
      case 2 -> image(draw, x, weights, bias, window.last(), groups);
      default -> volume(node, draw, x, weights, bias, window, groups);
    };
  }

  /// x `[N,C,H,W]`, weights `[O,C/groups,KH,KW]`.
  private static Wire image(
      Blocks draw, Wire x, Wire weights, Optional<Wire> bias, Window2d window, int groups) {
    Wire pixels = draw.channelsLast(x);
    int outputs = weights.shape().dim(0);
    int channels = x.shape().dim(1);
    Shape shape =
        Shape.of(
            x.shape().dim(0),
            window.outputHeight(x.shape().dim(2)),
            window.outputWidth(x.shape().dim(3)),
            outputs);
    boolean depthwise = groups == channels && groups > 1;
    List<Wire> operands = new ArrayList<>();
    operands.add(pixels);
    operands.add(depthwise ? draw.transpose(weights, 1, 2, 3, 0) : draw.channelsLast(weights));
    bias.ifPresent(operands::add);
    Op op =
        depthwise
            ? new Op.DepthwiseConv2d(window, outputs / channels, Activation.NONE)
            : new Op.Conv2d(window, groups, Activation.NONE);
    return draw.channelsFirst(
        draw.drawing().add(op, TensorType.plain(x.element(), shape), operands));
  }

  /// Every slice of the result is a convolution of the slices under the window, which lie side by
  /// side as channels.
  private static Wire volume(
      NodeView node,
      Blocks draw,
      Wire x,
      Wire weights,
      Optional<Wire> bias,
      SlidingWindow window,
      int groups) {
    Wire padded =
        draw.pad(
            x,
            List.of(0, 0, window.before().getFirst(), 0, 0),
            List.of(0, 0, window.after().getFirst(), 0, 0),
            0);
    int slices = window.outputs(0, x.shape().dim(2));
    if (slices > MOST_SLICES) {
      throw node.unsupported("a volume of %d slices".formatted(slices));
    }
    int depth = window.kernel().getFirst();
    Shape w = weights.shape();
    Wire flat = draw.reshape(weights, Shape.of(w.dim(0), w.dim(1) * depth, w.dim(3), w.dim(4)));
    List<Wire> results = new ArrayList<>();
    for (int slice = 0; slice < slices; slice++) {
      Wire part =
          draw.slice(
              padded,
              List.of(0, 0, slice * window.strides().getFirst(), 0, 0),
              List.of(1, 1, window.dilations().getFirst(), 1, 1),
              List.of(
                  x.shape().dim(0), x.shape().dim(1), depth, x.shape().dim(3), x.shape().dim(4)));
      Shape merged =
          Shape.of(x.shape().dim(0), x.shape().dim(1) * depth, x.shape().dim(3), x.shape().dim(4));
      Wire y = image(draw, draw.reshape(part, merged), flat, bias, window.last(), groups);
      results.add(draw.unsqueeze(y, List.of(2)));
    }
    return draw.concat(2, results);
  }

  private static Wire transposed(NodeView node, Blocks draw) {
    Wire x = ElementReaders.real(node);
    Wire weights = node.input(1);
    int spatial = x.rank() - 2;
    node.require(
        weights.rank() == x.rank() && weights.shape().dim(0) == x.shape().dim(1),
        "an image [%s] and weights [%s] do not fit".formatted(x.shape(), weights.shape()));
    if (spatial < 1 || spatial > 2) {
      throw node.unsupported("an image of %d dimensions".formatted(spatial));
    }
    if (spatial == 1) {
      Wire wide = draw.unsqueeze(x, List.of(2));
      Scatter scatter = Scatter.of(node, x.shape(), weights.shape()).withUnitHeight();
      Wire y = scattered(node, draw, wide, draw.unsqueeze(weights, List.of(2)), scatter);
      List<Integer> dims = new ArrayList<>(y.shape().dims());
      dims.remove(2);
      return draw.reshape(y, new Shape(dims));
    }
    return scattered(node, draw, x, weights, Scatter.of(node, x.shape(), weights.shape()));
  }

  private static Wire scattered(NodeView node, Blocks draw, Wire x, Wire weights, Scatter scatter) {
    int groups = node.small("group", 1);
    node.require(
        groups >= 1 && x.shape().dim(1) % groups == 0,
        "%d channels in %d groups".formatted(x.shape().dim(1), groups));
    int width = x.shape().dim(1) / groups;
    int outputs = weights.shape().dim(1);
    List<Wire> parts = new ArrayList<>();
    for (int group = 0; group < groups; group++) {
      int from = group * width;
      Wire part = draw.channelsLast(draw.part(x, 1, from, from + width));
      List<Wire> operands = new ArrayList<>();
      operands.add(part);
      operands.add(draw.transpose(draw.part(weights, 0, from, from + width), 1, 2, 3, 0));
      int first = group * outputs;
      node.optional(2).ifPresent(b -> operands.add(draw.part(b, 0, first, first + outputs)));
      Shape shape =
          Shape.of(x.shape().dim(0), scatter.extents().get(0), scatter.extents().get(1), outputs);
      parts.add(
          draw.channelsFirst(
              draw.drawing()
                  .add(
                      new Op.TransposeConv2d(scatter.window(), Activation.NONE),
                      TensorType.plain(x.element(), shape),
                      operands)));
    }
    return draw.concat(1, parts);
  }
}
