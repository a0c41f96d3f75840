package dev.mote.optimizer.search;

import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.Graph;
import dev.mote.optimizer.data.SampleSet;
import dev.mote.optimizer.fidelity.Fidelity;
import dev.mote.optimizer.run.Predictions;
import dev.mote.pipeline.CompiledModel;
import dev.mote.pipeline.MoteCompiler;
import dev.mote.plugin.Target;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/// Evaluates variants of a float model on data and for a target.
///
/// Variants are made once and kept, as many as memory allows; costs are those of the compiler, made
/// with every preference; answers are those of the emitted C on this machine.
public final class ModelEvaluator implements Evaluator {

  /// Graphs that are kept; they share the weights that are equal.
  private static final int KEPT = 64;

  /// The choice of samples is the same at every call.
  private static final long SEED = 1;

  private final VariantBuilder builder;
  private final SampleSet test;
  private final Target target;
  private final String symbol;
  private final Graph model;
  private final Map<Integer, SampleSet> subsets = new HashMap<>();
  private final Map<Integer, Predictions> originals = new HashMap<>();
  private final Map<Recipe, Graph> graphs =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Recipe, Graph> eldest) {
          return size() > KEPT;
        }
      };

  private ModelEvaluator(
      Graph model, SampleSet calibration, SampleSet test, Target target, String symbol) {
    this.model = model;
    this.builder = new VariantBuilder(model, calibration);
    this.test = test;
    this.target = target;
    this.symbol = symbol;
  }

  /// An evaluator for `model`.
  ///
  /// @param calibration what ranges and corrections are found on
  /// @param test what variants are judged on; better none of the calibration's samples
  /// @param symbol prefix of every C name: a lower-case C identifier
  /// @throws DiagnosticException when the model is not a float one
  public static ModelEvaluator of(
      Graph model, SampleSet calibration, SampleSet test, Target target, String symbol) {
    boolean real = model.inputs().stream().allMatch(name -> model.tensor(name).element().isFloat());
    if (!real) {
      throw new DiagnosticException(
          Diagnostic.user(
              SearchCodes.NOT_FLOAT,
              model.name(),
              "its inputs are integers: the model is quantized already, and what it lost cannot be"
                  + " found again",
              "give the float model that it was made from."));
    }
    return new ModelEvaluator(model, calibration, test, target, symbol);
  }

  @Override
  public List<WeightedLayer> layers() {
    return builder.layers();
  }

  @Override
  public int samples() {
    return test.size();
  }

  @Override
  public OptionalDouble originalAccuracy() {
    return accuracy(original(test.size()), test);
  }

  /// The variant as a graph.
  public Graph graph(Recipe recipe) {
    Graph known = graphs.get(recipe);
    if (known == null) {
      known = builder.build(recipe);
      graphs.put(recipe, known);
    }
    return known;
  }

  /// The variant as C for the target.
  public CompiledModel compile(Recipe recipe, Build build) {
    return switch (compiled(recipe, build)) {
      case MoteCompiler.Outcome.Compiled(CompiledModel compiled) -> compiled;
      case MoteCompiler.Outcome.Refused(List<Diagnostic> problems) ->
          throw new DiagnosticException(problems);
    };
  }

  private MoteCompiler.Outcome compiled(Recipe recipe, Build build) {
    return MoteCompiler.compile(graph(recipe), target, build.settings(), symbol);
  }

  @Override
  public List<Cost> costs(Recipe recipe) {
    List<Cost> costs = new ArrayList<>();
    List<Diagnostic> problems = new ArrayList<>();
    for (Build build : Build.WAYS) {
      switch (compiled(recipe, build)) {
        case MoteCompiler.Outcome.Compiled(CompiledModel compiled) -> {
          Cost cost =
              Cost.estimated(
                  build,
                  compiled.flashBytes(),
                  compiled.arenaBytes(),
                  compiled.estimatedCycles(),
                  target);
          if (costs.stream().noneMatch(other -> other.sameAs(cost) || other.dominates(cost))) {
            costs.removeIf(cost::dominates);
            costs.add(cost);
          }
        }
        case MoteCompiler.Outcome.Refused(List<Diagnostic> reasons) -> problems.addAll(reasons);
      }
    }
    if (costs.isEmpty()) {
      throw new DiagnosticException(problems);
    }
    return costs;
  }

  @Override
  public Quality quality(Recipe recipe, int samples) {
    SampleSet subset = subset(samples);
    Predictions original = original(samples);
    Predictions variant = Predictions.of(graph(recipe), subset);
    int agreeing = 0;
    int flips = 0;
    double difference = 0;
    double squares = 0;
    for (int i = 0; i < subset.size(); i++) {
      boolean same = original.top(i) == variant.top(i);
      boolean right = !subset.isLabelled() || subset.labels().get(i) == original.top(i);
      agreeing += same ? 1 : 0;
      flips += right && !same ? 1 : 0;
      for (int k = 0; k < model.outputs().size(); k++) {
        float[] expected = original.output(i, k);
        float[] got = variant.output(i, k);
        for (int j = 0; j < expected.length; j++) {
          double error = (double) got[j] - expected[j];
          difference += error * error;
          squares += (double) expected[j] * expected[j];
        }
      }
    }
    return new Quality(
        subset.size(),
        accuracy(variant, subset),
        accuracy(original, subset),
        (double) agreeing / subset.size(),
        (double) flips / subset.size(),
        squares == 0 ? difference : difference / squares);
  }

  /// Everything that is to say on the variant's answers to all samples, beside the original's.
  public Fidelity fidelity(Recipe recipe) {
    return Fidelity.compare(
        original(test.size()), Predictions.of(graph(recipe), test), subset(test.size()));
  }

  private static OptionalDouble accuracy(Predictions predictions, SampleSet samples) {
    if (!samples.isLabelled()) {
      return OptionalDouble.empty();
    }
    int right = 0;
    for (int i = 0; i < samples.size(); i++) {
      right += predictions.top(i) == samples.labels().get(i) ? 1 : 0;
    }
    return OptionalDouble.of((double) right / samples.size());
  }

  private SampleSet subset(int samples) {
    return subsets.computeIfAbsent(samples, count -> test.sample(count, SEED));
  }

  private Predictions original(int samples) {
    return originals.computeIfAbsent(samples, count -> Predictions.of(model, subset(count)));
  }

  @Override
  public Cost measure(Recipe recipe, Cost estimate) {
    return BoardCost.of(compile(recipe, estimate.build()), subset(1).inputs().getFirst(), estimate);
  }
}
