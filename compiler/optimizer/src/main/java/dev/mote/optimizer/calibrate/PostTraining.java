package dev.mote.optimizer.calibrate;

import dev.mote.ir.DiagnosticException;
import dev.mote.ir.Graph;
import dev.mote.optimizer.data.SampleSet;
import dev.mote.pipeline.quantize.Calibration;
import dev.mote.pipeline.quantize.CrossLayerEqualization;
import dev.mote.pipeline.quantize.KeptLayer;
import dev.mote.pipeline.quantize.QuantizationScheme;
import dev.mote.pipeline.quantize.Quantized;
import dev.mote.pipeline.quantize.Quantizer;
import dev.mote.pipeline.quantize.WeightRounding;
import dev.mote.pipeline.quantize.WeightScales;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Post-training quantization from start to end: a float graph and data become an integer graph.
public final class PostTraining {

  /// How it is done.
  ///
  /// @param scheme the formats
  /// @param method how ranges of activations are chosen
  /// @param scales how scales of weights are chosen
  /// @param equalize whether scales are moved between layers first
  /// @param bias whether biases are corrected on the data
  /// @param rounding whether weights are rounded by their effect on the data
  public record Recipe(
      QuantizationScheme scheme,
      RangeMethod method,
      WeightScales scales,
      boolean equalize,
      boolean bias,
      boolean rounding) {

    /// int8 by the extremes of the data, no corrections.
    public static Recipe of(QuantizationScheme scheme) {
      return new Recipe(scheme, RangeMethod.MIN_MAX, WeightScales.MIN_MAX, false, false, false);
    }

    public Recipe withMethod(RangeMethod other) {
      return new Recipe(scheme, other, scales, equalize, bias, rounding);
    }

    public Recipe withScales(WeightScales other) {
      return new Recipe(scheme, method, other, equalize, bias, rounding);
    }

    public Recipe withCorrections(boolean ofBias, boolean ofRounding) {
      return new Recipe(scheme, method, scales, equalize, ofBias, ofRounding);
    }

    public Recipe withEqualization(boolean wanted) {
      return new Recipe(scheme, method, scales, wanted, bias, rounding);
    }

    /// Whether any layer gets integer activations, so that data are needed.
    public boolean needsData() {
      return Stream.concat(Stream.of(scheme.standard()), scheme.layers().values().stream())
          .anyMatch(format -> format.activations().isInteger());
    }
  }

  /// What came out.
  ///
  /// @param prepared the float graph that was quantized
  /// @param graph the integer graph
  /// @param calibration the ranges that were chosen
  /// @param kept layers that stayed float, and why
  /// @param changes what the corrections did
  public record Result(
      Graph prepared,
      Graph graph,
      Calibration calibration,
      List<KeptLayer> kept,
      List<LayerCorrection.Change> changes) {

    public Result {
      kept = List.copyOf(kept);
      changes = List.copyOf(changes);
    }
  }

  private PostTraining() {}

  /// Quantizes `graph` on `samples`, all of which are used for ranges; a recipe without integer
  /// activations looks at none.
  ///
  /// @param watcher is told the progress of the corrections
  /// @throws DiagnosticException when data or graph cannot be quantized
  public static Result run(
      Graph graph, SampleSet samples, Recipe recipe, LayerCorrection.Watcher watcher) {
    Graph prepared = Quantizer.prepare(graph);
    if (recipe.equalize()) {
      prepared = new CrossLayerEqualization().apply(prepared);
    }
    if (!recipe.needsData()) {
      Quantized quantized =
          Quantizer.convert(
              prepared,
              new Calibration(Map.of()),
              recipe.scheme(),
              recipe.scales(),
              WeightRounding.NEAREST);
      return new Result(
          prepared, quantized.graph(), new Calibration(Map.of()), quantized.kept(), List.of());
    }
    CalibrationProblems.check(samples);
    Calibration calibration =
        new Calibrator(recipe.method(), recipe.scheme())
            .calibrate(Activations.of(prepared, samples));
    Quantized quantized =
        Quantizer.convert(
            prepared, calibration, recipe.scheme(), recipe.scales(), WeightRounding.NEAREST);
    LayerCorrection.Result corrected =
        LayerCorrection.run(
            prepared,
            quantized.graph(),
            recipe.scheme(),
            samples,
            new LayerCorrection.Options(
                recipe.bias(), recipe.rounding(), LayerCorrection.Options.SAMPLES),
            watcher);
    return new Result(
        prepared, corrected.graph(), calibration, quantized.kept(), corrected.changes());
  }
}
