package dev.mote.cli;

import dev.mote.optimizer.data.SampleSet;
import dev.mote.optimizer.fidelity.Divergence;
import dev.mote.optimizer.fidelity.Fidelity;
import dev.mote.optimizer.fidelity.Fidelity.ClassRow;
import dev.mote.optimizer.fidelity.Fidelity.Labelled;
import dev.mote.optimizer.fidelity.Share;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// A comparison of two models as text and as JSON.
///
/// @param compares whether there was an original, or one model alone
record FidelityReport(Fidelity fidelity, SampleSet samples, boolean compares) {

  /// Longer tables of classes are cut to the worst ones.
  private static final int SHOWN_CLASSES = 20;

  void print(Console console) {
    console.print(
        "%s: %,d samples%s"
            .formatted(
                samples.name(),
                samples.size(),
                samples.isLabelled() ? " with labels" : " without labels"));
    console.print("");
    console.printTable(table());
    fidelity.labelled().ifPresent(labelled -> printClasses(console, labelled));
  }

  /// Name, value and interval of each measure.
  List<List<String>> rows() {
    return table().rows();
  }

  private Table table() {
    Table table = new Table("measure", "value", "95 % interval");
    fidelity.labelled().ifPresent(labelled -> labelledRows(table, labelled));
    if (compares) {
      fidelity.agreement().ifPresent(agreement -> row(table, "agreement", agreement.share()));
      divergenceRows(table);
    }
    return table;
  }

  private void labelledRows(Table table, Labelled labelled) {
    row(table, "accuracy", labelled.candidate());
    if (compares) {
      row(table, "accuracy of the original", labelled.reference());
      row(table, "negative flips (right before)", labelled.negativeFlips());
      row(table, "positive flips (wrong before)", labelled.positiveFlips());
    }
    row(table, "worst class, " + labelled.worst().name(), labelled.worst().candidate());
  }

  private void divergenceRows(Table table) {
    Divergence d = fidelity.divergence();
    table.row("mean absolute difference", number(d.meanAbsolute()), "");
    table.row("largest difference", number(d.maxAbsolute()), "");
    table.row("root mean square", number(d.rootMeanSquare()), "");
    table.row("  of the original's", percent(d.relative()), "");
    table.row("signal to noise", decibels(d.signalToNoise()), "");
    d.kullbackLeibler()
        .ifPresent(value -> table.row("Kullback-Leibler divergence", number(value), ""));
    if (d.notFinite() > 0) {
      table.row("samples with NaN or infinity", d.notFinite(), "");
    }
  }

  private void printClasses(Console console, Labelled labelled) {
    List<ClassRow> rows =
        labelled.classes().stream().filter(row -> row.candidate().of() > 0).toList();
    boolean cut = rows.size() > SHOWN_CLASSES;
    if (cut) {
      rows =
          rows.stream()
              .sorted(Comparator.comparingDouble(row -> row.candidate().value()))
              .limit(SHOWN_CLASSES)
              .toList();
    }
    Table table =
        compares
            ? new Table("class", "samples", "original", "model", "flips")
            : new Table("class", "samples", "right");
    for (ClassRow row : rows) {
      if (compares) {
        table.row(
            row.name(),
            row.candidate().of(),
            row.reference().percent(),
            row.candidate().percent(),
            row.negativeFlips().count());
      } else {
        table.row(row.name(), row.candidate().of(), row.candidate().percent());
      }
    }
    console.print("");
    console.printTable(table);
    if (cut) {
      console.print("… the %d worst of %d".formatted(SHOWN_CLASSES, labelled.classes().size()));
    }
  }

  private static void row(Table table, String name, Share share) {
    table.row(name, share.percent(), share.interval());
  }

  Map<String, Object> json(String model) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("model", model);
    json.put("data", CardJson.data(samples));
    json.putAll(CardJson.fidelity(fidelity, compares));
    return json;
  }

  static String number(double value) {
    return value == 0 ? "0" : String.format(Locale.ROOT, value < 1e-4 ? "%.2e" : "%.4f", value);
  }

  static String percent(double value) {
    return String.format(Locale.ROOT, "%.2f %%", 100 * value);
  }

  static String decibels(double value) {
    return Double.isInfinite(value) ? "equal" : String.format(Locale.ROOT, "%.1f dB", value);
  }
}
