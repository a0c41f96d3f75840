package dev.mote.pipeline.compress;

import dev.mote.ir.Activation;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import dev.mote.ir.Window2d;
import dev.mote.pipeline.pass.GraphEdit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;

/// Cuts a fully connected layer or a convolution into two with few channels between: the first has
/// the window and `r` outputs, the second makes the original outputs of those pixel by pixel. Only
/// where that has fewer weights and multiply-accumulates than the layer has.
///
/// Of all products of that rank it is the one with the least squared error: of the weights, which
/// is their truncated singular value decomposition, or, where moments of the layer's inputs are
/// given, of its outputs on that data. Both come from the eigenvectors `U` of `W·C·Wᵀ`, with the
/// covariance `C` of the inputs or the identity: `W ≈ U·(Uᵀ·W)`.
///
/// 1. M. Denil et al.: Predicting parameters in deep learning. 2013.
/// 2. X. Zhang et al.: Accelerating very deep convolutional networks for classification and
///    detection.
///    2015, section 2.1 for the outputs.
///
/// @param rank how many channels between
/// @param layers other ranks, by output tensor of the layer
/// @param moments of the inputs, by output tensor; may be empty
public record LowRank(Rank rank, Map<String, Rank> layers, Map<String, LayerMoments> moments)
    implements Compression {

  /// How the rank is chosen.
  public sealed interface Rank {}

  /// The smallest that keeps this part of the sum of squares of weights or, with moments, of
  /// outputs; above 0, at most 1.
  public record Energy(double part) implements Rank {
    public Energy {
      if (!(part > 0 && part <= 1)) {
        throw CompressionCodes.outOfRange("energy", part, "above 0 and at most 1");
      }
    }
  }

  /// The largest with which both layers have at most this part of the weights; above 0, below 1.
  public record Ratio(double part) implements Rank {
    public Ratio {
      if (!(part > 0 && part < 1)) {
        throw CompressionCodes.outOfRange("ratio", part, "above 0 and below 1");
      }
    }
  }

  /// This one, ≥ 1.
  public record Exactly(int channels) implements Rank {
    public Exactly {
      CompressionCodes.range("rank", channels, 1, 1 << 20);
    }
  }

  /// Outputs of a layer beyond which the decomposition would take too long.
  private static final int MOST_OUTPUTS = 4_096;

  public LowRank {
    layers = Map.copyOf(layers);
    moments = Map.copyOf(moments);
  }

  public static LowRank of(Rank rank) {
    return new LowRank(rank, Map.of(), Map.of());
  }

  @Override
  public Graph apply(Graph graph) {
    Map<String, Node> candidates = new LinkedHashMap<>();
    for (Node node : graph.nodes()) {
      if (fits(graph, node)) {
        candidates.put(node.output(), node);
      }
    }
    CompressionCodes.requireKnown(graph, layers, candidates.keySet());
    GraphEdit edit = new GraphEdit(graph);
    candidates.values().forEach(node -> factorize(graph, edit, node));
    return edit.graph();
  }

  private static boolean fits(Graph graph, Node node) {
    boolean product =
        switch (node.op()) {
          case Op.FullyConnected _ ->
              graph.input(node, 1).shape().last() == graph.input(node, 0).shape().last();
          case Op.Conv2d op -> op.groups() == 1;
          default -> false;
        };
    return product
        && graph.input(node, 1).shape().dim(0) <= MOST_OUTPUTS
        && node.inputs().stream().skip(1).map(graph::tensor).allMatch(LowRank::isReal);
  }

  private static boolean isReal(Tensor tensor) {
    return tensor.isConstant() && tensor.element() == ElementType.FLOAT32;
  }

  private void factorize(Graph graph, GraphEdit edit, Node node) {
    Tensor weights = graph.input(node, 1);
    int outputs = weights.shape().dim(0);
    int depth = weights.shape().count(1, weights.shape().rank());
    float[] values = weights.constantFloats();
    DMatrixRMaj w = new DMatrixRMaj(outputs, depth);
    for (int i = 0; i < values.length; i++) {
      w.data[i] = values[i];
    }
    Optional<LayerMoments> given =
        Optional.ofNullable(moments.get(node.output()))
            .filter(m -> m.rows() > 0 && m.depth() == depth && !m.patches().depthwise());
    DMatrixRMaj spread = w;
    if (given.isPresent()) {
      spread = CommonOps_DDRM.mult(w, given.get().covariance(0), null);
    }
    DMatrixRMaj squares = CommonOps_DDRM.multTransB(spread, w, null);
    symmetrize(squares);
    Principal principal = Principal.of(squares);
    int r = channels(layers.getOrDefault(node.output(), rank), principal, outputs, depth);
    if ((long) r * (outputs + depth) >= (long) outputs * depth) {
      return;
    }
    DMatrixRMaj u = principal.vectors(r);
    DMatrixRMaj first = CommonOps_DDRM.multTransA(u, w, null);
    insert(graph, edit, node, u, first, given.map(m -> lost(m, w, u, first)));
  }

  private static void symmetrize(DMatrixRMaj m) {
    for (int i = 0; i < m.numRows; i++) {
      for (int j = 0; j < i; j++) {
        double mean = (m.get(i, j) + m.get(j, i)) / 2;
        m.set(i, j, mean);
        m.set(j, i, mean);
      }
    }
  }

  /// What the means of the inputs contribute to each output beyond the product of both layers.
  private static double[] lost(LayerMoments m, DMatrixRMaj w, DMatrixRMaj u, DMatrixRMaj first) {
    DMatrixRMaj mean = new DMatrixRMaj(w.numCols, 1);
    for (int i = 0; i < w.numCols; i++) {
      mean.set(i, m.mean(0, i));
    }
    DMatrixRMaj between = CommonOps_DDRM.mult(first, mean, null);
    DMatrixRMaj after = CommonOps_DDRM.mult(u, between, null);
    return CommonOps_DDRM.subtract(CommonOps_DDRM.mult(w, mean, null), after, null).data;
  }

  private static int channels(Rank rank, Principal principal, int outputs, int depth) {
    int most = Math.min(outputs, depth);
    return switch (rank) {
      case Exactly(int channels) -> Math.min(most, channels);
      case Ratio(double part) ->
          Math.clamp((long) (part * outputs * depth / (outputs + depth)), 1, most);
      case Energy(double part) -> principal.rank(part, most);
    };
  }

  private static void insert(
      Graph graph,
      GraphEdit edit,
      Node node,
      DMatrixRMaj second,
      DMatrixRMaj first,
      Optional<double[]> lost) {
    int r = first.numRows;
    Tensor weights = graph.input(node, 1);
    Tensor y = graph.output(node);
    int outputs = second.numRows;
    List<Integer> between = new ArrayList<>(y.shape().dims());
    between.set(between.size() - 1, r);
    List<Integer> firstShape = new ArrayList<>(weights.shape().dims());
    firstShape.set(0, r);
    boolean convolution = node.op() instanceof Op.Conv2d;
    String name = edit.freeName(node.output() + "/low");
    edit.add(Tensor.activation(name, y.type().withShape(new Shape(between))));
    String w1 = constant(edit, weights.name() + "/first", new Shape(firstShape), first.data);
    String w2 =
        constant(
            edit,
            weights.name() + "/second",
            convolution ? Shape.of(outputs, 1, 1, r) : Shape.of(outputs, r),
            second.data);
    List<String> operands = new ArrayList<>(List.of(name, w2));
    double[] bias = new double[outputs];
    if (node.inputs().size() > 2) {
      float[] old = graph.input(node, 2).constantFloats();
      for (int i = 0; i < outputs; i++) {
        bias[i] = old[i];
      }
    }
    lost.ifPresent(
        values -> {
          for (int i = 0; i < outputs; i++) {
            bias[i] += values[i];
          }
        });
    if (node.inputs().size() > 2 || lost.isPresent()) {
      operands.add(constant(edit, node.output() + "/bias", Shape.of(outputs), bias));
    }
    edit.replace(
        node,
        new Node(
            freeNode(graph, node.name() + "/low"),
            firstOp(node.op()),
            List.of(node.input(0), w1),
            List.of(name)),
        new Node(node.name(), secondOp(node.op()), operands, node.outputs()));
  }

  private static String freeNode(Graph graph, String hint) {
    String name = hint;
    List<String> taken = graph.nodes().stream().map(Node::name).toList();
    for (int i = 1; taken.contains(name); i++) {
      name = hint + "_" + i;
    }
    return name;
  }

  private static Op firstOp(Op op) {
    return op instanceof Op.Conv2d conv
        ? new Op.Conv2d(conv.window(), 1, Activation.NONE)
        : new Op.FullyConnected(Activation.NONE);
  }

  private static Op secondOp(Op op) {
    return op instanceof Op.Conv2d conv
        ? new Op.Conv2d(Window2d.valid(1, 1, 1, 1, 1, 1), 1, conv.activation())
        : op;
  }

  private static String constant(GraphEdit edit, String hint, Shape shape, double[] values) {
    return edit.addConstant(
            hint,
            TensorType.plain(ElementType.FLOAT32, shape),
            LayerWeights.encode(ElementType.FLOAT32, values))
        .name();
  }

  /// Eigenvectors of a symmetric matrix, those of the largest values first.
  private record Principal(List<Double> values, List<DMatrixRMaj> vectors) {

    static Principal of(DMatrixRMaj matrix) {
      EigenDecomposition_F64<DMatrixRMaj> eigen =
          DecompositionFactory_DDRM.eig(matrix.numRows, true, true);
      if (!eigen.decompose(matrix.copy())) {
        return new Principal(List.of(), List.of());
      }
      double[] negated = new double[matrix.numRows];
      for (int i = 0; i < negated.length; i++) {
        negated[i] = -eigen.getEigenvalue(i).getReal();
      }
      List<Double> values = new ArrayList<>();
      List<DMatrixRMaj> vectors = new ArrayList<>();
      Ranking.ascending(negated)
          .forEach(
              i -> {
                values.add(Math.max(0, -negated[i]));
                vectors.add(eigen.getEigenVector(i));
              });
      return new Principal(values, vectors);
    }

    int rank(double part, int most) {
      double sum = values.stream().mapToDouble(d -> d).sum();
      double kept = 0;
      for (int r = 0; r < most; r++) {
        kept += values.get(r);
        if (kept >= part * sum) {
          return r + 1;
        }
      }
      return most;
    }

    DMatrixRMaj vectors(int r) {
      int n = vectors.size();
      DMatrixRMaj u = new DMatrixRMaj(n, r);
      for (int j = 0; j < r; j++) {
        for (int i = 0; i < n; i++) {
          u.set(i, j, vectors.get(j).get(i));
        }
      }
      return u;
    }
  }
}
