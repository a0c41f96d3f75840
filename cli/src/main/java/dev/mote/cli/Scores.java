package dev.mote.cli;

import dev.mote.builder.Describe;
import dev.mote.ir.Blob;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.Graph;
import dev.mote.ir.Tensor;
import dev.mote.optimizer.data.Encoding;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/// A model's outputs for people: real values, the highest first where they are scores of classes.
///
/// @param labels names of the classes; empty when unknown
/// @param top how many to print
record Scores(Graph graph, List<Blob> outputs, List<String> labels, int top) {

  /// Labels from a file, one on each line; as many as the first output has elements.
  static List<String> labels(Path file, Graph graph) {
    try {
      List<String> lines = new ArrayList<>(Files.readAllLines(file));
      while (!lines.isEmpty() && lines.getLast().isBlank()) {
        lines.removeLast();
      }
      Tensor output = graph.tensor(graph.outputs().getFirst());
      if (lines.size() != output.shape().count()) {
        throw badLabels(
            file,
            "%,d labels, but the model's output '%s' has %,d scores"
                .formatted(lines.size(), output.name(), output.shape().count()));
      }
      return lines;
    } catch (MalformedInputException e) {
      throw badLabels(file, "it is no text in UTF-8");
    } catch (IOException e) {
      throw badLabels(file, "it cannot be read");
    }
  }

  private static DiagnosticException badLabels(Path file, String what) {
    return new DiagnosticException(
        Diagnostic.user(
            CliCodes.BAD_LABELS,
            file.toString(),
            what,
            "give a text file with one label on each line, in the order of the scores."));
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      Tensor tensor = graph.tensor(graph.outputs().get(i));
      double[] values = values(i);
      if (outputs.size() > 1 || !isScores(tensor)) {
        lines.add(tensor.name() + "  " + Describe.type(tensor.type()));
      }
      lines.addAll(isScores(tensor) ? ranked(values, i) : summary(values));
    }
    return lines;
  }

  private double[] values(int output) {
    return Encoding.toReals(
        outputs.get(output).toByteArray(), graph.tensor(graph.outputs().get(output)).type());
  }

  /// Whether all elements lie along one dimension, as scores of classes do.
  private static boolean isScores(Tensor tensor) {
    return tensor.shape().count() > 0 && tensor.shape().last() == tensor.shape().count();
  }

  private List<String> ranked(double[] values, int output) {
    Table table = new Table("score", "class");
    order(values).limit(top).forEach(i -> table.row(number(values[i]), label(i, output)));
    return table.lines();
  }

  private static List<String> summary(double[] values) {
    String first =
        Arrays.stream(values)
            .limit(8)
            .mapToObj(Scores::number)
            .reduce((a, b) -> a + " " + b)
            .orElse("no elements");
    return List.of(
        "  " + first + (values.length > 8 ? " …" : ""),
        "  min %s  max %s  mean %s"
            .formatted(
                number(Arrays.stream(values).min().orElse(0)),
                number(Arrays.stream(values).max().orElse(0)),
                number(Arrays.stream(values).average().orElse(0))));
  }

  private static IntStream order(double[] values) {
    return IntStream.range(0, values.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> -values[i]))
        .mapToInt(Integer::intValue);
  }

  private String label(int index, int output) {
    return output == 0 && !labels.isEmpty() ? labels.get(index) : String.valueOf(index);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }

  Map<String, Object> json(String target) {
    List<Map<String, Object>> results = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      double[] values = values(i);
      Map<String, Object> result = Describe.json(graph.tensor(graph.outputs().get(i)));
      result.put("values", Arrays.stream(values).boxed().toList());
      if (i == 0 && !labels.isEmpty()) {
        int output = i;
        result.put(
            "scores",
            order(values)
                .limit(top)
                .mapToObj(
                    index -> {
                      Map<String, Object> score = new LinkedHashMap<>();
                      score.put("label", label(index, output));
                      score.put("score", values[index]);
                      return score;
                    })
                .toList());
      }
      results.add(result);
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("model", graph.name());
    json.put("target", target.toLowerCase(Locale.ROOT));
    json.put("outputs", results);
    return json;
  }
}
