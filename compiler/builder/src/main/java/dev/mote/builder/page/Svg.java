package dev.mote.builder.page;

import java.util.Locale;

/// Writes SVG elements as text; styling is left to classes of the page's style sheet.
final class Svg {

  private final StringBuilder text = new StringBuilder();
  private final String label;
  private final double width;
  private final double height;

  /// @param label what the drawing shows, for readers who do not see it
  Svg(String label, double width, double height) {
    this.label = label;
    this.width = width;
    this.height = height;
  }

  void rect(String style, double x, double y, double w, double h, double radius) {
    element(
        "<rect class='%s' x='%s' y='%s' width='%s' height='%s' rx='%s'/>",
        style, x, y, w, h, radius);
  }

  /// A rectangle of which only a part of the colour is seen.
  void shade(String style, double x, double y, double w, double h, double opacity) {
    element(
        "<rect class='%s' x='%s' y='%s' width='%s' height='%s' fill-opacity='%s'/>",
        style, x, y, w, h, String.format(Locale.ROOT, "%.2f", opacity));
  }

  void line(String style, double x1, double y1, double x2, double y2) {
    element("<line class='%s' x1='%s' y1='%s' x2='%s' y2='%s'/>", style, x1, y1, x2, y2);
  }

  void text(String style, double x, double y, String value) {
    element("<text class='%s' x='%s' y='%s'>%s</text>", style, x, y, value);
  }

  /// Text that reads from bottom to top, starting at the point.
  void verticalText(String style, double x, double y, String value) {
    element(
        "<text class='%s' transform='translate(%s %s) rotate(-90)'>%s</text>", style, x, y, value);
  }

  void path(String style, String commands) {
    element("<path class='%s' d='%s'/>", style, commands);
  }

  /// Opens a group whose parts show `tooltip` under the mouse.
  void openGroup(String tooltip) {
    element("<g><title>%s</title>", tooltip);
  }

  void closeGroup() {
    text.append("</g>\n");
  }

  private void element(String format, Object... parts) {
    Object[] safe = new Object[parts.length];
    for (int i = 0; i < parts.length; i++) {
      safe[i] = parts[i] instanceof Double number ? number(number) : escape(parts[i].toString());
    }
    text.append(format.formatted(safe)).append('\n');
  }

  /// A coordinate without needless digits.
  static String number(double value) {
    double rounded = Math.round(value * 10) / 10.0;
    return rounded == Math.rint(rounded)
        ? String.valueOf((long) rounded)
        : String.format(Locale.ROOT, "%.1f", rounded);
  }

  static String escape(String value) {
    return value
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("'", "&#39;")
        .replace("\"", "&quot;");
  }

  @Override
  public String toString() {
    return "<svg role='img' aria-label='%s' width='%s' height='%s' viewBox='0 0 %s %s'>\n%s</svg>\n"
        .formatted(
            escape(label), number(width), number(height), number(width), number(height), text);
  }
}
