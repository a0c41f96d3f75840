package dev.mote.testkit.onnx;

import dev.mote.testkit.onnx.CaseOutcome.Verdict;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// The page that says, operator by operator, how many of ONNX's test cases pass.
final class ConformanceTable {

  private static final String INTRODUCTION =
      """
      # ONNX operators

      Written by `make onnx` from the test cases of ONNX 1.12 (Debian package `libonnx-testdata`); do not edit.

      A case **passes** when the reference interpreter and the emitted C, compiled for this machine, both give the
      expected outputs of all data sets: floats within the tolerance of ONNX's own backend tests,
      |actual − expected| ≤ 10⁻⁷ + 10⁻³ · |expected|, integers and booleans exactly. It is **refused** when reader or compiler
      say with a code that they do not take the model; none may do anything else.

      **Bound** counts the passed cases in which inputs that Mote needs at compile time (shapes, axes, scales; the cases
      pass them as inputs) were made constants first.

      """;

  /// @param outcomes of one operator or group
  private static final class Row {
    private int passed;
    private int bound;
    private int refused;
    private int failed;
    private final TreeSet<String> reasons = new TreeSet<>();

    void add(CaseOutcome outcome) {
      switch (outcome.verdict()) {
        case PASSED -> {
          passed++;
          bound += outcome.bound() > 0 ? 1 : 0;
        }
        case REFUSED -> {
          refused++;
          reasons.add(shortened(outcome.reason()));
        }
        case FAILED -> failed++;
      }
    }
  }

  private static final Pattern CODE = Pattern.compile("MOTE-\\d{4}");

  private ConformanceTable() {}

  private static String shortened(String reason) {
    var matcher = CODE.matcher(reason);
    String code = matcher.find() ? matcher.group() : "MOTE-3001";
    return "[%s](../errors/%s.md)".formatted(code, code);
  }

  static String of(List<CaseOutcome> outcomes) {
    Map<String, Row> operators = new TreeMap<>();
    Map<String, Row> groups = new TreeMap<>();
    Row sum = new Row();
    for (CaseOutcome outcome : outcomes) {
      sum.add(outcome);
      boolean single =
          outcome.source().group().equals("node") && outcome.source().operator().isPresent();
      if (single) {
        String operator = outcome.source().operator().get();
        operators.computeIfAbsent(operator, name -> new Row()).add(outcome);
      } else {
        groups.computeIfAbsent(group(outcome.source()), name -> new Row()).add(outcome);
      }
    }
    StringBuilder page = new StringBuilder(INTRODUCTION);
    page.append(
        "**%d of %d cases pass**, %d of them with inputs bound; %d are refused; %d fail.%n%n"
            .formatted(sum.passed, outcomes.size(), sum.bound, sum.refused, sum.failed));
    table(page, "models of several operators", groups);
    table(page, "operator", operators);
    return page.toString().stripTrailing() + "\n";
  }

  private static String group(NodeCase source) {
    return switch (source.group()) {
      case "node" -> "functions as their definition (`_expanded`), or several operators";
      case "pytorch-converted" -> "PyTorch layers, operator set 6 to 9";
      case "pytorch-operator" -> "PyTorch expressions";
      default -> "small models";
    };
  }

  private static void table(StringBuilder page, String title, Map<String, Row> rows) {
    page.append("| %s | pass | bound | refused | fail | reasons |%n".formatted(title));
    page.append("|---|--:|--:|--:|--:|---|\n");
    rows.forEach(
        (name, row) ->
            page.append(
                "| %s | %s | %s | %s | %s | %s |%n"
                    .formatted(
                        name,
                        count(row.passed),
                        count(row.bound),
                        count(row.refused),
                        count(row.failed),
                        String.join(", ", row.reasons))));
    page.append('\n');
  }

  private static String count(int number) {
    return number == 0 ? "" : String.valueOf(number);
  }

  /// Whether a case counts as dealt with rightly.
  static boolean right(CaseOutcome outcome) {
    return outcome.verdict() != Verdict.FAILED;
  }
}
