package dev.mote.testkit.onnx;

import static dev.mote.testkit.onnx.OnnxSketch.integer;
import static dev.mote.testkit.onnx.OnnxSketch.ints;
import static dev.mote.testkit.onnx.OnnxSketch.reals;
import static dev.mote.testkit.onnx.OnnxSketch.text;
import static dev.mote.testkit.onnx.OnnxSketch.texts;

import dev.mote.frontends.onnx.schema.OnnxMl.AttributeProto;
import dev.mote.frontends.onnx.schema.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Operators of `ai.onnx.ml`, in random configurations, by ONNX Runtime, the reference interpreter
/// and emitted C.
class MlOperatorsTest {

  private static final List<String> TRANSFORMS =
      List.of("NONE", "LOGISTIC", "SOFTMAX", "SOFTMAX_ZERO", "PROBIT");

  private final MlCases cases = new MlCases();

  // ---- trees -----------------------------------------------------------------------------------

  @Test
  void ensemblesOfTreesForRegression() {
    for (String how : List.of("SUM", "AVERAGE", "MIN", "MAX")) {
      for (int seed = 0; seed < 6; seed++) {
        Random random = new Random(seed * 31L + how.hashCode());
        int targets = 1 + seed % 3;
        RandomTrees trees = new RandomTrees(random, 5, targets, seed % 2 == 0);
        String transform = targets == 1 ? "NONE" : TRANSFORMS.get(seed % 4);
        List<AttributeProto> attributes = trees.nodes("target");
        attributes.add(integer("n_targets", targets));
        attributes.add(text("aggregate_function", how));
        attributes.add(text("post_transform", transform));
        if (seed % 2 == 1) {
          attributes.add(reals("base_values", MlCases.normal(random, targets)));
        }
        cases.add(
            "%s %d".formatted(how, seed),
            1,
            "TreeEnsembleRegressor",
            1,
            MlCases.rows(random, 5, true),
            attributes.toArray(AttributeProto[]::new));
      }
    }
    cases.check();
  }

  @Test
  void ensemblesOfTreesForClassification() {
    for (int seed = 0; seed < 24; seed++) {
      Random random = new Random(seed);
      int classes = 2 + seed % 3;
      RandomTrees trees =
          classes == 2
              ? new RandomTrees(random, 5, 1, false)
              : new RandomTrees(random, 5, classes, true);
      trees.positive(seed % 4 < 2);
      List<AttributeProto> attributes = trees.nodes("class");
      attributes.add(
          seed % 2 == 0
              ? ints(
                  "classlabels_int64s", java.util.Arrays.copyOf(new long[] {4, -1, 7, 9}, classes))
              : texts(
                  "classlabels_strings",
                  java.util.Arrays.copyOf(new String[] {"one", "two", "three", "4"}, classes)));
      String transform = TRANSFORMS.get(seed / 5 % (classes == 2 ? 2 : 4));
      attributes.add(text("post_transform", transform));
      if (seed % 5 == 0) {
        attributes.add(reals("base_values", MlCases.normal(random, classes == 2 ? 1 : classes)));
      }
      cases.add(
          "%d of %d, %s".formatted(seed, classes, transform),
          3,
          "TreeEnsembleClassifier",
          2,
          MlCases.rows(random, 5, seed % 3 == 0),
          attributes.toArray(AttributeProto[]::new));
    }
    cases.check();
  }

  @Test
  void ensemblesOfTreesAsVersionFiveHasThem() {
    for (int seed = 0; seed < 10; seed++) {
      Random random = new Random(seed);
      int targets = 1 + seed % 2;
      RandomTrees trees = new RandomTrees(random, 4, targets, false);
      List<AttributeProto> attributes = trees.ensemble(random);
      attributes.add(integer("n_targets", targets));
      attributes.add(integer("aggregate_function", seed % 2));
      attributes.add(integer("post_transform", 0));
      cases.add(
          "%d".formatted(seed),
          5,
          "TreeEnsemble",
          1,
          whole(MlCases.rows(random, 4, seed % 3 == 0)),
          attributes.toArray(AttributeProto[]::new));
    }
    cases.check();
  }

  /// ONNX Runtime cuts some features to whole numbers before it looks for them in a set.
  private static List<Map<String, TensorProto>> whole(List<Map<String, TensorProto>> rows) {
    List<Map<String, TensorProto>> whole = new ArrayList<>();
    for (Map<String, TensorProto> row : rows) {
      TensorProto.Builder x = row.values().iterator().next().toBuilder();
      for (int i = 0; i < x.getFloatDataCount(); i++) {
        x.setFloatData(i, (float) Math.rint(x.getFloatData(i)));
      }
      whole.add(OnnxSketch.feed("x", x.build()));
    }
    return whole;
  }

  // ---- linear models ---------------------------------------------------------------------------

  @Test
  void linearModels() {
    for (int seed = 0; seed < 15; seed++) {
      Random random = new Random(seed);
      int targets = 1 + seed % 3;
      String transform = targets == 1 ? "NONE" : TRANSFORMS.get(seed % 4);
      cases.add(
          "%d, %s".formatted(targets, transform),
          1,
          "LinearRegressor",
          1,
          MlCases.rows(random, 4, false),
          reals("coefficients", MlCases.normal(random, 4 * targets)),
          reals("intercepts", MlCases.normal(random, targets)),
          integer("targets", targets),
          text("post_transform", transform));
    }
    for (int seed = 0; seed < 15; seed++) {
      Random random = new Random(seed);
      int scores = 1 + seed % 4;
      int classes = Math.max(2, scores);
      String transform = TRANSFORMS.get(scores == 1 ? seed / 4 % 2 : seed % 4);
      cases.add(
          "%d, %s".formatted(scores, transform),
          1,
          "LinearClassifier",
          2,
          MlCases.rows(random, 4, false),
          reals("coefficients", MlCases.normal(random, 4 * scores)),
          reals("intercepts", MlCases.normal(random, scores)),
          ints("classlabels_ints", java.util.Arrays.copyOf(new long[] {0, 1, 2, 3}, classes)),
          text("post_transform", transform));
    }
    cases.check();
  }

  // ---- support vector machines -----------------------------------------------------------------

  private static AttributeProto kernel(String type, Random random) {
    float gamma = 0.1f + random.nextFloat() / 4;
    return reals(
        "kernel_params", gamma, type.equals("RBF") ? 0 : 0.5f, type.equals("POLY") ? 3 : 0);
  }

  @Test
  void supportVectorMachines() {
    int seed = 0;
    for (String type : List.of("LINEAR", "POLY", "RBF", "SIGMOID")) {
      for (int i = 0; i < 4; i++, seed++) {
        Random random = new Random(seed);
        cases.add(
            "%s %d".formatted(type, i),
            1,
            "SVMRegressor",
            1,
            MlCases.rows(random, 3, false),
            integer("n_supports", 4),
            integer("one_class", i % 2),
            reals("support_vectors", MlCases.normal(random, 12)),
            reals("coefficients", MlCases.normal(random, 4)),
            reals("rho", MlCases.normal(random, 1)),
            text("kernel_type", type),
            kernel(type, random));
        int classes = 2 + i % 3;
        int pairs = classes * (classes - 1) / 2;
        List<AttributeProto> attributes = new ArrayList<>();
        attributes.add(
            ints("vectors_per_class", java.util.Arrays.copyOf(new long[] {2, 3, 1, 2}, classes)));
        int supports = List.of(0, 0, 5, 6, 8).get(classes);
        attributes.add(reals("support_vectors", MlCases.normal(random, 3 * supports)));
        attributes.add(reals("coefficients", MlCases.normal(random, (classes - 1) * supports)));
        attributes.add(reals("rho", MlCases.normal(random, pairs)));
        attributes.add(text("kernel_type", type));
        attributes.add(kernel(type, random));
        attributes.add(
            texts(
                "classlabels_strings",
                java.util.Arrays.copyOf(new String[] {"a", "b", "c", "d"}, classes)));
        if (i >= 1 && classes < 4 && type.equals("RBF")) {
          attributes.add(reals("prob_a", negative(MlCases.normal(random, pairs))));
          attributes.add(reals("prob_b", MlCases.normal(random, pairs)));
        }
        cases.add(
            "%s %d of %d".formatted(type, i, classes),
            1,
            "SVMClassifier",
            2,
            MlCases.rows(random, 3, false),
            attributes.toArray(AttributeProto[]::new));
      }
    }
    cases.check();
  }

  private static float[] negative(float... values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = -Math.abs(values[i]) - 0.5f;
    }
    return values;
  }
}
