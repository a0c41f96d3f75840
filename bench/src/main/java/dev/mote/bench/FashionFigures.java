package dev.mote.bench;

import dev.mote.optimizer.search.Build;
import dev.mote.optimizer.search.Quality;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;

/// What was measured of one variant.
///
/// @param costs on the board, the fast build first, then the small one
record FashionFigures(FashionVariant variant, Quality quality, List<OnBoard> costs) {

  /// Where a page has its table.
  private static final String FIGURES = "(?s)(<!-- figures -->\\n).*?(<!-- end of figures -->)";

  FashionFigures {
    costs = List.copyOf(costs);
  }

  /// One build.
  ///
  /// @param equal how many of the `asked` answers are those of this machine
  record OnBoard(
      Build build,
      long flashBytes,
      long weightBytes,
      long codeBytes,
      long arenaBytes,
      long instructions,
      int equal,
      int asked) {}

  List<String> csv() {
    return costs.stream()
        .map(
            cost ->
                String.format(
                    Locale.ROOT,
                    "%s,%s,%d,%.4f,%.4f,%.4f,%s,%d,%d,%d,%d,%d,%d of %d",
                    variant.name(),
                    variant.recipe().label().replace(",", ";"),
                    quality.samples(),
                    quality.accuracy().orElseThrow(),
                    quality.agreement(),
                    quality.negativeFlips(),
                    cost.build().label(),
                    cost.flashBytes(),
                    cost.weightBytes(),
                    cost.codeBytes(),
                    cost.arenaBytes(),
                    cost.instructions(),
                    cost.equal(),
                    cost.asked()))
        .toList();
  }

  /// Writes all as `csv`, and as a table into `page`.
  static void write(List<FashionFigures> all, Path csv, Path page) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add(
        "variant,how,samples,accuracy,agreement,negative_flips,build,flash_bytes,weight_bytes,"
            + "code_bytes,arena_bytes,instructions,board_equal");
    all.forEach(figures -> lines.addAll(figures.csv()));
    Files.write(csv, lines);
    Files.writeString(
        page,
        Files.readString(page)
            .replaceFirst(FIGURES, "$1" + Matcher.quoteReplacement(table(all)) + "$2"));
  }

  private static String table(List<FashionFigures> all) {
    double original = all.getFirst().quality().accuracy().orElseThrow();
    FashionFigures int8 =
        all.stream().filter(f -> f.variant().name().equals("int8")).findFirst().orElseThrow();
    List<String> rows = new ArrayList<>();
    rows.add(
        "| variant | accuracy | change | agreement | flips | flash, small build | of int8's | instructions, small"
            + " build | fast build |");
    rows.add("|---|--:|--:|--:|--:|--:|--:|--:|--:|");
    for (FashionFigures figures : all) {
      Quality quality = figures.quality();
      double accuracy = quality.accuracy().orElseThrow();
      OnBoard fast = figures.costs().getFirst();
      OnBoard small = figures.costs().getLast();
      rows.add(
          String.format(
              Locale.ROOT,
              "| %s | %.2f %% | %+.2f | %.2f %% | %.2f %% | %,d | %.2f | %,d | %,d |",
              figures.variant().recipe().label(),
              100 * accuracy,
              100 * (accuracy - original),
              100 * quality.agreement(),
              100 * quality.negativeFlips(),
              small.flashBytes(),
              (double) small.flashBytes() / int8.costs().getLast().flashBytes(),
              small.instructions(),
              fast.instructions()));
    }
    return String.join("\n", rows) + "\n";
  }
}
