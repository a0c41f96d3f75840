package dev.mote.cli;

import dev.mote.builder.page.Figures;
import dev.mote.builder.page.PageContent.Tile;
import dev.mote.builder.page.SearchContent;
import dev.mote.builder.page.SearchContent.Listing;
import dev.mote.builder.page.SearchContent.Point;
import dev.mote.builder.page.SearchContent.Standing;
import dev.mote.optimizer.search.Budget;
import dev.mote.optimizer.search.Cost;
import dev.mote.optimizer.search.SearchResult;
import dev.mote.optimizer.search.Trial;
import dev.mote.plugin.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/// What a search found, as a table, as JSON and as a page.
///
/// @param model the model's name
/// @param data what variants were judged on, in words
record SearchReport(String model, Target target, Budget budget, String data, SearchResult result) {

  private static final List<String> HEADS =
      List.of("variant", "build", "flash", "arena", "time", "score", "agreement", "flips");

  /// The front, by flash; the chosen variant is marked.
  Table table() {
    Table table =
        new Table("", "variant", "build", "flash", "arena", "time", score(), "agreement", "flips");
    for (Trial trial : shown()) {
      List<String> cells = cells(trial);
      table.row(
          isChosen(trial) ? "*" : "",
          cells.get(0),
          cells.get(1),
          cells.get(2),
          cells.get(3),
          cells.get(4),
          cells.get(5),
          cells.get(6),
          cells.get(7));
    }
    return table;
  }

  /// The front, with the chosen one in its place, as measured.
  private List<Trial> shown() {
    List<Trial> shown = new ArrayList<>();
    boolean placed = false;
    for (Trial trial : result.front()) {
      boolean chosen = isChosen(trial);
      shown.add(chosen ? result.nearest() : trial);
      placed |= chosen;
    }
    if (!placed) {
      shown.add(result.nearest());
      shown.sort(Comparator.comparingLong(trial -> trial.cost().flashBytes()));
    }
    return shown;
  }

  private boolean isChosen(Trial trial) {
    Trial nearest = result.nearest();
    return trial.recipe().equals(nearest.recipe())
        && trial.cost().build().equals(nearest.cost().build())
        && trial.quality().samples() == nearest.quality().samples();
  }

  private String score() {
    return result.originalAccuracy().isPresent() ? "accuracy" : "agreement";
  }

  private List<String> cells(Trial trial) {
    Cost cost = trial.cost();
    return List.of(
        trial.recipe().label(),
        cost.build().label(),
        number(cost.flashBytes()),
        number(cost.ramBytes()),
        cost.latency().map(SearchReport::time).orElse(number(cost.cycles())),
        percent(trial.quality().expected(result.originalAccuracy())),
        percent(trial.quality().agreement()),
        percent(trial.quality().negativeFlips()));
  }

  private static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.2f %%", 100 * share);
  }

  private static String time(Duration duration) {
    return String.format(Locale.ROOT, "%.2f ms", duration.toNanos() / 1e6);
  }

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("model", model);
    json.put("target", target.name());
    json.put("data", data);
    result.originalAccuracy().ifPresent(value -> json.put("originalAccuracy", value));
    json.put("outOfTime", result.outOfTime());
    result.best().ifPresent(trial -> json.put("chosen", json(trial)));
    if (result.best().isEmpty()) {
      json.put("nearest", json(result.nearest()));
      json.put("misses", result.misses().stream().map(Budget.Miss::toString).toList());
    }
    json.put("front", result.front().stream().map(SearchReport::json).toList());
    json.put("tried", result.tried().stream().map(SearchReport::json).toList());
    json.put(
        "refused",
        result.refusals().stream()
            .map(refusal -> refusal.recipe().label() + ": " + refusal.reason())
            .toList());
    return json;
  }

  private static Map<String, Object> json(Trial trial) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("variant", trial.recipe().label());
    Map<String, String> layers = new LinkedHashMap<>();
    trial.recipe().layers().forEach((layer, format) -> layers.put(layer, format.name()));
    if (!layers.isEmpty()) {
      json.put("layers", layers);
    }
    json.putAll(json(trial.cost()));
    json.put("samples", trial.quality().samples());
    trial.quality().accuracy().ifPresent(value -> json.put("accuracy", value));
    json.put("agreement", trial.quality().agreement());
    json.put("negativeFlips", trial.quality().negativeFlips());
    json.put("divergence", trial.quality().divergence());
    return json;
  }

  static Map<String, Object> json(Cost cost) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("build", cost.build().label());
    json.put("flashBytes", cost.flashBytes());
    json.put("arenaBytes", cost.ramBytes());
    json.put("cycles", cost.cycles());
    cost.latency().ifPresent(time -> json.put("milliseconds", time.toNanos() / 1e6));
    json.put("measured", cost.measured());
    if (cost.instructions() > 0) {
      json.put("instructions", cost.instructions());
    }
    return json;
  }

  /// What the page shows.
  SearchContent content() {
    boolean timed = result.nearest().cost().latency().isPresent();
    List<Point> points = new ArrayList<>();
    for (Trial trial : result.tried()) {
      points.add(point(trial, standing(trial), timed));
    }
    points.add(point(result.nearest(), Standing.CHOSEN, timed));
    OptionalDouble least =
        budget
            .accuracy()
            .map(goal -> OptionalDouble.of(goal.least(result.originalAccuracy().orElse(1))))
            .orElse(
                result.originalAccuracy().isEmpty() ? budget.agreement() : OptionalDouble.empty());
    return new SearchContent(
        model,
        "optimized for " + target.name() + "; judged on " + data,
        tiles(),
        score(),
        result.originalAccuracy(),
        least,
        limit(budget.flashBytes().isPresent(), budget.flashBytes().orElse(0)),
        timed ? "Time" : "Cycles",
        timed
            ? limit(
                budget.latency().isPresent(),
                budget.latency().map(Duration::toNanos).orElse(0L) / 1e6)
            : limit(budget.cycles().isPresent(), budget.cycles().orElse(0)),
        points,
        List.of(frontListing(), triedListing()),
        notes());
  }

  private static OptionalDouble limit(boolean present, double value) {
    return present ? OptionalDouble.of(value) : OptionalDouble.empty();
  }

  private Standing standing(Trial trial) {
    if (result.front().contains(trial)) {
      return Standing.FRONT;
    }
    return trial.quality().samples() == result.nearest().quality().samples()
        ? Standing.FINALIST
        : Standing.TRIED;
  }

  private Point point(Trial trial, Standing standing, boolean timed) {
    Cost cost = trial.cost();
    return new Point(
        trial.recipe().label() + ", " + cost.build().label(),
        cost.flashBytes(),
        timed ? cost.latency().map(time -> time.toNanos() / 1e6).orElse(0.0) : cost.cycles(),
        trial.quality().expected(result.originalAccuracy()),
        standing);
  }

  private List<Tile> tiles() {
    Trial chosen = result.nearest();
    Cost cost = chosen.cost();
    String how = cost.measured() ? "on the emulated board" : "as estimated";
    List<Tile> tiles = new ArrayList<>();
    tiles.add(new Tile("Flash", Figures.bytes(cost.flashBytes()), "constants and code, " + how));
    tiles.add(new Tile("RAM", Figures.bytes(cost.ramBytes()), "arena"));
    Optional<Duration> latency = cost.latency();
    tiles.add(
        latency
            .map(time -> new Tile("Time", time(time), Figures.count(cost.cycles()) + " cycles"))
            .orElse(new Tile("Cycles", Figures.count(cost.cycles()), how)));
    tiles.add(
        new Tile(
            score().substring(0, 1).toUpperCase(Locale.ROOT) + score().substring(1),
            percent(chosen.quality().score()),
            result.originalAccuracy().stream()
                .mapToObj(original -> "the original has " + percent(original))
                .findFirst()
                .orElse("with the original's answers")));
    tiles.add(
        new Tile(
            "Negative flips",
            percent(chosen.quality().negativeFlips()),
            "right before, wrong now"));
    tiles.add(
        new Tile(
            "Tried",
            number(result.tried().stream().map(Trial::recipe).distinct().count()),
            "variants, " + result.front().size() + " on the front"));
    return tiles;
  }

  private List<String> notes() {
    List<String> notes = new ArrayList<>();
    notes.add(
        (result.best().isPresent() ? "Chosen: " : "Nothing keeps the budget. Nearest to it: ")
            + result.nearest().recipe().label()
            + ", compiled for "
            + result.nearest().cost().build().label()
            + ".");
    result.misses().forEach(miss -> notes.add("Not kept: " + miss + "."));
    if (result.outOfTime()) {
      notes.add("Time ran out before everything was tried.");
    }
    return notes;
  }

  private Listing frontListing() {
    List<Trial> shown = shown();
    int chosen = -1;
    for (int i = 0; i < shown.size(); i++) {
      chosen = shown.get(i) == result.nearest() ? i : chosen;
    }
    return new Listing(
        "Pareto front",
        "Evaluated on all samples; none is better than another in every respect. Bytes; time at the"
            + " target's highest clock; cost is estimated, "
            + (result.nearest().cost().measured() ? "and of the chosen one measured." : "of all."),
        heads(),
        shown.stream().map(this::cells).toList(),
        chosen);
  }

  private Listing triedListing() {
    List<String> heads = new ArrayList<>(heads());
    heads.add("samples");
    Map<Object, List<String>> rows = new LinkedHashMap<>();
    for (Trial trial : result.tried()) {
      List<String> cells = new ArrayList<>(cells(trial));
      cells.add(number(trial.quality().samples()));
      rows.putIfAbsent(trial.recipe(), cells);
    }
    return new Listing(
        "Tried",
        "Every variant, in one way to compile it. Where it saw only some of the samples, its accuracy is"
            + " that of the original on all, and its change against the original on these.",
        heads,
        List.copyOf(rows.values()),
        -1);
  }

  private List<String> heads() {
    return HEADS.stream().map(head -> head.equals("score") ? score() : head).toList();
  }
}
