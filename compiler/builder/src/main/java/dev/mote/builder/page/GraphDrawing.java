package dev.mote.builder.page;

import dev.mote.builder.page.PageContent.Border;
import dev.mote.builder.page.PageContent.Edge;
import dev.mote.builder.page.PageContent.Layer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/// Draws the graph, one row for each layer in order of execution, with the layer's cost beside it.
///
/// A value that the next row reads is an arrow from row to row; one that is read later runs down a
/// rail to the left of the boxes. Rails that do not meet in time share a place.
final class GraphDrawing {

  private static final double ROW = 54;
  private static final double BOX_HEIGHT = 38;
  private static final double BOX_WIDTH = 240;
  private static final double HEAD = 34;
  private static final double RAIL = 13;
  private static final double MARGIN = 12;
  private static final double GAP = 28;
  private static final double MEASURE_GAP = 16;
  private static final double SHORTEST_TYPE = 120;

  /// Of a character of a type, on average and a little more.
  private static final double TYPE_CHARACTER = 7.6;

  private static final double VALUE_WIDTH = 106;

  /// Width to fill, as far as the bars do not get too short for that.
  private static final double PAGE_WIDTH = 1128;

  private static final double SHORTEST_BAR = 80;

  /// A figure of every layer, drawn as bars.
  private record Measure(String head, ToLongFunction<Layer> of, boolean inBytes) {}

  private final PageContent content;
  private final List<Measure> measures = new ArrayList<>();
  private final List<Rail> rails;
  private final double boxLeft;
  private final double typeWidth;
  private final double barWidth;
  private final double width;
  private final int rows;

  private GraphDrawing(PageContent content) {
    this.content = content;
    this.rails = Rail.place(content.edges());
    int lanes = rails.stream().mapToInt(rail -> rail.lane() + 1).max().orElse(0);
    this.boxLeft = MARGIN + lanes * RAIL + (lanes > 0 ? 12 : 0);
    int longestType =
        Stream.of(
                content.inputs().stream().map(Border::type),
                content.layers().stream().map(Layer::output),
                content.outputs().stream().map(Border::type))
            .flatMap(types -> types)
            .mapToInt(String::length)
            .max()
            .orElse(0);
    this.typeWidth = Math.max(SHORTEST_TYPE, longestType * TYPE_CHARACTER);
    boolean measured = content.layers().stream().anyMatch(layer -> layer.instructions() > 0);
    if (measured) {
      measures.add(new Measure("Instructions", Layer::instructions, false));
    }
    if (content.layers().stream().anyMatch(layer -> layer.cycles() > 0)) {
      measures.add(new Measure("Estimated cycles", Layer::cycles, false));
    }
    measures.add(new Measure("Multiply-accumulates", Layer::macs, false));
    measures.add(new Measure("Weights", Layer::weightBytes, true));
    double fixed = typeLeft() + typeWidth + MARGIN - MEASURE_GAP;
    double perMeasure = (PAGE_WIDTH - fixed) / measures.size();
    this.barWidth = Math.max(SHORTEST_BAR, perMeasure - VALUE_WIDTH - MEASURE_GAP);
    this.width = measureLeft(measures.size()) - MEASURE_GAP + MARGIN;
    this.rows = content.inputs().size() + content.layers().size() + content.outputs().size();
  }

  static String svg(PageContent content) {
    return new GraphDrawing(content).draw();
  }

  private String draw() {
    Svg svg = new Svg("Graph of " + content.name(), width, HEAD + rows * ROW);
    heads(svg);
    grid(svg);
    rails.forEach(rail -> rail(svg, rail));
    content.edges().stream()
        .filter(edge -> edge.to() == edge.from() + 1)
        .forEach(edge -> arrow(svg, edge));
    int row = 0;
    for (Border input : content.inputs()) {
      border(svg, row++, "Input", input);
    }
    for (Layer layer : content.layers()) {
      layer(svg, row++, layer);
    }
    for (Border output : content.outputs()) {
      border(svg, row++, "Output", output);
    }
    return svg.toString();
  }

  private void heads(Svg svg) {
    svg.text("head", boxLeft, 16, "Layer");
    svg.text("head", typeLeft(), 16, "Output");
    for (int i = 0; i < measures.size(); i++) {
      svg.text("head", measureLeft(i), 16, measures.get(i).head());
    }
  }

  private void grid(Svg svg) {
    for (int row = 0; row < rows; row++) {
      double y = middle(row);
      svg.line("hair", boxLeft + BOX_WIDTH, y + ROW / 2, width - MARGIN, y + ROW / 2);
    }
  }

  private void rail(Svg svg, Rail rail) {
    double x = boxLeft - 12 - rail.lane() * RAIL;
    double top = middle(rail.from()) + 8;
    double bottom = middle(rail.to()) - 8;
    double r = Math.min(8, (bottom - top) / 2);
    svg.openGroup(rail.tensor());
    svg.path(
        "edge",
        "M%s %s H%s q%s 0 %s %s V%s q0 %s %s %s H%s"
            .formatted(
                n(boxLeft),
                n(top),
                n(x + r),
                n(-r),
                n(-r),
                n(r),
                n(bottom - r),
                n(r),
                n(r),
                n(r),
                n(boxLeft - 4)));
    arrowHead(svg, boxLeft, bottom, false);
    svg.closeGroup();
  }

  private void arrow(Svg svg, Edge edge) {
    double x = boxLeft + BOX_WIDTH / 2;
    double from = middle(edge.from()) + BOX_HEIGHT / 2;
    double to = middle(edge.to()) - BOX_HEIGHT / 2;
    svg.openGroup(edge.tensor());
    svg.line("edge", x, from, x, to - 3);
    arrowHead(svg, x, to, true);
    svg.closeGroup();
  }

  private static void arrowHead(Svg svg, double x, double y, boolean down) {
    svg.path(
        "tip",
        down
            ? "M%s %s l-4 -6 h8 z".formatted(n(x), n(y))
            : "M%s %s l-6 -4 v8 z".formatted(n(x), n(y)));
  }

  private void border(Svg svg, int row, String kind, Border border) {
    double y = middle(row);
    svg.openGroup(border.name() + "\n" + border.type());
    svg.rect("border", boxLeft, y - BOX_HEIGHT / 2 + 3, BOX_WIDTH, BOX_HEIGHT - 6, 16);
    svg.text("border-kind", boxLeft + 16, y + 4, kind);
    svg.text("name", boxLeft + 70, y + 4, Figures.shorten(border.name(), 24));
    svg.closeGroup();
    svg.text("type", typeLeft(), y + 4, border.type());
  }

  private void layer(Svg svg, int row, Layer layer) {
    double y = middle(row);
    double top = y - BOX_HEIGHT / 2;
    String family = layer.family().name().toLowerCase(java.util.Locale.ROOT);
    String number = layer.step() < 0 ? "no code" : String.valueOf(layer.step());
    svg.openGroup(layer.operator() + " (" + number + ")\n" + layer.name() + "\n" + layer.output());
    svg.rect("box " + family, boxLeft, top, BOX_WIDTH, BOX_HEIGHT, 6);
    svg.rect("strip " + family, boxLeft, top, 5, BOX_HEIGHT, 2.5);
    svg.text("operator", boxLeft + 16, top + 16, layer.operator());
    svg.text("index", boxLeft + BOX_WIDTH - 10, top + 16, number);
    svg.text("name", boxLeft + 16, top + 30, Figures.shorten(Figures.firstName(layer.name()), 32));
    svg.closeGroup();
    svg.text("type", typeLeft(), y + 4, layer.output());
    for (int i = 0; i < measures.size(); i++) {
      bar(svg, measureLeft(i), y, family, measures.get(i), layer);
    }
  }

  private void bar(Svg svg, double x, double y, String family, Measure measure, Layer layer) {
    long value = measure.of().applyAsLong(layer);
    if (value == 0) {
      return;
    }
    long max = content.layers().stream().mapToLong(measure.of()).max().orElse(1);
    long sum = content.layers().stream().mapToLong(measure.of()).sum();
    double length = Math.max(2, barWidth * value / max);
    svg.rect("bar " + family, x, y - 7, length, 14, 3);
    String figure = measure.inBytes() ? Figures.bytes(value) : Figures.count(value);
    svg.text("value", x + length + 7, y + 4, figure + share(value, sum));
  }

  /// ` · 29 %`, left out where it says nothing.
  private static String share(long value, long sum) {
    long percent = Math.round(100.0 * value / sum);
    return percent == 0 || percent == 100 ? "" : " · " + percent + " %";
  }

  private double typeLeft() {
    return boxLeft + BOX_WIDTH + GAP;
  }

  private double measureLeft(int index) {
    return typeLeft() + typeWidth + index * (barWidth + VALUE_WIDTH + MEASURE_GAP);
  }

  private static double middle(int row) {
    return HEAD + row * ROW + ROW / 2;
  }

  private static String n(double value) {
    return Svg.number(value);
  }

  /// The way of a value that is read later than in the next row.
  private record Rail(int from, int to, int lane, String tensor) {

    /// Gives every long edge the innermost lane that is free all the way; short ones first, so that
    /// they lie inside.
    static List<Rail> place(List<Edge> edges) {
      List<Rail> placed = new ArrayList<>();
      edges.stream()
          .filter(edge -> edge.to() > edge.from() + 1)
          .sorted(
              Comparator.comparingInt((Edge edge) -> edge.to() - edge.from())
                  .thenComparingInt(Edge::from))
          .forEach(
              edge ->
                  placed.add(new Rail(edge.from(), edge.to(), lane(placed, edge), edge.tensor())));
      return placed;
    }

    private static int lane(List<Rail> placed, Edge edge) {
      int lane = 0;
      while (isTaken(placed, lane, edge)) {
        lane++;
      }
      return lane;
    }

    /// A rail that ends in the row where another begins leaves room for it: it comes in above the
    /// middle, the other goes out below.
    private static boolean isTaken(List<Rail> placed, int lane, Edge edge) {
      return placed.stream()
          .anyMatch(rail -> rail.lane == lane && rail.from < edge.to() && edge.from() < rail.to);
    }
  }
}
