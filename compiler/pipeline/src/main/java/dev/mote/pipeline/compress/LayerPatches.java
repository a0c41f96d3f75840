package dev.mote.pipeline.compress;

import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.Window2d;
import java.util.Optional;

/// A layer as a matrix product: at each position of its output, rows of weights times a vector of
/// inputs, the *patch*. A depthwise convolution is one such product for each channel, a *block*.
///
/// @param node the layer
/// @param window how it slides over the image; for a matrix product a single position per row
/// @param x the shape of an image `[N,H,W,C]`; rows of a matrix product are `[rows,1,1,I]`
/// @param y the shape of the output, likewise
/// @param depthwise whether each channel has a product of its own
record LayerPatches(Node node, Window2d window, Shape x, Shape y, boolean depthwise) {

  /// Patches of more elements need too much memory and time for their products.
  private static final int MOST = 1536;

  /// `node` as such products; empty where it is no layer of constant weights, or too wide.
  static Optional<LayerPatches> of(Graph graph, Node node) {
    boolean layer =
        switch (node.op()) {
          case Op.Conv2d op -> op.groups() == 1;
          case Op.DepthwiseConv2d _, Op.FullyConnected _ -> true;
          default -> false;
        };
    if (!layer
        || !isReal(graph.input(node, 1))
        || !node.inputs().stream().skip(1).map(graph::tensor).allMatch(Tensor::isConstant)) {
      return Optional.empty();
    }
    Shape x = graph.input(node, 0).shape();
    Shape y = graph.output(node).shape();
    int inputs = graph.input(node, 1).shape().last();
    LayerPatches patches =
        switch (node.op()) {
          case Op.Conv2d op -> new LayerPatches(node, op.window(), x, y, false);
          case Op.DepthwiseConv2d op -> new LayerPatches(node, op.window(), x, y, true);
          default ->
              new LayerPatches(
                  node,
                  Window2d.valid(1, 1, 1, 1, 1, 1),
                  Shape.of(x.count() / inputs, 1, 1, inputs),
                  Shape.of(x.count() / inputs, 1, 1, y.last()),
                  false);
        };
    return patches.depth() <= MOST ? Optional.of(patches) : Optional.empty();
  }

  /// Whether the weights stand for real numbers: floats, or integers with zero point 0.
  private static boolean isReal(Tensor weights) {
    return switch (weights.element()) {
      case FLOAT32 -> true;
      case INT8, INT4 ->
          weights.quantization().isQuantized() && weights.quantization().zeroPoint() == 0;
      case FLOAT16, UINT8, INT16, INT32, INT64, BOOL -> false;
    };
  }

  /// Products of their own: channels of a depthwise convolution, else 1.
  int blocks() {
    return depthwise ? x.last() : 1;
  }

  /// Elements of a patch of one block.
  int depth() {
    return taps() * (depthwise ? 1 : x.last());
  }

  private int taps() {
    return window.kernelHeight() * window.kernelWidth();
  }

  /// Outputs of one block.
  int outputs() {
    return y.last() / blocks();
  }

  int positions() {
    return y.count(0, 3);
  }

  /// Writes the patch of `block` at `position` to `patch`, from `offset` on; zeros outside of the
  /// image.
  void read(float[] image, int position, int block, double[] patch, int offset) {
    int batch = position / (y.dim(1) * y.dim(2));
    int row = position / y.dim(2) % y.dim(1);
    int column = position % y.dim(2);
    int channels = x.last();
    int wide = depthwise ? 1 : channels;
    int to = offset;
    for (int ky = 0; ky < window.kernelHeight(); ky++) {
      int inY = row * window.strideHeight() - window.padTop() + ky * window.dilationHeight();
      for (int kx = 0; kx < window.kernelWidth(); kx++) {
        int inX = column * window.strideWidth() - window.padLeft() + kx * window.dilationWidth();
        boolean inside = inY >= 0 && inY < x.dim(1) && inX >= 0 && inX < x.dim(2);
        int from = ((batch * x.dim(1) + inY) * x.dim(2) + inX) * channels + (depthwise ? block : 0);
        for (int c = 0; c < wide; c++) {
          patch[to++] = inside ? image[from + c] : 0;
        }
      }
    }
  }

  /// The channel of x that element `column` of a patch comes from.
  int channel(int block, int column) {
    return depthwise ? block : column % x.last();
  }

  /// Where the weight of `output` of `block` for element `column` of the patch lies in the weights.
  int weightIndex(int block, int output, int column) {
    return depthwise ? (column * blocks() + block) * outputs() + output : output * depth() + column;
  }
}
