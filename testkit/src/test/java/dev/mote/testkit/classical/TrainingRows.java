package dev.mote.testkit.classical;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// Seeded rows to train on, and others to ask about. The first feature is never missing in
/// training; some features have many zeros, equal values or values as small as what LightGBM takes
/// for zero.
///
/// @param features row by row
/// @param labels one for each row
/// @param questions rows that a trained model is asked about
record TrainingRows(float[][] features, float[] labels, float[][] questions) {

  static final int FEATURES = 7;
  static final int CLASSES = 3;

  /// Rows of a ranking's query.
  static final int GROUP = 20;

  private static final int ROWS = 240;
  private static final int QUESTIONS = 60;

  /// What the labels are.
  enum Labels {
    ANY,
    POSITIVE,
    BINARY,
    CLASS;

    private float of(double score) {
      return (float)
          switch (this) {
            case ANY -> 40 + 10 * score;
            case POSITIVE -> 0.1 + Math.rint(Math.exp(score / 2) * 4) / 4;
            case BINARY -> score > 0.5 ? 1 : 0;
            case CLASS -> score < -0.5 ? 2 : score < 1.5 ? 0 : 1;
          };
    }
  }

  static TrainingRows of(Labels kind) {
    Random random = new Random(31);
    float[][] features = new float[ROWS][];
    float[] labels = new float[ROWS];
    for (int i = 0; i < ROWS; i++) {
      features[i] = row(random, 1);
      labels[i] = kind.of(score(features[i]) + random.nextGaussian() / 4);
    }
    List<float[]> questions = new ArrayList<>(List.of(features).subList(0, QUESTIONS));
    for (int i = 0; i < QUESTIONS; i++) {
      questions.add(row(random, 0));
    }
    for (float value :
        new float[] {Float.NaN, 0f, -0f, 1e-36f, -1e-36f, 1e-34f, 1, -1e30f, 1e30f}) {
      float[] row = new float[FEATURES];
      Arrays.fill(row, value);
      questions.add(row);
    }
    return new TrainingRows(features, labels, questions.toArray(float[][]::new));
  }

  /// @param complete how many features, from the first on, are there for certain
  private static float[] row(Random random, int complete) {
    float[] row = {
      (float) random.nextGaussian(),
      (float) random.nextGaussian(),
      (float) Math.rint(2 * random.nextGaussian()) / 2,
      random.nextInt(3) > 0 ? 0 : (float) random.nextGaussian(),
      random.nextInt(10),
      (float) (random.nextGaussian() * 3e-35),
      (float) (random.nextGaussian() * 1000)
    };
    for (int i = complete; i < row.length; i++) {
      if (random.nextInt(6) == 0) {
        row[i] = Float.NaN;
      }
    }
    return row;
  }

  private static double score(float... row) {
    return row[0]
        + (Float.isNaN(row[1]) ? 0.7 : Math.signum(row[1]))
        + (Float.isNaN(row[2]) ? -1 : row[2] * (row[4] > 4 ? 1 : -0.5))
        + (Float.isNaN(row[3]) ? 1.5 : row[3] == 0 ? -0.5 : row[3])
        + (row[5] > 0 ? 0.8 : 0)
        + (Float.isNaN(row[6]) ? 0 : row[6] / 1500);
  }

  /// All rows of `rows`, one after the other.
  static float[] flat(float[]... rows) {
    float[] flat = new float[rows.length * FEATURES];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(rows[i], 0, flat, i * FEATURES, FEATURES);
    }
    return flat;
  }

  /// Sizes of the queries of a ranking.
  static int[] groups() {
    int[] groups = new int[ROWS / GROUP];
    Arrays.fill(groups, GROUP);
    return groups;
  }
}
