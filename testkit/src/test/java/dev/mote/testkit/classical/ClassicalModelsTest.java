package dev.mote.testkit.classical;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.ir.GraphText;
import dev.mote.pipeline.Settings;
import dev.mote.plugin.Compiler.Optimize;
import dev.mote.reference.Interpreter;
import dev.mote.targets.Targets;
import dev.mote.testkit.differential.HostBatch;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Models that scikit-learn and XGBoost trained say here what they say there.
class ClassicalModelsTest {

  /// Of answers that are not classes, in parts of the answer.
  private static final double TOLERANCE = 1e-5;

  static List<String> models() {
    return Stream.of(
            "cancer_boosting cancer_linear_svc cancer_logistic cancer_svc_sigmoid diabetes_forest",
            "diabetes_ridge diabetes_svr digits_forest digits_forest_float digits_forest_hard",
            "digits_forest_int16 digits_forest_int8 digits_pca_logistic iris_boosting iris_extra_trees iris_k_means",
            "iris_mixture_diagonal iris_mixture_full iris_naive_bayes iris_neighbours_weighted",
            "iris_svc_poly wine_logistic wine_naive_bayes wine_neighbours wine_svc_linear",
            "wine_svc_rbf xgboost_cancer xgboost_dart xgboost_diabetes xgboost_digits xgboost_iris",
            "xgboost_linear xgboost_poisson pmml_iris.pmml pmml_diabetes.pmml lightgbm_diabetes.txt")
        .flatMap(line -> Stream.of(line.split(" ")))
        .map(name -> name.contains(".") ? name : name + ".json")
        .toList();
  }

  @ParameterizedTest
  @MethodSource("models")
  void theReferenceAnswersAsTheLibraryDoes(String file) {
    TestModel model = TestModel.load(file);
    Interpreter interpreter = new Interpreter(model.graph());
    for (int i = 0; i < model.rows().size(); i++) {
      byte[] output = interpreter.run(List.of(model.input(i))).getFirst();
      assertThat(model.distance(i, output)).as("row " + i).isLessThan(TOLERANCE);
    }
    assertThat(GraphText.parse(GraphText.print(model.graph()))).isEqualTo(model.graph());
  }

  @ParameterizedTest
  @EnumSource(names = {"SPEED", "SIZE"})
  void emittedCodeAnswersAsTheLibraryDoes(Optimize optimize) {
    HostBatch batch =
        new HostBatch(
            Targets.find("host"), Settings.preferring(optimize), optimize == Optimize.SIZE);
    List<TestModel> models = models().stream().map(TestModel::load).toList();
    for (TestModel model : models) {
      assertThat(batch.add(model.graph())).as(model.name()).isEmpty();
    }
    try (HostBatch.Library library = batch.build()) {
      for (int m = 0; m < models.size(); m++) {
        TestModel model = models.get(m);
        HostBatch.Session session = library.start(m);
        for (int i = 0; i < model.rows().size(); i++) {
          byte[] output = session.run(List.of(model.input(i))).getFirst();
          assertThat(model.distance(i, output)).as(model + ", row " + i).isLessThan(TOLERANCE);
        }
      }
    }
  }

  @Test
  void codeIsChosenForSpeedAndTheSmallerForSize() {
    TestModel model = TestModel.load("digits_forest_float.json");
    HostBatch speed = new HostBatch(Targets.find("cortex-m4"), Optimize.SPEED);
    HostBatch size = new HostBatch(Targets.find("cortex-m4"), Optimize.SIZE);
    assertThat(speed.add(model.graph())).isEmpty();
    assertThat(size.add(model.graph())).isEmpty();
    assertThat(speed.models().getFirst().source()).contains("_trees_0_9(");
    assertThat(size.models().getFirst().source()).doesNotContain("_trees_0_9(");
  }
}
