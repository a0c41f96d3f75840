package dev.mote.optimizer.search;

import java.util.List;
import java.util.OptionalDouble;

/// Makes variants, and tells what they cost and how well they answer.
///
/// Deterministic: the same question has the same answer. Every method but [#layers] and the two
/// figures of the original throws [dev.mote.ir.DiagnosticException] when a recipe cannot be
/// followed.
public interface Evaluator {

  /// A layer whose weights can have a form of their own.
  ///
  /// @param output name of its output tensor
  /// @param weights number of its weights
  record WeightedLayer(String output, long weights) {}

  /// The layers with weights, in their order.
  List<WeightedLayer> layers();

  /// Number of samples that there are.
  int samples();

  /// Accuracy of the float original on all samples; empty without labels.
  OptionalDouble originalAccuracy();

  /// What the variant is expected to take on the target, compiled in every way worth a try.
  List<Cost> costs(Recipe recipe);

  /// How well the variant answers the first `samples` samples of a fixed, even choice.
  Quality quality(Recipe recipe, int samples);

  /// What the variant takes as measured on the target's emulated board; the estimate where it has
  /// none.
  Cost measure(Recipe recipe, Cost estimate);
}
