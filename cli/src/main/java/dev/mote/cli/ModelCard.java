package dev.mote.cli;

import dev.mote.builder.Describe;
import dev.mote.builder.Json;
import dev.mote.builder.ModelFiles;
import dev.mote.builder.page.CardPage;
import dev.mote.ir.Graph;
import dev.mote.ir.MacCount;
import dev.mote.optimizer.data.SampleSet;
import dev.mote.optimizer.fidelity.Fidelity;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Everything that is known of a model, for those who decide whether to use it.
///
/// The fields of the JSON form stand in `docs/reference/model-card.md`. There is no date in it:
/// equal measurements give equal cards.
///
/// @param model what it is: file, hash, inputs, outputs, size
/// @param source the model that it was made of, told likewise
/// @param layers the formats of its layers
/// @param quantization how it was made small, as the command that did it tells: names and values
/// @param calibration the data that ranges were learnt from
/// @param evaluation what was measured on data
/// @param targets what it takes of chips
/// @param about what its author says: intended use, limits, licence
record ModelCard(
    Map<String, Object> model,
    Optional<Map<String, Object>> source,
    List<LayerFormats> layers,
    Map<String, Object> quantization,
    Optional<SampleSet> calibration,
    Optional<Evaluation> evaluation,
    List<TargetFigures> targets,
    Map<String, String> about) {

  /// What the JSON form says of itself.
  static final String SCHEMA = "mote-model-card/1";

  ModelCard {
    model = Collections.unmodifiableMap(new LinkedHashMap<>(model));
    layers = List.copyOf(layers);
    quantization = Collections.unmodifiableMap(new LinkedHashMap<>(quantization));
    targets = List.copyOf(targets);
    about = Collections.unmodifiableMap(new LinkedHashMap<>(about));
  }

  /// A model measured on data.
  ///
  /// @param compares whether the original was measured beside it
  record Evaluation(SampleSet samples, Fidelity fidelity, boolean compares) {}

  /// The card of the model in `file`, with what can be seen without running it.
  static ModelCard of(Path file, Graph graph) {
    return new ModelCard(
        identity(file, graph),
        Optional.empty(),
        LayerFormats.of(graph),
        Map.of(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Map.of());
  }

  ModelCard withSource(Path file, Graph graph) {
    return new ModelCard(
        model,
        Optional.of(identity(file, graph)),
        layers,
        quantization,
        calibration,
        evaluation,
        targets,
        about);
  }

  /// @param how names and values: strings, numbers, lists, maps
  ModelCard withQuantization(Map<String, Object> how) {
    return new ModelCard(model, source, layers, how, calibration, evaluation, targets, about);
  }

  ModelCard withCalibration(SampleSet samples) {
    return new ModelCard(
        model, source, layers, quantization, Optional.of(samples), evaluation, targets, about);
  }

  /// @param compares whether the original was measured beside it
  ModelCard withEvaluation(SampleSet samples, Fidelity fidelity, boolean compares) {
    return new ModelCard(
        model,
        source,
        layers,
        quantization,
        calibration,
        Optional.of(new Evaluation(samples, fidelity, compares)),
        targets,
        about);
  }

  ModelCard withTarget(TargetFigures figures) {
    List<TargetFigures> more = new ArrayList<>(targets);
    more.add(figures);
    return new ModelCard(model, source, layers, quantization, calibration, evaluation, more, about);
  }

  ModelCard withAbout(Map<String, String> said) {
    return new ModelCard(
        model, source, layers, quantization, calibration, evaluation, targets, said);
  }

  private static Map<String, Object> identity(Path file, Graph graph) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", graph.name());
    json.put("file", file.getFileName().toString());
    json.put("bytes", ModelFiles.bytes(file).size());
    json.put("sha256", ModelFiles.bytes(file).sha256());
    json.put("inputs", Describe.json(graph, graph.inputs()));
    json.put("outputs", Describe.json(graph, graph.outputs()));
    json.put("operators", graph.nodes().size());
    json.put("macs", MacCount.of(graph));
    json.put(
        "constantBytes",
        graph.tensors().values().stream()
            .filter(tensor -> tensor.isConstant())
            .mapToLong(tensor -> tensor.type().bytes())
            .sum());
    return json;
  }

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("schema", SCHEMA);
    json.put("model", model);
    source.ifPresent(value -> json.put("source", value));
    json.put("layers", layers.stream().map(LayerFormats::json).toList());
    if (!quantization.isEmpty()) {
      json.put("quantization", quantization);
    }
    calibration.ifPresent(samples -> json.put("calibration", CardJson.data(samples)));
    evaluation.ifPresent(
        measured -> {
          Map<String, Object> evaluated = new LinkedHashMap<>();
          evaluated.put("data", CardJson.data(measured.samples()));
          evaluated.putAll(CardJson.fidelity(measured.fidelity(), measured.compares()));
          json.put("evaluation", evaluated);
        });
    if (!targets.isEmpty()) {
      json.put("targets", targets.stream().map(TargetFigures::json).toList());
    }
    json.put("about", about);
    json.put("compiler", Map.of("name", "mote", "version", Version.number()));
    return json;
  }

  /// Writes the card as JSON to `file`, and as a page beside it.
  ///
  /// @return the page's path
  Path write(Path file) {
    String name = file.getFileName().toString();
    Path page =
        file.resolveSibling(
            (name.endsWith(".json") ? name.substring(0, name.length() - 5) : name) + ".html");
    Output.write(file, Json.text(json()) + "\n");
    Output.write(page, CardPage.html(CardContent.of(this)));
    return page;
  }
}
