package dev.mote.optimizer.search;

import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.optimizer.search.BitAllocation.Step;
import dev.mote.optimizer.search.Evaluator.WeightedLayer;
import dev.mote.pipeline.quantize.WeightFormat;
import dev.mote.plugin.Progress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Searches the ways to make a float model small for the best one within a budget.
///
/// 1. Ways to calibrate compete on int8, as the outputs' distance from the original tells them
/// apart
///    on few samples.
/// 2. Each layer alone gets fewer bits: its sensitivity. A greedy path through them gives mixtures.
/// 3. Mixtures, other formats, and ways to shrink the weights compete by successive halving
///    (Jamieson and Talwalkar 2016): all on few samples, the better part on four times as many.
/// 4. What survives is crossed, and competes again.
/// 5. The finalists are evaluated on all samples; of those within the budget the preferred one
/// wins,
///    checked on the emulated board.
///
/// Deterministic, unless time runs out: then what is left is skipped and said so.
public final class Search {

  /// Growth of the number of samples from round to round.
  private static final int GROWTH = 4;

  /// Shares of the time by whose end the stages are over.
  private static final double CALIBRATED = 0.2;

  private static final double SENSED = 0.45;
  private static final double COMPETED = 0.75;

  /// Of a stage's share what looking at costs may use up; making some variants takes long.
  private static final double LOOKED = 0.8;

  private static final int CROSSED = 4;
  private static final int MIXTURES = 8;

  private final Evaluator evaluator;
  private final Budget budget;
  private final SearchOptions options;
  private final Ledger ledger;
  private final int first;

  private Search(Evaluator evaluator, Budget budget, SearchOptions options, Ledger ledger) {
    this.evaluator = evaluator;
    this.budget = budget;
    this.options = options;
    this.ledger = ledger;
    this.first = Math.min(options.firstSamples(), evaluator.samples());
  }

  /// Searches.
  ///
  /// @throws DiagnosticException when the budget makes no sense for the data, or no recipe at all
  ///     can be followed
  /// @throws java.util.concurrent.CancellationException when `progress` was cancelled
  public static SearchResult run(
      Evaluator evaluator,
      Budget budget,
      SearchOptions options,
      Progress progress,
      InstantSource clock) {
    if (budget.needsLabels() && evaluator.originalAccuracy().isEmpty()) {
      throw new DiagnosticException(
          Diagnostic.user(
              SearchCodes.NEEDS_LABELS,
              "the limit on accuracy",
              "the data have no labels, so that nobody knows which answers are right",
              "give labelled data, or limit --min-agreement or --max-flips."));
    }
    Ledger ledger = new Ledger(evaluator, options.time(), progress, clock);
    return new Search(evaluator, budget, options, ledger).run();
  }

  private SearchResult run() {
    Recipe base = Recipe.int8(bestNumerics());
    Set<Recipe> pool = new LinkedHashSet<>();
    pool.add(base);
    pool.addAll(Variants.formats(base));
    pool.addAll(mixtures(base));
    pool.addAll(Variants.shrunk(base));
    List<Recipe> survivors = halve(pool, CROSSED * 2, COMPETED);
    pool.addAll(Variants.crossed(survivors));
    pool.addAll(Variants.roundedAdaptively(survivors));
    Set<Recipe> finalists = new LinkedHashSet<>(halve(pool, options.finalists(), 1));
    finalists.add(base);
    return conclude(finalists);
  }

  /// A way to calibrate, and how far its answers are from the original's.
  private record Calibrated(Recipe way, double divergence) {}

  /// First the way to choose ranges, then the corrections: all together would be many to try.
  private Numerics bestNumerics() {
    return closest(closest(Numerics.methods()).neighbours());
  }

  /// The one of `numerics` with which int8's answers are nearest to the original's.
  private Numerics closest(List<Numerics> numerics) {
    List<Recipe> ways = numerics.stream().map(Recipe::int8).toList();
    int samples = first;
    while (ways.size() > 1) {
      List<Calibrated> measured = new ArrayList<>();
      for (Recipe way : ways) {
        if (measured.isEmpty() || ledger.isKnown(way, samples) || ledger.hasTime(CALIBRATED)) {
          ledger
              .quality(way, samples)
              .ifPresent(quality -> measured.add(new Calibrated(way, quality.divergence())));
        }
      }
      if (measured.isEmpty()) {
        throw nothingWorks();
      }
      measured.sort(
          Comparator.comparingDouble(Calibrated::divergence)
              .thenComparingInt(calibrated -> calibrated.way().complexity())
              .thenComparing(calibrated -> calibrated.way().label()));
      int next = Math.min(samples * GROWTH, evaluator.samples());
      boolean last = next == samples || samples > first;
      ways =
          measured.stream()
              .limit(last ? 1 : Math.max(1, measured.size() / GROWTH))
              .map(Calibrated::way)
              .toList();
      samples = next;
    }
    return ways.getFirst().numerics();
  }

  private DiagnosticException nothingWorks() {
    Diagnostic reason = ledger.refusals().getFirst().reason();
    return new DiagnosticException(
        Diagnostic.user(
            SearchCodes.NOTHING_WORKS,
            "the search",
            "no variant of the model can be made; the first one because of: "
                + reason.label()
                + " "
                + reason.where()
                + ": "
                + reason.what(),
            reason.fix()));
  }

  /// Mixtures of 8, 4 and 2 bits along the greedy path, and 4 bits throughout.
  private List<Recipe> mixtures(Recipe base) {
    List<WeightedLayer> layers = evaluator.layers();
    Map<Step, Double> damages = new HashMap<>();
    double before = ledger.quality(base, first).orElseThrow().divergence();
    for (WeightedLayer layer : layers) {
      for (WeightFormat format : List.of(WeightFormat.INT4, WeightFormat.INT2)) {
        if (ledger.hasTime(SENSED)) {
          ledger
              .quality(base.withLayers(Map.of(layer.output(), format)), first)
              .ifPresent(
                  quality ->
                      damages.put(
                          new Step(layer.output(), format),
                          Math.max(0, quality.divergence() - before)));
        }
      }
    }
    List<Map<String, WeightFormat>> path = new BitAllocation(layers, damages).path();
    List<Recipe> mixtures = new ArrayList<>();
    for (int i = 1; i <= Math.min(MIXTURES, path.size()); i++) {
      int step = i * path.size() / Math.min(MIXTURES, path.size()) - 1;
      mixtures.add(base.withLayers(path.get(step)));
    }
    return mixtures;
  }

  /// The better part of `pool`, after rounds on more and more samples; at most `count`.
  ///
  /// @param share of the time that may be used up then
  private List<Recipe> halve(Collection<Recipe> pool, int count, double share) {
    List<Recipe> left = byResources(pool, share);
    int samples = first;
    while (true) {
      List<Trial> trials = new ArrayList<>();
      for (Recipe recipe : left) {
        if (ledger.isKnown(recipe, samples) || ledger.hasTime(share)) {
          trials.addAll(ledger.trials(recipe, samples));
        }
      }
      if (trials.isEmpty() && samples > first) {
        return left.subList(0, Math.min(count, left.size()));
      }
      if (trials.isEmpty()) {
        throw nothingWorks();
      }
      // A round on nearly all samples would cost as much as the last one.
      int next = samples * GROWTH;
      boolean last = next > evaluator.samples() / 2 || left.size() <= count;
      left = keep(trials, last ? count : Math.max(count, left.size() / 2));
      if (last) {
        return left;
      }
      samples = next;
    }
  }

  /// `pool` with those first whose memory and time come nearest to the budget, which costs little
  /// to
  /// know: if time is short, they are evaluated.
  private List<Recipe> byResources(Collection<Recipe> pool, double share) {
    Map<Recipe, Double> distances = new HashMap<>();
    for (Recipe recipe : pool) {
      List<Cost> costs = ledger.hasTime(LOOKED * share) ? ledger.costs(recipe) : List.of();
      distances.put(
          recipe,
          costs.stream()
              .mapToDouble(cost -> Budget.distance(budget.misses(cost)))
              .min()
              .orElse(Double.POSITIVE_INFINITY));
    }
    return pool.stream().sorted(Comparator.comparingDouble(distances::get)).toList();
  }

  /// The recipes of half the places to what comes nearest to the budget, of the rest to what is
  /// best for someone.
  private List<Recipe> keep(List<Trial> trials, int count) {
    Set<Recipe> kept = new LinkedHashSet<>();
    List<Trial> nearest = trials.stream().sorted(byMerit()).toList();
    for (Trial trial : nearest) {
      if (kept.size() < (count + 1) / 2) {
        kept.add(trial.recipe());
      }
    }
    for (Trial trial : ParetoFront.best(trials, trials.size())) {
      if (kept.size() < count) {
        kept.add(trial.recipe());
      }
    }
    return List.copyOf(kept);
  }

  /// What is within the budget before what is not, then as preferred; the order is total.
  private Comparator<Trial> byMerit() {
    Comparator<Trial> preferred =
        switch (options.prefer()) {
          case ACCURACY -> Comparator.comparingDouble(trial -> -trial.quality().score());
          case FLASH -> Comparator.comparingLong(trial -> trial.cost().flashBytes());
          case LATENCY -> Comparator.comparingLong(trial -> trial.cost().cycles());
          case RAM -> Comparator.comparingLong(trial -> trial.cost().ramBytes());
        };
    return Comparator.<Trial>comparingDouble(trial -> Budget.distance(misses(trial)))
        .thenComparing(preferred)
        .thenComparingLong(trial -> trial.cost().flashBytes())
        .thenComparingDouble(trial -> -trial.quality().score())
        .thenComparingLong(trial -> trial.cost().cycles())
        .thenComparingLong(trial -> trial.cost().ramBytes())
        .thenComparingInt(trial -> trial.recipe().complexity())
        .thenComparing(trial -> trial.recipe().label())
        .thenComparing(trial -> trial.cost().build().label());
  }

  private List<Budget.Miss> misses(Trial trial) {
    return budget.misses(trial.cost(), trial.quality(), evaluator.originalAccuracy());
  }

  private SearchResult conclude(Collection<Recipe> finalists) {
    List<Trial> trials = new ArrayList<>();
    for (Recipe recipe : finalists) {
      trials.addAll(ledger.trials(recipe, evaluator.samples()));
    }
    if (trials.isEmpty()) {
      throw nothingWorks();
    }
    List<Trial> ranked = new ArrayList<>(trials);
    ranked.sort(byMerit());
    // What was measured may cost more than was expected, and then another one may be better.
    for (int i = 0; i < options.finalists(); i++) {
      Trial leader = ranked.getFirst();
      if (leader.cost().measured()) {
        break;
      }
      Cost measured = evaluator.measure(leader.recipe(), leader.cost());
      if (!measured.measured()) {
        break;
      }
      ranked.set(0, leader.withCost(measured));
      ranked.sort(byMerit());
    }
    Trial leader = ranked.getFirst();
    List<Budget.Miss> misses = misses(leader);
    return new SearchResult(
        evaluator.originalAccuracy(),
        ledger.all(),
        ParetoFront.of(trials),
        misses.isEmpty() ? Optional.of(leader) : Optional.empty(),
        leader,
        misses,
        ledger.refusals(),
        ledger.outOfTime());
  }
}
