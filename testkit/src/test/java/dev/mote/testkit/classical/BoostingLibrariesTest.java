package dev.mote.testkit.classical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mote.frontends.classical.LightgbmReader;
import dev.mote.frontends.classical.XgboostReader;
import dev.mote.ir.Blob;
import dev.mote.pipeline.Settings;
import dev.mote.plugin.Compiler.Optimize;
import dev.mote.plugin.ModelReader;
import dev.mote.reference.Interpreter;
import dev.mote.targets.Targets;
import dev.mote.testkit.classical.TrainingRows.Labels;
import dev.mote.testkit.differential.HostBatch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Models that LightGBM and XGBoost train and save in this process say here what they say there.
class BoostingLibrariesTest {

  /// Of answers that are not classes, in parts of the answer.
  private static final double TOLERANCE = 1e-5;

  private static final List<Row> LIGHTGBM =
      Stream.of(
              rows(
                  Labels.ANY,
                  "objective=regression",
                  "objective=regression max_depth=1",
                  "objective=regression use_missing=false",
                  "objective=regression zero_as_missing=true",
                  "objective=regression boost_from_average=false",
                  "objective=regression boosting=dart drop_rate=0.5",
                  "objective=regression boosting=rf bagging_freq=1 bagging_fraction=0.6",
                  "objective=regression data_sample_strategy=goss learning_rate=0.5",
                  "objective=regression extra_trees=true",
                  "objective=regression min_data_in_leaf=1000",
                  "objective=regression_l1",
                  "objective=huber",
                  "objective=fair",
                  "objective=quantile alpha=0.3",
                  "objective=mape"),
              rows(Labels.POSITIVE, "objective=poisson", "objective=gamma", "objective=tweedie"),
              rows(
                  Labels.BINARY,
                  "objective=binary",
                  "objective=binary sigmoid=2 is_unbalance=true",
                  "objective=binary zero_as_missing=true",
                  "objective=binary use_missing=false",
                  "objective=binary boosting=rf bagging_freq=1 bagging_fraction=0.6",
                  "objective=cross_entropy",
                  "objective=lambdarank",
                  "objective=rank_xendcg"),
              rows(
                  Labels.CLASS,
                  "objective=multiclass num_class=3",
                  "objective=multiclass num_class=3 boosting=dart drop_rate=0.5",
                  "objective=multiclass num_class=3 boosting=rf bagging_freq=1 bagging_fraction=0.6",
                  "objective=multiclassova num_class=3 sigmoid=0.5"))
          .flatMap(List::stream)
          .toList();

  private static final List<Row> XGBOOST =
      Stream.of(
              rows(
                  Labels.ANY,
                  "objective=reg:squarederror max_depth=1",
                  "objective=reg:squarederror max_depth=6",
                  "objective=reg:squarederror max_depth=4 base_score=0.25",
                  "objective=reg:squarederror max_depth=6 tree_method=exact gamma=500",
                  "objective=reg:squarederror max_depth=0 grow_policy=lossguide max_leaves=9",
                  "objective=reg:squarederror max_depth=3 booster=dart rate_drop=0.5",
                  "objective=reg:squarederror max_depth=4 num_parallel_tree=4 subsample=0.6 eta=1",
                  "objective=reg:absoluteerror max_depth=4",
                  "objective=reg:pseudohubererror max_depth=4",
                  "objective=reg:quantileerror quantile_alpha=0.3 max_depth=4",
                  "objective=reg:quantileerror quantile_alpha=[0.2,0.8] max_depth=4",
                  "objective=reg:squarederror booster=gblinear"),
              rows(
                  Labels.POSITIVE,
                  "objective=count:poisson max_depth=4",
                  "objective=reg:gamma max_depth=4",
                  "objective=reg:squaredlogerror max_depth=4",
                  "objective=reg:tweedie max_depth=4 base_score=2"),
              rows(
                  Labels.BINARY,
                  "objective=binary:logistic max_depth=1",
                  "objective=binary:logistic max_depth=6",
                  "objective=binary:logistic max_depth=4 base_score=0.2 scale_pos_weight=3",
                  "objective=binary:logistic max_depth=4 booster=dart rate_drop=0.5",
                  "objective=binary:logitraw max_depth=4",
                  "objective=binary:logitraw max_depth=4 base_score=0.3",
                  "objective=reg:logistic max_depth=4",
                  "objective=rank:pairwise max_depth=4",
                  "objective=rank:ndcg max_depth=4"),
              rows(
                  Labels.CLASS,
                  "objective=multi:softprob num_class=3 max_depth=1",
                  "objective=multi:softprob num_class=3 max_depth=6",
                  "objective=multi:softprob num_class=3 max_depth=3 base_score=2",
                  "objective=multi:softprob num_class=3 max_depth=3 booster=dart rate_drop=0.5",
                  "objective=multi:softprob num_class=3 booster=gblinear updater=coord_descent",
                  "objective=multi:softmax num_class=3 max_depth=1",
                  "objective=multi:softmax num_class=3 max_depth=6",
                  "objective=multi:softmax num_class=3 max_depth=3 num_parallel_tree=3 subsample=0.6"))
          .flatMap(List::stream)
          .toList();

  /// What is trained.
  record Row(Labels labels, String parameters) {

    TestModel train(BoostingLibrary library) {
      TrainingRows rows = TrainingRows.of(labels);
      BoostingLibrary.Trained trained = library.train(rows, parameters);
      return new TestModel(
          parameters,
          TestModel.read(trained.name(), trained.file().getBytes(StandardCharsets.UTF_8)),
          Arrays.stream(rows.questions()).map(Row::wide).toList(),
          trained.answers());
    }

    private static double[] wide(float... row) {
      return IntStream.range(0, row.length).mapToDouble(i -> row[i]).toArray();
    }

    @Override
    public String toString() {
      return parameters;
    }
  }

  private static List<Row> rows(Labels labels, String... parameters) {
    return Arrays.stream(parameters).map(text -> new Row(labels, text)).toList();
  }

  static List<Row> lightgbm() {
    return LIGHTGBM;
  }

  static List<Row> xgboost() {
    return XGBOOST;
  }

  @ParameterizedTest
  @MethodSource("lightgbm")
  void theReferenceAnswersAsLightgbmDoes(Row row) {
    assertReferenceAnswersAs(new Lightgbm(), row);
  }

  @ParameterizedTest
  @MethodSource("xgboost")
  void theReferenceAnswersAsXgboostDoes(Row row) {
    assertReferenceAnswersAs(new Xgboost(), row);
  }

  private static void assertReferenceAnswersAs(BoostingLibrary library, Row row) {
    assumeRuns(library);
    TestModel model = row.train(library);
    Interpreter interpreter = new Interpreter(model.graph());
    for (int i = 0; i < model.rows().size(); i++) {
      assertSameAnswer(model, i, interpreter.run(List.of(model.input(i))).getFirst());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"SPEED", "SIZE"})
  void emittedCodeAnswersAsLightgbmDoes(Optimize optimize) {
    assertEmittedCodeAnswersAs(new Lightgbm(), LIGHTGBM, optimize);
  }

  @ParameterizedTest
  @EnumSource(names = {"SPEED", "SIZE"})
  void emittedCodeAnswersAsXgboostDoes(Optimize optimize) {
    assertEmittedCodeAnswersAs(new Xgboost(), XGBOOST, optimize);
  }

  private static void assertEmittedCodeAnswersAs(
      BoostingLibrary library, List<Row> rows, Optimize optimize) {
    assumeRuns(library);
    HostBatch batch = new HostBatch(Targets.find("host"), Settings.preferring(optimize), true);
    List<TestModel> models = new ArrayList<>();
    for (Row row : rows) {
      models.add(row.train(library));
      assertThat(batch.add(models.getLast().graph())).as(row.parameters()).isEmpty();
    }
    try (HostBatch.Library built = batch.build()) {
      for (int m = 0; m < models.size(); m++) {
        TestModel model = models.get(m);
        HostBatch.Session session = built.start(m);
        for (int i = 0; i < model.rows().size(); i++) {
          assertSameAnswer(model, i, session.run(List.of(model.input(i))).getFirst());
        }
      }
    }
  }

  /// What differs in meaning is not read as something else.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "objective=regression reg_sqrt=true",
        "objective=regression linear_tree=true",
        "objective=cross_entropy_lambda"
      })
  void otherLightgbmFilesAreRefused(String parameters) {
    assertRefused(new Lightgbm(), new LightgbmReader(), parameters);
  }

  @ParameterizedTest
  @ValueSource(strings = {"objective=binary:hinge", "objective=survival:cox"})
  void otherXgboostFilesAreRefused(String parameters) {
    assertRefused(new Xgboost(), new XgboostReader(), parameters);
  }

  private static void assertRefused(
      BoostingLibrary library, ModelReader reader, String parameters) {
    assumeRuns(library);
    BoostingLibrary.Trained trained = library.train(TrainingRows.of(Labels.BINARY), parameters);
    Blob file = Blob.of(trained.file().getBytes(StandardCharsets.UTF_8));
    assertThat(reader.read(file, trained.name(), ModelReader.Options.standard()).toString())
        .startsWith("Refused")
        .contains("MOTE-1207");
  }

  private static void assumeRuns(BoostingLibrary library) {
    assumeTrue(library.obstacle().isEmpty(), () -> library.obstacle().orElse(""));
  }

  private static void assertSameAnswer(TestModel model, int row, byte[] output) {
    String where = model + ", row " + row + " " + Arrays.toString(model.rows().get(row));
    assertThat(model.distance(row, output)).as(where).isLessThan(TOLERANCE);
    double[] answer = model.answers().get(row);
    if (answer.length > 1) {
      ByteBuffer bytes = ByteBuffer.wrap(output).order(ByteOrder.LITTLE_ENDIAN);
      double[] ours =
          IntStream.range(0, answer.length).mapToDouble(i -> bytes.getFloat(4 * i)).toArray();
      assertThat(largest(ours)).as(where).isEqualTo(largest(answer));
    }
  }

  private static int largest(double... values) {
    int largest = 0;
    for (int i = 1; i < values.length; i++) {
      largest = values[i] > values[largest] ? i : largest;
    }
    return largest;
  }
}
