package dev.mote.cli;

import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.Graph;
import dev.mote.optimizer.calibrate.PostTraining;
import dev.mote.optimizer.calibrate.RandomSamples;
import dev.mote.optimizer.calibrate.RangeMethod;
import dev.mote.optimizer.calibrate.WeightRanges;
import dev.mote.optimizer.data.SampleSet;
import dev.mote.pipeline.quantize.LayerFormat;
import dev.mote.pipeline.quantize.QuantizationScheme;
import dev.mote.pipeline.quantize.Quantizer;
import dev.mote.pipeline.quantize.WeightScales;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How a model is quantized.
final class QuantizeOptions {

  private static final int RANDOM_SAMPLES = 256;
  private static final double KEPT_WEIGHTS = 0.999;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "int8",
      description =
          "int8, 16x8 (int16 activations), dynamic (float activations, quantized as the model"
              + " runs), float16 (weights) or float32 (default: ${DEFAULT-VALUE}).")
  private String format = "int8";

  @Option(
      names = "--weights",
      paramLabel = "8|4|2",
      description = "Bits of the weights of int8, 16x8 and dynamic (default: 8).")
  private @Nullable String weights;

  @Option(
      names = "--layer",
      paramLabel = "NAME=FORMAT",
      description =
          "Another format for one layer, by a part of its name that no other has: 'dense=16x8',"
              + " 'conv1=int8/4' (weights of 4 bits); may repeat.")
  private Map<String, String> layers = new LinkedHashMap<>();

  @Option(
      names = "--calibration",
      paramLabel = "METHOD",
      converter = MethodText.class,
      defaultValue = "mse",
      description =
          "How ranges of activations are chosen: minmax, moving, percentile, mse or kl (default:"
              + " ${DEFAULT-VALUE}).")
  private RangeMethod method = RangeMethod.MSE;

  @Option(
      names = "--weight-range",
      paramLabel = "minmax|percentile|mse",
      defaultValue = "minmax",
      description = "How scales of weights are chosen (default: ${DEFAULT-VALUE}).")
  private WeightRange weightRange = WeightRange.MINMAX;

  @Option(names = "--per-tensor", description = "One scale for all weights of a layer.")
  private boolean perTensor;

  @Option(names = "--symmetric", description = "No zero points in int8 activations.")
  private boolean symmetric;

  @Option(
      names = "--float-border",
      description = "Inputs and outputs stay float, converted in the model.")
  private boolean floatBorder;

  @Option(
      names = "--equalize",
      description = "First move scales between layers, so that their channels are alike.")
  private boolean equalize;

  @Option(
      names = "--bias-correction",
      description = "Take the mean error of each channel out by its bias, on the data.")
  private boolean biasCorrection;

  @Option(
      names = "--round",
      paramLabel = "nearest|adaptive",
      defaultValue = "nearest",
      description =
          "Round weights to the nearest integer, or so that the layer's output on the data changes"
              + " least (default: ${DEFAULT-VALUE}).")
  private Rounding rounding = Rounding.NEAREST;

  @Option(
      names = "--random-data",
      paramLabel = "LOW:HIGH",
      description =
          "Without --data: calibrate on random inputs from LOW to HIGH. Worse; for a first look.")
  private @Nullable String randomData;

  /// How scales of weights are chosen.
  enum WeightRange {
    MINMAX,
    PERCENTILE,
    MSE
  }

  /// How weights are rounded.
  enum Rounding {
    NEAREST,
    ADAPTIVE
  }

  /// Names of methods as the command line has them.
  static final class MethodText implements picocli.CommandLine.ITypeConverter<RangeMethod> {
    @Override
    public RangeMethod convert(String text) {
      return switch (text) {
        case "minmax" -> RangeMethod.MIN_MAX;
        case "moving" -> RangeMethod.MOVING;
        case "percentile" -> RangeMethod.PERCENTILE;
        case "mse" -> RangeMethod.MSE;
        case "kl" -> RangeMethod.KL;
        default ->
            throw new picocli.CommandLine.TypeConversionException(
                "'" + text + "' is none of minmax, moving, percentile, mse, kl");
      };
    }
  }

  /// The recipe for `graph`, whose layers `--layer` names.
  PostTraining.Recipe recipe(Graph graph) {
    LayerFormat standard = FormatText.parse("--format " + format, format);
    if (weights != null) {
      standard = FormatText.withBits("--weights " + weights, standard, weights);
    }
    QuantizationScheme scheme =
        QuantizationScheme.of(standard)
            .withPerChannel(!perTensor)
            .withSymmetricActivations(symmetric)
            .withIntegerBorder(!floatBorder);
    List<String> names = layers.isEmpty() ? List.of() : Quantizer.layers(Quantizer.prepare(graph));
    for (Map.Entry<String, String> layer : layers.entrySet()) {
      scheme =
          scheme.with(
              FormatText.layer(layer.getKey(), names),
              FormatText.parse(
                  "--layer " + layer.getKey() + "=" + layer.getValue(), layer.getValue()));
    }
    WeightScales scales =
        switch (weightRange) {
          case MINMAX -> WeightScales.MIN_MAX;
          case PERCENTILE -> WeightRanges.percentile(KEPT_WEIGHTS);
          case MSE -> WeightScales.LEAST_SQUARES;
        };
    return new PostTraining.Recipe(
        scheme, method, scales, equalize, biasCorrection, rounding == Rounding.ADAPTIVE);
  }

  boolean isRandom() {
    return randomData != null;
  }

  /// Random samples in the range that was given.
  SampleSet random(Graph graph) {
    String text = String.valueOf(randomData);
    String[] ends = text.split(":", 2);
    try {
      float low = Float.parseFloat(ends[0]);
      float high = Float.parseFloat(ends[ends.length - 1]);
      return RandomSamples.of(graph, low, high, RANDOM_SAMPLES, 1);
    } catch (IllegalArgumentException e) {
      throw new DiagnosticException(
          Diagnostic.user(
              CliCodes.BAD_RANGE,
              "--random-data " + text,
              "it is no range of inputs",
              "give the smallest and the largest input, for instance 0:1 or -1:1."));
    }
  }

  /// What was chosen, for a report.
  Map<String, Object> json(PostTraining.Recipe recipe) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("format", FormatText.text(recipe.scheme().standard()));
    Map<String, String> exceptions = new LinkedHashMap<>();
    recipe.scheme().layers().forEach((name, f) -> exceptions.put(name, FormatText.text(f)));
    json.put("layers", exceptions);
    json.put("perChannel", recipe.scheme().perChannel());
    json.put("symmetric", recipe.scheme().symmetricActivations());
    json.put("integerBorder", recipe.scheme().integerBorder());
    json.put("calibration", lower(recipe.method()));
    json.put("weightRange", lower(weightRange));
    json.put("equalized", recipe.equalize());
    json.put("biasCorrection", recipe.bias());
    json.put("rounding", lower(rounding));
    return json;
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(java.util.Locale.ROOT).replace("_", "");
  }
}
