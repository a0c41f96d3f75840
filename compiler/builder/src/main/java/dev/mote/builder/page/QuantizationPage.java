package dev.mote.builder.page;

import java.util.List;
import java.util.stream.Collectors;

/// What quantization did to a model, as a page.
public final class QuantizationPage {

  private QuantizationPage() {}

  /// The page as HTML.
  ///
  /// @param title name of the model
  /// @param subtitle one line
  /// @param choices name and value of each choice
  /// @param measures name, value and interval of each measure; empty when nothing was measured
  /// @param layers cells for each layer: name, operator, type, weights, range, error
  public static String html(
      String title,
      String subtitle,
      List<List<String>> choices,
      List<List<String>> measures,
      List<List<String>> layers) {
    String about =
        "<p>Error: mean squared difference of a layer's sums from the float layer's, relative to"
            + " theirs, before and after the corrections.</p>\n";
    return PageFrame.html(
        title,
        subtitle,
        PageFrame.section(
                "What it cost",
                measures.isEmpty()
                    ? "<p>Nothing was measured: there were no data.</p>\n"
                    : table(List.of("measure", "value", "95 % interval"), measures))
            + PageFrame.section("What was chosen", table(List.of("choice", "value"), choices))
            + PageFrame.section(
                "Layers",
                about
                    + table(
                        List.of("layer", "operator", "type", "weights", "range", "error"),
                        layers)));
  }

  private static String table(List<String> heads, List<List<String>> rows) {
    return "<div class=\"scroll\"><table>\n"
        + row("th", heads)
        + rows.stream().map(cells -> row("td", cells)).collect(Collectors.joining())
        + "</table></div>\n";
  }

  private static String row(String tag, List<String> cells) {
    return cells.stream()
        .map(cell -> "<" + tag + ">" + Svg.escape(cell) + "</" + tag + ">")
        .collect(Collectors.joining("", "<tr>", "</tr>\n"));
  }
}
