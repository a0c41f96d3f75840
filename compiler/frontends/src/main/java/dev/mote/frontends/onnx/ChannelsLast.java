package dev.mote.frontends.onnx;

import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Pushes transpositions towards the outputs, where they meet their inverses: of a network of
/// images only those at its border are left.
///
/// A transposed tensor is not computed until a node needs it. Nodes that do not care for the order
/// of dimensions (element-wise ones, concatenations, reductions …) compute on the tensor before the
/// transposition, and their results are transposed instead. A fully connected layer behind a
/// flattening has its weights permuted.
final class ChannelsLast {

  private final DelayedGraph delayed;

  private ChannelsLast(Graph graph) {
    this.delayed = new DelayedGraph(graph);
  }

  static Graph apply(Graph graph) {
    ChannelsLast pass = new ChannelsLast(graph);
    graph.nodes().forEach(pass::place);
    return pass.delayed.finish();
  }

  private void place(Node node) {
    if (!(node.op() instanceof Op.Transpose t)) {
      if (!pushed(node)) {
        delayed.keep(node);
      }
      return;
    }
    delayed.delayTransposed(node.output(), node.input(0), t.permutation());
  }

  /// Lets `node` compute on the tensors before their transpositions; false when it cannot.
  private boolean pushed(Node node) {
    if (node.op() instanceof Op.Reshape) {
      return delayed.delayFlattened(node);
    }
    if (node.op() instanceof Op.FullyConnected) {
      return delayed.connected(node);
    }
    Optional<List<Integer>> found =
        node.inputs().stream().map(delayed::permutation).flatMap(Optional::stream).findFirst();
    if (found.isEmpty()) {
      return false;
    }
    List<Integer> permutation = found.get();
    return permuted(node.op(), permutation).map(op -> draw(node, op, permutation)).orElse(false);
  }

  /// `op` on operands whose dimension `permutation[i]` is the node's dimension `i`; empty for
  /// operators
  /// that care.
  private static Optional<Op> permuted(Op op, List<Integer> permutation) {
    return Optional.ofNullable(
        switch (op) {
          case Op.Unary _,
              Op.LeakyRelu _,
              Op.Prelu _,
              Op.Binary _,
              Op.AddN _,
              Op.Compare _,
              Op.Logical _,
              Op.Select _,
              Op.Quantize _,
              Op.Dequantize _,
              Op.Cast _,
              Op.BroadcastTo _ ->
              op;
          case Op.Concat c -> new Op.Concat(permutation.get(c.axis()));
          case Op.Split s -> new Op.Split(permutation.get(s.axis()));
          case Op.Slice s ->
              new Op.Slice(
                  spread(s.begin(), permutation),
                  spread(s.strides(), permutation),
                  spread(s.extents(), permutation));
          case Op.Pad p ->
              new Op.Pad(spread(p.before(), permutation), spread(p.after(), permutation), p.mode());
          case Op.Reverse r -> new Op.Reverse(axes(r.axes(), permutation));
          case Op.Reduce r -> new Op.Reduce(r.kind(), axes(r.axes(), permutation));
          case Op.ArgReduce a -> new Op.ArgReduce(a.largest(), permutation.get(a.axis()));
          case Op.CumulativeSum c ->
              new Op.CumulativeSum(permutation.get(c.axis()), c.exclusive(), c.reverse());
          case Op.Gather g when g.batchDims() == 0 -> new Op.Gather(permutation.get(g.axis()), 0);
          default -> null;
        });
  }

  private static List<Integer> axes(List<Integer> axes, List<Integer> permutation) {
    return axes.stream().map(permutation::get).sorted().toList();
  }

  /// Entry `i` put at place `permutation[i]`.
  private static List<Integer> spread(List<Integer> values, List<Integer> permutation) {
    List<Integer> result = new ArrayList<>(values);
    for (int i = 0; i < values.size(); i++) {
      result.set(permutation.get(i), values.get(i));
    }
    return result;
  }

  private boolean draw(Node node, Op op, List<Integer> permutation) {
    int rank = permutation.size();
    for (String output : node.outputs()) {
      boolean reduces = op instanceof Op.Reduce;
      int outputRank = delayed.tensor(output).shape().rank();
      if (outputRank != rank && !(reduces && dropsReduced(node, op, rank))) {
        return false;
      }
    }
    List<String> operands = new ArrayList<>();
    for (int i = 0; i < node.inputs().size(); i++) {
      // The value of a padding and the indices of a selection have dimensions of their own.
      boolean own = i > 0 && (op instanceof Op.Pad || op instanceof Op.Gather);
      Optional<String> operand =
          own ? Optional.of(delayed.materialize(node.input(i))) : operand(node, i, permutation);
      if (operand.isEmpty()) {
        return false;
      }
      operands.add(operand.get());
    }
    List<String> results = new ArrayList<>();
    for (String output : node.outputs()) {
      Tensor y = delayed.tensor(output);
      results.add(
          y.shape().rank() == rank
              ? delayed.delayBase(output, permutation)
              : reduced(output, (Op.Reduce) op, permutation));
    }
    delayed.emit(new Node(node.name(), op, operands, results));
    return true;
  }

  private boolean dropsReduced(Node node, Op op, int rank) {
    return op instanceof Op.Reduce r
        && delayed.tensor(node.output()).shape().rank() == rank - r.axes().size();
  }

  /// The result of a reduction that drops its dimensions.
  private String reduced(String output, Op.Reduce op, List<Integer> permutation) {
    List<Integer> left =
        Blocks.range(permutation.size()).stream().filter(a -> !op.axes().contains(a)).toList();
    List<Integer> order =
        permutation.stream().filter(a -> !op.axes().contains(a)).map(left::indexOf).toList();
    return order.equals(Blocks.range(order.size())) ? output : delayed.delayBase(output, order);
  }

  /// Operand number `index` before the transposition `permutation`; empty when that is not to be
  /// had.
  private Optional<String> operand(Node node, int index, List<Integer> permutation) {
    String name = node.input(index);
    Optional<List<Integer>> own = delayed.permutation(name);
    if (own.equals(Optional.of(permutation))) {
      return Optional.of(delayed.base(name));
    }
    Tensor tensor = delayed.tensor(name);
    if (tensor.shape().count() == 1 && tensor.shape().rank() == 0) {
      return Optional.of(name);
    }
    int rank = permutation.size();
    if (tensor.shape().rank() > rank
        || tensor.type().quantization() instanceof dev.mote.ir.Quantization.PerChannel) {
      return Optional.empty();
    }
    List<Integer> inverse = inverse(permutation);
    if (tensor.isConstant()) {
      return Optional.of(delayed.permutedConstant(tensor, inverse));
    }
    if (tensor.shape().rank() < rank) {
      return Optional.empty();
    }
    return Optional.of(delayed.transposed(delayed.materialize(name), inverse));
  }

  static List<Integer> inverse(List<Integer> permutation) {
    return Blocks.range(permutation.size()).stream().map(permutation::indexOf).toList();
  }

  /// `type` with its dimensions in another order.
  static TensorType reordered(TensorType type, List<Integer> permutation) {
    Shape shape = type.shape();
    return type.withShape(new Shape(permutation.stream().map(shape::dim).toList()));
  }
}
