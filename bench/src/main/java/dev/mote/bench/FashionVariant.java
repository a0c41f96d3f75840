package dev.mote.bench;

import dev.mote.optimizer.calibrate.RangeMethod;
import dev.mote.optimizer.search.Coding;
import dev.mote.optimizer.search.Evaluator.WeightedLayer;
import dev.mote.optimizer.search.Numerics;
import dev.mote.optimizer.search.Recipe;
import dev.mote.optimizer.search.Shrinking;
import dev.mote.pipeline.quantize.ActivationFormat;
import dev.mote.pipeline.quantize.WeightFormat;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A way to make the float model small, by name.
record FashionVariant(String name, Recipe recipe) {

  private static final Numerics NEAREST = new Numerics(RangeMethod.MSE, false, true, false);
  private static final Numerics ADAPTIVE = new Numerics(RangeMethod.MSE, false, true, true);
  private static final Shrinking WHOLE = new Shrinking.None();
  private static final Coding PLAIN = new Coding.AsIs();

  /// All that are measured.
  ///
  /// @param layers of the model
  static List<FashionVariant> all(List<WeightedLayer> layers) {
    // The first layer has few weights and suffers most from few bits.
    Map<String, WeightFormat> first = Map.of(layers.getFirst().output(), WeightFormat.INT8);
    Map<String, WeightFormat> mixed = new HashMap<>(first);
    layers.stream()
        .max(Comparator.comparingLong(WeightedLayer::weights))
        .ifPresent(layer -> mixed.put(layer.output(), WeightFormat.INT2));
    return List.of(
        new FashionVariant(
            "float",
            new Recipe(
                NEAREST, ActivationFormat.FLOAT32, WeightFormat.FLOAT32, Map.of(), WHOLE, PLAIN)),
        int8("int8", NEAREST, WHOLE, PLAIN),
        new FashionVariant(
            "int4",
            new Recipe(ADAPTIVE, ActivationFormat.INT8, WeightFormat.INT4, first, WHOLE, PLAIN)),
        new FashionVariant(
            "int4-int2",
            new Recipe(ADAPTIVE, ActivationFormat.INT8, WeightFormat.INT4, mixed, WHOLE, PLAIN)),
        int8("channels-50", NEAREST, new Shrinking.Channels(0.5), PLAIN),
        int8("clusters-8", NEAREST, WHOLE, new Coding.Clusters(8)),
        int8("clusters-16", NEAREST, WHOLE, new Coding.Clusters(16)),
        int8("frequent", NEAREST, WHOLE, new Coding.Frequent(0.01)),
        int8("sparse-40", NEAREST, new Shrinking.SmallWeights(0.4), PLAIN),
        int8("groups-25", NEAREST, new Shrinking.Groups(4, 0.25), PLAIN),
        int8("channels-25", NEAREST, new Shrinking.Channels(0.25), PLAIN),
        new FashionVariant(
            "channels-25-int4",
            new Recipe(
                ADAPTIVE,
                ActivationFormat.INT8,
                WeightFormat.INT4,
                first,
                new Shrinking.Channels(0.25),
                PLAIN)));
  }

  private static FashionVariant int8(
      String name, Numerics numerics, Shrinking shrinking, Coding coding) {
    return new FashionVariant(
        name,
        new Recipe(
            numerics, ActivationFormat.INT8, WeightFormat.INT8, Map.of(), shrinking, coding));
  }
}
