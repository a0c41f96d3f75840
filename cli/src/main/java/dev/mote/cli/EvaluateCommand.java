package dev.mote.cli;

import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.Graph;
import dev.mote.optimizer.data.SampleSet;
import dev.mote.optimizer.fidelity.Fidelity;
import dev.mote.optimizer.fidelity.Task;
import dev.mote.optimizer.fidelity.Thresholds;
import dev.mote.optimizer.run.Predictions;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "evaluate",
    description = {
      "Measures a model on data, and what it kept of the model that it was made of.",
      "Accuracy and its interval, agreement, flips (right before, wrong now), the worst class, and"
          + " how far outputs are apart. A threshold that is missed ends with exit code 1."
    })
final class EvaluateCommand implements Callable<Integer> {

  private final Console console;

  @Parameters(paramLabel = "MODEL", description = "Model file.")
  private Path file = Path.of("");

  @Option(
      names = "--reference",
      paramLabel = "MODEL",
      description = "The original, a float model say; without it MODEL is measured alone.")
  private @Nullable Path reference;

  @Option(
      names = "--task",
      paramLabel = "auto|classes|values",
      defaultValue = "auto",
      description =
          "Whether the first output is a score for each class, or outputs are numbers"
              + " (default: ${DEFAULT-VALUE}).")
  private Meaning task = Meaning.AUTO;

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

  @Option(
      names = "--min-agreement",
      paramLabel = "PART",
      description = "Least on which both must agree: 99%%.")
  private @Nullable String minAgreement;

  @Option(
      names = "--min-signal-to-noise",
      paramLabel = "DECIBELS",
      description = "Least ratio of outputs to their difference from the original's.")
  private @Nullable Double minSignalToNoise;

  @Mixin private CardOptions card = new CardOptions();
  @Mixin private DataOptions data = new DataOptions();
  @Mixin private ModelOptions modelOptions = new ModelOptions();
  @Mixin private CommonOptions common = new CommonOptions();

  EvaluateCommand(Console console) {
    this.console = console;
  }

  /// What outputs are taken for.
  enum Meaning {
    AUTO,
    CLASSES,
    VALUES
  }

  @Override
  public Integer call() {
    Thresholds thresholds = thresholds();
    Graph model = modelOptions.read(file);
    Graph original = reference == null ? model : modelOptions.read(reference);
    SampleSet samples = data.read(original);
    Predictions before = Predictions.of(original, samples);
    Predictions after = reference == null ? before : Predictions.of(model, samples);
    if (before.interpreted()) {
      console.say(
          "note: no C compiler is installed, the interpreter runs the models: slow, but the same.");
    }
    Fidelity fidelity = Fidelity.compare(before, after, samples, task(original, samples));
    if (reference == null && fidelity.labelled().isEmpty()) {
      throw new DiagnosticException(
          Diagnostic.user(
              CliCodes.NOTHING_TO_COMPARE,
              file.toString(),
              "the model has no classes or the data no labels, and there is no other model",
              "give labels, or the model that it was made of: --reference MODEL."));
    }
    FidelityReport report = new FidelityReport(fidelity, samples, reference != null);
    if (common.json) {
      console.printJson(report.json(model.name()));
    } else {
      report.print(console);
    }
    card.write(
        file,
        model,
        console,
        made -> {
          ModelCard measured = made.withEvaluation(samples, fidelity, reference != null);
          return reference == null ? measured : measured.withSource(reference, original);
        });
    List<Diagnostic> missed = thresholds.check(fidelity, file.toString());
    missed.forEach(problem -> console.say(problem.toString()));
    return missed.isEmpty() ? Mote.OK : Mote.BAD_INPUT;
  }

  private Task task(Graph graph, SampleSet samples) {
    return switch (task) {
      case AUTO -> Task.of(graph, samples);
      case VALUES -> new Task.Values();
      case CLASSES -> new Task.Classes(0, graph.tensor(graph.outputs().getFirst()).shape().count());
    };
  }

  private Thresholds thresholds() {
    return new Thresholds(
        part("--max-flips", maxFlips),
        part("--min-accuracy", minAccuracy),
        part("--min-agreement", minAgreement),
        minSignalToNoise == null ? OptionalDouble.empty() : OptionalDouble.of(minSignalToNoise));
  }

  /// A part of a whole that an option gives, if it was given.
  static OptionalDouble part(String option, @Nullable String text) {
    if (text == null) {
      return OptionalDouble.empty();
    }
    try {
      return OptionalDouble.of(Thresholds.parse(text));
    } catch (IllegalArgumentException e) {
      throw new DiagnosticException(
          Diagnostic.user(
              CliCodes.BAD_PART,
              option + " " + text,
              "it is no part of a whole",
              "write a percentage, 0.5%, or a number from -1 to 1."));
    }
  }
}
