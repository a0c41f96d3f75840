package dev.mote.optimizer.fidelity;

import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.optimizer.data.SampleSet;
import dev.mote.optimizer.run.Predictions;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// Two models compared on the same samples: an original and what became of it.
///
/// @param task what the outputs were taken for
/// @param samples how many there were
/// @param divergence how far the numbers are apart
/// @param agreement samples to which both give the same class; empty without classes
/// @param labelled what labels tell; empty without labels or classes
public record Fidelity(
    Task task,
    int samples,
    Divergence divergence,
    Optional<Agreement> agreement,
    Optional<Labelled> labelled) {

  static final int NO_LABELS = 1323;
  static final int OTHER_OUTPUTS = 1324;

  /// Both models' classes.
  ///
  /// @param share samples with equal classes
  /// @param perClass the same for each class that the original gives
  public record Agreement(Share share, List<Share> perClass) {
    public Agreement {
      perClass = List.copyOf(perClass);
    }
  }

  /// Both models against the truth.
  ///
  /// @param reference what the original has right
  /// @param candidate what the candidate has right
  /// @param negativeFlips what the original had right and the candidate has wrong
  /// @param positiveFlips what the original had wrong and the candidate has right
  /// @param classes each class by itself
  /// @param confusion rows are true classes, columns the candidate's: how many samples;
  ///     empty for more than a thousand classes
  public record Labelled(
      Share reference,
      Share candidate,
      Share negativeFlips,
      Share positiveFlips,
      List<ClassRow> classes,
      List<List<Integer>> confusion) {

    public Labelled {
      classes = List.copyOf(classes);
      confusion = confusion.stream().map(List::copyOf).toList();
    }

    /// The class of which the candidate has the smallest part right.
    public ClassRow worst() {
      return classes.stream()
          .filter(row -> row.candidate().of() > 0)
          .min(Comparator.comparingDouble(row -> row.candidate().value()))
          .orElseThrow();
    }

    /// What the candidate has right less what the original has, as a part of all.
    public double gain() {
      return candidate.value() - reference.value();
    }
  }

  /// One class.
  ///
  /// @param index its index
  /// @param name its name, or its index
  /// @param reference what the original has right of it
  /// @param candidate what the candidate has right of it
  /// @param negativeFlips what only the original has right of it
  public record ClassRow(
      int index, String name, Share reference, Share candidate, Share negativeFlips) {}

  /// Compares what two models gave for `samples`.
  ///
  /// @throws DiagnosticException MOTE-1324 when their outputs differ in number or size
  public static Fidelity compare(Predictions reference, Predictions candidate, SampleSet samples) {
    return compare(reference, candidate, samples, Task.of(reference.graph(), samples));
  }

  /// The same, with what the outputs mean said.
  public static Fidelity compare(
      Predictions reference, Predictions candidate, SampleSet samples, Task task) {
    List<Integer> outputs =
        task.hasClasses()
            ? List.of(task.output())
            : IntStream.range(0, reference.graph().outputs().size()).boxed().toList();
    requireAlike(reference, candidate, outputs);
    Divergence divergence = Divergence.of(reference, candidate, outputs);
    if (!task.hasClasses()) {
      return new Fidelity(task, samples.size(), divergence, Optional.empty(), Optional.empty());
    }
    Counts counts = new Counts(task, reference, candidate, samples);
    return new Fidelity(
        task,
        samples.size(),
        divergence,
        Optional.of(counts.agreement()),
        samples.isLabelled() ? Optional.of(counts.labelled()) : Optional.empty());
  }

  private static void requireAlike(
      Predictions reference, Predictions candidate, List<Integer> outputs) {
    for (int output : outputs) {
      int wanted = elements(reference, output);
      int found = elements(candidate, output);
      if (wanted != found) {
        throw new DiagnosticException(
            Diagnostic.user(
                OTHER_OUTPUTS,
                candidate.graph().name() + " and " + reference.graph().name(),
                "output %d has %,d elements in one and %,d in the other"
                    .formatted(output, found, wanted),
                "compare two forms of one model."));
      }
    }
  }

  /// Elements of an output; 0 when there is none.
  private static int elements(Predictions predictions, int output) {
    List<String> outputs = predictions.graph().outputs();
    return output < outputs.size()
        ? predictions.graph().tensor(outputs.get(output)).shape().count()
        : 0;
  }
}
