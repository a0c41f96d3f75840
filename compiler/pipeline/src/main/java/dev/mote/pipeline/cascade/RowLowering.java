package dev.mote.pipeline.cascade;

import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.Window2d;
import dev.mote.pipeline.lower.KernelChoice;
import dev.mote.pipeline.lower.KernelChoice.Candidate;
import dev.mote.pipeline.lower.KernelCost;
import dev.mote.pipeline.lower.RowSums;
import dev.mote.pipeline.lower.Step;
import dev.mote.pipeline.lower.UnsupportedStepException;
import dev.mote.pipeline.lower.WeightStorage;
import dev.mote.plugin.Compiler;
import dev.mote.plugin.Target;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Lowers one row of a node: a layer of its own whose input is the window of rows, padding rows
/// included, and whose output is one row. Padding to the left and right stays the kernel's, but for
/// patches, whose rows contain it.
final class RowLowering {

  private RowLowering() {}

  /// The kernel call for any row of `node`, with the cost of one; empty when there is none.
  ///
  /// @param strips the patches
  static Optional<Candidate> lower(
      Graph graph,
      Node node,
      RowRule rule,
      Strips strips,
      Target target,
      Compiler.Optimize optimize,
      WeightStorage storage) {
    try {
      if (rule.collects()) {
        Step whole = new Step(graph, node, target, optimize);
        return RowSums.of(whole).map(call -> new Candidate(call, KernelCost.of(whole, call)));
      }
      Map<String, Tensor> tensors = new LinkedHashMap<>(graph.tensors());
      for (String input : node.inputs()) {
        Tensor tensor = graph.tensor(input);
        if (!tensor.isConstant() && tensor.shape().rank() == 4) {
          tensors.put(
              input, withRows(tensor, rule.rows(), inputColumns(node, rule, strips, tensor)));
        }
      }
      tensors.put(
          node.output(), withRows(graph.output(node), 1, columns(strips, graph.output(node))));
      Op op = withoutPadding(node.op(), strips.count() > 1);
      Node row = new Node(node.name(), op, node.inputs(), node.outputs());
      Step step = new Step(graph.withTensors(tensors), row, target, optimize, storage);
      return Optional.of(
          KernelChoice.preferring(optimize)
              .among(List.of(KernelChoice.candidates(step)))
              .getFirst());
    } catch (UnsupportedStepException _) {
      return Optional.empty();
    }
  }

  private static int columns(Strips strips, Tensor tensor) {
    Strips.Columns columns = strips.columns().get(tensor.name());
    return columns == null ? tensor.shape().dim(2) : columns.width();
  }

  /// Columns of the input as the kernel sees it. Rows of a window follow each other in memory at
  /// the width that the tensor's rows have; a single row is as wide as it is read.
  private static int inputColumns(Node node, RowRule rule, Strips strips, Tensor tensor) {
    Strips.Columns output = strips.columns().get(node.output());
    if (output == null || rule.rows() > 1) {
      return columns(strips, tensor);
    }
    Strips.Reach reach = Strips.Reach.of(node).orElseThrow();
    return (output.width() - 1) * reach.stride() + reach.span();
  }

  private static Tensor withRows(Tensor tensor, int rows, int columns) {
    Shape shape = Shape.of(1, rows, columns, tensor.shape().dim(3));
    return Tensor.activation(tensor.name(), tensor.type().withShape(shape));
  }

  private static Op withoutPadding(Op op, boolean all) {
    return switch (op) {
      case Op.Conv2d c -> new Op.Conv2d(flat(c.window(), all), c.groups(), c.activation());
      case Op.DepthwiseConv2d d ->
          new Op.DepthwiseConv2d(flat(d.window(), all), d.multiplier(), d.activation());
      case Op.Pool2d p -> new Op.Pool2d(p.kind(), flat(p.window(), all), p.activation());
      default -> op;
    };
  }

  private static Window2d flat(Window2d w, boolean all) {
    return new Window2d(
        w.kernelHeight(),
        w.kernelWidth(),
        w.strideHeight(),
        w.strideWidth(),
        w.dilationHeight(),
        w.dilationWidth(),
        0,
        0,
        all ? 0 : w.padLeft(),
        all ? 0 : w.padRight());
  }
}
