package dev.mote.optimizer.search;

import dev.mote.pipeline.quantize.ActivationFormat;
import dev.mote.pipeline.quantize.WeightFormat;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;

/// How a variant of a float model is made.
///
/// @param numerics how ranges are found and weights rounded
/// @param activations the type of activations
/// @param weights the form of weights
/// @param layers exceptions to `weights`, by the name of a layer's output
/// @param shrinking what is done to the float weights first
/// @param coding what is done to the integer weights afterwards
public record Recipe(
    Numerics numerics,
    ActivationFormat activations,
    WeightFormat weights,
    Map<String, WeightFormat> layers,
    Shrinking shrinking,
    Coding coding) {

  public Recipe {
    layers = Collections.unmodifiableMap(new TreeMap<>(layers));
    if (activations == ActivationFormat.FLOAT32 && !(coding instanceof Coding.AsIs)) {
      throw new IllegalArgumentException("only integer weights are coded");
    }
  }

  /// int8 throughout, nothing else done.
  public static Recipe int8(Numerics numerics) {
    return new Recipe(
        numerics,
        ActivationFormat.INT8,
        WeightFormat.INT8,
        Map.of(),
        new Shrinking.None(),
        new Coding.AsIs());
  }

  Recipe withNumerics(Numerics other) {
    return new Recipe(other, activations, weights, layers, shrinking, coding);
  }

  Recipe withFormats(ActivationFormat otherActivations, WeightFormat otherWeights) {
    return new Recipe(numerics, otherActivations, otherWeights, Map.of(), shrinking, coding);
  }

  Recipe withLayers(Map<String, WeightFormat> exceptions) {
    Map<String, WeightFormat> real = new LinkedHashMap<>(exceptions);
    real.values().removeIf(format -> format == weights);
    return new Recipe(numerics, activations, weights, real, shrinking, coding);
  }

  Recipe withShrinking(Shrinking other) {
    return new Recipe(numerics, activations, weights, layers, other, coding);
  }

  Recipe withCoding(Coding other) {
    return new Recipe(numerics, activations, weights, layers, shrinking, other);
  }

  /// How much is done; of equals the simpler one is preferred.
  int complexity() {
    return numerics.complexity()
        + layers.size()
        + (shrinking instanceof Shrinking.None ? 0 : 4)
        + (coding instanceof Coding.AsIs ? 0 : 4);
  }

  /// In a few words: `int8, 4-bit weights in 3 layers, 50 % of channels removed, 16 clusters`.
  public String label() {
    StringJoiner label = new StringJoiner(", ");
    label.add(
        switch (activations) {
          case FLOAT32 -> "float";
          case INT8 -> "int8";
          case INT16 -> "int16";
        });
    boolean natural =
        weights
            == (activations == ActivationFormat.FLOAT32 ? WeightFormat.FLOAT32 : WeightFormat.INT8);
    if (!natural) {
      label.add(spell(weights) + " weights");
    }
    Map<WeightFormat, Integer> counts = new TreeMap<>();
    layers.values().forEach(format -> counts.merge(format, 1, Integer::sum));
    counts.forEach(
        (format, count) ->
            label.add(
                spell(format) + " weights in " + count + (count == 1 ? " layer" : " layers")));
    if (!shrinking.label().isEmpty()) {
      label.add(shrinking.label());
    }
    if (!coding.label().isEmpty()) {
      label.add(coding.label());
    }
    if (activations != ActivationFormat.FLOAT32) {
      label.add(numerics.label());
    }
    return label.toString();
  }

  private static String spell(WeightFormat format) {
    return switch (format) {
      case FLOAT32 -> "float";
      case FLOAT16 -> "16-bit float";
      case INT8 -> "8-bit";
      case INT4 -> "4-bit";
      case INT2 -> "2-bit";
    };
  }
}
