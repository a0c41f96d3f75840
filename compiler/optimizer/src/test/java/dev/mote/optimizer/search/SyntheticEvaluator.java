package dev.mote.optimizer.search;

import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.optimizer.calibrate.RangeMethod;
import dev.mote.pipeline.lower.WeightStorage;
import dev.mote.pipeline.quantize.ActivationFormat;
import dev.mote.pipeline.quantize.WeightFormat;
import dev.mote.plugin.Compiler.Optimize;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/// A model of four layers that exists in formulas only: what is done to it costs accuracy and saves
/// bytes in known amounts.
final class SyntheticEvaluator implements Evaluator {

  private static final List<WeightedLayer> LAYERS =
      List.of(
          new WeightedLayer("a", 1_000),
          new WeightedLayer("b", 40_000),
          new WeightedLayer("c", 20_000),
          new WeightedLayer("d", 2_000));

  /// A quality that was asked for.
  record Question(Recipe recipe, int samples) {}

  final List<Question> asked = new ArrayList<>();
  private final boolean labelled;

  SyntheticEvaluator(boolean labelled) {
    this.labelled = labelled;
  }

  @Override
  public List<WeightedLayer> layers() {
    return LAYERS;
  }

  @Override
  public int samples() {
    return 4_000;
  }

  @Override
  public OptionalDouble originalAccuracy() {
    return labelled ? OptionalDouble.of(0.92) : OptionalDouble.empty();
  }

  @Override
  public List<Cost> costs(Recipe recipe) {
    if (recipe.shrinking() instanceof Shrinking.LowRank) {
      throw new DiagnosticException(
          Diagnostic.user(1, "synthetic", "no matrix", "take another model."));
    }
    double bytes = 0;
    for (WeightedLayer layer : LAYERS) {
      WeightFormat format = recipe.layers().getOrDefault(layer.output(), recipe.weights());
      bytes += layer.weights() * bytesPerWeight(format, recipe.coding());
    }
    bytes *=
        switch (recipe.shrinking()) {
          case Shrinking.Channels(double fraction) -> (1 - fraction) * (1 - fraction);
          case Shrinking.Groups(_, double fraction) -> 1 - 0.8 * fraction;
          case Shrinking.None _, Shrinking.SmallWeights _, Shrinking.LowRank _ -> 1;
        };
    long flash = Math.round(bytes) + 8_000;
    long cycles = recipe.activations() == ActivationFormat.INT8 ? 1_000_000 : 3_000_000;
    return List.of(
        new Cost(build(Optimize.SPEED), flash + 2_000, 9_000, cycles, 64_000_000, false, 0),
        new Cost(build(Optimize.SIZE), flash, 9_000, cycles * 3 / 2, 64_000_000, false, 0),
        new Cost(
            build(Optimize.MEMORY), flash + 1_000, 5_000, cycles * 5 / 4, 64_000_000, false, 0));
  }

  private static Build build(Optimize optimize) {
    return new Build(optimize, WeightStorage.AUTO);
  }

  private static double bytesPerWeight(WeightFormat format, Coding coding) {
    double coded =
        switch (coding) {
          case Coding.AsIs _ -> 1;
          case Coding.Clusters(int count) -> Math.log(count) / Math.log(2) / 8;
          case Coding.Frequent(double price) -> 0.8 - 50 * price;
        };
    return switch (format) {
      case FLOAT32 -> 4;
      case FLOAT16 -> 2;
      case INT8 -> coded;
      case INT4 -> 0.5;
      case INT2 -> 0.25;
    };
  }

  @Override
  public Quality quality(Recipe recipe, int samples) {
    asked.add(new Question(recipe, samples));
    double loss = recipe.numerics().ranges() == RangeMethod.MSE ? 0.001 : 0.003;
    loss += recipe.numerics().biasCorrected() ? 0 : 0.001;
    for (WeightedLayer layer : LAYERS) {
      WeightFormat format = recipe.layers().getOrDefault(layer.output(), recipe.weights());
      double sensitivity = layer.output().equals("a") ? 5 : 1;
      loss +=
          sensitivity
              * switch (format) {
                case FLOAT32, FLOAT16, INT8 -> 0;
                case INT4 -> recipe.numerics().adaptiveRounding() ? 0.001 : 0.002;
                case INT2 -> 0.02;
              };
    }
    loss +=
        switch (recipe.shrinking()) {
          case Shrinking.None _ -> 0;
          case Shrinking.Channels(double fraction) -> 0.3 * fraction * fraction;
          case Shrinking.Groups(_, double fraction) -> 0.2 * fraction * fraction;
          case Shrinking.SmallWeights(double sparsity) -> 0.05 * sparsity * sparsity;
          case Shrinking.LowRank _ -> 0;
        };
    loss +=
        switch (recipe.coding()) {
          case Coding.AsIs _ -> 0;
          case Coding.Clusters(int count) -> 0.1 / count;
          case Coding.Frequent(double price) -> price;
        };
    return new Quality(
        samples,
        labelled ? OptionalDouble.of(0.92 - loss) : OptionalDouble.empty(),
        originalAccuracy(),
        1 - 2 * loss,
        loss,
        loss * loss);
  }

  @Override
  public Cost measure(Recipe recipe, Cost estimate) {
    // The board finds a little more than was expected.
    return new Cost(
        estimate.build(),
        estimate.flashBytes() + 500,
        estimate.ramBytes(),
        estimate.cycles(),
        estimate.clockHz(),
        true,
        estimate.cycles() / 2);
  }
}
