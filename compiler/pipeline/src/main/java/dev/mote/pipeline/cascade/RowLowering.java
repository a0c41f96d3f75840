package dev.mote.pipeline.cascade;

import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.Window2d;
import dev.mote.pipeline.lower.KernelCall;
import dev.mote.pipeline.lower.KernelChoice;
import dev.mote.pipeline.lower.RowSums;
import dev.mote.pipeline.lower.Step;
import dev.mote.pipeline.lower.UnsupportedStepException;
import dev.mote.plugin.Compiler;
import dev.mote.plugin.Target;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Lowers one row of a node: a layer of its own whose input is the window of rows, padding rows
/// included, and whose output is one row. Padding to the left and right stays the kernel's.
final class RowLowering {

  private RowLowering() {}

  /// The kernel call for any row of `node`; empty when there is none.
  static Optional<KernelCall> lower(
      Graph graph, Node node, RowRule rule, Target target, Compiler.Optimize optimize) {
    try {
      if (rule.collects()) {
        return RowSums.of(new Step(graph, node, target, optimize));
      }
      Map<String, Tensor> tensors = new LinkedHashMap<>(graph.tensors());
      for (String input : node.inputs()) {
        Tensor tensor = graph.tensor(input);
        if (!tensor.isConstant() && tensor.shape().rank() == 4) {
          tensors.put(input, withRows(tensor, rule.rows()));
        }
      }
      tensors.put(node.output(), withRows(graph.output(node), 1));
      Node row =
          new Node(node.name(), withoutVerticalPadding(node.op()), node.inputs(), node.outputs());
      return Optional.of(
          KernelChoice.of(new Step(graph.withTensors(tensors), row, target, optimize)));
    } catch (UnsupportedStepException _) {
      return Optional.empty();
    }
  }

  private static Tensor withRows(Tensor tensor, int rows) {
    Shape shape = tensor.shape();
    return Tensor.activation(
        tensor.name(), tensor.type().withShape(Shape.of(1, rows, shape.dim(2), shape.dim(3))));
  }

  private static Op withoutVerticalPadding(Op op) {
    return switch (op) {
      case Op.Conv2d c -> new Op.Conv2d(flat(c.window()), c.groups(), c.activation());
      case Op.DepthwiseConv2d d ->
          new Op.DepthwiseConv2d(flat(d.window()), d.multiplier(), d.activation());
      case Op.Pool2d p -> new Op.Pool2d(p.kind(), flat(p.window()), p.activation());
      default -> op;
    };
  }

  private static Window2d flat(Window2d w) {
    return new Window2d(
        w.kernelHeight(),
        w.kernelWidth(),
        w.strideHeight(),
        w.strideWidth(),
        w.dilationHeight(),
        w.dilationWidth(),
        0,
        0,
        w.padLeft(),
        w.padRight());
  }
}
