package dev.mote.pipeline.cascade;

import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Window2d;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;

/// How a chain is cut into patches: columns of its output, each patch computed from the top to the
/// bottom by rows before the next one. A tensor's rows are then as wide as one patch needs them;
/// the columns that two patches need (the halo) are computed twice.
///
/// In both dimensions, source of the idea: Lin et al., "MCUNetV2: memory-efficient patch-based
/// inference for tiny deep learning", 2021. There a patch is a rectangle; here it needs no halo
/// above and below, because its rows are computed as in a chain without patches.
///
/// @param count number of patches; 1 for none
/// @param width columns of the chain's output that a patch computes
/// @param columns what a patch needs of each tensor, by name
public record Strips(int count, int width, Map<String, Columns> columns) {

  public Strips {
    columns = Map.copyOf(columns);
  }

  /// No patches.
  public static final Strips NONE = new Strips(1, 0, Map.of());

  /// Columns of a tensor for the patch whose first output column is `x`: `width` columns from
  /// `step * x + origin` on, some of which may lie outside the image.
  ///
  /// @param step columns from one patch to the next, for each column of the chain's output
  /// @param origin first column for `x = 0`
  /// @param width number of columns
  /// @param image columns of the whole tensor
  public record Columns(int step, int origin, int width, int image) {}

  /// What a patch needs of `tensor`, which the chain reads or writes.
  Columns of(String tensor) {
    Columns found = columns.get(tensor);
    if (found == null) {
      throw new IllegalArgumentException("no patch needs tensor '" + tensor + "'");
    }
    return found;
  }

  /// First column of patch `index`; the last patch reaches back where the width is no multiple.
  public int start(int index, int outputColumns) {
    return Math.min(index * width, outputColumns - width);
  }

  /// The patches of a chain.
  ///
  /// @param exit the one tensor that the chain computes for others
  /// @param count number of patches; at least 2
  /// @return empty when the nodes cannot be cut into that many
  static Optional<Strips> of(Graph graph, List<Node> nodes, String exit, int count) {
    int image = graph.tensor(exit).shape().dim(2);
    int width = Math.ceilDiv(image, count);
    if (count < 2 || Math.ceilDiv(image, width) != count) {
      return Optional.empty();
    }
    Map<String, int[]> needs = new HashMap<>();
    needs.put(exit, new int[] {1, 0, width});
    for (Node node : nodes.reversed()) {
      int[] out = needs.get(node.output());
      Optional<Reach> reach = Reach.of(node);
      if (out == null || reach.isEmpty()) {
        return Optional.empty();
      }
      for (String input : node.inputs()) {
        if (graph.tensor(input).isConstant()) {
          continue;
        }
        Reach r = reach.get();
        int[] need = {
          out[0] * r.stride,
          out[1] * r.stride - r.padLeft,
          (out[1] + out[2] - 1) * r.stride - r.padLeft + r.span
        };
        need[2] -= need[1];
        int[] before = needs.putIfAbsent(input, need);
        if (before != null) {
          if (before[0] != need[0] || input.equals(exit)) {
            return Optional.empty();
          }
          needs.put(input, hull(before, need));
        }
      }
    }
    Map<String, Columns> columns = new HashMap<>();
    needs.forEach(
        (tensor, n) ->
            columns.put(
                tensor, new Columns(n[0], n[1], n[2], graph.tensor(tensor).shape().dim(2))));
    return Optional.of(new Strips(count, width, columns));
  }

  private static int[] hull(int[] a, int[] b) {
    int low = Math.min(a[1], b[1]);
    return new int[] {a[0], low, Math.max(a[1] + a[2], b[1] + b[2]) - low};
  }

  /// Columns that `node` reads, per output column.
  record Reach(int stride, int padLeft, int span) {
    static Optional<Reach> of(Node node) {
      return switch (node.op()) {
        case Op.Conv2d op -> of(op.window());
        case Op.DepthwiseConv2d op -> of(op.window());
        case Op.Pool2d op ->
            of(op.window()).filter(_ -> op.window().padLeft() + op.window().padRight() == 0);
        case Op.Binary _,
            Op.AddN _,
            Op.Prelu _,
            Op.Unary _,
            Op.LeakyRelu _,
            Op.Quantize _,
            Op.Dequantize _,
            Op.Concat _ ->
            Optional.of(new Reach(1, 0, 1));
        default -> Optional.empty();
      };
    }

    private static Optional<Reach> of(Window2d w) {
      return Optional.of(new Reach(w.strideWidth(), w.padLeft(), w.spanWidth()));
    }
  }

  /// What patches repeat of some amount of work for each of `nodes`, in columns that two need.
  public long repeated(ToLongFunction<Node> work, List<Node> nodes) {
    long repeated = 0;
    for (Node node : nodes) {
      Columns output = columns.get(node.output());
      if (output != null) {
        long done = (long) output.width() * count;
        repeated += work.applyAsLong(node) * (done - output.image()) / output.image();
      }
    }
    return repeated;
  }

  /// Whether a whole row of every tensor fits what the patches need, which makes them pointless.
  boolean isPointless() {
    return columns.values().stream().allMatch(c -> c.width() >= c.image());
  }

  @Override
  public String toString() {
    Object[] sorted = columns.entrySet().stream().map(Object::toString).sorted().toArray();
    return "Strips[" + count + " x " + width + ", " + Arrays.toString(sorted) + "]";
  }
}
