package dev.mote.testkit.onnx;

import static dev.mote.testkit.onnx.OnnxSketch.ML;
import static dev.mote.testkit.onnx.OnnxSketch.integer;
import static dev.mote.testkit.onnx.OnnxSketch.ints;
import static dev.mote.testkit.onnx.OnnxSketch.real;
import static dev.mote.testkit.onnx.OnnxSketch.reals;
import static dev.mote.testkit.onnx.OnnxSketch.text;
import static dev.mote.testkit.onnx.OnnxSketch.texts;

import dev.mote.frontends.onnx.schema.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Operators of `ai.onnx.ml` that prepare features and map labels, by ONNX Runtime, the reference
/// interpreter and emitted C.
class MlFeaturesTest {

  private final MlCases cases = new MlCases();

  // ---- features --------------------------------------------------------------------------------

  @Test
  void featuresArePrepared() {
    for (int seed = 0; seed < 5; seed++) {
      Random random = new Random(seed);
      List<Map<String, TensorProto>> rows = MlCases.rows(random, 4, false);
      int some = seed % 2 == 0 ? 4 : 1;
      cases.add(
          "" + seed,
          1,
          "Scaler",
          1,
          rows,
          reals("offset", MlCases.normal(random, some)),
          reals("scale", MlCases.normal(random, some)));
      cases.add("" + seed, 1, "Binarizer", 1, rows, real("threshold", seed / 4f));
      cases.add(
          "NaN " + seed,
          1,
          "Imputer",
          1,
          MlCases.rows(random, 4, true),
          reals("imputed_value_floats", MlCases.normal(random, some)),
          real("replaced_value_float", Float.NaN));
      cases.add(
          "value " + seed,
          1,
          "Imputer",
          1,
          rows,
          reals("imputed_value_floats", MlCases.normal(random, some)),
          real("replaced_value_float", seed / 4f));
      cases.add(
          "" + seed, 1, "OneHotEncoder", 1, integers(random, 3), ints("cats_int64s", 0, 2, 5, -1));
      for (String norm : List.of("MAX", "L1", "L2")) {
        cases.add(norm + seed, 1, "Normalizer", 1, rows, text("norm", norm));
        cases.add(norm + " zero", 1, "Normalizer", 1, zero(), text("norm", norm));
      }
    }
    cases.check();
  }

  private static List<Map<String, TensorProto>> zero() {
    return List.of(OnnxSketch.feed("x", OnnxSketch.floats(List.of(1L, 3L), 0, 0, 0)));
  }

  private static List<Map<String, TensorProto>> integers(Random random, int count) {
    List<Map<String, TensorProto>> feeds = new ArrayList<>();
    for (int i = 0; i < MlCases.ROWS; i++) {
      long[] values = random.longs(count, -2, 7).toArray();
      feeds.add(OnnxSketch.feed("x", OnnxSketch.longs(List.of(1L, (long) count), values)));
    }
    return feeds;
  }

  @Test
  void labelsAreMapped() {
    Random random = new Random(1);
    List<Map<String, TensorProto>> whole = integers(random, 4);
    List<Map<String, TensorProto>> reals = MlCases.rows(random, 4, true);
    cases.add(
        "int64 to float",
        2,
        "LabelEncoder",
        1,
        whole,
        ints("keys_int64s", 1, 5, -1),
        reals("values_floats", 0.5f, 2, 9),
        real("default_float", 7));
    cases.add(
        "int64 to int64",
        2,
        "LabelEncoder",
        1,
        whole,
        ints("keys_int64s", 1, 5, -1),
        ints("values_int64s", 10, 1L << 40, 12),
        integer("default_int64", -9));
    cases.add(
        "float to float",
        2,
        "LabelEncoder",
        1,
        reals,
        reals("keys_floats", 0, 0.25f, -0.5f),
        reals("values_floats", 0.5f, 2, 9));
    cases.add(
        "missing",
        4,
        "LabelEncoder",
        1,
        reals,
        reals("keys_floats", 0, 0.25f, Float.NaN),
        ints("values_int64s", 5, 2, 9));
    cases.add(
        "int64 to string",
        2,
        "LabelEncoder",
        1,
        whole,
        ints("keys_int64s", 1, 5, -1),
        texts("values_strings", "a", "b", "c"),
        text("default_string", "none"));
    cases.add(
        "tensors",
        4,
        "LabelEncoder",
        1,
        whole,
        OnnxSketch.tensor("keys_tensor", OnnxSketch.longs(2, 3)),
        OnnxSketch.tensor("values_tensor", OnnxSketch.longs(30, 20)),
        OnnxSketch.tensor("default_tensor", OnnxSketch.longs(5)));
    cases.add(
        "numbers to strings",
        1,
        "CategoryMapper",
        1,
        whole,
        ints("cats_int64s", 1, 5, -1),
        texts("cats_strings", "a", "b", "c"),
        text("default_string", "none"));
    cases.check();
  }

  @Test
  void columnsArePickedAndJoined() {
    Random random = new Random(2);
    for (int seed = 0; seed < 5; seed++) {
      OnnxSketch sketch = new OnnxSketch(17);
      sketch.input("x", 1, 5);
      String places = sketch.constant(OnnxSketch.longs(random.longs(3, 0, 5).toArray()));
      sketch.output(sketch.nodes(ML, "ArrayFeatureExtractor", 1, List.of("x", places)).getFirst());
      cases.add(new RuntimeCase("extractor", sketch.build(), MlCases.rows(random, 5, false)));
      OnnxSketch joined = new OnnxSketch(17);
      joined.input("x", 1, 3);
      String twice = joined.node("Add", List.of("x", "x"));
      joined.output(
          joined
              .nodes(ML, "FeatureVectorizer", 1, List.of("x", twice), ints("inputdimensions", 3, 3))
              .getFirst());
      cases.add(new RuntimeCase("vectorizer", joined.build(), MlCases.rows(random, 3, false)));
      OnnxSketch zip = new OnnxSketch(17);
      zip.input("x", 1, 3);
      zip.output(
          zip.nodes(ML, "ZipMap", 1, List.of("x"), ints("classlabels_int64s", 1, 2, 3)).getFirst());
      cases.add(new RuntimeCase("zip", zip.build(), MlCases.rows(random, 3, false)));
    }
    cases.check();
  }
}
