package dev.mote.builder.page;

import dev.mote.builder.page.PageContent.Tile;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// The page of a model card.
public final class CardPage {

  /// More classes than these are no picture.
  private static final int MOST_CLASSES = 40;

  /// Names at the sides of a picture are cut to so many characters.
  private static final int LONGEST_ROW = 18;

  private static final int LONGEST_COLUMN = 14;

  /// Of a character there, on average and a little more.
  private static final double CHARACTER = 6.6;

  private static final double NAME = 190;
  private static final double BAR_WIDTH = 560;
  private static final double ROW = 26;

  private CardPage() {}

  /// Everything that the page shows.
  ///
  /// @param facts sections of names and values
  /// @param classes each class by itself; empty when not measured
  /// @param confusion rows are true classes, columns given ones; empty when not measured
  /// @param grids sections of tables
  public record Content(
      String model,
      String subtitle,
      List<Tile> tiles,
      List<Facts> facts,
      List<ClassBar> classes,
      List<List<Integer>> confusion,
      List<Grid> grids) {
    public Content {
      tiles = List.copyOf(tiles);
      facts = List.copyOf(facts);
      classes = List.copyOf(classes);
      confusion = confusion.stream().map(List::copyOf).toList();
      grids = List.copyOf(grids);
    }
  }

  /// Names and values.
  public record Facts(String heading, Map<String, String> values) {
    public Facts {
      values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }
  }

  /// A class of samples.
  ///
  /// @param part what is right of it
  /// @param before what the original had right of it; below 0 when there was none
  /// @param flips what only the original has right; below 0 when there was none
  public record ClassBar(String name, int samples, double part, double before, int flips) {}

  /// A table.
  public record Grid(String heading, List<String> heads, List<List<String>> rows) {
    public Grid {
      heads = List.copyOf(heads);
      rows = rows.stream().map(List::copyOf).toList();
    }
  }

  public static String html(Content content) {
    StringBuilder body = new StringBuilder(PageFrame.tiles(content.tiles()));
    List<Facts> facts = content.facts();
    facts.stream().limit(1).forEach(first -> body.append(section(first)));
    if (!content.classes().isEmpty() && content.classes().size() <= MOST_CLASSES) {
      body.append(PageFrame.section("Classes", classes(content)));
    }
    if (!content.confusion().isEmpty() && content.confusion().size() <= MOST_CLASSES) {
      body.append(PageFrame.section("What is taken for what", confusion(content)));
    }
    content.grids().forEach(grid -> body.append(section(grid)));
    facts.stream().skip(1).forEach(other -> body.append(section(other)));
    return PageFrame.html(content.model(), content.subtitle(), body.toString());
  }

  private static String section(Facts facts) {
    String rows =
        facts.values().entrySet().stream()
            .map(
                fact ->
                    "<dt>%s</dt><dd>%s</dd>\n"
                        .formatted(Svg.escape(fact.getKey()), Svg.escape(fact.getValue())))
            .collect(Collectors.joining());
    return PageFrame.section(facts.heading(), "<dl>\n" + rows + "</dl>\n");
  }

  private static String section(Grid grid) {
    String heads =
        grid.heads().stream()
            .map(head -> "<th>" + Svg.escape(head) + "</th>")
            .collect(Collectors.joining());
    String rows =
        grid.rows().stream()
            .map(
                row ->
                    row.stream()
                        .map(cell -> "<td>" + Svg.escape(cell) + "</td>")
                        .collect(Collectors.joining("", "<tr>", "</tr>\n")))
            .collect(Collectors.joining());
    return PageFrame.section(
        grid.heading(),
        "<div class=\"scroll\">\n<table>\n<tr>%s</tr>\n%s</table>\n</div>\n"
            .formatted(heads, rows));
  }

  private static String classes(Content content) {
    boolean compares = content.classes().getFirst().before() >= 0;
    Svg svg =
        new Svg(
            "Accuracy of each class", NAME + BAR_WIDTH + 300, ROW * content.classes().size() + 4);
    for (int i = 0; i < content.classes().size(); i++) {
      ClassBar bar = content.classes().get(i);
      double y = i * ROW;
      svg.text("value", 0, y + 16, Figures.shorten(bar.name(), 26));
      svg.rect("track", NAME, y + 4, BAR_WIDTH, 16, 2);
      svg.rect("bar kept", NAME, y + 4, BAR_WIDTH * bar.part(), 16, 2);
      if (compares) {
        double mark = NAME + BAR_WIDTH * bar.before();
        svg.line("mark", mark, y + 1, mark, y + 23);
      }
      svg.text(
          "value",
          NAME + BAR_WIDTH + 12,
          y + 16,
          String.format(Locale.ROOT, "%.1f %% of %,d", 100 * bar.part(), bar.samples()));
      if (compares) {
        svg.text("name", NAME + BAR_WIDTH + 150, y + 16, "%,d flips".formatted(bar.flips()));
      }
    }
    String legend =
        compares
            ? "<p class=\"legend\">What is right of each class; the mark is the original's."
                + " A flip was right before and is wrong now.</p>\n"
            : "<p class=\"legend\">What is right of each class.</p>\n";
    return legend + "<div class=\"scroll\">\n" + svg + "</div>\n";
  }

  private static String confusion(Content content) {
    int size = content.confusion().size();
    double cell = Math.clamp(600.0 / size, 18, 52);
    int longest = content.classes().stream().mapToInt(bar -> bar.name().length()).max().orElse(3);
    double left = 16 + CHARACTER * Math.min(longest, LONGEST_ROW);
    double top = 16 + CHARACTER * Math.min(longest, LONGEST_COLUMN);
    Svg svg = new Svg("Confusion", left + size * cell + 60, top + size * cell + 4);
    for (int k = 0; k < size; k++) {
      String name =
          size == content.classes().size() ? content.classes().get(k).name() : String.valueOf(k);
      svg.text(
          "tick right", left - 8, top + (k + 0.5) * cell + 4, Figures.shorten(name, LONGEST_ROW));
      svg.verticalText(
          "tick", left + (k + 0.5) * cell + 4, top - 8, Figures.shorten(name, LONGEST_COLUMN));
    }
    for (int row = 0; row < size; row++) {
      List<Integer> counts = content.confusion().get(row);
      int all = Math.max(1, counts.stream().mapToInt(Integer::intValue).sum());
      for (int column = 0; column < size; column++) {
        int count = counts.get(column);
        double x = left + column * cell;
        double y = top + row * cell;
        svg.shade(
            row == column ? "right-cell" : "wrong-cell",
            x + 0.5,
            y + 0.5,
            cell - 1,
            cell - 1,
            count == 0 ? 0 : 0.12 + 0.7 * Math.sqrt((double) count / all));
        if (count > 0 && cell >= 26) {
          svg.text("value middle", x + cell / 2, y + cell / 2 + 4, String.valueOf(count));
        }
      }
    }
    return "<p class=\"legend\">Rows are what samples are, columns what the model takes them for.</p>\n"
        + "<div class=\"scroll\">\n"
        + svg
        + "</div>\n";
  }
}
