package dev.mote.testkit.classical;

import com.microsoft.ml.lightgbm.SWIGTYPE_p_double;
import com.microsoft.ml.lightgbm.SWIGTYPE_p_float;
import com.microsoft.ml.lightgbm.SWIGTYPE_p_int;
import com.microsoft.ml.lightgbm.SWIGTYPE_p_long_long;
import com.microsoft.ml.lightgbm.SWIGTYPE_p_p_void;
import com.microsoft.ml.lightgbm.lightgbmlib;
import com.microsoft.ml.lightgbm.lightgbmlibConstants;
import io.github.metarank.lightgbm4j.LGBMBooster;
import io.github.metarank.lightgbm4j.LGBMDataset;
import io.github.metarank.lightgbm4j.LGBMException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// LightGBM's own native library.
final class Lightgbm implements BoostingLibrary {

  private static final int ROUNDS = 4;

  /// The same trees on every machine, and no talk.
  private static final String ALWAYS =
      "verbosity=-1 num_threads=1 deterministic=true seed=7 min_data_in_bin=1 ";

  @Override
  public Optional<String> obstacle() {
    try {
      return LGBMBooster.isNativeLoaded()
          ? Optional.empty()
          : Optional.of("LightGBM's native library does not load here");
    } catch (LinkageError e) {
      return Optional.of("LightGBM's native library does not load here: " + e);
    }
  }

  @Override
  public Trained train(TrainingRows rows, String parameters) {
    String all = ALWAYS + parameters;
    try (LGBMDataset data =
        LGBMDataset.createFromMat(
            TrainingRows.flat(rows.features()),
            rows.features().length,
            TrainingRows.FEATURES,
            true,
            all,
            null)) {
      data.setField("label", rows.labels());
      if (parameters.contains("lambdarank") || parameters.contains("rank_xendcg")) {
        data.setField("group", TrainingRows.groups());
      }
      try (LGBMBooster booster = LGBMBooster.create(data, all)) {
        // The end comes early where no tree can grow further.
        int round = 0;
        while (round < ROUNDS && !booster.updateOneIter()) {
          round++;
        }
        String file = booster.saveModelToString(0, -1, LGBMBooster.FeatureImportanceType.SPLIT);
        int columns = parameters.contains("num_class") ? TrainingRows.CLASSES : 1;
        return new Trained(file, "model.txt", answers(file, columns, rows.questions()));
      }
    } catch (LGBMException e) {
      throw new IllegalStateException(parameters, e);
    }
  }

  /// What LightGBM answers with the model in `file`. By its C interface, since `predictForMat` of
  /// the Java one has room for two classes only, and writes beyond where there are more.
  private static List<double[]> answers(String file, int columns, float[]... questions) {
    int features = questions.length * TrainingRows.FEATURES;
    int numbers = questions.length * columns;
    SWIGTYPE_p_p_void booster = lightgbmlib.new_voidpp();
    SWIGTYPE_p_int rounds = lightgbmlib.new_intp();
    SWIGTYPE_p_long_long written = lightgbmlib.new_int64_tp();
    SWIGTYPE_p_float input = lightgbmlib.new_floatArray(features);
    SWIGTYPE_p_double output = lightgbmlib.new_doubleArray(numbers);
    try {
      float[] flat = TrainingRows.flat(questions);
      for (int i = 0; i < features; i++) {
        lightgbmlib.floatArray_setitem(input, i, flat[i]);
      }
      require(lightgbmlib.LGBM_BoosterLoadModelFromString(file, rounds, booster) == 0);
      try {
        require(
            lightgbmlib.LGBM_BoosterPredictForMat(
                    lightgbmlib.voidpp_value(booster),
                    lightgbmlib.float_to_voidp_ptr(input),
                    lightgbmlibConstants.C_API_DTYPE_FLOAT32,
                    questions.length,
                    TrainingRows.FEATURES,
                    1,
                    lightgbmlibConstants.C_API_PREDICT_NORMAL,
                    0,
                    -1,
                    "num_threads=1 verbosity=-1",
                    written,
                    output)
                == 0);
        require(lightgbmlib.int64_tp_value(written) == numbers);
      } finally {
        require(lightgbmlib.LGBM_BoosterFree(lightgbmlib.voidpp_value(booster)) == 0);
      }
      List<double[]> answers = new ArrayList<>();
      for (int i = 0; i < numbers; i++) {
        if (i % columns == 0) {
          answers.add(new double[columns]);
        }
        answers.getLast()[i % columns] = lightgbmlib.doubleArray_getitem(output, i);
      }
      return answers;
    } finally {
      lightgbmlib.delete_doubleArray(output);
      lightgbmlib.delete_floatArray(input);
      lightgbmlib.delete_int64_tp(written);
      lightgbmlib.delete_intp(rounds);
      lightgbmlib.delete_voidpp(booster);
    }
  }

  private static void require(boolean success) {
    if (!success) {
      throw new IllegalStateException("LightGBM failed: " + lightgbmlib.LGBM_GetLastError());
    }
  }
}
