package dev.mote.builder.page;

import java.util.List;
import java.util.OptionalDouble;

/// Everything that the page of a search shows.
///
/// @param name the model's name
/// @param subtitle one line on the target and the budget
/// @param tiles headline figures
/// @param scoreName what variants are ranked by: accuracy, or agreement
/// @param originalScore that of the float original; empty without labels
/// @param leastScore what the budget demands of it
/// @param flashLimit most bytes of flash that the budget allows
/// @param costName what the second drawing shows from left to right: time, or cycles
/// @param costLimit the budget's limit of that
/// @param points every variant
/// @param tables what is listed below the drawings
/// @param notes sentences above the drawings
public record SearchContent(
    String name,
    String subtitle,
    List<PageContent.Tile> tiles,
    String scoreName,
    OptionalDouble originalScore,
    OptionalDouble leastScore,
    OptionalDouble flashLimit,
    String costName,
    OptionalDouble costLimit,
    List<Point> points,
    List<Listing> tables,
    List<String> notes) {

  public SearchContent {
    tiles = List.copyOf(tiles);
    points = List.copyOf(points);
    tables = List.copyOf(tables);
    notes = List.copyOf(notes);
  }

  /// One variant.
  ///
  /// @param flash bytes
  /// @param cost in the unit of the second drawing; 0 when not known
  /// @param score 0 to 1
  public record Point(String label, double flash, double cost, double score, Standing standing) {}

  /// How far a variant came.
  public enum Standing {
    TRIED("Tried on some samples"),
    FINALIST("Evaluated on all samples"),
    FRONT("Pareto front"),
    CHOSEN("Chosen");

    private final String label;

    Standing(String label) {
      this.label = label;
    }

    String label() {
      return label;
    }
  }

  /// A table.
  ///
  /// @param heads names of the columns
  /// @param rows cells; every row has one for each column
  /// @param highlighted the row that stands out; -1 for none
  public record Listing(
      String title, String note, List<String> heads, List<List<String>> rows, int highlighted) {
    public Listing {
      heads = List.copyOf(heads);
      rows = rows.stream().map(List::copyOf).toList();
    }
  }
}
