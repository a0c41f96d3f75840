package dev.mote.optimizer.search;

import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Tensor;
import dev.mote.optimizer.calibrate.Activations;
import dev.mote.optimizer.calibrate.Calibrator;
import dev.mote.optimizer.calibrate.LayerCorrection;
import dev.mote.optimizer.calibrate.RangeMethod;
import dev.mote.optimizer.compress.ReconstructedPruning;
import dev.mote.optimizer.data.SampleSet;
import dev.mote.pipeline.compress.ChannelPruning;
import dev.mote.pipeline.compress.EntropyRounding;
import dev.mote.pipeline.compress.GroupPruning;
import dev.mote.pipeline.compress.LowRank;
import dev.mote.pipeline.compress.MagnitudePruning;
import dev.mote.pipeline.compress.WeightClustering;
import dev.mote.pipeline.quantize.ActivationFormat;
import dev.mote.pipeline.quantize.Calibration;
import dev.mote.pipeline.quantize.CrossLayerEqualization;
import dev.mote.pipeline.quantize.LayerFormat;
import dev.mote.pipeline.quantize.QuantizationScheme;
import dev.mote.pipeline.quantize.Quantizer;
import dev.mote.pipeline.quantize.WeightFormat;
import dev.mote.pipeline.quantize.WeightRounding;
import dev.mote.pipeline.quantize.WeightScales;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Follows recipes: float model → smaller float model → integer model → coded integer model.
final class VariantBuilder {

  /// A layer is small that has less than this part of all weights.
  private static final int SMALL = 50;

  /// Clusters that leave every int8 weight as it is.
  private static final int ALL_VALUES = 256;

  private final Graph prepared;
  private final SampleSet calibration;
  private final Map<Form, Graph> forms = new HashMap<>();
  private final Map<Ranges, Calibration> ranges = new HashMap<>();

  /// A float model before quantization.
  private record Form(Shrinking shrinking, boolean equalized) {}

  /// What ranges depend on.
  private record Ranges(Form form, RangeMethod method, ActivationFormat activations) {}

  VariantBuilder(Graph model, SampleSet calibration) {
    this.prepared = Quantizer.prepare(model);
    this.calibration = calibration;
  }

  /// The layers of the model whose weights can have formats of their own.
  List<Evaluator.WeightedLayer> layers() {
    return layers(prepared);
  }

  private static List<Evaluator.WeightedLayer> layers(Graph graph) {
    Set<String> names = Set.copyOf(Quantizer.layers(graph));
    return graph.nodes().stream()
        .filter(node -> hasWeights(graph, node) && names.contains(node.output()))
        .map(
            node ->
                new Evaluator.WeightedLayer(node.output(), graph.input(node, 1).shape().count()))
        .toList();
  }

  /// `value` for every layer of so few weights that there is nothing to gain in it; the first and
  /// the last layer of a network, which suffer most, are often such ones.
  private static <T> Map<String, T> inSmallLayers(Graph graph, T value) {
    List<Evaluator.WeightedLayer> layers = layers(graph);
    long all = layers.stream().mapToLong(Evaluator.WeightedLayer::weights).sum();
    Map<String, T> small = new LinkedHashMap<>();
    for (Evaluator.WeightedLayer layer : layers) {
      if (layer.weights() * SMALL < all) {
        small.put(layer.output(), value);
      }
    }
    return small;
  }

  private static boolean hasWeights(Graph graph, Node node) {
    boolean layer =
        node.op() instanceof Op.Conv2d
            || node.op() instanceof Op.DepthwiseConv2d
            || node.op() instanceof Op.FullyConnected
            || node.op() instanceof Op.TransposeConv2d;
    if (!layer) {
      return false;
    }
    Tensor weights = graph.input(node, 1);
    return weights.isConstant() && weights.element().isFloat();
  }

  /// The variant.
  Graph build(Recipe recipe) {
    Form form = new Form(recipe.shrinking(), recipe.numerics().equalized());
    Graph floats = form(form);
    if (recipe.weights() == WeightFormat.FLOAT32 && recipe.layers().isEmpty()) {
      return floats;
    }
    QuantizationScheme scheme = scheme(recipe, floats);
    boolean integer = recipe.activations().isInteger();
    Calibration found =
        integer
            ? calibration(
                new Ranges(form, recipe.numerics().ranges(), recipe.activations()), scheme)
            : new Calibration(Map.of());
    Graph quantized =
        Quantizer.quantize(floats, found, scheme, WeightScales.MIN_MAX, WeightRounding.NEAREST);
    if (!integer) {
      return quantized;
    }
    Graph coded =
        switch (recipe.coding()) {
          case Coding.AsIs _ -> quantized;
          case Coding.Clusters(int count) ->
              new WeightClustering(count, inSmallLayers(floats, ALL_VALUES), Map.of())
                  .apply(quantized);
          case Coding.Frequent(double price) ->
              new EntropyRounding(price, inSmallLayers(floats, 0.0), Map.of()).apply(quantized);
        };
    Numerics numerics = recipe.numerics();
    return LayerCorrection.run(
            floats,
            coded,
            scheme,
            calibration,
            new LayerCorrection.Options(
                numerics.biasCorrected(),
                numerics.adaptiveRounding(),
                LayerCorrection.Options.SAMPLES),
            (_, _) -> {})
        .graph();
  }

  private Graph form(Form form) {
    Graph known = forms.get(form);
    if (known == null) {
      known =
          form.equalized()
              ? new CrossLayerEqualization().apply(form(new Form(form.shrinking(), false)))
              : make(form.shrinking());
      forms.put(form, known);
    }
    return known;
  }

  private Graph make(Shrinking shrinking) {
    return switch (shrinking) {
      case Shrinking.None _ -> prepared;
      case Shrinking.SmallWeights(double sparsity) ->
          new MagnitudePruning(
                  sparsity, MagnitudePruning.Scope.LAYER, inSmallLayers(prepared, 0.0), Map.of())
              .apply(prepared);
      case Shrinking.Channels(double fraction) ->
          ReconstructedPruning.of(ChannelPruning.of(fraction)).apply(prepared, calibration);
      case Shrinking.Groups(int size, double fraction) ->
          new GroupPruning(
                  size, new GroupPruning.Fraction(fraction), inSmallLayers(prepared, 0.0), Map.of())
              .apply(prepared);
      case Shrinking.LowRank(double energy) ->
          Quantizer.prepare(LowRank.of(new LowRank.Energy(energy)).apply(prepared));
    };
  }

  private Calibration calibration(Ranges wanted, QuantizationScheme scheme) {
    Calibration known = ranges.get(wanted);
    if (known == null) {
      known =
          new Calibrator(wanted.method(), scheme.withLayers(Map.of()))
              .calibrate(Activations.of(form(wanted.form()), calibration));
      ranges.put(wanted, known);
    }
    return known;
  }

  /// The scheme of `recipe`; exceptions for layers that a shrinking has replaced do not hold.
  private static QuantizationScheme scheme(Recipe recipe, Graph floats) {
    List<String> there = Quantizer.layers(floats);
    Map<String, LayerFormat> exceptions = new LinkedHashMap<>();
    recipe
        .layers()
        .forEach(
            (layer, weights) -> {
              if (there.contains(layer)) {
                exceptions.put(layer, new LayerFormat(recipe.activations(), weights));
              }
            });
    return QuantizationScheme.of(new LayerFormat(recipe.activations(), recipe.weights()))
        .withLayers(exceptions)
        .withIntegerBorder(recipe.activations().isInteger());
  }
}
