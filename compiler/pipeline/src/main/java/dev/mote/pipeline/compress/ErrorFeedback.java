package dev.mote.pipeline.compress;

import dev.mote.ir.Blob;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;
import org.ejml.interfaces.decomposition.CholeskyDecomposition_F64;
import org.ejml.interfaces.linsol.LinearSolverDense;

/// Replaces the weights of a layer by ones of a restricted kind, one input after the other, and
/// lets the inputs that are still to come make up for the error of each. What counts is the error
/// of the outputs on the data of [LayerMoments], not that of the weights.
///
/// With `H⁻¹ = UᵀU` for the covariance `H` of the inputs and `q` for what weight `w_j` becomes, the
/// later weights of its row get `-(w_j - q)·U_jk/U_jj`. Inputs of large variance come first.
///
/// 1. E. Frantar et al.: GPTQ: Accurate post-training quantization for generative pre-trained
///    transformers. 2022.
/// 2. E. Frantar, D. Alistarh: SparseGPT. 2023, for weights that become zero.
final class ErrorFeedback {

  /// What a weight may become.
  interface Choice {
    /// @param index of the weight in its tensor
    /// @param value what it ought to be, as stored: integers are not scaled
    double choose(int index, double value);
  }

  private static final double DAMPING = 0.01;

  private final LayerWeights layer;
  private final LayerMoments moments;

  private ErrorFeedback(LayerWeights layer, LayerMoments moments) {
    this.layer = layer;
    this.moments = moments;
  }

  /// For `layer`, if `moments` are of its inputs.
  static Optional<ErrorFeedback> of(LayerWeights layer, LayerMoments moments) {
    LayerPatches patches = moments.patches();
    return moments.rows() > 0
            && patches.node().op().equals(layer.node().op())
            && (long) patches.blocks() * patches.outputs() * patches.depth()
                == layer.tensor().shape().count()
        ? Optional.of(new ErrorFeedback(layer, moments))
        : Optional.empty();
  }

  /// The stored values after each has been chosen.
  double[] run(Choice choice) {
    double[] values = layer.values();
    for (int block = 0; block < moments.patches().blocks(); block++) {
      run(choice, block, values);
    }
    return values;
  }

  private void run(Choice choice, int block, double[] values) {
    LayerPatches patches = moments.patches();
    int depth = patches.depth();
    DMatrixRMaj covariance = damped(block);
    double[] negated = new double[depth];
    for (int i = 0; i < depth; i++) {
      negated[i] = -covariance.get(i, i);
    }
    int[] order = Ranking.ascending(negated).toArray();
    DMatrixRMaj lower = factor(covariance, order);
    double[] row = new double[depth];
    for (int output = 0; output < patches.outputs(); output++) {
      for (int j = 0; j < depth; j++) {
        row[j] = values[patches.weightIndex(block, output, order[j])];
      }
      for (int j = 0; j < depth; j++) {
        int index = patches.weightIndex(block, output, order[j]);
        double chosen = choice.choose(index, row[j]);
        double error = (row[j] - chosen) / lower.get(j, j);
        values[index] = chosen;
        for (int k = j + 1; k < depth && error != 0; k++) {
          row[k] -= error * lower.get(k, j);
        }
      }
    }
  }

  /// How much the outputs' squared error grows when a weight becomes zero and others make up for
  /// it, for each weight.
  double[] saliencies() {
    LayerPatches patches = moments.patches();
    double[] reals = layer.reals();
    double[] saliencies = new double[reals.length];
    for (int block = 0; block < patches.blocks(); block++) {
      DMatrixRMaj inverse = inverted(damped(block));
      for (int output = 0; output < patches.outputs(); output++) {
        for (int j = 0; j < patches.depth(); j++) {
          int index = patches.weightIndex(block, output, j);
          double diagonal = Math.max(inverse.get(j, j), Double.MIN_NORMAL);
          saliencies[index] = reals[index] * reals[index] / diagonal;
        }
      }
    }
    return saliencies;
  }

  /// `graph` with the bias of the layer brought to the same mean outputs as with the weights
  /// `before`; unchanged where it has none.
  static Graph withMeans(Graph graph, LayerWeights before, LayerMoments moments) {
    Node node = before.node();
    if (node.inputs().size() < 3) {
      return graph;
    }
    LayerPatches patches = moments.patches();
    double[] was = before.reals();
    LayerWeights after = new LayerWeights(node, graph.input(node, 1), before.depthwise());
    double[] is = after.reals();
    Tensor bias = graph.input(node, 2);
    double[] biases = new LayerWeights(node, bias, false).values();
    for (int block = 0; block < patches.blocks(); block++) {
      for (int output = 0; output < patches.outputs(); output++) {
        double lost = 0;
        int index = 0;
        for (int j = 0; j < patches.depth(); j++) {
          index = patches.weightIndex(block, output, j);
          lost += (was[index] - is[index]) * moments.mean(block, j);
        }
        int channel = block * patches.outputs() + output;
        double step =
            bias.element().isFloat()
                ? 1
                : before.scale(index) * graph.input(node, 0).quantization().scale();
        double moved = biases[channel] + (step > 0 ? lost / step : 0);
        biases[channel] = bias.element().isFloat() ? moved : Math.rint(moved);
      }
    }
    Map<String, Tensor> tensors = new LinkedHashMap<>(graph.tensors());
    tensors.put(
        bias.name(),
        Tensor.constant(
            bias.name(), bias.type(), Blob.of(LayerWeights.encode(bias.element(), biases))));
    return graph.withTensors(tensors);
  }

  private DMatrixRMaj damped(int block) {
    DMatrixRMaj covariance = moments.covariance(block);
    int depth = covariance.numRows;
    double damping = Math.max(DAMPING * CommonOps_DDRM.trace(covariance) / depth, Float.MIN_NORMAL);
    for (int i = 0; i < depth; i++) {
      covariance.add(i, i, damping);
    }
    return covariance;
  }

  /// `L` with `L·Lᵀ` the inverse of the covariance in this order.
  private static DMatrixRMaj factor(DMatrixRMaj covariance, int[] order) {
    int depth = order.length;
    DMatrixRMaj ordered = new DMatrixRMaj(depth, depth);
    for (int i = 0; i < depth; i++) {
      for (int j = 0; j < depth; j++) {
        ordered.set(i, j, covariance.get(order[i], order[j]));
      }
    }
    DMatrixRMaj inverse = inverted(ordered);
    CholeskyDecomposition_F64<DMatrixRMaj> cholesky = DecompositionFactory_DDRM.chol(depth, true);
    return cholesky.decompose(inverse) ? cholesky.getT(null) : CommonOps_DDRM.identity(depth);
  }

  private static DMatrixRMaj inverted(DMatrixRMaj matrix) {
    int depth = matrix.numRows;
    DMatrixRMaj inverse = CommonOps_DDRM.identity(depth);
    LinearSolverDense<DMatrixRMaj> solver = LinearSolverFactory_DDRM.symmPosDef(depth);
    if (solver.setA(matrix.copy())) {
      solver.invert(inverse);
    }
    return inverse;
  }

  /// `graph` with `change` made to each of `weights`, and the biases of layers of known inputs
  /// brought to
  /// the same mean outputs.
  static Graph map(
      Graph graph,
      List<LayerWeights> weights,
      Map<String, LayerMoments> moments,
      BiFunction<LayerWeights, Optional<ErrorFeedback>, LayerWeights> change) {
    Graph result = graph;
    for (LayerWeights layer : weights) {
      Optional<ErrorFeedback> feedback =
          Optional.ofNullable(moments.get(layer.layer())).flatMap(m -> of(layer, m));
      LayerWeights changed = change.apply(layer, feedback);
      if (!changed.equals(layer)) {
        Map<String, Tensor> tensors = new LinkedHashMap<>(result.tensors());
        tensors.put(changed.tensor().name(), changed.tensor());
        result = result.withTensors(tensors);
        if (feedback.isPresent()) {
          result = withMeans(result, layer, feedback.get().moments);
        }
      }
    }
    return result;
  }

  /// `layer` with zeros where `zero` says so, and the other weights making up for them.
  LayerWeights zeroed(boolean[] zero) {
    boolean whole = !layer.tensor().element().isFloat();
    double most = whole ? layer.tensor().element().maxValue() : Double.POSITIVE_INFINITY;
    return layer.replaced(
        run(
            (index, value) ->
                zero[index] ? 0 : Math.clamp(whole ? Math.rint(value) : value, -most, most)));
  }

  /// The indices of the smallest `count` of `values`.
  static boolean[] smallest(double[] values, int count) {
    boolean[] chosen = new boolean[values.length];
    int[] order = Ranking.ascending(values).toArray();
    IntStream.range(0, Math.min(count, order.length)).forEach(i -> chosen[order[i]] = true);
    return chosen;
  }
}
