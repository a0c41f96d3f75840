package dev.mote.builder.page;

import dev.mote.builder.page.PageContent.Tile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/// What every page has in common: one HTML file without anything from elsewhere.
final class PageFrame {

  private static final String PAGE =
      """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>{title} · Mote</title>
      <style>
      {style}</style>
      </head>
      <body>
      <header>
      <h1>{title}</h1>
      <p class="subtitle">{subtitle}</p>
      </header>
      <main>
      {body}</main>
      </body>
      </html>
      """;

  private PageFrame() {}

  /// @param body sections as HTML
  static String html(String title, String subtitle, String body) {
    // The body is last: what stands in it is not looked at for holes.
    return PAGE.replace("{title}", Svg.escape(title))
        .replace("{subtitle}", Svg.escape(subtitle))
        .replace("{style}", style())
        .replace("{body}", body);
  }

  static String tiles(List<Tile> tiles) {
    return tiles.stream()
        .map(
            tile ->
                "<div class=\"tile\"><span class=\"label\">%s</span><span class=\"figure\">%s</span><span class=\"detail\">%s</span></div>\n"
                    .formatted(
                        Svg.escape(tile.label()),
                        Svg.escape(tile.value()),
                        Svg.escape(tile.detail())))
        .collect(Collectors.joining("", "<section class=\"tiles\">\n", "</section>\n"));
  }

  /// Sentences in a section of their own; nothing when there are none.
  static String notes(List<String> notes) {
    if (notes.isEmpty()) {
      return "";
    }
    return notes.stream()
        .map(note -> "<p>" + Svg.escape(note).replace("\n", "<br>") + "</p>\n")
        .collect(Collectors.joining("", "<section class=\"notes\">\n", "</section>\n"));
  }

  /// A section with a heading.
  ///
  /// @param body as HTML
  static String section(String heading, String body) {
    return "<section>\n<h2>" + Svg.escape(heading) + "</h2>\n" + body + "</section>\n";
  }

  private static String style() {
    try (InputStream file =
        Objects.requireNonNull(PageFrame.class.getResourceAsStream("page.css"), "page.css")) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
