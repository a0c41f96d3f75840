package dev.mote.optimizer.calibrate;

/// Second moments of what one group of a layer reads: in the float model (`f`) and in the quantized
/// one (`q`).
final class InputMoments {

  private final int size;

  /// Rows of the matrices; 0 when only means are wanted.
  private final int rows;
  private final double[] meanFloat;
  private final double[] meanQuantized;
  private final double[] quantized;
  private final double[] cross;
  private final double[] real;
  private long count;

  /// @param size terms of a window
  /// @param products whether products of terms are wanted, or their means alone
  InputMoments(int size, boolean products) {
    this.size = size;
    this.rows = products ? size : 0;
    this.meanFloat = new double[size];
    this.meanQuantized = new double[size];
    this.quantized = new double[rows * size];
    this.cross = new double[rows * size];
    this.real = new double[rows * size];
  }

  /// Adds one position: `size` terms from `from` on.
  void add(float[] f, float[] q, int from) {
    for (int i = 0; i < size; i++) {
      float qi = q[from + i];
      float fi = f[from + i];
      meanFloat[i] += fi;
      meanQuantized[i] += qi;
      if (rows > 0 && qi != 0) {
        addRow(quantized, i, qi, q, from);
        addRow(cross, i, qi, f, from);
      }
      if (rows > 0 && fi != 0) {
        addRow(real, i, fi, f, from);
      }
    }
    count++;
  }

  private void addRow(double[] sums, int row, double factor, float[] terms, int from) {
    int to = row * size;
    for (int j = 0; j < size; j++) {
      sums[to + j] += factor * terms[from + j];
    }
  }

  /// Positions seen.
  long count() {
    return count;
  }

  /// How much more the float channel gives in the mean than the rounded one, biases left out.
  ///
  /// @param from where the channel's weights start in both arrays
  double shift(double[] weights, double[] rounded, int from) {
    double sum = 0;
    for (int i = 0; i < size; i++) {
      sum += weights[from + i] * meanFloat[i] - rounded[from + i] * meanQuantized[i];
    }
    return sum / Math.max(1, count);
  }

  /// Turns sums into means.
  ///
  /// @param centred whether the means' own products are taken out: right where the bias makes up
  /// for
  ///     the means
  Means means(boolean centred) {
    double n = Math.max(1, count);
    double[] f = new double[size];
    double[] q = new double[size];
    for (int i = 0; i < size; i++) {
      f[i] = meanFloat[i] / n;
      q[i] = meanQuantized[i] / n;
    }
    double[] qq = new double[rows * size];
    double[] qf = new double[rows * size];
    double[] ff = new double[rows * size];
    double share = centred ? 1 : 0;
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < size; j++) {
        int at = i * size + j;
        qq[at] = quantized[at] / n - share * q[i] * q[j];
        qf[at] = cross[at] / n - share * q[i] * f[j];
        ff[at] = real[at] / n - share * f[i] * f[j];
      }
    }
    return new Means(size, qq, qf, ff);
  }

  /// The moments as means over positions. The arrays are this value's own; nobody writes to them.
  static final class Means {

    private final int size;
    private final double[] qq;
    private final double[] qf;
    private final double[] ff;

    private Means(int size, double[] qq, double[] qf, double[] ff) {
      this.size = size;
      this.qq = qq;
      this.qf = qf;
      this.ff = ff;
    }

    double[] quantized() {
      return qq;
    }

    /// What the float channel computes, correlated with each quantized term.
    double[] correlation(double[] weights) {
      return product(qf, weights);
    }

    /// Mean squared difference of the outputs of both channels.
    double error(double[] weights, double[] rounded) {
      return dot(weights, product(ff, weights))
          - 2 * dot(rounded, product(qf, weights))
          + dot(rounded, product(qq, rounded));
    }

    private double[] product(double[] matrix, double[] vector) {
      double[] result = new double[size];
      for (int i = 0; i < size; i++) {
        double sum = 0;
        for (int j = 0; j < size; j++) {
          sum += matrix[i * size + j] * vector[j];
        }
        result[i] = sum;
      }
      return result;
    }

    private static double dot(double[] a, double[] b) {
      double sum = 0;
      for (int i = 0; i < a.length; i++) {
        sum += a[i] * b[i];
      }
      return sum;
    }
  }
}
