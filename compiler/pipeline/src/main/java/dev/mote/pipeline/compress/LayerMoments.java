package dev.mote.pipeline.compress;

import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;

/// Second moments of what a layer reads, and of that with what it ought to compute, gathered from
/// data: all that least squares need.
///
/// Activations are handed in one sample after the other; the sums are kept, the samples are not.
public final class LayerMoments {

  private static final int ROWS = 256;

  private final LayerPatches patches;
  private final List<DMatrixRMaj> inputs = new ArrayList<>();
  private final List<DMatrixRMaj> products = new ArrayList<>();
  private long rows;

  private LayerMoments(LayerPatches patches) {
    this.patches = patches;
    int depth = patches.depth() + 1;
    for (int block = 0; block < patches.blocks(); block++) {
      inputs.add(new DMatrixRMaj(depth, depth));
      products.add(new DMatrixRMaj(patches.outputs(), depth));
    }
  }

  /// Empty sums for `node`; none where it is not a layer of constant weights, or one with so many
  /// inputs that the sums would be too large.
  public static Optional<LayerMoments> of(Graph graph, Node node) {
    return LayerPatches.of(graph, node).map(LayerMoments::new);
  }

  /// Adds what the layer reads in one sample, where no outputs are wanted.
  ///
  /// @param first the first position that counts, modulo `step`
  /// @param step only every so many positions count
  public void add(float[] x, int first, int step) {
    add(x, new float[0], first, step);
  }

  /// Adds one sample.
  ///
  /// @param x what the layer reads, all of it
  /// @param y what it ought to compute from that, before its activation; for each position as many
  ///     values as the layer has outputs
  /// @param first the first position that counts, modulo `step`
  /// @param step only every so many positions count
  public void add(float[] x, float[] y, int first, int step) {
    int[] positions =
        IntStream.range(0, patches.positions()).filter(p -> p % step == first % step).toArray();
    for (int from = 0; from < positions.length; from += ROWS) {
      int to = Math.min(positions.length, from + ROWS);
      int[] some = Arrays.copyOfRange(positions, from, to);
      for (int block = 0; block < patches.blocks(); block++) {
        add(x, y, some, block);
      }
    }
    rows += positions.length;
  }

  private void add(float[] x, float[] y, int[] positions, int block) {
    int depth = patches.depth();
    int outputs = patches.outputs();
    DMatrixRMaj in = new DMatrixRMaj(positions.length, depth + 1);
    for (int i = 0; i < positions.length; i++) {
      patches.read(x, positions[i], block, in.data, i * (depth + 1));
      in.set(i, depth, 1);
    }
    CommonOps_DDRM.multAddTransA(in, in, inputs.get(block));
    if (y.length > 0) {
      DMatrixRMaj out = new DMatrixRMaj(positions.length, outputs);
      for (int i = 0; i < positions.length; i++) {
        for (int o = 0; o < outputs; o++) {
          out.set(i, o, y[positions[i] * patches.y().last() + block * outputs + o]);
        }
      }
      CommonOps_DDRM.multAddTransA(out, in, products.get(block));
    }
  }

  /// How many positions were added.
  public long rows() {
    return rows;
  }

  /// How many positions a sample has.
  public int positions() {
    return patches.positions();
  }

  /// Elements of a patch, from which follows how many positions are enough.
  public int depth() {
    return patches.depth();
  }

  LayerPatches patches() {
    return patches;
  }

  /// Sum of the products of patch elements, a one appended to each patch.
  DMatrixRMaj inputs(int block) {
    return inputs.get(block);
  }

  /// Sum of the products of wanted outputs and patch elements.
  DMatrixRMaj products(int block) {
    return products.get(block);
  }

  /// Covariance of the patch elements of `block`, and their means in the last column of a wider
  /// matrix.
  DMatrixRMaj covariance(int block) {
    int depth = patches.depth();
    DMatrixRMaj sums = inputs.get(block);
    double n = Math.max(1, rows);
    DMatrixRMaj covariance = new DMatrixRMaj(depth, depth);
    for (int i = 0; i < depth; i++) {
      for (int j = 0; j < depth; j++) {
        double product = sums.get(i, depth) / n * (sums.get(j, depth) / n);
        covariance.set(i, j, sums.get(i, j) / n - product);
      }
    }
    return covariance;
  }

  /// Mean of patch element `column`.
  double mean(int block, int column) {
    return inputs.get(block).get(column, patches.depth()) / Math.max(1, rows);
  }
}
