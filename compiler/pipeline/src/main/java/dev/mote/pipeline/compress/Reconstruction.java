package dev.mote.pipeline.compress;

import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import dev.mote.pipeline.pass.GraphEdit;
import java.util.ArrayList;
import java.util.List;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;
import org.ejml.interfaces.linsol.LinearSolverDense;

/// Gives a layer those weights and biases with which it comes closest to given outputs, by least
/// squares over the samples of [LayerMoments]. After channels have been removed the ones that stay
/// take over what the others contributed, without training.
///
/// 1. Y. He, X. Zhang, J. Sun: Channel pruning for accelerating very deep neural networks. 2017.
/// 2. J.-H. Luo, J. Wu, W. Lin: ThiNet: a filter level pruning method for deep neural network
///    compression. 2017.
///
/// @param ridge how strongly weights are held where they were, as a part of the mean square of the
///     inputs; it keeps inputs that hardly vary from getting huge weights. Infinite: only biases
///     change
public record Reconstruction(double ridge) {

  public Reconstruction {
    if (!(ridge > 0)) {
      throw CompressionCodes.outOfRange("ridge", ridge, "above 0");
    }
  }

  /// What serves most models.
  public static final Reconstruction STANDARD = new Reconstruction(1e-3);

  /// What a few samples allow: the mean of what is missing goes into the biases.
  public static final Reconstruction BIASES = new Reconstruction(Double.POSITIVE_INFINITY);

  /// `graph` with new weights and bias for `node`, from whose inputs `moments` were gathered.
  public Graph apply(Graph graph, Node node, LayerMoments moments) {
    LayerPatches patches = moments.patches();
    LayerPatches present =
        LayerPatches.of(graph, node)
            .filter(p -> p.x().equals(patches.x()) && p.y().equals(patches.y()))
            .filter(_ -> graph.input(node, 1).element() == ElementType.FLOAT32)
            .orElseThrow(() -> mismatch(node));
    if (moments.rows() == 0) {
      return graph;
    }
    Tensor weights = graph.input(node, 1);
    float[] w = weights.constantFloats();
    float[] b =
        node.inputs().size() > 2
            ? graph.input(node, 2).constantFloats()
            : new float[patches.y().last()];
    for (int block = 0; block < patches.blocks(); block++) {
      solve(present, block, moments, w, b);
    }
    return with(graph, node, w, b);
  }

  /// `W + (Y·Xᵀ - W·X·Xᵀ)·(X·Xᵀ + r·I)⁻¹`, the bias being the weight of a constant 1.
  private void solve(LayerPatches patches, int block, LayerMoments moments, float[] w, float[] b) {
    int depth = patches.depth();
    int outputs = patches.outputs();
    DMatrixRMaj system = moments.inputs(block).copy();
    DMatrixRMaj present = new DMatrixRMaj(outputs, depth + 1);
    for (int o = 0; o < outputs; o++) {
      for (int i = 0; i < depth; i++) {
        present.set(o, i, w[patches.weightIndex(block, o, i)]);
      }
      present.set(o, depth, b[block * outputs + o]);
    }
    DMatrixRMaj missing = moments.products(block).copy();
    CommonOps_DDRM.multAdd(-1, present, system, missing);
    if (Double.isInfinite(ridge)) {
      for (int o = 0; o < outputs; o++) {
        b[block * outputs + o] += (float) (missing.get(o, depth) / moments.rows());
      }
      return;
    }
    double trace = CommonOps_DDRM.trace(system) - system.get(depth, depth);
    double hold = Math.max(ridge * trace / depth, Double.MIN_NORMAL * moments.rows());
    for (int i = 0; i <= depth; i++) {
      // the constant is 1 whatever the scale of the inputs is
      system.add(i, i, i < depth ? hold : 1e-9 * moments.rows());
    }
    LinearSolverDense<DMatrixRMaj> solver = LinearSolverFactory_DDRM.symmPosDef(depth + 1);
    DMatrixRMaj change = new DMatrixRMaj(depth + 1, outputs);
    if (!solver.setA(system)) {
      return;
    }
    solver.solve(CommonOps_DDRM.transpose(missing, null), change);
    for (int o = 0; o < outputs; o++) {
      for (int i = 0; i < depth; i++) {
        w[patches.weightIndex(block, o, i)] += (float) change.get(i, o);
      }
      b[block * outputs + o] += (float) change.get(depth, o);
    }
  }

  /// `graph` with these weights and this bias for `node`.
  static Graph with(Graph graph, Node node, float[] weights, float[] bias) {
    GraphEdit edit = new GraphEdit(graph);
    List<String> operands = new ArrayList<>(node.inputs().subList(0, 1));
    operands.add(put(edit, graph.input(node, 1).name(), graph.input(node, 1).type(), weights));
    boolean biased = node.inputs().size() > 2;
    operands.add(
        put(
            edit,
            biased ? graph.input(node, 2).name() : node.name() + "/bias",
            biased
                ? graph.input(node, 2).type()
                : TensorType.plain(ElementType.FLOAT32, Shape.of(bias.length)),
            bias));
    edit.replace(node, new Node(node.name(), node.op(), operands, node.outputs()));
    return edit.graph();
  }

  /// Adds a constant, in the place of the one called `name` where nobody else reads that.
  private static String put(GraphEdit edit, String name, TensorType type, float[] values) {
    double[] reals = new double[values.length];
    for (int i = 0; i < reals.length; i++) {
      reals[i] = values[i];
    }
    byte[] bytes = LayerWeights.encode(type.element(), reals);
    return edit.readCounts().getOrDefault(name, 0) == 1
        ? edit.add(Tensor.constant(name, type, Blob.of(bytes))).name()
        : edit.addConstant(name, type, bytes).name();
  }

  private static IllegalArgumentException mismatch(Node node) {
    return new IllegalArgumentException(
        "the moments are of a layer of other shapes than '" + node.name() + "'");
  }
}
