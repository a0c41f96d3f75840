package dev.mote.optimizer.fidelity;

import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.optimizer.data.SampleSet;
import dev.mote.optimizer.fidelity.Fidelity.Agreement;
import dev.mote.optimizer.fidelity.Fidelity.ClassRow;
import dev.mote.optimizer.fidelity.Fidelity.Labelled;
import dev.mote.optimizer.run.Predictions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Counts samples by what two models say to them.
final class Counts {

  static final int TOO_MANY_CLASSES = 1330;

  private static final int MAX_CLASSES = 10_000;

  /// Confusion among more is left out.
  private static final int MAX_CONFUSION = 1_000;

  private final SampleSet samples;
  private final int[] wanted;
  private final int[] got;
  private final int classes;

  Counts(Task task, Predictions reference, Predictions candidate, SampleSet samples) {
    this.samples = samples;
    this.wanted = new int[samples.size()];
    this.got = new int[samples.size()];
    for (int i = 0; i < wanted.length; i++) {
      wanted[i] = task.classOf(reference, i);
      got[i] = task.classOf(candidate, i);
    }
    int largest = 1;
    for (int i = 0; i < wanted.length; i++) {
      int label = samples.isLabelled() ? samples.labels().get(i) : 0;
      largest = Math.max(largest, Math.max(label, Math.max(wanted[i], got[i])));
    }
    if (largest >= MAX_CLASSES) {
      throw new DiagnosticException(
          Diagnostic.user(
              TOO_MANY_CLASSES,
              reference.graph().name(),
              "a label or an output names class %,d, more than %,d are not counted"
                  .formatted(largest, MAX_CLASSES),
              "check the labels, or take the outputs for numbers: --task values."));
    }
    this.classes =
        Math.max(
            task instanceof Task.Classes(int _, int count) ? count : 2,
            Math.max(largest + 1, samples.classNames().size()));
  }

  Agreement agreement() {
    int[] equal = new int[classes];
    int[] all = new int[classes];
    for (int i = 0; i < wanted.length; i++) {
      all[wanted[i]]++;
      equal[wanted[i]] += wanted[i] == got[i] ? 1 : 0;
    }
    List<Share> perClass = new ArrayList<>();
    for (int c = 0; c < classes; c++) {
      perClass.add(new Share(equal[c], all[c]));
    }
    return new Agreement(new Share(Arrays.stream(equal).sum(), wanted.length), perClass);
  }

  Labelled labelled() {
    int[] all = new int[classes];
    int[] before = new int[classes];
    int[] after = new int[classes];
    int[] lost = new int[classes];
    int won = 0;
    int[][] confusion = classes > MAX_CONFUSION ? new int[0][0] : new int[classes][classes];
    for (int i = 0; i < wanted.length; i++) {
      int label = samples.labels().get(i);
      boolean wasRight = wanted[i] == label;
      boolean isRight = got[i] == label;
      all[label]++;
      before[label] += wasRight ? 1 : 0;
      after[label] += isRight ? 1 : 0;
      lost[label] += wasRight && !isRight ? 1 : 0;
      won += !wasRight && isRight ? 1 : 0;
      if (confusion.length > 0) {
        confusion[label][got[i]]++;
      }
    }
    List<ClassRow> rows = new ArrayList<>();
    for (int c = 0; c < classes; c++) {
      rows.add(
          new ClassRow(
              c,
              name(c),
              new Share(before[c], all[c]),
              new Share(after[c], all[c]),
              new Share(lost[c], all[c])));
    }
    int size = wanted.length;
    return new Labelled(
        new Share(Arrays.stream(before).sum(), size),
        new Share(Arrays.stream(after).sum(), size),
        new Share(Arrays.stream(lost).sum(), size),
        new Share(won, size),
        rows,
        Arrays.stream(confusion).map(row -> Arrays.stream(row).boxed().toList()).toList());
  }

  private String name(int index) {
    return index < samples.classNames().size()
        ? samples.classNames().get(index)
        : String.valueOf(index);
  }
}
