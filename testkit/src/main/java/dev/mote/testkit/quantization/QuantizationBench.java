package dev.mote.testkit.quantization;

import dev.mote.ir.Graph;
import dev.mote.optimizer.calibrate.PostTraining;
import dev.mote.optimizer.calibrate.RangeMethod;
import dev.mote.optimizer.data.SampleSet;
import dev.mote.optimizer.run.Predictions;
import dev.mote.pipeline.quantize.LayerFormat;
import dev.mote.pipeline.quantize.QuantizationScheme;
import dev.mote.pipeline.quantize.Quantizer;
import dev.mote.pipeline.quantize.WeightFormat;
import dev.mote.pipeline.quantize.WeightScales;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Quantizes the float models of MLPerf Tiny in several ways and writes how far each is from the
/// float original, beside the published int8 model: `quantization.csv`. Arguments: its folder,
/// samples to calibrate on, samples to measure on.
public final class QuantizationBench {

  private QuantizationBench() {}

  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    int calibration = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 256;
    int held = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 500;
    String only = arguments.length > 3 ? arguments[3] : "";
    List<String> rows = new ArrayList<>();
    rows.add("model,inputs,quantization,mean_error,agreement");
    for (PublishedModel model : PublishedModel.all()) {
      if (model.name().contains(only)) {
        measure(model, calibration, held, rows);
      }
    }
    Files.write(folder.resolve("quantization.csv"), rows);
  }

  private static void measure(PublishedModel model, int calibration, int held, List<String> rows) {
    Graph floats = Quantizer.prepare(model.floatGraph());
    List<SampleSet> sets = List.of(model.random(held, 71), model.realistic(held, 72, true));
    List<Predictions> truths = sets.stream().map(set -> Predictions.of(floats, set)).toList();
    Map<String, Graph> graphs = new LinkedHashMap<>();
    graphs.put("published", model.integerGraph());
    SampleSet data = model.calibration(calibration, 1);
    recipes()
        .forEach(
            (name, recipe) ->
                graphs.put(
                    name,
                    PostTraining.run(model.floatGraph(), data, recipe, (_, _) -> {}).graph()));
    graphs.forEach(
        (name, graph) -> {
          for (int k = 0; k < sets.size(); k++) {
            Difference difference =
                Difference.of(truths.get(k), Predictions.of(graph, sets.get(k)));
            rows.add(
                String.format(
                    Locale.ROOT,
                    "%s,%s,%s,%.6f,%.4f",
                    model.name(),
                    k == 0 ? "random" : "realistic",
                    name,
                    difference.meanError(),
                    difference.agreement()));
            System.out.println(rows.getLast());
          }
        });
  }

  /// What holds the comparison with the published models.
  static PostTraining.Recipe standard() {
    return PostTraining.Recipe.of(QuantizationScheme.INT8)
        .withMethod(RangeMethod.MSE)
        .withCorrections(true, true);
  }

  /// What is compared, by the name that the report gives it.
  static Map<String, PostTraining.Recipe> recipes() {
    PostTraining.Recipe plain = PostTraining.Recipe.of(QuantizationScheme.INT8);
    PostTraining.Recipe small =
        PostTraining.Recipe.of(
            QuantizationScheme.of(LayerFormat.INT8.withWeights(WeightFormat.INT4)));
    Map<String, PostTraining.Recipe> recipes = new LinkedHashMap<>();
    recipes.put("minmax", plain);
    recipes.put("percentile", plain.withMethod(RangeMethod.PERCENTILE));
    recipes.put("mse", plain.withMethod(RangeMethod.MSE));
    recipes.put("kl", plain.withMethod(RangeMethod.KL));
    recipes.put("mse + bias", plain.withMethod(RangeMethod.MSE).withCorrections(true, false));
    recipes.put("mse + bias + rounding", standard());
    recipes.put("int4 weights", small);
    recipes.put("int4 weights + bias", small.withCorrections(true, false));
    recipes.put("int4 weights + bias + rounding", small.withCorrections(true, true));
    recipes.put(
        "16x8",
        PostTraining.Recipe.of(QuantizationScheme.INT16).withScales(WeightScales.LEAST_SQUARES));
    return recipes;
  }
}
