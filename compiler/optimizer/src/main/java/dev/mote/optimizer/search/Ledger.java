package dev.mote.optimizer.search;

import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.plugin.Progress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;

/// What was evaluated, so that nothing is twice; and what could not be.
final class Ledger {

  private final Evaluator evaluator;
  private final Progress progress;
  private final InstantSource clock;
  private final long endMillis;
  private final long startMillis;
  private final Map<Recipe, List<Cost>> costs = new LinkedHashMap<>();
  private final Map<Recipe, Map<Integer, Quality>> qualities = new LinkedHashMap<>();
  private final Map<Recipe, Diagnostic> refusals = new LinkedHashMap<>();
  private final SequencedSet<Recipe> shown = new LinkedHashSet<>();
  private boolean outOfTime;

  Ledger(Evaluator evaluator, Duration time, Progress progress, InstantSource clock) {
    this.evaluator = evaluator;
    this.progress = progress;
    this.clock = clock;
    this.startMillis = clock.millis();
    this.endMillis = startMillis + time.toMillis();
  }

  /// Whether time is left to try something new, when only `share` of the whole may be used up so
  /// far; so that no stage leaves nothing to those after it.
  boolean hasTime(double share) {
    boolean left = clock.millis() < startMillis + share * (endMillis - startMillis);
    outOfTime |= !left;
    return left;
  }

  boolean outOfTime() {
    return outOfTime;
  }

  /// Whether asking for this quality takes no time.
  boolean isKnown(Recipe recipe, int samples) {
    return refusals.containsKey(recipe)
        || qualities.getOrDefault(recipe, Map.of()).containsKey(samples);
  }

  /// What `recipe` costs in each way to compile it; empty when it cannot be followed.
  List<Cost> costs(Recipe recipe) {
    progress.checkCancelled();
    if (!costs.containsKey(recipe) && !refusals.containsKey(recipe)) {
      try {
        costs.put(recipe, List.copyOf(evaluator.costs(recipe)));
      } catch (DiagnosticException e) {
        refusals.put(recipe, e.diagnostics().getFirst());
      }
    }
    return costs.getOrDefault(recipe, List.of());
  }

  /// How well `recipe` answers `samples` samples; empty when it cannot be followed.
  Optional<Quality> quality(Recipe recipe, int samples) {
    progress.checkCancelled();
    Map<Integer, Quality> known = qualities.computeIfAbsent(recipe, _ -> new LinkedHashMap<>());
    if (!known.containsKey(samples) && !refusals.containsKey(recipe)) {
      try {
        known.put(samples, evaluator.quality(recipe, samples));
        tell(recipe, known.get(samples));
      } catch (DiagnosticException e) {
        refusals.put(recipe, e.diagnostics().getFirst());
      }
    }
    return Optional.ofNullable(known.get(samples));
  }

  private void tell(Recipe recipe, Quality quality) {
    shown.add(recipe);
    double done = (double) (clock.millis() - startMillis) / Math.max(1, endMillis - startMillis);
    progress.report(
        Math.min(1, done),
        "%s: %s on %,d samples"
            .formatted(recipe.label(), Budget.percent(quality.score()), quality.samples()));
  }

  /// The trials of `recipe` on `samples`, one for each way to compile it.
  List<Trial> trials(Recipe recipe, int samples) {
    List<Cost> known = costs(recipe);
    if (known.isEmpty()) {
      return List.of();
    }
    return quality(recipe, samples)
        .map(quality -> known.stream().map(cost -> new Trial(recipe, cost, quality)).toList())
        .orElse(List.of());
  }

  /// Every recipe that was evaluated, at the most samples that it came to.
  List<Trial> all() {
    List<Trial> all = new ArrayList<>();
    for (Recipe recipe : shown) {
      qualities.getOrDefault(recipe, Map.of()).values().stream()
          .max(Comparator.comparingInt(Quality::samples))
          .ifPresent(
              quality -> {
                for (Cost cost : costs.getOrDefault(recipe, List.of())) {
                  all.add(new Trial(recipe, cost, quality));
                }
              });
    }
    return all;
  }

  List<SearchResult.Refusal> refusals() {
    return refusals.entrySet().stream()
        .map(entry -> new SearchResult.Refusal(entry.getKey(), entry.getValue()))
        .toList();
  }
}
