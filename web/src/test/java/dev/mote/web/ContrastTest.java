package dev.mote.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Text can be read in both themes: WCAG 2.2's contrast of the colours in style.css.
class ContrastTest {

  private static final double TEXT = 4.5;
  private static final double LINE = 3;

  private static final Pattern COLOR = Pattern.compile("--([a-z0-9-]+): #([0-9a-f]{6});");

  /// Text, and what it stands on.
  private static final List<List<String>> TEXTS =
      List.of(
          List.of("ink", "surface", "page", "accent-soft", "warn-soft", "bad-soft"),
          List.of("muted", "surface", "page", "accent-soft", "warn-soft", "bad-soft"),
          List.of("accent", "surface", "page", "accent-soft"),
          List.of("accent-ink", "accent"),
          List.of("good", "good-soft", "surface"),
          List.of("warn", "warn-soft", "surface"),
          List.of("bad", "bad-soft", "surface"));

  /// Edges of fields, lines of charts.
  private static final List<List<String>> LINES =
      List.of(
          List.of("edge", "surface"),
          List.of("series-1", "surface"),
          List.of("series-2", "surface"),
          List.of("series-3", "surface"),
          List.of("series-4", "surface"),
          List.of("series-5", "surface"));

  @Test
  void textAndLinesStandOutInBothThemes() throws IOException {
    String style = Files.readString(Sources.root().resolve("web/src/style.css"));
    int dark = style.indexOf("@media (prefers-color-scheme: dark)");
    Map<String, Integer> light = colors(style.substring(0, dark));
    Map<String, Integer> night = new HashMap<>(light);
    night.putAll(colors(style.substring(dark, style.indexOf("* { box-sizing"))));
    assertThat(night).isNotEqualTo(light);
    List<String> weak = new ArrayList<>();
    Map.of("light", light, "dark", night)
        .forEach(
            (theme, colors) -> {
              weak.addAll(weak(theme, colors, TEXTS, TEXT));
              weak.addAll(weak(theme, colors, LINES, LINE));
            });
    assertThat(weak).isEmpty();
  }

  private static List<String> weak(
      String theme, Map<String, Integer> colors, List<List<String>> pairs, double least) {
    List<String> weak = new ArrayList<>();
    for (List<String> pair : pairs) {
      for (String ground : pair.subList(1, pair.size())) {
        double contrast =
            contrast(
                Objects.requireNonNull(colors.get(pair.getFirst())),
                Objects.requireNonNull(colors.get(ground)));
        if (contrast < least) {
          weak.add("%s: %s on %s is %.2f".formatted(theme, pair.getFirst(), ground, contrast));
        }
      }
    }
    return weak;
  }

  private static Map<String, Integer> colors(String style) {
    Map<String, Integer> colors = new HashMap<>();
    Matcher matcher = COLOR.matcher(style);
    while (matcher.find()) {
      colors.put(matcher.group(1), Integer.parseInt(matcher.group(2), 16));
    }
    return colors;
  }

  private static double contrast(int a, int b) {
    double brighter = Math.max(luminance(a), luminance(b));
    double darker = Math.min(luminance(a), luminance(b));
    return (brighter + 0.05) / (darker + 0.05);
  }

  private static double luminance(int color) {
    return 0.2126 * linear(color >> 16)
        + 0.7152 * linear(color >> 8 & 255)
        + 0.0722 * linear(color & 255);
  }

  private static double linear(int channel) {
    double value = channel / 255.0;
    return value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
  }
}
