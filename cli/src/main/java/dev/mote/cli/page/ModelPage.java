package dev.mote.cli.page;

import dev.mote.cli.page.PageContent.Block;
import dev.mote.cli.page.PageContent.Family;
import dev.mote.cli.page.PageContent.Kind;
import dev.mote.cli.page.PageContent.Layer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;

/// The page as HTML.
public final class ModelPage {

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
      <section class="tiles">
      {tiles}</section>
      {notes}{memory}<section>
      <h2>Layers and their cost</h2>
      <p class="legend">{families}</p>
      <div class="scroll">
      {graph}</div>
      </section>
      </main>
      </body>
      </html>
      """;

  private ModelPage() {}

  public static String html(PageContent content) {
    return PAGE.replace("{title}", Svg.escape(content.name()))
        .replace("{subtitle}", Svg.escape(content.subtitle()))
        .replace("{style}", style())
        .replace("{tiles}", tiles(content))
        .replace("{memory}", memory(content))
        .replace("{families}", families(content))
        .replace("{graph}", GraphDrawing.svg(content))
        .replace("{notes}", notes(content));
  }

  private static String tiles(PageContent content) {
    return content.tiles().stream()
        .map(
            tile ->
                "<div class=\"tile\"><span class=\"label\">%s</span><span class=\"figure\">%s</span><span class=\"detail\">%s</span></div>\n"
                    .formatted(
                        Svg.escape(tile.label()),
                        Svg.escape(tile.value()),
                        Svg.escape(tile.detail())))
        .collect(Collectors.joining());
  }

  private static String memory(PageContent content) {
    if (content.memory().isEmpty()) {
      return "";
    }
    PageContent.Memory memory = content.memory().get();
    List<Kind> kinds = memory.blocks().stream().map(Block::kind).distinct().sorted().toList();
    String legend =
        kinds.stream()
            .map(kind -> swatch(kind.name(), kind.label()))
            .collect(Collectors.joining("\n"));
    List<String> names =
        content.layers().stream().filter(layer -> layer.step() >= 0).map(Layer::operator).toList();
    return """
    <section>
    <h2>Memory over time</h2>
    <p class="legend">%s
    <span class="key"><i class="dash"></i>Arena, %,d bytes</span></p>
    <div class="scroll">
    %s</div>
    </section>
    """
        .formatted(legend, memory.arenaBytes(), MemoryDrawing.svg(memory, names));
  }

  private static String families(PageContent content) {
    return Arrays.stream(Family.values())
        .filter(family -> content.layers().stream().anyMatch(layer -> layer.family() == family))
        .map(family -> swatch(family.name(), family.label()))
        .collect(Collectors.joining("\n"));
  }

  private static String swatch(String style, String label) {
    return "<span class=\"key\"><i class=\"%s\"></i>%s</span>"
        .formatted(style.toLowerCase(Locale.ROOT), Svg.escape(label));
  }

  private static String notes(PageContent content) {
    if (content.notes().isEmpty()) {
      return "";
    }
    return content.notes().stream()
        .map(note -> "<p>" + Svg.escape(note).replace("\n", "<br>") + "</p>\n")
        .collect(Collectors.joining("", "<section class=\"notes\">\n", "</section>\n"));
  }

  private static String style() {
    try (InputStream file =
        Objects.requireNonNull(ModelPage.class.getResourceAsStream("page.css"), "page.css")) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
