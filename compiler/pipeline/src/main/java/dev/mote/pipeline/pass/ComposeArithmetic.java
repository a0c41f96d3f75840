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

/// Writes float operators that have no integer form as ones that have: a sum of many as sums of
/// two, a negation and a square as products, a division by a constant as a product with its inverse
/// (equal up to the rounding of floats).
final class ComposeArithmetic implements Pass {

  @Override
  public Graph apply(Graph graph) {
    GraphEdit edit = new GraphEdit(graph);
    edit.each(
        node -> {
          if (node.outputs().size() == 1
              && edit.tensor(node.output()).element() == ElementType.FLOAT32) {
            compose(edit, node);
          }
        });
    return edit.graph();
  }

  private static void compose(GraphEdit edit, Node node) {
    switch (node.op()) {
      case Op.AddN _ -> sums(edit, node);
      case Op.Unary(Op.Unary.Kind kind) when kind == Op.Unary.Kind.SQUARE ->
          product(edit, node, Activation.NONE, node.input(0), node.input(0));
      case Op.Unary(Op.Unary.Kind kind) when kind == Op.Unary.Kind.NEG -> {
        TensorType scalar = TensorType.plain(ElementType.FLOAT32, Shape.SCALAR);
        Tensor minusOne = edit.addConstant(node.name() + "/minus_one", scalar, bytes(-1));
        product(edit, node, Activation.NONE, node.input(0), minusOne.name());
      }
      case Op.Binary(Op.Binary.Kind kind, Activation activation) when kind == Op.Binary.Kind.DIV ->
          divide(edit, node, activation);
      default -> {}
    }
  }

  private static void divide(GraphEdit edit, Node node, Activation activation) {
    Tensor divisor = edit.tensor(node.input(1));
    if (!divisor.isConstant() || divisor.element() != ElementType.FLOAT32) {
      return;
    }
    float[] inverse = divisor.constantFloats();
    for (int i = 0; i < inverse.length; i++) {
      inverse[i] = 1 / inverse[i];
      if (!Float.isFinite(inverse[i]) || Math.abs(inverse[i]) < Float.MIN_NORMAL) {
        return;
      }
    }
    Tensor factor = edit.addConstant(divisor.name() + "/inverse", divisor.type(), bytes(inverse));
    product(edit, node, activation, node.input(0), factor.name());
  }

  private static void product(
      GraphEdit edit, Node node, Activation activation, String a, String b) {
    Op product = new Op.Binary(Op.Binary.Kind.MUL, activation);
    edit.replace(node, new Node(node.name(), product, List.of(a, b), node.outputs()));
  }

  private static void sums(GraphEdit edit, Node node) {
    Op sum = new Op.Binary(Op.Binary.Kind.ADD, Activation.NONE);
    TensorType type = edit.tensor(node.output()).type();
    List<Node> sums = new ArrayList<>();
    String left = node.input(0);
    int last = node.inputs().size() - 1;
    for (int i = 1; i < last; i++) {
      String partial = edit.freeName(node.output() + "/sum" + i);
      edit.add(Tensor.activation(partial, type));
      sums.add(new Node(partial, sum, List.of(left, node.input(i)), List.of(partial)));
      left = partial;
    }
    sums.add(new Node(node.name(), sum, List.of(left, node.input(last)), node.outputs()));
    edit.replace(node, sums.toArray(Node[]::new));
  }

  private static byte[] bytes(float... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return bytes.array();
  }
}
