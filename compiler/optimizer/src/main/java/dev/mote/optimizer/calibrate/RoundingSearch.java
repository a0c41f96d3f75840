package dev.mote.optimizer.calibrate;

/// Integers for the weights of a channel that keep the layer's output rather than the weights.
///
/// Rounding each weight to the nearest integer is not what changes a layer's output least (M. Nagel
/// et al., "Up or Down? Adaptive Rounding for Post-Training Quantization", ICML 2020). The squared
/// error of the output is a quadratic form in the integers, `s²·qᵀHq - 2s·qᵀc + const`, with H the
/// second moments of the layer's input and c what the float layer computes, correlated with it. It
/// is made small without gradients, random numbers or parameters:
///
/// 1. from the best real weights `H⁻¹c` backwards, each rounded with the errors of those after it
///    made up for: Babai's nearest plane, which is what GPTQ computes (E. Frantar et al., ICLR
/// 2023);
/// 2. from there, and from the nearest integers, single steps of one, always the best one, until
///    none lowers the error. The better end is taken.
///
/// So the result is never worse on the data than rounding to nearest.
final class RoundingSearch {

  /// Weight of staying near the float weights, relative to each term's second moment, however much
  /// data there are.
  private static final double LEAST_DAMPING = 0.01;

  /// What is added to it for each term per position seen: correlations that few data show are
  /// trusted little.
  private static final double SCARCITY = 1;

  private static final int MAX_STEPS_PER_WEIGHT = 4;

  private final int size;
  private final double[] moments;
  private final double[] damping;
  private final double[] factor;

  /// @param moments H, symmetric and without negative eigenvalues, `size` × `size`
  /// @param rows how many positions it is the mean of
  RoundingSearch(double[] moments, int size, long rows) {
    this.size = size;
    this.moments = moments.clone();
    double mean = 0;
    for (int i = 0; i < size; i++) {
      mean += moments[i * size + i] / size;
    }
    double share = LEAST_DAMPING + SCARCITY * size / Math.max(1, rows);
    this.damping = new double[size];
    for (int i = 0; i < size; i++) {
      damping[i] = share * moments[i * size + i] + LEAST_DAMPING * LEAST_DAMPING * mean + 1e-30;
      this.moments[i * size + i] += damping[i];
    }
    this.factor = factorize(this.moments, size);
  }

  /// The integers for one channel.
  ///
  /// @param weights the float weights
  /// @param correlation c: for each term the mean product of the quantized input with the float
  ///     output
  /// @param scale of the integers; > 0
  /// @param nearest the integers to improve on
  long[] search(
      double[] weights, double[] correlation, double scale, long[] nearest, int low, int high) {
    double[] target = new double[size];
    for (int i = 0; i < size; i++) {
      target[i] = (correlation[i] + damping[i] * weights[i]) / scale;
    }
    long[] fromNearest = nearest.clone();
    double nearestError = descend(fromNearest, target, low, high);
    long[] fromPlane = nearestPlane(solve(target), low, high);
    double planeError = descend(fromPlane, target, low, high);
    return planeError < nearestError ? fromPlane : fromNearest;
  }

  /// `qᵀHq - 2qᵀt`, in units of the squared scale.
  private double error(long[] q, double[] product, double[] target) {
    double error = 0;
    for (int i = 0; i < size; i++) {
      error += q[i] * (product[i] - 2 * target[i]);
    }
    return error;
  }

  private double descend(long[] q, double[] target, int low, int high) {
    double[] product = new double[size];
    for (int i = 0; i < size; i++) {
      addColumn(product, i, q[i]);
    }
    for (int step = 0; step < MAX_STEPS_PER_WEIGHT * size; step++) {
      int best = -1;
      int bestMove = 0;
      double most = 0;
      for (int i = 0; i < size; i++) {
        double slope = product[i] - target[i];
        int move = slope > 0 ? -1 : 1;
        double gain = 2 * Math.abs(slope) - moments[i * size + i] * (1 + 1e-9);
        if (gain > most && q[i] + move >= low && q[i] + move <= high) {
          most = gain;
          best = i;
          bestMove = move;
        }
      }
      if (best < 0) {
        break;
      }
      q[best] += bestMove;
      addColumn(product, best, bestMove);
    }
    return error(q, product, target);
  }

  private void addColumn(double[] product, int column, long times) {
    if (times != 0) {
      for (int i = 0; i < size; i++) {
        product[i] += times * moments[column * size + i];
      }
    }
  }

  /// Last to first: what is left of each weight after the errors of the later ones is rounded.
  private long[] nearestPlane(double[] real, int low, int high) {
    long[] q = new long[size];
    for (int i = size - 1; i >= 0; i--) {
      double made = 0;
      for (int j = i + 1; j < size; j++) {
        made += factor[j * size + i] * (real[j] - q[j]);
      }
      q[i] = Math.clamp(Math.round(real[i] + made / factor[i * size + i]), low, high);
    }
    return q;
  }

  /// `H⁻¹t`, by both triangles.
  private double[] solve(double[] target) {
    double[] x = target.clone();
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < i; j++) {
        x[i] -= factor[i * size + j] * x[j];
      }
      x[i] /= factor[i * size + i];
    }
    for (int i = size - 1; i >= 0; i--) {
      x[i] /= factor[i * size + i];
      for (int j = 0; j < i; j++) {
        x[j] -= factor[i * size + j] * x[i];
      }
    }
    return x;
  }

  /// The lower triangle L of `LLᵀ = a`.
  private static double[] factorize(double[] a, int size) {
    double[] l = new double[size * size];
    for (int i = 0; i < size; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = a[i * size + j];
        for (int k = 0; k < j; k++) {
          sum -= l[i * size + k] * l[j * size + k];
        }
        l[i * size + j] = i == j ? Math.sqrt(Math.max(sum, 1e-60)) : sum / l[j * size + j];
      }
    }
    return l;
  }
}
