package dev.mote.optimizer.search;

import dev.mote.pipeline.quantize.ActivationFormat;
import dev.mote.pipeline.quantize.WeightFormat;
import java.util.ArrayList;
import java.util.List;

/// What the search tries beside mixtures of bits.
final class Variants {

  private Variants() {}

  /// The whole model in other formats.
  static List<Recipe> formats(Recipe base) {
    return List.of(
        base.withFormats(ActivationFormat.INT8, WeightFormat.INT4),
        base.withFormats(ActivationFormat.INT16, WeightFormat.INT8),
        base.withFormats(ActivationFormat.FLOAT32, WeightFormat.FLOAT16));
  }

  /// The model with smaller weights, of each kind several strengths.
  static List<Recipe> shrunk(Recipe base) {
    List<Recipe> shrunk = new ArrayList<>();
    for (double share : new double[] {0.3, 0.5, 0.7}) {
      shrunk.add(base.withShrinking(new Shrinking.SmallWeights(share)));
    }
    for (double share : new double[] {0.125, 0.25, 0.375, 0.5}) {
      shrunk.add(base.withShrinking(new Shrinking.Channels(share)));
    }
    for (double share : new double[] {0.25, 0.5}) {
      shrunk.add(base.withShrinking(new Shrinking.Groups(4, share)));
    }
    for (double energy : new double[] {0.98, 0.95, 0.9}) {
      shrunk.add(base.withShrinking(new Shrinking.LowRank(energy)));
    }
    for (int clusters : new int[] {32, 16, 8, 4}) {
      shrunk.add(base.withCoding(new Coding.Clusters(clusters)));
    }
    for (double price : new double[] {0.0005, 0.001, 0.002, 0.004}) {
      shrunk.add(base.withCoding(new Coding.Frequent(price)));
    }
    return shrunk;
  }

  /// What two of `recipes` give together that differ in different respects.
  static List<Recipe> crossed(List<Recipe> recipes) {
    List<Recipe> crossed = new ArrayList<>();
    for (Recipe one : recipes) {
      for (Recipe other : recipes) {
        boolean bits = !one.layers().isEmpty() || one.weights() != WeightFormat.INT8;
        boolean coded = !(one.coding() instanceof Coding.AsIs);
        boolean shrunk = !(one.shrinking() instanceof Shrinking.None);
        if (one.activations() != ActivationFormat.INT8
            || other.activations() != ActivationFormat.INT8) {
          continue;
        }
        if (!(other.shrinking() instanceof Shrinking.None) && !shrunk && (bits || coded)) {
          crossed.add(one.withShrinking(other.shrinking()));
        }
        // Few bits are few values already; clusters of 8-bit weights are better placed.
        boolean codable = other.coding() instanceof Coding.Frequent || !bits;
        if (!(other.coding() instanceof Coding.AsIs) && !coded && codable && (bits || shrunk)) {
          crossed.add(one.withCoding(other.coding()));
        }
      }
    }
    return crossed.stream().distinct().toList();
  }

  /// Those of `recipes` where rounding is coarse, rounded with care.
  static List<Recipe> roundedAdaptively(List<Recipe> recipes) {
    return recipes.stream()
        .filter(recipe -> recipe.activations() != ActivationFormat.FLOAT32)
        .filter(recipe -> recipe.weights() != WeightFormat.INT8 || !recipe.layers().isEmpty())
        // Rounding to other integers would undo the choice of values.
        .filter(recipe -> recipe.coding() instanceof Coding.AsIs)
        .filter(recipe -> !recipe.numerics().adaptiveRounding())
        .map(recipe -> recipe.withNumerics(recipe.numerics().withAdaptiveRounding(true)))
        .toList();
  }
}
