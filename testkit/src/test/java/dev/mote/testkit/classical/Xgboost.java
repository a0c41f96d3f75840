package dev.mote.testkit.classical;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import ml.dmlc.xgboost4j.java.XGBoostError;

/// XGBoost's own native library.
final class Xgboost implements BoostingLibrary {

  private static final int ROUNDS = 4;

  /// The same trees on every machine, and no talk.
  private static final String ALWAYS = "verbosity=0 nthread=1 seed=7 ";

  @Override
  public Optional<String> obstacle() {
    try {
      matrix(new float[1][TrainingRows.FEATURES]).dispose();
      return Optional.empty();
    } catch (XGBoostError | LinkageError e) {
      return Optional.of("XGBoost's native library does not load here: " + e);
    }
  }

  @Override
  public Trained train(TrainingRows rows, String parameters) {
    Map<String, Object> all = new HashMap<>();
    for (String word : (ALWAYS + parameters).split(" ", -1)) {
      int equals = word.indexOf('=');
      all.put(word.substring(0, equals), word.substring(equals + 1));
    }
    try {
      DMatrix data = matrix(rows.features());
      DMatrix questions = matrix(rows.questions());
      data.setLabel(rows.labels());
      if (parameters.contains("rank:")) {
        data.setGroup(TrainingRows.groups());
      }
      Booster booster = XGBoost.train(data, all, ROUNDS, Map.of(), null, null);
      float[][] predicted = booster.predict(questions);
      List<double[]> answers = Arrays.stream(predicted).map(Xgboost::wide).toList();
      String file = new String(booster.toByteArray("json"), StandardCharsets.UTF_8);
      booster.dispose();
      questions.dispose();
      data.dispose();
      return new Trained(file, "model.json", answers);
    } catch (XGBoostError e) {
      throw new IllegalStateException(parameters, e);
    }
  }

  private static DMatrix matrix(float[]... rows) throws XGBoostError {
    return new DMatrix(TrainingRows.flat(rows), rows.length, TrainingRows.FEATURES, Float.NaN);
  }

  private static double[] wide(float... row) {
    return IntStream.range(0, row.length).mapToDouble(i -> row[i]).toArray();
  }
}
