package dev.mote.builder.page;

import dev.mote.builder.page.SearchContent.Point;
import dev.mote.builder.page.SearchContent.Standing;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;

/// Draws variants as points: a cost from left to right, the score from bottom to top.
final class ScatterDrawing {

  private static final double WIDTH = 1128;
  private static final double HEIGHT = 400;
  private static final double LEFT = 72;
  private static final double RIGHT = 24;
  private static final double TOP = 18;
  private static final double BOTTOM = 52;
  private static final int TICKS = 6;

  /// Of scores more than this below the best nothing can be read but that they are bad.
  private static final double DEEPEST = 0.12;

  private final SearchContent content;
  private final ToDoubleFunction<Point> cost;
  private final OptionalDouble costLimit;
  private final List<Point> points;
  private final double right;
  private final double low;
  private final double high;

  private ScatterDrawing(
      SearchContent content, ToDoubleFunction<Point> cost, OptionalDouble costLimit) {
    this.content = content;
    this.cost = cost;
    this.costLimit = costLimit;
    double best = content.points().stream().mapToDouble(Point::score).max().orElse(1);
    this.high = Math.max(best, content.originalScore().orElse(best));
    double worst = content.points().stream().mapToDouble(Point::score).min().orElse(0);
    double limit = content.leastScore().orElse(high);
    this.low = Math.min(limit, Math.max(worst, high - DEEPEST)) - 0.003;
    this.points =
        content.points().stream()
            .filter(point -> point.score() >= low)
            .sorted(Comparator.comparing(Point::standing))
            .toList();
    double most = points.stream().mapToDouble(cost).max().orElse(1);
    this.right = 1.04 * Math.max(most, costLimit.orElse(0) <= 1.5 * most ? costLimit.orElse(0) : 0);
  }

  /// Score over `cost`.
  ///
  /// @param axis name of the cost
  /// @param unit how a cost is written
  /// @param round round costs are multiples of this
  static String svg(
      SearchContent content,
      String axis,
      ToDoubleFunction<Point> cost,
      OptionalDouble costLimit,
      DoubleFunction<String> unit,
      double round) {
    return new ScatterDrawing(content, cost, costLimit).draw(axis, unit, round);
  }

  private String draw(String axis, DoubleFunction<String> unit, double round) {
    Svg svg = new Svg(content.scoreName() + " over " + axis, WIDTH, HEIGHT);
    double step = tick(high - low + 0.006);
    for (double at = Math.ceil(low / step) * step; at <= high + 0.003; at += step) {
      svg.line("hair", LEFT, y(at), WIDTH - RIGHT, y(at));
      svg.text("tick right", LEFT - 10, y(at) + 4, percent(at, step));
    }
    double costStep = round * tick(right / round);
    for (double at = 0; at <= right; at += costStep) {
      svg.line("hair", x(at), TOP, x(at), HEIGHT - BOTTOM);
      svg.text("tick middle", x(at), HEIGHT - BOTTOM + 18, unit.apply(at));
    }
    svg.text("head middle", (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 4, axis);
    costLimit.ifPresent(
        limit -> {
          if (limit <= right) {
            svg.line("limit", x(limit), TOP, x(limit), HEIGHT - BOTTOM);
          }
        });
    content
        .leastScore()
        .ifPresent(least -> svg.line("limit", LEFT, y(least), WIDTH - RIGHT, y(least)));
    content
        .originalScore()
        .ifPresent(
            score -> {
              svg.line("original", LEFT, y(score), WIDTH - RIGHT, y(score));
              svg.text("tick", LEFT + 4, y(score) - 5, "float original");
            });
    points.forEach(point -> dot(svg, point, unit));
    return svg.toString();
  }

  private void dot(Svg svg, Point point, DoubleFunction<String> unit) {
    double radius =
        switch (point.standing()) {
          case TRIED -> 3;
          case FINALIST -> 4;
          case FRONT -> 5.5;
          case CHOSEN -> 8;
        };
    svg.openGroup(
        "%s: %s, %s"
            .formatted(
                point.label(), unit.apply(cost.applyAsDouble(point)), percent(point.score(), 0)));
    svg.rect(
        "dot " + point.standing().name().toLowerCase(Locale.ROOT),
        x(cost.applyAsDouble(point)) - radius,
        y(point.score()) - radius,
        2 * radius,
        2 * radius,
        radius);
    if (point.standing() == Standing.CHOSEN) {
      boolean turn = x(cost.applyAsDouble(point)) > WIDTH * 0.6;
      svg.text(
          turn ? "operator right" : "operator",
          x(cost.applyAsDouble(point)) + (turn ? -13 : 13),
          y(point.score()) + 4,
          "chosen");
    }
    svg.closeGroup();
  }

  private double x(double value) {
    return LEFT + (WIDTH - LEFT - RIGHT) * value / right;
  }

  private double y(double score) {
    double top = high + 0.003;
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * (score - low) / (top - low);
  }

  /// A round step that divides `range` into about six.
  private static double tick(double range) {
    double rough = range / TICKS;
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    double digits = rough / power;
    return power * (digits <= 1 ? 1 : digits <= 2 ? 2 : digits <= 5 ? 5 : 10);
  }

  private static String percent(double score, double step) {
    int decimals = step == 0 ? 2 : step < 0.001 ? 2 : step < 0.01 ? 1 : 0;
    return String.format(Locale.ROOT, "%." + decimals + "f %%", 100 * score);
  }
}
