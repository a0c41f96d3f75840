package dev.mote.cli;

import dev.mote.builder.page.CardPage;
import dev.mote.builder.page.CardPage.ClassBar;
import dev.mote.builder.page.CardPage.Facts;
import dev.mote.builder.page.CardPage.Grid;
import dev.mote.builder.page.Figures;
import dev.mote.builder.page.PageContent.Tile;
import dev.mote.optimizer.data.SampleSet;
import dev.mote.optimizer.fidelity.Divergence;
import dev.mote.optimizer.fidelity.Fidelity;
import dev.mote.optimizer.fidelity.Fidelity.ClassRow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Gathers what the page of a model card shows.
final class CardContent {

  private CardContent() {}

  static CardPage.Content of(ModelCard card) {
    List<Facts> facts = new ArrayList<>();
    if (!card.about().isEmpty()) {
      Map<String, String> said = new LinkedHashMap<>();
      card.about().forEach((name, text) -> said.put(words(name), text));
      facts.add(new Facts("About", said));
    }
    card.evaluation().ifPresent(evaluation -> facts.add(evaluation(evaluation)));
    facts.add(new Facts("Model", identity(card.model())));
    card.source().ifPresent(source -> facts.add(new Facts("Made of", identity(source))));
    if (!card.quantization().isEmpty() || card.calibration().isPresent()) {
      facts.add(quantization(card));
    }
    List<Grid> grids = new ArrayList<>();
    targets(card).ifPresent(grids::add);
    layers(card).ifPresent(grids::add);
    Optional<Fidelity.Labelled> labelled =
        card.evaluation().flatMap(evaluation -> evaluation.fidelity().labelled());
    boolean compares = card.evaluation().map(ModelCard.Evaluation::compares).orElse(false);
    return new CardPage.Content(
        String.valueOf(card.model().get("name")),
        "Model card, %s".formatted(card.model().get("file")),
        tiles(card),
        facts,
        labelled.map(known -> bars(known, compares)).orElse(List.of()),
        labelled.map(Fidelity.Labelled::confusion).orElse(List.of()),
        grids);
  }

  private static List<Tile> tiles(ModelCard card) {
    List<Tile> tiles = new ArrayList<>();
    card.evaluation()
        .ifPresent(
            evaluation -> {
              Fidelity fidelity = evaluation.fidelity();
              fidelity
                  .labelled()
                  .ifPresent(
                      labelled -> {
                        tiles.add(
                            new Tile(
                                "Accuracy",
                                labelled.candidate().percent(),
                                labelled.candidate().interval()));
                        if (evaluation.compares()) {
                          tiles.add(
                              new Tile(
                                  "Negative flips",
                                  labelled.negativeFlips().percent(),
                                  "right before, wrong now"));
                        }
                      });
              if (evaluation.compares()) {
                fidelity
                    .agreement()
                    .ifPresentOrElse(
                        agreement ->
                            tiles.add(
                                new Tile(
                                    "Agreement", agreement.share().percent(), "with the original")),
                        () ->
                            tiles.add(
                                new Tile(
                                    "Signal to noise",
                                    FidelityReport.decibels(fidelity.divergence().signalToNoise()),
                                    "of the outputs")));
              }
            });
    card.targets().stream()
        .findFirst()
        .ifPresent(
            figures -> {
              String name = figures.model().target().name();
              tiles.add(
                  new Tile(
                      "Flash", Figures.bytes(figures.flashBytes()), "code and constants, " + name));
              tiles.add(new Tile("Arena (RAM)", Figures.bytes(figures.model().arenaBytes()), name));
              figures
                  .measured()
                  .ifPresent(
                      m ->
                          tiles.add(
                              new Tile("Instructions", Figures.count(m.instructions()), name)));
            });
    if (card.targets().isEmpty()) {
      tiles.add(
          new Tile(
              "Constants",
              Figures.bytes(((Number) card.model().getOrDefault("constantBytes", 0)).longValue()),
              "as in the model"));
    }
    return tiles;
  }

  private static Map<String, String> identity(Map<String, Object> model) {
    Map<String, String> facts = new LinkedHashMap<>();
    model.forEach(
        (name, value) -> {
          String text =
              value instanceof List<?> tensors
                  ? String.join(", ", tensors.stream().map(CardContent::tensor).toList())
                  : value instanceof Long || value instanceof Integer
                      ? "%,d".formatted(((Number) value).longValue())
                      : String.valueOf(value);
          facts.put(words(name), text);
        });
    return facts;
  }

  private static String tensor(Object tensor) {
    if (!(tensor instanceof Map<?, ?> fields)) {
      return String.valueOf(tensor);
    }
    return "%s: %s %s".formatted(fields.get("name"), fields.get("type"), fields.get("shape"));
  }

  private static Facts evaluation(ModelCard.Evaluation evaluation) {
    Map<String, String> facts = new LinkedHashMap<>(data(evaluation.samples()));
    Fidelity fidelity = evaluation.fidelity();
    fidelity
        .labelled()
        .ifPresent(
            labelled -> {
              if (evaluation.compares()) {
                facts.put(
                    "Accuracy of the original",
                    labelled.reference().percent() + " (" + labelled.reference().interval() + ")");
                facts.put("Positive flips", labelled.positiveFlips().percent() + " (wrong before)");
              }
              facts.put(
                  "Worst class",
                  labelled.worst().name() + ", " + labelled.worst().candidate().percent());
            });
    if (evaluation.compares()) {
      Divergence divergence = fidelity.divergence();
      facts.put("Signal to noise", FidelityReport.decibels(divergence.signalToNoise()));
      facts.put("Mean absolute difference", FidelityReport.number(divergence.meanAbsolute()));
      facts.put("Largest difference", FidelityReport.number(divergence.maxAbsolute()));
    }
    return new Facts("Measured on", facts);
  }

  private static Map<String, String> data(SampleSet samples) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("Data", samples.name());
    facts.put("Samples", "%,d".formatted(samples.size()));
    facts.put("SHA-256 of the samples", samples.sha256());
    facts.put("Preparation", samples.preparation());
    return facts;
  }

  private static Facts quantization(ModelCard card) {
    Map<String, String> facts = new LinkedHashMap<>();
    card.quantization().forEach((name, value) -> facts.put(words(name), String.valueOf(value)));
    card.calibration()
        .ifPresent(
            samples ->
                data(samples).forEach((name, value) -> facts.put("Calibration: " + name, value)));
    return new Facts("How it was made", facts);
  }

  private static List<ClassBar> bars(Fidelity.Labelled labelled, boolean compares) {
    return labelled.classes().stream()
        .filter(row -> row.candidate().of() > 0)
        .map(
            (ClassRow row) ->
                new ClassBar(
                    row.name(),
                    row.candidate().of(),
                    row.candidate().value(),
                    compares ? row.reference().value() : -1,
                    compares ? row.negativeFlips().count() : -1))
        .toList();
  }

  private static Optional<Grid> targets(ModelCard card) {
    if (card.targets().isEmpty()) {
      return Optional.empty();
    }
    List<List<String>> rows = new ArrayList<>();
    for (TargetFigures figures : card.targets()) {
      rows.add(
          List.of(
              figures.model().target().name(),
              "%,d".formatted(figures.flashBytes()),
              "%,d".formatted(figures.model().weightBytes()),
              "%,d".formatted(figures.model().arenaBytes()),
              figures.measured().map(m -> "%,d".formatted(m.stackBytes())).orElse("–"),
              figures.measured().map(m -> "%,d".formatted(m.instructions())).orElse("–"),
              figures.measured().map(m -> "%,d".formatted(m.cycles().total())).orElse("–")));
    }
    return Optional.of(
        new Grid(
            "On chips",
            List.of(
                "target", "flash", "weights", "arena", "stack", "instructions", "estimated cycles"),
            rows));
  }

  private static Optional<Grid> layers(ModelCard card) {
    if (card.layers().isEmpty()) {
      return Optional.empty();
    }
    List<List<String>> rows = new ArrayList<>();
    for (LayerFormats layer : card.layers()) {
      rows.add(
          List.of(
              Figures.firstName(layer.layer()),
              layer.operator(),
              layer.activations(),
              layer.weights(),
              layer.scales() == 0 ? "–" : layer.scales() == 1 ? "per tensor" : "per channel",
              "%,d".formatted(layer.parameters()),
              String.format(Locale.ROOT, "%.1f %%", 100.0 * layer.zeros() / layer.parameters())));
    }
    return Optional.of(
        new Grid(
            "Layers",
            List.of("layer", "operator", "activations", "weights", "scales", "parameters", "zeros"),
            rows));
  }

  /// `intendedUse` as words.
  private static String words(String name) {
    if (name.equals("sha256")) {
      return "SHA-256";
    }
    String spaced = name.replaceAll("([a-z0-9])([A-Z])", "$1 $2").toLowerCase(Locale.ROOT);
    return spaced.isEmpty()
        ? spaced
        : spaced.substring(0, 1).toUpperCase(Locale.ROOT) + spaced.substring(1);
  }
}
