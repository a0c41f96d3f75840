package dev.mote.testkit.optimize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mote.frontends.tflite.TfliteReader;
import dev.mote.ir.Blob;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.Graph;
import dev.mote.optimizer.calibrate.RangeMethod;
import dev.mote.optimizer.data.SampleOptions;
import dev.mote.optimizer.data.SampleSet;
import dev.mote.optimizer.data.SampleSets;
import dev.mote.optimizer.search.Build;
import dev.mote.optimizer.search.Coding;
import dev.mote.optimizer.search.Cost;
import dev.mote.optimizer.search.Evaluator;
import dev.mote.optimizer.search.ModelEvaluator;
import dev.mote.optimizer.search.Numerics;
import dev.mote.optimizer.search.Quality;
import dev.mote.optimizer.search.Recipe;
import dev.mote.optimizer.search.Shrinking;
import dev.mote.pipeline.lower.WeightStorage;
import dev.mote.pipeline.quantize.ActivationFormat;
import dev.mote.pipeline.quantize.WeightFormat;
import dev.mote.plugin.Compiler.Optimize;
import dev.mote.plugin.ModelReader;
import dev.mote.targets.Targets;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The promises on Fashion-MNIST, on some of its test pictures; `make bench-fashion` measures them
/// on all.
class FashionVariantsTest {

  private static final Path EXAMPLE =
      Path.of(System.getProperty("mote.root", ".")).resolve("examples/fashion-mnist");

  private static final Path DATA = Path.of("/usr/share/datasets/fashion-mnist");

  private static final int TESTED = 500;
  private static final int CALIBRATED = 100;
  private static final int PIXELS = 28 * 28;

  private static final Build SMALL = new Build(Optimize.SIZE, WeightStorage.COMPRESSED);

  private static final Numerics NUMERICS = new Numerics(RangeMethod.MSE, false, true, false);

  @Test
  void thePromisesHoldOnSomeOfTheTestSet() throws IOException {
    assumeTrue(
        Files.isReadable(DATA.resolve("t10k-images-idx3-ubyte.gz")),
        "Fashion-MNIST (dataset-fashion-mnist) is not installed");
    Graph model = model();
    SampleSet all =
        SampleSets.read(
            DATA.resolve("t10k-images-idx3-ubyte.gz"),
            model,
            SampleOptions.standard().withSamples(TESTED + CALIBRATED, 1));
    SampleSet.Split parts = all.split(CALIBRATED, 1);
    ModelEvaluator evaluator = evaluator(model, parts.chosen(), parts.rest());
    String first = evaluator.layers().getFirst().output();

    Recipe int8 = int8(new Shrinking.None(), new Coding.AsIs());
    Recipe int4 =
        new Recipe(
            NUMERICS,
            ActivationFormat.INT8,
            WeightFormat.INT4,
            Map.of(first, WeightFormat.INT8),
            new Shrinking.None(),
            new Coding.AsIs());
    Recipe mixed =
        new Recipe(
            new Numerics(RangeMethod.MSE, false, true, true),
            ActivationFormat.INT8,
            WeightFormat.INT4,
            Map.of(first, WeightFormat.INT8, largest(evaluator), WeightFormat.INT2),
            new Shrinking.None(),
            new Coding.AsIs());
    Recipe channels = int8(new Shrinking.Channels(0.5), new Coding.AsIs());
    Recipe clusters = int8(new Shrinking.None(), new Coding.Clusters(8));

    double original = evaluator.originalAccuracy().orElseThrow();
    assertThat(original).isGreaterThan(0.89);
    assertThat(accuracy(evaluator, int8)).isGreaterThan(original - 0.005);
    assertThat(accuracy(evaluator, int4)).isGreaterThan(original - 0.015);
    assertThat(accuracy(evaluator, mixed)).isGreaterThan(original - 0.015);
    assertThat(accuracy(evaluator, clusters)).isGreaterThan(original - 0.01);
    // Half of the channels are a lot, and nothing is trained again.
    assertThat(accuracy(evaluator, channels)).isGreaterThan(original - 0.05);

    assertThat(weights(evaluator, int4)).isLessThan(weights(evaluator, int8) / 2);
    assertThat(flash(evaluator, mixed)).isLessThan(flash(evaluator, int8) / 2);
    assertThat(flash(evaluator, clusters)).isLessThan(flash(evaluator, int8) / 2);
    assertThat(flash(evaluator, channels)).isLessThan(flash(evaluator, int8) / 2);
  }

  @Test
  void theCommittedSamplesAreAnsweredAsByTheOriginal() throws IOException {
    SampleSet samples = samples();
    ModelEvaluator evaluator = evaluator(model(), samples, samples);
    Quality quality =
        evaluator.quality(int8(new Shrinking.None(), new Coding.AsIs()), samples.size());
    assertThat(quality.samples()).isEqualTo(100);
    assertThat(quality.agreement()).isGreaterThanOrEqualTo(0.98);
    assertThat(quality.accuracy().orElseThrow())
        .isGreaterThanOrEqualTo(quality.originalAccuracy().orElseThrow() - 0.01);
    assertThat(quality.divergence()).isLessThan(0.01);
  }

  private static Recipe int8(Shrinking shrinking, Coding coding) {
    return new Recipe(
        NUMERICS, ActivationFormat.INT8, WeightFormat.INT8, Map.of(), shrinking, coding);
  }

  private static ModelEvaluator evaluator(Graph model, SampleSet calibration, SampleSet test) {
    return ModelEvaluator.of(model, calibration, test, Targets.find("cortex-m4"), "fashion");
  }

  private static double accuracy(ModelEvaluator evaluator, Recipe recipe) {
    return evaluator.quality(recipe, evaluator.samples()).accuracy().orElseThrow();
  }

  private static long weights(ModelEvaluator evaluator, Recipe recipe) {
    return evaluator.compile(recipe, SMALL).weightBytes();
  }

  private static long flash(ModelEvaluator evaluator, Recipe recipe) {
    return evaluator.costs(recipe).stream().mapToLong(Cost::flashBytes).min().orElseThrow();
  }

  private static String largest(ModelEvaluator evaluator) {
    return evaluator.layers().stream()
        .max(Comparator.comparingLong(Evaluator.WeightedLayer::weights))
        .orElseThrow()
        .output();
  }

  private static Graph model() throws IOException {
    Path file = EXAMPLE.resolve("fashion_mnist_float.tflite");
    return switch (new TfliteReader()
        .read(Blob.of(Files.readAllBytes(file)), "fashion", ModelReader.Options.standard())) {
      case ModelReader.Result.Model(Graph read) -> read;
      case ModelReader.Result.Refused(var problems) -> throw new DiagnosticException(problems);
    };
  }

  /// The hundred pictures beside the model.
  private static SampleSet samples() throws IOException {
    byte[] bytes = Files.readAllBytes(EXAMPLE.resolve("samples/samples.bin"));
    List<Integer> labels =
        Files.readAllLines(EXAMPLE.resolve("samples/samples.labels.txt")).stream()
            .map(Integer::valueOf)
            .toList();
    List<List<Blob>> inputs = new ArrayList<>();
    for (int i = 0; i < labels.size(); i++) {
      ByteBuffer reals = ByteBuffer.allocate(4 * PIXELS).order(ByteOrder.LITTLE_ENDIAN);
      for (int k = 0; k < PIXELS; k++) {
        reals.putFloat((bytes[i * PIXELS + k] + 128) / 255f);
      }
      inputs.add(List.of(Blob.of(reals.array())));
    }
    return new SampleSet("samples", inputs, labels, List.of());
  }
}
