package dev.mote.cli;

import dev.mote.builder.page.Figures;
import dev.mote.builder.page.SensitivityPage;
import dev.mote.optimizer.data.SampleSet;
import dev.mote.optimizer.fidelity.Fidelity;
import dev.mote.optimizer.sensitivity.Sensitivity;
import dev.mote.optimizer.sensitivity.Sensitivity.Row;
import dev.mote.pipeline.quantize.LayerFormat;
import dev.mote.pipeline.quantize.WeightFormat;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/// What each layer loses by itself, as text, as JSON and as a page.
record SensitivityReport(String model, SampleSet samples, Sensitivity result) {

  /// Formats by the names that the command line has for them.
  static final Map<LayerFormat, String> FORMATS = new LinkedHashMap<>();

  static {
    FORMATS.put(LayerFormat.INT8, "int8");
    FORMATS.put(LayerFormat.INT8.withWeights(WeightFormat.INT4), "int4");
    FORMATS.put(LayerFormat.INT8.withWeights(WeightFormat.INT2), "int2");
    FORMATS.put(LayerFormat.INT16, "16x8");
  }

  void print(Console console) {
    console.print(
        "%s on %,d samples of %s; each layer by itself, all others float"
            .formatted(model, samples.size(), samples.name()));
    accuracy(result.reference())
        .ifPresent(value -> console.print("accuracy of the float model: " + value));
    console.print("");
    Table table =
        new Table(
            "layer",
            "operator",
            "parameters",
            "format",
            "layer's signal to noise",
            "outputs' signal to noise",
            "agreement",
            "accuracy");
    for (Row row : result.rows()) {
      table.row(
          Figures.firstName(row.layer()),
          row.operator(),
          row.parameters(),
          name(row),
          FidelityReport.decibels(row.signalToNoise()),
          FidelityReport.decibels(row.fidelity().divergence().signalToNoise()),
          row.fidelity().agreement().map(agreement -> agreement.share().percent()).orElse("-"),
          accuracy(row.fidelity()).orElse("-"));
    }
    console.printTable(table);
    for (String kept : result.kept()) {
      console.print("stays float: " + kept);
    }
  }

  private static Optional<String> accuracy(Fidelity fidelity) {
    return fidelity.labelled().map(labelled -> labelled.candidate().percent());
  }

  private static String name(Row row) {
    return FORMATS.getOrDefault(row.format(), row.format().toString());
  }

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("model", model);
    json.put("data", CardJson.data(samples));
    result
        .reference()
        .labelled()
        .ifPresent(labelled -> json.put("accuracy", CardJson.share(labelled.candidate())));
    List<Map<String, Object>> layers = new ArrayList<>();
    for (Row row : result.rows()) {
      Map<String, Object> layer = new LinkedHashMap<>();
      layer.put("layer", row.layer());
      layer.put("operator", row.operator());
      layer.put("parameters", row.parameters());
      layer.put("format", name(row));
      if (Double.isFinite(row.signalToNoise())) {
        layer.put("signalToNoise", row.signalToNoise());
      }
      layer.put("divergence", CardJson.divergence(row.fidelity().divergence()));
      row.fidelity()
          .agreement()
          .ifPresent(agreement -> layer.put("agreement", CardJson.share(agreement.share())));
      row.fidelity()
          .labelled()
          .ifPresent(
              labelled -> {
                layer.put("accuracy", CardJson.share(labelled.candidate()));
                layer.put("negativeFlips", CardJson.share(labelled.negativeFlips()));
              });
      layers.add(layer);
    }
    json.put("layers", layers);
    json.put("stayFloat", result.kept());
    return json;
  }

  /// The rows, one for each layer, with a cell for each format.
  SensitivityPage.Content page() {
    List<String> formats = result.rows().stream().map(SensitivityReport::name).distinct().toList();
    Map<String, List<Row>> layers = new LinkedHashMap<>();
    result
        .rows()
        .forEach(row -> layers.computeIfAbsent(row.layer(), _ -> new ArrayList<>()).add(row));
    boolean classes = result.reference().agreement().isPresent();
    return new SensitivityPage.Content(
        model,
        "%,d samples of %s%s"
            .formatted(
                samples.size(),
                samples.name(),
                accuracy(result.reference()).map(value -> "; float accuracy " + value).orElse("")),
        classes ? "Samples that get another class" : "Error of the outputs, relative",
        formats,
        layers.entrySet().stream()
            .map(
                entry ->
                    new SensitivityPage.Layer(
                        Figures.firstName(entry.getKey()),
                        entry.getValue().getFirst().operator(),
                        entry.getValue().getFirst().parameters(),
                        formats.stream().map(format -> cell(entry.getValue(), format)).toList()))
            .toList(),
        result.kept());
  }

  private static SensitivityPage.Cell cell(List<Row> rows, String format) {
    return rows.stream()
        .filter(row -> name(row).equals(format))
        .findFirst()
        .map(
            row ->
                new SensitivityPage.Cell(
                    OptionalDouble.of(
                        row.fidelity()
                            .agreement()
                            .map(agreement -> 1 - agreement.share().value())
                            .orElse(row.fidelity().divergence().relative())),
                    FidelityReport.decibels(row.signalToNoise())))
        .orElse(new SensitivityPage.Cell(OptionalDouble.empty(), ""));
  }
}
