package dev.mote.pipeline.pass;

import dev.mote.ir.Activation;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.TensorType;
import java.util.Optional;

/// Moves a rectifier into the operator before it. On quantized tensors only when both have the same
/// scale and zero point, for then the rectifier is the clamp that the operator applies anyway.
final class FuseActivations implements Pass {

  @Override
  public Graph apply(Graph graph) {
    GraphEdit edit = new GraphEdit(graph);
    edit.each(
        node -> {
          if (node.op() instanceof Op.Unary unary) {
            fuse(edit, node, unary);
          }
        });
    return edit.graph();
  }

  private static void fuse(GraphEdit edit, Node rectifier, Op.Unary unary) {
    Optional<Activation> activation = activation(unary.kind());
    Optional<Node> producer = edit.producer(rectifier.input(0));
    if (activation.isEmpty()
        || producer.isEmpty()
        || edit.onlyReader(rectifier.input(0)).isEmpty()) {
      return;
    }
    TensorType before = edit.tensor(rectifier.input(0)).type();
    TensorType after = edit.tensor(rectifier.output()).type();
    Optional<Op> fused = withActivation(producer.get().op(), activation.get());
    if (before.equals(after) && fused.isPresent()) {
      Node node = producer.get();
      edit.remove(rectifier);
      edit.replace(
          node,
          GraphEdit.renameOutput(
              new Node(node.name(), fused.get(), node.inputs(), node.outputs()),
              rectifier.input(0),
              rectifier.output()));
    }
  }

  private static Optional<Activation> activation(Op.Unary.Kind kind) {
    return switch (kind) {
      case RELU -> Optional.of(Activation.RELU);
      case RELU6 -> Optional.of(Activation.RELU6);
      case RELU_N1_TO_1 -> Optional.of(Activation.RELU_N1_TO_1);
      default -> Optional.empty();
    };
  }

  /// `op` with the activation, when it can have one and has none.
  private static Optional<Op> withActivation(Op op, Activation activation) {
    return switch (op) {
      case Op.Conv2d(var window, int groups, Activation old) when old == Activation.NONE ->
          Optional.of(new Op.Conv2d(window, groups, activation));
      case Op.DepthwiseConv2d(var window, int multiplier, Activation old)
          when old == Activation.NONE ->
          Optional.of(new Op.DepthwiseConv2d(window, multiplier, activation));
      case Op.FullyConnected(Activation old) when old == Activation.NONE ->
          Optional.of(new Op.FullyConnected(activation));
      case Op.Pool2d(var kind, var window, Activation old) when old == Activation.NONE ->
          Optional.of(new Op.Pool2d(kind, window, activation));
      case Op.Binary(var kind, Activation old)
          when old == Activation.NONE && takesActivation(kind) ->
          Optional.of(new Op.Binary(kind, activation));
      default -> Optional.empty();
    };
  }

  private static boolean takesActivation(Op.Binary.Kind kind) {
    return switch (kind) {
      case ADD, SUB, MUL -> true;
      case DIV, FLOOR_DIV, FLOOR_MOD, SQUARED_DIFFERENCE, MINIMUM, MAXIMUM, POWER -> false;
    };
  }
}
