package dev.mote.cli;

import dev.mote.builder.Json;
import dev.mote.builder.ModelFiles;
import dev.mote.builder.page.SearchPage;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.Graph;
import dev.mote.optimizer.data.SampleSet;
import dev.mote.optimizer.search.Budget;
import dev.mote.optimizer.search.ModelEvaluator;
import dev.mote.optimizer.search.Search;
import dev.mote.optimizer.search.SearchCodes;
import dev.mote.optimizer.search.SearchOptions;
import dev.mote.optimizer.search.SearchOptions.Prefer;
import dev.mote.optimizer.search.SearchResult;
import dev.mote.optimizer.search.Trial;
import dev.mote.pipeline.CompiledModel;
import dev.mote.plugin.Target;
import dev.mote.targets.Targets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

@Command(
    name = "optimize",
    description = {
      "Searches for the best way to make a float model small: calibration, bits, pruning, coding.",
      "Writes the chosen variant as model, as C, with a model card and a page of what was tried."
    })
final class OptimizeCommand implements Callable<Integer> {

  /// Fewer samples than this on one side say nothing.
  private static final int FEW = 20;

  private static final int CALIBRATION_SAMPLES = 200;

  private final Console console;

  @Parameters(paramLabel = "MODEL", description = "A float model.")
  private Path file = Path.of("");

  @Option(
      names = "--calibration",
      paramLabel = "DATA",
      description =
          "Other samples to find ranges on, prepared alike (default: some of --data, which are then"
              + " not judged on).")
  private @Nullable Path calibration;

  @Option(
      names = {"-t", "--target"},
      paramLabel = "TARGET",
      defaultValue = "cortex-m4",
      description = "Chip, board or bare core; see 'mote targets' (default: ${DEFAULT-VALUE}).")
  private String target = "cortex-m4";

  @Option(
      names = "--prefer",
      paramLabel = "accuracy|flash|latency|ram",
      description =
          "What decides within the budget (default: accuracy where memory or time is limited, else"
              + " flash).")
  private @Nullable Prefer prefer;

  @Option(
      names = "--time",
      paramLabel = "TIME",
      defaultValue = "10m",
      converter = SearchTime.class,
      description =
          "After this nothing new is tried: 90s, 10m, 1h (default: ${DEFAULT-VALUE}); what was found is"
              + " then still measured.")
  private Duration time = Duration.ofMinutes(10);

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      defaultValue = "optimized",
      description = "Where results are written (default: ${DEFAULT-VALUE}).")
  private Path folder = Path.of("optimized");

  @Mixin private DataOptions data = new DataOptions();
  @Mixin private BudgetOptions budgetOptions = new BudgetOptions();
  @Mixin private ModelOptions modelOptions = new ModelOptions();
  @Mixin private CommonOptions common = new CommonOptions();

  OptimizeCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Budget budget = budgetOptions.budget();
    Target chip = Targets.find(target);
    checkTime(budget, chip);
    Graph graph = modelOptions.read(file);
    Split split = split(graph);
    ModelEvaluator evaluator =
        ModelEvaluator.of(
            graph, split.calibration(), split.test(), chip, ModelOptions.symbol(file));
    Prefer wanted =
        prefer != null ? prefer : budget.limitsResources() ? Prefer.ACCURACY : Prefer.FLASH;
    SearchResult result;
    try (ShownProgress progress = new ShownProgress(console, "optimize")) {
      result =
          Search.run(
              evaluator,
              budget,
              SearchOptions.preferring(wanted).withTime(time),
              progress,
              InstantSource.system());
    }
    SearchReport report = new SearchReport(graph.name(), chip, budget, split.description(), result);
    write(evaluator, report, split, graph);
    if (common.json) {
      console.printJson(report.json());
    } else {
      console.printTable(report.table());
      console.print("");
      console.print(
          "bytes; time at the target's highest clock; * "
              + (result.best().isPresent() ? "chosen" : "nearest to the budget")
              + (result.nearest().cost().measured()
                  ? ", measured on the emulated board; the others' cost is estimated"
                  : ", all cost is estimated")
              + "; all in "
              + folder.resolve("report.html"));
    }
    if (result.best().isEmpty()) {
      throw outOfBudget(graph, chip, result);
    }
    return Mote.OK;
  }

  /// What ranges are found on, and what variants are judged on.
  private record Split(SampleSet calibration, SampleSet test, String description) {}

  private Split split(Graph graph) {
    SampleSet all = data.read(graph);
    if (calibration != null) {
      SampleSet other = data.readUnlabelled(calibration, graph, CALIBRATION_SAMPLES);
      return new Split(
          other,
          all,
          "%,d samples of %s, calibrated on %,d of %s"
              .formatted(all.size(), all.name(), other.size(), other.name()));
    }
    int count = Math.min(CALIBRATION_SAMPLES, all.size() / 4);
    if (count < FEW) {
      console.say(
          "%s has %,d samples: too few to set some apart for calibration; all serve for both"
              .formatted(all.name(), all.size()));
      return new Split(
          all, all, "%,d samples of %s, calibrated on the same".formatted(all.size(), all.name()));
    }
    SampleSet.Split parts = all.split(count, 1);
    return new Split(
        parts.chosen(),
        parts.rest(),
        "%,d samples of %s, calibrated on %,d others"
            .formatted(parts.rest().size(), all.name(), count));
  }

  private void checkTime(Budget budget, Target chip) {
    boolean known =
        (budget.latency().isEmpty() || chip.clockHz() > 0)
            && (budget.latency().isEmpty() && budget.cycles().isEmpty() || hasCosts(chip));
    if (!known) {
      throw new DiagnosticException(
          Diagnostic.user(
              SearchCodes.UNKNOWN_TIME,
              "target '" + chip.name() + "'",
              "how long an inference takes on it is not known, so that it cannot be limited",
              "name a chip with a clock, or leave out --max-latency and --max-cycles."));
    }
  }

  private static boolean hasCosts(Target chip) {
    return chip.instructionSet() != Target.InstructionSet.HOST;
  }

  private void write(ModelEvaluator evaluator, SearchReport report, Split split, Graph graph) {
    SearchResult result = report.result();
    Output.write(folder.resolve("report.html"), SearchPage.html(report.content()));
    Output.write(folder.resolve("search.json"), Json.text(report.json()) + "\n");
    if (result.best().isPresent()) {
      Trial best = result.best().get();
      CompiledModel compiled = evaluator.compile(best.recipe(), best.cost().build());
      Output.write(folder.resolve(compiled.symbol() + ".h"), compiled.header());
      Output.write(folder.resolve(compiled.symbol() + ".c"), compiled.source());
      Graph small = evaluator.graph(best.recipe());
      Path made = folder.resolve(compiled.symbol() + ".tflite");
      Output.write(made, ModelFiles.write(small, "tflite").toByteArray());
      ModelCard.of(made, small)
          .withSource(file, graph)
          .withQuantization(how(best))
          .withCalibration(split.calibration())
          .withEvaluation(split.test(), evaluator.fidelity(best.recipe()), true)
          .withTarget(
              TargetFigures.of(
                  small, report.target(), best.cost().build().settings(), compiled.symbol()))
          .write(folder.resolve("model-card.json"));
    }
  }

  private static Map<String, Object> how(Trial best) {
    Map<String, Object> how = new LinkedHashMap<>();
    how.put("command", "optimize");
    how.put("variant", best.recipe().label());
    best.recipe().layers().forEach((layer, format) -> how.put("layer " + layer, format.name()));
    return how;
  }

  private static DiagnosticException outOfBudget(Graph graph, Target chip, SearchResult result) {
    return new DiagnosticException(
        Diagnostic.resource(
            SearchCodes.OUT_OF_BUDGET,
            graph.name() + " for " + chip.name(),
            "nothing that was tried keeps the budget; nearest is %s: %s"
                .formatted(
                    result.nearest().recipe().label(),
                    result.misses().stream()
                        .map(Budget.Miss::toString)
                        .collect(Collectors.joining(", "))),
            "allow what the nearest variant takes, search longer with --time, or train a smaller"
                + " network."));
  }

  /// `10m` → a duration.
  static final class SearchTime implements ITypeConverter<Duration> {
    private static final Pattern TEXT = Pattern.compile("([0-9]{1,6})(s|m|h)");

    @Override
    public Duration convert(String text) {
      Matcher matcher = TEXT.matcher(text.strip().toLowerCase(Locale.ROOT));
      if (!matcher.matches() || Long.parseLong(matcher.group(1)) == 0) {
        throw new TypeConversionException("'" + text + "' is no time such as 90s, 10m or 1h");
      }
      long amount = Long.parseLong(matcher.group(1));
      return switch (matcher.group(2)) {
        case "s" -> Duration.ofSeconds(amount);
        case "m" -> Duration.ofMinutes(amount);
        default -> Duration.ofHours(amount);
      };
    }
  }
}
