package dev.mote.pipeline.pass;

import dev.mote.ir.Activation;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Folds a multiplication or addition of a constant per channel (a batch normalisation, say) into
/// the float32 weights and bias of the layer before it. Floats only: on quantized tensors it would
/// change the rounding.
final class FoldScaling implements Pass {

  @Override
  public Graph apply(Graph graph) {
    GraphEdit edit = new GraphEdit(graph);
    edit.each(
        node -> {
          if (node.op() instanceof Op.Binary binary) {
            fold(edit, node, binary);
          }
        });
    return edit.graph();
  }

  /// What is done to every output channel: `y = x * scale + shift`.
  private record Affine(float[] scale, float[] shift) {}

  private static void fold(GraphEdit edit, Node node, Op.Binary op) {
    boolean constantFirst = edit.tensor(node.input(0)).isConstant();
    String activation = node.input(constantFirst ? 1 : 0);
    Tensor constant = edit.tensor(node.input(constantFirst ? 0 : 1));
    Optional<Node> producer = edit.producer(activation);
    if (producer.isEmpty()
        || !constant.isConstant()
        || constant.element() != ElementType.FLOAT32
        || edit.onlyReader(activation).isEmpty()
        || (constantFirst && op.kind() == Op.Binary.Kind.SUB)) {
      return;
    }
    Node layer = producer.get();
    int channels = edit.tensor(activation).shape().last();
    Optional<float[]> values = perChannel(constant, channels);
    Optional<Affine> affine = values.flatMap(v -> affine(op.kind(), v));
    Optional<Op> merged = withActivation(layer.op(), op.activation());
    if (affine.isPresent() && merged.isPresent() && isPlain(edit, layer)) {
      replace(edit, node, layer, merged.get(), affine.get());
    }
  }

  private static Optional<float[]> perChannel(Tensor constant, int channels) {
    float[] values = constant.constantFloats();
    Shape shape = constant.shape();
    float[] result = new float[channels];
    if (values.length == 1) {
      java.util.Arrays.fill(result, values[0]);
      return Optional.of(result);
    }
    return values.length == channels && shape.last() == channels
        ? Optional.of(values)
        : Optional.empty();
  }

  private static Optional<Affine> affine(Op.Binary.Kind kind, float[] values) {
    float[] ones = new float[values.length];
    java.util.Arrays.fill(ones, 1);
    float[] zeros = new float[values.length];
    return switch (kind) {
      case MUL -> Optional.of(new Affine(values, zeros));
      case ADD -> Optional.of(new Affine(ones, values));
      case SUB -> {
        float[] negated = new float[values.length];
        for (int i = 0; i < negated.length; i++) {
          negated[i] = -values[i];
        }
        yield Optional.of(new Affine(ones, negated));
      }
      case DIV, FLOOR_DIV, FLOOR_MOD, SQUARED_DIFFERENCE, MINIMUM, MAXIMUM, POWER ->
          Optional.empty();
    };
  }

  private static Optional<Op> withActivation(Op layer, Activation activation) {
    return switch (layer) {
      case Op.Conv2d c when c.activation() == Activation.NONE ->
          Optional.of(new Op.Conv2d(c.window(), c.groups(), activation));
      case Op.DepthwiseConv2d d when d.activation() == Activation.NONE ->
          Optional.of(new Op.DepthwiseConv2d(d.window(), d.multiplier(), activation));
      case Op.FullyConnected f when f.activation() == Activation.NONE ->
          Optional.of(new Op.FullyConnected(activation));
      default -> Optional.empty();
    };
  }

  private static boolean isPlain(GraphEdit edit, Node layer) {
    return layer.inputs().stream()
        .skip(1)
        .map(edit::tensor)
        .allMatch(t -> t.isConstant() && t.element() == ElementType.FLOAT32);
  }

  private static void replace(GraphEdit edit, Node node, Node layer, Op merged, Affine affine) {
    Tensor weights = edit.tensor(layer.input(1));
    boolean channelsLast = layer.op() instanceof Op.DepthwiseConv2d;
    float[] w = weights.constantFloats();
    int channels = affine.scale().length;
    int inner = w.length / channels;
    for (int i = 0; i < w.length; i++) {
      w[i] *= affine.scale()[channelsLast ? i % channels : i / inner];
    }
    float[] bias =
        layer.inputs().size() > 2
            ? edit.tensor(layer.input(2)).constantFloats()
            : new float[channels];
    for (int i = 0; i < channels; i++) {
      bias[i] = bias[i] * affine.scale()[i] + affine.shift()[i];
    }
    List<String> inputs = new ArrayList<>();
    inputs.add(layer.input(0));
    inputs.add(edit.addConstant(weights.name() + "/scaled", weights.type(), bytes(w)).name());
    TensorType biasType = TensorType.plain(ElementType.FLOAT32, Shape.of(channels));
    inputs.add(edit.addConstant(layer.name() + "/bias", biasType, bytes(bias)).name());
    edit.remove(node);
    edit.replace(layer, new Node(layer.name(), merged, inputs, node.outputs()));
  }

  private static byte[] bytes(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return bytes.array();
  }
}
