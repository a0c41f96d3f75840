package dev.mote.bench;

import dev.mote.emulator.BoardRunner;
import dev.mote.emulator.BuildCache;
import dev.mote.emulator.Inference;
import dev.mote.emulator.Measurement;
import dev.mote.emulator.RunOptions;
import dev.mote.frontends.tflite.TfliteReader;
import dev.mote.ir.Blob;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.Graph;
import dev.mote.optimizer.data.Encoding;
import dev.mote.optimizer.data.SampleOptions;
import dev.mote.optimizer.data.SampleSet;
import dev.mote.optimizer.data.SampleSets;
import dev.mote.optimizer.run.Predictions;
import dev.mote.optimizer.search.Build;
import dev.mote.optimizer.search.ModelEvaluator;
import dev.mote.optimizer.search.Quality;
import dev.mote.pipeline.CompiledModel;
import dev.mote.pipeline.lower.WeightStorage;
import dev.mote.plugin.Compiler.Optimize;
import dev.mote.plugin.ModelReader;
import dev.mote.targets.Targets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What quantization and compression cost and save on Fashion-MNIST: the accuracy on the whole test
/// set by the emitted C on this machine, flash and instructions on the emulated Cortex-M4, which
/// gives the same answers. Writes `fashion.csv`, and a table into a page.
///
/// Arguments: the folder of the IDX files, the float model, the folder of the figures, the page,
/// and if need be how many test samples are enough for a first look.
public final class FashionBench {

  /// Samples of the training set that ranges and corrections are found on.
  private static final int CALIBRATION = 256;

  /// Samples of the test set that the board answers too.
  private static final int ON_BOARD = 20;

  private static final Build FAST = new Build(Optimize.SPEED, WeightStorage.AUTO);
  private static final Build SMALL = new Build(Optimize.SIZE, WeightStorage.COMPRESSED);

  private FashionBench() {}

  public static void main(String[] arguments) throws IOException {
    Path data = Path.of(arguments[0]);
    Graph graph = read(Path.of(arguments[1]));
    SampleOptions options = SampleOptions.standard();
    SampleSet calibration =
        SampleSets.read(
            data.resolve("train-images-idx3-ubyte.gz"), graph, options.withSamples(CALIBRATION, 1));
    int enough = arguments.length > 4 ? Integer.parseInt(arguments[4]) : 0;
    SampleSet test =
        SampleSets.read(
            data.resolve("t10k-images-idx3-ubyte.gz"), graph, options.withSamples(enough, 1));
    ModelEvaluator evaluator =
        ModelEvaluator.of(graph, calibration, test, Targets.find("cortex-m4"), "fashion");
    List<FashionFigures> figures = new ArrayList<>();
    for (FashionVariant variant : FashionVariant.all(evaluator.layers())) {
      figures.add(measure(evaluator, test, variant));
      figures.getLast().csv().forEach(System.err::println);
      if (figures.size() > 1) {
        FashionFigures.write(
            figures, Path.of(arguments[2]).resolve("fashion.csv"), Path.of(arguments[3]));
      }
    }
  }

  private static FashionFigures measure(
      ModelEvaluator evaluator, SampleSet test, FashionVariant variant) {
    Quality quality = evaluator.quality(variant.recipe(), test.size());
    Graph graph = evaluator.graph(variant.recipe());
    List<FashionFigures.OnBoard> costs = new ArrayList<>();
    for (Build build : List.of(FAST, SMALL)) {
      CompiledModel model = evaluator.compile(variant.recipe(), build);
      try (BoardRunner board = BoardRunner.open(model, BuildCache.standard())) {
        SampleSet some = test.first(ON_BOARD);
        List<List<Blob>> inputs =
            some.inputs().stream()
                .map(
                    reals ->
                        List.of(
                            Encoding.ofFloats(reals.getFirst(), model.inputs().getFirst().type())))
                .toList();
        List<Inference> answers = board.run(inputs, RunOptions.standard());
        Measurement cost = board.measure(inputs.getFirst(), RunOptions.standard());
        costs.add(
            new FashionFigures.OnBoard(
                build,
                cost.imageSize().flashBytes(),
                model.weightBytes(),
                cost.imageSize().codeBytes(),
                model.arenaBytes(),
                cost.instructions(),
                equal(model, answers, Predictions.of(graph, some)),
                ON_BOARD));
      }
    }
    return new FashionFigures(variant, quality, costs);
  }

  /// How many of the board's answers are those of this machine, in every element.
  private static int equal(CompiledModel model, List<Inference> answers, Predictions host) {
    int equal = 0;
    for (int i = 0; i < answers.size(); i++) {
      float[] board =
          Encoding.toFloats(answers.get(i).outputs().getFirst(), model.outputs().getFirst().type());
      equal += Arrays.equals(board, host.output(i, 0)) ? 1 : 0;
    }
    return equal;
  }

  private static Graph read(Path file) throws IOException {
    return switch (new TfliteReader()
        .read(
            Blob.of(Files.readAllBytes(file)),
            String.valueOf(file.getFileName()),
            ModelReader.Options.standard())) {
      case ModelReader.Result.Model(Graph read) -> read;
      case ModelReader.Result.Refused(var problems) -> throw new DiagnosticException(problems);
    };
  }
}
