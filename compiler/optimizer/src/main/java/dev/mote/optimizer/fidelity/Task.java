package dev.mote.optimizer.fidelity;

import dev.mote.ir.Graph;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.optimizer.data.SampleSet;
import dev.mote.optimizer.run.Predictions;
import java.util.List;

/// What a model's outputs mean.
public sealed interface Task {

  /// One output has a score for each class.
  ///
  /// @param output its index
  /// @param classes number of scores
  record Classes(int output, int classes) implements Task {}

  /// One output is the score of class 1 against class 0.
  ///
  /// @param output its index
  /// @param threshold the score from which on it is class 1
  record Binary(int output, float threshold) implements Task {}

  /// One output is the class itself.
  ///
  /// @param output its index
  record Chosen(int output) implements Task {}

  /// Numbers without classes: regressions, reconstructions, features.
  record Values() implements Task {}

  /// What `graph` seems to be for. A vector of several numbers is one of scores, but for one as
  /// long as an input, unless labels name at least half as many classes; a single number is a class
  /// with labels 0 and 1 and a value without.
  static Task of(Graph graph, SampleSet samples) {
    List<Tensor> outputs = graph.outputs().stream().map(graph::tensor).toList();
    for (int i = 0; i < outputs.size(); i++) {
      Shape shape = outputs.get(i).shape();
      boolean vector = shape.count() > 1 && shape.count() == shape.last();
      if (vector && !isReconstruction(graph, shape, samples)) {
        return new Classes(i, shape.count());
      }
    }
    if (samples.isLabelled()) {
      for (int i = 0; i < outputs.size(); i++) {
        if (outputs.get(i).shape().count() == 1) {
          boolean integer =
              outputs.get(i).element().isInteger() && !outputs.get(i).quantization().isQuantized();
          return integer ? new Chosen(i) : new Binary(i, 0.5f);
        }
      }
    }
    return new Values();
  }

  private static boolean isReconstruction(Graph graph, Shape output, SampleSet samples) {
    int classes =
        Math.max(
            samples.classNames().size(),
            1 + samples.labels().stream().mapToInt(Integer::intValue).max().orElse(-1));
    return 2 * classes < output.count()
        && graph.inputs().stream()
            .anyMatch(name -> graph.tensor(name).shape().count() == output.count());
  }

  /// Index of the output that is looked at; 0 where all are.
  default int output() {
    return switch (this) {
      case Classes(int output, int _) -> output;
      case Binary(int output, float _) -> output;
      case Chosen(int output) -> output;
      case Values _ -> 0;
    };
  }

  /// Whether there are classes at all.
  default boolean hasClasses() {
    return !(this instanceof Values);
  }

  /// The class that a model gives a sample.
  ///
  /// @throws IllegalStateException when there are no classes
  default int classOf(Predictions predictions, int sample) {
    return switch (this) {
      case Classes(int output, int _) -> predictions.top(sample, output);
      case Binary(int output, float threshold) ->
          predictions.output(sample, output)[0] >= threshold ? 1 : 0;
      case Chosen(int output) -> Math.max(0, (int) predictions.output(sample, output)[0]);
      case Values _ -> throw new IllegalStateException("there are no classes");
    };
  }
}
