package dev.mote.pipeline.compress;

import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.pipeline.pass.LinkedChannels;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;
import org.ejml.interfaces.linsol.LinearSolverDense;

/// Importance of channels from what their readers lose, after the remaining channels have taken
/// over as well as they can. Channels are eliminated one after the other, each time the one whose
/// absence costs the readers' outputs the least squared error; importance is the order.
///
/// With `W` the weights of a reader and `H` the covariance of its inputs, leaving out the inputs
/// `S`
/// costs `tr(W_S·((H⁻¹)_SS)⁻¹·W_Sᵀ)`; `W` and `H⁻¹` are then brought up to date. A channel that
/// repeats others costs nothing, however large its weights are.
///
/// 1. B. Hassibi, D. Stork: Second order derivatives for network pruning: Optimal Brain Surgeon.
///    1992.
/// 2. E. Frantar, D. Alistarh: Optimal Brain Compression. 2022; its blocks are channels here.
public final class ChannelElimination implements ChannelImportance {

  /// Part of the mean variance that is added to each, so that the covariance can be inverted.
  private static final double DAMPING = 1e-3;

  private final Map<String, LayerMoments> moments;

  /// @param moments of what layers read, by output tensor of the layer
  public ChannelElimination(Map<String, LayerMoments> moments) {
    this.moments = Map.copyOf(moments);
  }

  /// Norms where no reader's inputs are known.
  @Override
  public List<Double> of(Graph graph, LinkedChannels linked, LinkedChannels.Group group) {
    List<Reader> readers = new ArrayList<>();
    for (Node node : graph.nodes()) {
      LayerMoments known = moments.get(node.output());
      if (known != null
          && known.rows() > 0
          && !known.patches().depthwise()
          && group.tensors().contains(node.input(0))) {
        readers.add(new Reader(graph, node, known, linked));
      }
    }
    if (readers.isEmpty()) {
      return ChannelImportance.L2.of(graph, linked, group);
    }
    Map<Integer, Double> order = new HashMap<>();
    Set<Integer> left = new HashSet<>(group.units());
    while (!left.isEmpty()) {
      int cheapest = -1;
      double least = Double.POSITIVE_INFINITY;
      for (int unit : group.units()) {
        if (left.contains(unit)) {
          double cost = readers.stream().mapToDouble(reader -> reader.cost(unit)).sum();
          if (cheapest < 0 || cost < least) {
            cheapest = unit;
            least = cost;
          }
        }
      }
      int chosen = cheapest;
      left.remove(chosen);
      order.put(chosen, (double) order.size());
      if (!left.isEmpty()) {
        readers.forEach(reader -> reader.eliminate(chosen));
      }
    }
    return group.units().stream().map(order::get).toList();
  }

  /// A layer that reads the channels.
  private static final class Reader {

    private final Map<Integer, int[]> columns = new HashMap<>();
    private final DMatrixRMaj weights;
    private final DMatrixRMaj inverse;
    private final double variance;

    Reader(Graph graph, Node node, LayerMoments known, LinkedChannels linked) {
      LayerPatches patches = known.patches();
      int depth = patches.depth();
      double[] values = new LayerWeights(node, graph.input(node, 1), false).reals();
      weights = new DMatrixRMaj(patches.outputs(), depth);
      for (int i = 0; i < values.length; i++) {
        weights.data[i] = values[i];
      }
      List<Integer> units = linked.units(node.input(0));
      Map<Integer, List<Integer>> lists = new HashMap<>();
      for (int i = 0; i < depth; i++) {
        int unit = units.get(patches.channel(0, i));
        lists.computeIfAbsent(unit, _ -> new ArrayList<>()).add(i);
      }
      lists.forEach((unit, list) -> columns.put(unit, list.stream().mapToInt(i -> i).toArray()));
      DMatrixRMaj covariance = known.covariance(0);
      double damping =
          Math.max(DAMPING * CommonOps_DDRM.trace(covariance) / depth, Float.MIN_NORMAL);
      for (int i = 0; i < depth; i++) {
        covariance.add(i, i, damping);
      }
      DMatrixRMaj product = CommonOps_DDRM.mult(weights, covariance, null);
      double sum = 0;
      for (int i = 0; i < product.data.length; i++) {
        sum += product.data[i] * weights.data[i];
      }
      variance = Math.max(sum, Double.MIN_NORMAL);
      inverse = inverted(covariance);
    }

    private static DMatrixRMaj inverted(DMatrixRMaj matrix) {
      DMatrixRMaj inverse = new DMatrixRMaj(matrix.numRows, matrix.numCols);
      LinearSolverDense<DMatrixRMaj> solver = LinearSolverFactory_DDRM.symmPosDef(matrix.numRows);
      if (solver.setA(matrix.copy())) {
        solver.invert(inverse);
      } else {
        // only the variances then
        for (int i = 0; i < matrix.numRows; i++) {
          inverse.set(i, i, 1 / Math.max(matrix.get(i, i), Float.MIN_NORMAL));
        }
      }
      return inverse;
    }

    /// What leaving `unit` out costs, as a part of the variance of the outputs.
    double cost(int unit) {
      int[] s = columns.getOrDefault(unit, new int[0]);
      DMatrixRMaj part = cut(weights, s);
      DMatrixRMaj shift = CommonOps_DDRM.mult(part, block(s), null);
      double cost = 0;
      for (int i = 0; i < shift.data.length; i++) {
        cost += shift.data[i] * part.data[i];
      }
      return Math.max(0, cost) / variance;
    }

    /// Lets the other inputs take over from `unit`.
    void eliminate(int unit) {
      int[] s = columns.getOrDefault(unit, new int[0]);
      if (s.length == 0) {
        return;
      }
      DMatrixRMaj middle = block(s);
      DMatrixRMaj side = cut(inverse, s);
      DMatrixRMaj factor = CommonOps_DDRM.mult(cut(weights, s), middle, null);
      CommonOps_DDRM.multAddTransB(-1, factor, side, weights);
      DMatrixRMaj scaled = CommonOps_DDRM.mult(side, middle, null);
      CommonOps_DDRM.multAddTransB(-1, scaled, side, inverse);
      for (int column : s) {
        for (int i = 0; i < inverse.numRows; i++) {
          inverse.set(i, column, 0);
          inverse.set(column, i, 0);
        }
        inverse.set(column, column, 1);
        for (int i = 0; i < weights.numRows; i++) {
          weights.set(i, column, 0);
        }
      }
    }

    /// `((H⁻¹)_SS)⁻¹`.
    private DMatrixRMaj block(int[] s) {
      DMatrixRMaj block = new DMatrixRMaj(s.length, s.length);
      for (int i = 0; i < s.length; i++) {
        for (int j = 0; j < s.length; j++) {
          block.set(i, j, inverse.get(s[i], s[j]));
        }
      }
      return s.length == 0 ? block : inverted(block);
    }

    private static DMatrixRMaj cut(DMatrixRMaj from, int[] columns) {
      DMatrixRMaj cut = new DMatrixRMaj(from.numRows, columns.length);
      for (int i = 0; i < from.numRows; i++) {
        for (int j = 0; j < columns.length; j++) {
          cut.set(i, j, from.get(i, columns[j]));
        }
      }
      return cut;
    }
  }
}
