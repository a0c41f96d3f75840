package dev.mote.builder.page;

import dev.mote.builder.page.SearchContent.Listing;
import dev.mote.builder.page.SearchContent.Point;
import dev.mote.builder.page.SearchContent.Standing;
import java.util.Arrays;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// The page of a search as HTML.
public final class SearchPage {

  private SearchPage() {}

  public static String html(SearchContent content) {
    String flash =
        """
        <p class="legend">%s</p>
        <div class="scroll">
        %s</div>
        """
            .formatted(
                legend(content),
                ScatterDrawing.svg(
                    content,
                    "flash: constants and code",
                    Point::flash,
                    content.flashLimit(),
                    at -> Figures.bytes(Math.round(at)),
                    1024));
    return PageFrame.html(
        content.name(),
        content.subtitle(),
        PageFrame.tiles(content.tiles())
            + PageFrame.notes(content.notes())
            + PageFrame.section("Flash and " + content.scoreName(), flash)
            + cost(content)
            + content.tables().stream().map(SearchPage::table).collect(Collectors.joining()));
  }

  private static String legend(SearchContent content) {
    String standings =
        Arrays.stream(Standing.values())
            .filter(s -> content.points().stream().anyMatch(point -> point.standing() == s))
            .map(s -> ModelPage.swatch("dot " + s.name(), s.label()))
            .collect(Collectors.joining("\n"));
    boolean limited =
        content.flashLimit().isPresent()
            || content.leastScore().isPresent()
            || content.costLimit().isPresent();
    return standings
        + (limited ? "\n<span class=\"key\"><i class=\"dash\"></i>Limit of the budget</span>" : "");
  }

  private static String cost(SearchContent content) {
    OptionalDouble most = content.points().stream().mapToDouble(Point::cost).max();
    if (most.orElse(0) == 0) {
      return "";
    }
    String drawing =
        ScatterDrawing.svg(
            content,
            content.costName().toLowerCase(Locale.ROOT) + " of one inference",
            Point::cost,
            content.costLimit(),
            at -> content.costName().equals("Time") ? time(at) : Figures.count(Math.round(at)),
            1);
    return PageFrame.section(
        content.costName() + " and " + content.scoreName(),
        "<div class=\"scroll\">\n" + drawing + "</div>\n");
  }

  /// Milliseconds as people read them.
  private static String time(double milliseconds) {
    return milliseconds == 0
        ? "0"
        : String.format(Locale.ROOT, milliseconds < 10 ? "%.2g ms" : "%.0f ms", milliseconds);
  }

  private static String table(Listing listing) {
    String heads =
        listing.heads().stream()
            .map(head -> "<th>" + Svg.escape(head) + "</th>")
            .collect(Collectors.joining());
    String rows =
        IntStream.range(0, listing.rows().size())
            .mapToObj(
                i ->
                    (i == listing.highlighted() ? "<tr class=\"chosen\">" : "<tr>")
                        + listing.rows().get(i).stream()
                            .map(cell -> "<td>" + Svg.escape(cell) + "</td>")
                            .collect(Collectors.joining())
                        + "</tr>\n")
            .collect(Collectors.joining());
    return PageFrame.section(
        listing.title(),
        """
        <p class="legend">%s</p>
        <div class="scroll">
        <table class="listing">
        <thead><tr>%s</tr></thead>
        <tbody>
        %s</tbody>
        </table>
        </div>
        """
            .formatted(Svg.escape(listing.note()), heads, rows));
  }
}
