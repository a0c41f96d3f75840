package dev.mote.cli;

import dev.mote.builder.page.QuantizationPage;
import dev.mote.ir.Blob;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.Graph;
import dev.mote.ir.Tensor;
import dev.mote.optimizer.calibrate.LayerCorrection;
import dev.mote.optimizer.calibrate.PostTraining;
import dev.mote.optimizer.data.SampleSet;
import dev.mote.optimizer.fidelity.Fidelity;
import dev.mote.optimizer.fidelity.Thresholds;
import dev.mote.optimizer.run.Predictions;
import dev.mote.plugin.ModelWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "quantize",
    description = {
      "Makes an integer model of a float one, on samples of what it will see.",
      "Measures what that cost on all samples; a threshold that is missed ends with exit code 1."
    })
final class QuantizeCommand implements Callable<Integer> {

  /// Samples that are read when `--samples` says nothing.
  private static final int MOST_SAMPLES = 2_000;

  private final Console console;

  @Parameters(paramLabel = "MODEL", description = "Model file: float32, float16 or dynamic range.")
  private Path file = Path.of("");

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE",
      description = "The model to write, .tflite or .onnx (default: MODEL-FORMAT.tflite here).")
  private @Nullable Path out;

  @Option(
      names = "--calibrate-on",
      paramLabel = "N",
      defaultValue = "256",
      description =
          "How many of the samples ranges and corrections are learnt from, spread evenly; all are"
              + " measured on (default: ${DEFAULT-VALUE}).")
  private int calibrateOn = 256;

  @Option(
      names = "--max-flips",
      paramLabel = "PART",
      description = "Most samples that may turn from right to wrong: 0.5%%.")
  private @Nullable String maxFlips;

  @Option(
      names = "--min-accuracy",
      paramLabel = "PART",
      description = "Least that must be right: 90%%, or -1%% for one point below the original.")
  private @Nullable String minAccuracy;

  @Option(names = "--report", paramLabel = "FILE", description = "Write a page about it.")
  private @Nullable Path report;

  @Mixin private QuantizeOptions options = new QuantizeOptions();
  @Mixin private DataOptions data = new DataOptions();
  @Mixin private CardOptions card = new CardOptions();
  @Mixin private ModelOptions modelOptions = new ModelOptions();
  @Mixin private CommonOptions common = new CommonOptions();

  QuantizeCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Thresholds thresholds =
        new Thresholds(
            EvaluateCommand.part("--max-flips", maxFlips),
            EvaluateCommand.part("--min-accuracy", minAccuracy),
            OptionalDouble.empty(),
            OptionalDouble.empty());
    Graph original = modelOptions.read(file);
    PostTraining.Recipe recipe = options.recipe(original);
    Path target = target(recipe);
    ModelWriter writer = ConvertCommand.writer(target);
    Optional<SampleSet> samples = samples(original, recipe);
    PostTraining.Result result = quantize(original, recipe, samples);
    int bytes = write(writer, result.graph(), target);
    Optional<FidelityReport> fidelity =
        samples.map(
            set ->
                new FidelityReport(
                    Fidelity.compare(
                        Predictions.of(result.prepared(), set),
                        Predictions.of(result.graph(), set),
                        set),
                    set,
                    true));
    Map<String, Object> json = json(recipe, result, target, bytes, fidelity);
    card.write(
        target,
        result.graph(),
        console,
        made -> complete(made, original, recipe, samples, fidelity));
    if (report != null) {
      Output.write(report, page(result, recipe, fidelity));
    }
    if (common.json) {
      console.printJson(json);
    } else {
      print(result, target, bytes, fidelity);
    }
    List<Diagnostic> missed =
        fidelity
            .map(measured -> thresholds.check(measured.fidelity(), target.toString()))
            .orElse(List.of());
    missed.forEach(problem -> console.say(problem.toString()));
    return missed.isEmpty() ? Mote.OK : Mote.BAD_INPUT;
  }

  private Path target(PostTraining.Recipe recipe) {
    if (out != null) {
      return out;
    }
    String format = FormatText.text(recipe.scheme().standard()).replace('/', '-');
    return Path.of(ModelOptions.symbol(file) + "-" + format + ".tflite");
  }

  private Optional<SampleSet> samples(Graph graph, PostTraining.Recipe recipe) {
    if (data.isGiven()) {
      return Optional.of(data.read(graph, MOST_SAMPLES));
    }
    if (options.isRandom()) {
      SampleSet random = options.random(graph);
      console.say(
          "WARNING: calibrated on random inputs. Ranges and figures are those of noise, not of what"
              + " the model will see; give --data for a model that is used.");
      return Optional.of(random);
    }
    if (recipe.needsData()) {
      throw new DiagnosticException(
          Diagnostic.user(
              CliCodes.NO_DATA,
              file.toString(),
              "integer activations need ranges, and there are no data to find them on",
              "give samples of what the model will see with --data; for a first look --random-data"
                  + " LOW:HIGH makes inputs up, which is worse; --format float16 and dynamic need"
                  + " none."));
    }
    return Optional.empty();
  }

  private PostTraining.Result quantize(
      Graph graph, PostTraining.Recipe recipe, Optional<SampleSet> samples) {
    if (calibrateOn < 1) {
      throw new DiagnosticException(
          Diagnostic.user(
              CliCodes.BAD_PREPARATION,
              "--calibrate-on " + calibrateOn,
              "it is no positive number",
              "give a positive number."));
    }
    SampleSet some =
        samples
            .map(set -> set.sample(calibrateOn, 1))
            .orElseGet(() -> new SampleSet("no data", List.of(), List.of(), List.of()));
    try (ShownProgress progress = new ShownProgress(console, "quantizing")) {
      progress.report(0, "finding ranges");
      return PostTraining.run(
          graph,
          some,
          recipe,
          (done, total) -> progress.report((double) done / total, "correcting layers"));
    }
  }

  private static int write(ModelWriter writer, Graph graph, Path target) {
    return switch (writer.write(graph)) {
      case ModelWriter.Result.Written(Blob bytes) -> {
        Output.write(target, bytes.toByteArray());
        yield bytes.size();
      }
      case ModelWriter.Result.Refused(List<Diagnostic> problems) ->
          throw new DiagnosticException(problems);
    };
  }

  private ModelCard complete(
      ModelCard made,
      Graph original,
      PostTraining.Recipe recipe,
      Optional<SampleSet> samples,
      Optional<FidelityReport> fidelity) {
    ModelCard card = made.withSource(file, original).withQuantization(chosen(recipe));
    if (samples.isEmpty() || fidelity.isEmpty()) {
      return card;
    }
    SampleSet all = samples.get();
    return card.withCalibration(all.sample(calibrateOn, 1))
        .withEvaluation(all, fidelity.get().fidelity(), true);
  }

  /// What was chosen, for reports.
  private Map<String, Object> chosen(PostTraining.Recipe recipe) {
    Map<String, Object> chosen = options.json(recipe);
    chosen.put("calibratedOnRandomData", options.isRandom() && !data.isGiven());
    chosen.put("calibrateOn", calibrateOn);
    return chosen;
  }

  private void print(
      PostTraining.Result result, Path target, int bytes, Optional<FidelityReport> fidelity) {
    console.print("wrote %s, %,d bytes".formatted(target, bytes));
    console.print(
        "  weights  %,d bytes, before %,d"
            .formatted(constantBytes(result.graph()), constantBytes(result.prepared())));
    result
        .kept()
        .forEach(
            layer ->
                console.print(
                    "  float    %s '%s': %s"
                        .formatted(layer.operator(), layer.layer(), layer.reason())));
    long changed = result.changes().stream().mapToLong(LayerCorrection.Change::changed).sum();
    if (!result.changes().isEmpty()) {
      console.print(
          "  corrected %d layers, %,d weights rounded otherwise"
              .formatted(result.changes().size(), changed));
    }
    fidelity.ifPresent(
        measured -> {
          console.print("");
          measured.print(console);
        });
  }

  private static long constantBytes(Graph graph) {
    return graph.tensors().values().stream()
        .filter(Tensor::isConstant)
        .mapToLong(tensor -> tensor.type().bytes())
        .sum();
  }

  private Map<String, Object> json(
      PostTraining.Recipe recipe,
      PostTraining.Result result,
      Path target,
      int bytes,
      Optional<FidelityReport> fidelity) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("file", target.toString());
    json.put("bytes", bytes);
    json.put("weightBytes", constantBytes(result.graph()));
    json.put("floatWeightBytes", constantBytes(result.prepared()));
    json.put("quantization", chosen(recipe));
    json.put("layers", QuantizedLayers.of(result).stream().map(QuantizedLayers.Row::json).toList());
    fidelity.ifPresent(measured -> json.putAll(measured.json(result.graph().name())));
    return json;
  }

  private String page(
      PostTraining.Result result, PostTraining.Recipe recipe, Optional<FidelityReport> fidelity) {
    List<List<String>> choices = new ArrayList<>();
    chosen(recipe).forEach((name, value) -> choices.add(List.of(name, String.valueOf(value))));
    List<List<String>> measures = fidelity.map(FidelityReport::rows).orElse(List.of());
    return QuantizationPage.html(
        result.graph().name(),
        "%,d bytes of weights, before %,d"
            .formatted(constantBytes(result.graph()), constantBytes(result.prepared())),
        choices,
        measures,
        QuantizedLayers.of(result).stream().map(QuantizedLayers.Row::cells).toList());
  }
}
