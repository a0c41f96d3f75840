package dev.mote.builder.page;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/// The page of what each layer of a model loses in each format.
public final class SensitivityPage {

  private static final double WIDTH = 1128;
  private static final double ROW = 46;
  private static final double HEAD = 30;
  private static final double NAME = 300;
  private static final double GAP = 20;
  private static final double VALUE = 68;
  private static final double BAR = 14;

  private SensitivityPage() {}

  /// Everything that the page shows.
  ///
  /// @param measure what the bars are: a part, 0 … 1
  /// @param formats heads of the columns
  /// @param layers in order of execution
  /// @param notes sentences below
  public record Content(
      String model,
      String subtitle,
      String measure,
      List<String> formats,
      List<Layer> layers,
      List<String> notes) {
    public Content {
      formats = List.copyOf(formats);
      layers = List.copyOf(layers);
      notes = List.copyOf(notes);
    }
  }

  /// A layer with a cell for each format.
  public record Layer(String name, String operator, long parameters, List<Cell> cells) {
    public Layer {
      cells = List.copyOf(cells);
    }
  }

  /// What a layer loses in one format.
  ///
  /// @param loss 0 … 1; empty when it was not measured
  /// @param detail below it
  public record Cell(OptionalDouble loss, String detail) {}

  public static String html(Content content) {
    String drawing =
        """
        <p class="legend">%s when only this layer is quantized; below, the signal to noise of its own output.
        All bars have one scale.</p>
        <div class="scroll">
        %s</div>
        """
            .formatted(Svg.escape(content.measure()), svg(content));
    return PageFrame.html(
        content.model() + ": sensitivity of layers",
        content.subtitle(),
        PageFrame.section("One layer at a time", drawing) + PageFrame.notes(content.notes()));
  }

  private static String svg(Content content) {
    int columns = Math.max(1, content.formats().size());
    double column = (WIDTH - NAME - GAP * columns) / columns;
    double largest =
        content.layers().stream()
            .flatMap(layer -> layer.cells().stream())
            .filter(cell -> cell.loss().isPresent())
            .mapToDouble(cell -> cell.loss().getAsDouble())
            .filter(Double::isFinite)
            .max()
            .orElse(0);
    Svg svg =
        new Svg("Loss of each layer in each format", WIDTH, HEAD + ROW * content.layers().size());
    svg.text("head", 0, 16, "Layer");
    for (int k = 0; k < content.formats().size(); k++) {
      svg.text("head", left(k, column), 16, content.formats().get(k));
    }
    for (int i = 0; i < content.layers().size(); i++) {
      Layer layer = content.layers().get(i);
      double y = HEAD + i * ROW;
      svg.line("hair", 0, y - 4, WIDTH, y - 4);
      svg.openGroup(layer.name());
      svg.text("operator", 0, y + 14, Figures.shorten(layer.name(), 38));
      svg.text(
          "name",
          0,
          y + 31,
          layer.operator() + " · " + Figures.count(layer.parameters()) + " parameters");
      svg.closeGroup();
      for (int k = 0; k < layer.cells().size(); k++) {
        cell(svg, layer.cells().get(k), left(k, column), y, column - VALUE, largest);
      }
    }
    return svg.toString();
  }

  private static void cell(Svg svg, Cell cell, double x, double y, double width, double largest) {
    if (cell.loss().isEmpty()) {
      svg.text("note", x, y + 14, "–");
      return;
    }
    double loss = cell.loss().getAsDouble();
    double length = largest > 0 && Double.isFinite(loss) ? Math.max(1, width * loss / largest) : 1;
    svg.rect("bar loss", x, y + 3, length, BAR, 2);
    svg.text("value", x + length + 6, y + 14, percent(loss));
    svg.text("name", x, y + 31, cell.detail());
  }

  private static double left(int column, double width) {
    return NAME + GAP + column * (width + GAP);
  }

  private static String percent(double part) {
    return Double.isFinite(part) ? String.format(Locale.ROOT, "%.2f %%", 100 * part) : "–";
  }
}
