package dev.mote.pipeline.pass;

import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import java.util.ArrayList;
import java.util.List;

/// Replaces layers by cheaper ones that compute the same: a depthwise convolution of a single
/// channel is an ordinary one, whose kernels use more of each loaded pixel.
final class SimplifyLayers implements Pass {

  @Override
  public Graph apply(Graph graph) {
    GraphEdit edit = new GraphEdit(graph);
    edit.each(
        node -> {
          if (node.op() instanceof Op.DepthwiseConv2d depthwise
              && edit.tensor(node.input(0)).shape().last() == 1
              && edit.tensor(node.input(1)).isConstant()
              && edit.tensor(node.input(1)).element().bits() >= 8
              && sumsAlike(edit, node)) {
            toConvolution(edit, node, depthwise);
          }
        });
    return edit.graph();
  }

  /// Whether both kinds of convolution sum alike. Without a bias that tells, int16 ones have
  /// different accumulators; float ones with int8 weights quantize their activations differently.
  private static boolean sumsAlike(GraphEdit edit, Node node) {
    ElementType weights = edit.tensor(node.input(1)).element();
    return switch (edit.tensor(node.input(0)).element()) {
      case INT16 -> node.inputs().size() > 2;
      case FLOAT32 -> weights.isFloat();
      case INT4, INT8, UINT8, INT32, INT64, BOOL, FLOAT16 -> true;
    };
  }

  /// Weights `[1,H,W,O]` become `[O,H,W,1]`.
  private static void toConvolution(GraphEdit edit, Node node, Op.DepthwiseConv2d op) {
    Tensor weights = edit.tensor(node.input(1));
    Shape shape = weights.shape();
    int channels = shape.last();
    int taps = shape.count(0, 3);
    int width = weights.element().bits() / 8;
    byte[] from = weights.data().orElseThrow().toByteArray();
    byte[] to = new byte[from.length];
    for (int tap = 0; tap < taps; tap++) {
      for (int channel = 0; channel < channels; channel++) {
        System.arraycopy(
            from, (tap * channels + channel) * width, to, (channel * taps + tap) * width, width);
      }
    }
    Quantization quantization =
        weights.quantization() instanceof Quantization.PerChannel(List<Float> scales, int _)
            ? new Quantization.PerChannel(scales, 0)
            : weights.quantization();
    TensorType type =
        new TensorType(
            weights.element(), Shape.of(channels, shape.dim(1), shape.dim(2), 1), quantization);
    List<String> inputs = new ArrayList<>(node.inputs());
    inputs.set(1, edit.addConstant(weights.name() + "/transposed", type, to).name());
    edit.replace(
        node,
        new Node(
            node.name(), new Op.Conv2d(op.window(), 1, op.activation()), inputs, node.outputs()));
  }
}
