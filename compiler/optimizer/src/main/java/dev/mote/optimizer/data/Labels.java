package dev.mote.optimizer.data;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/// Classes of samples.
///
/// @param indices for each sample its class; empty when unknown
/// @param names of the classes; empty when they have none
record Labels(List<Integer> indices, List<String> names) {

  private static final int MAX_LABELS = 10_000_000;

  static final Labels NONE = new Labels(List.of(), List.of());

  /// Labels as text: whole numbers are indices, words are classes in alphabetical order. Numbers
  /// that are not whole are what a regression should give: there are no classes then.
  static Labels of(Path file, List<String> texts, List<String> classes) {
    if (!classes.isEmpty()) {
      return new Labels(texts.stream().map(text -> index(file, classes, text)).toList(), classes);
    }
    if (texts.stream().allMatch(text -> text.matches("\\d{1,6}(\\.0*)?"))) {
      return new Labels(
          texts.stream().map(text -> Integer.parseInt(text.replaceFirst("\\..*", ""))).toList(),
          List.of());
    }
    if (texts.stream().allMatch(Labels::isNumber)) {
      if (texts.stream().allMatch(text -> text.matches("[-+]?\\d+(\\.0*)?"))) {
        throw problem(file, "labels below 0 or beyond counting are no indices");
      }
      return NONE;
    }
    List<String> names = List.copyOf(new TreeSet<>(texts));
    return new Labels(texts.stream().map(names::indexOf).toList(), names);
  }

  private static boolean isNumber(String text) {
    try {
      Double.parseDouble(text);
      return true;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private static int index(Path file, List<String> classes, String text) {
    int index = classes.indexOf(text);
    if (index < 0 && text.matches("\\d{1,6}") && Integer.parseInt(text) < classes.size()) {
      index = Integer.parseInt(text);
    }
    if (index < 0) {
      throw problem(file, "'" + text + "' is none of the classes " + shown(classes));
    }
    return index;
  }

  /// Labels in a file of their own, one for each sample: `.npy`, IDX, or text lines.
  static Labels read(Path file, List<String> classes) {
    FileProblem.requireReadable(file);
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".npy")) {
      return ofArray(NpyArray.open(file), classes);
    }
    if (!name.endsWith(".txt") && !name.endsWith(".csv") && IdxArray.accepts(file)) {
      return ofArray(IdxArray.open(file), classes);
    }
    List<String> lines = new ArrayList<>();
    for (String line : lines(file)) {
      if (!line.isBlank()) {
        lines.add(line.strip().replaceAll("^\"|\"$", ""));
      }
    }
    boolean heading =
        lines.size() > 1
            && !lines.getFirst().matches("\\d+")
            && lines.stream().skip(1).allMatch(line -> line.matches("\\d+"));
    return of(file, heading ? lines.subList(1, lines.size()) : lines, classes);
  }

  /// Lines of a text file.
  static List<String> lines(Path file) {
    try {
      FileProblem.requireReadable(file);
      FileProblem.requireSize(file, Files.size(file));
      return Files.readAllLines(file);
    } catch (MalformedInputException e) {
      throw FileProblem.malformed(file, "it is no text in UTF-8", "save it as UTF-8.");
    } catch (IOException e) {
      throw FileProblem.unreadable(file, e);
    }
  }

  static Labels ofArray(ArrayFile array, List<String> classes) {
    long count = array.shape().stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
    if (array.shape().isEmpty() || count != array.samples() || count > MAX_LABELS) {
      throw problem(
          array.file(), "labels are an array of one dimension, this one is " + array.shape());
    }
    List<Integer> indices = new ArrayList<>();
    for (float label : array.read(0, array.samples())) {
      if (!(label >= 0 && label < 1e6) || label != Math.rint(label)) {
        throw problem(array.file(), "label " + indices.size() + " is " + label + ", no index");
      }
      indices.add((int) label);
    }
    return new Labels(List.copyOf(indices), classes);
  }

  /// Checks against the number of samples and of the model's scores.
  ///
  /// @param scores 0 when unknown
  void check(Path file, int samples, int scores) {
    if (indices.isEmpty()) {
      return;
    }
    if (indices.size() != samples) {
      throw problem(file, "%,d labels for %,d samples".formatted(indices.size(), samples));
    }
    int largest = indices.stream().mapToInt(Integer::intValue).max().orElse(0);
    if (scores > 1 && Math.max(largest, names.size() - 1) >= scores) {
      throw problem(
          file,
          "it has %,d classes, the model has %,d scores"
              .formatted(Math.max(largest + 1, names.size()), scores));
    }
    if (!names.isEmpty() && largest >= names.size()) {
      throw problem(file, "label %d names none of the %d classes".formatted(largest, names.size()));
    }
    if (samples > 1 && new HashSet<>(indices).size() == 1) {
      throw FileProblem.of(
          FileProblem.ONE_CLASS,
          file,
          "all of the %,d samples are of one class".formatted(samples)
              + (names.isEmpty() ? "" : ", '" + names.get(largest) + "'"),
          "give samples of several classes, or without labels: for a folder, the one inside.");
    }
  }

  private static RuntimeException problem(Path file, String what) {
    return FileProblem.of(
        FileProblem.LABELS,
        file,
        what,
        "give one label for each sample: an index from 0 on, in the order of the model's scores, or"
            + " a name with --classes FILE.");
  }

  private static String shown(List<String> classes) {
    return classes.size() <= 12
        ? String.join(", ", classes)
        : String.join(", ", classes.subList(0, 12)) + " …";
  }
}
