package dev.mote.builder.page;

import dev.mote.builder.page.PageContent.Block;
import dev.mote.builder.page.PageContent.Family;
import dev.mote.builder.page.PageContent.Kind;
import dev.mote.builder.page.PageContent.Layer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// The page of a model as HTML.
public final class ModelPage {

  private ModelPage() {}

  public static String html(PageContent content) {
    String layers =
        """
        <p class="legend">%s</p>
        <div class="scroll">
        %s</div>
        """
            .formatted(families(content), GraphDrawing.svg(content));
    return PageFrame.html(
        content.name(),
        content.subtitle(),
        PageFrame.tiles(content.tiles())
            + PageFrame.notes(content.notes())
            + memory(content)
            + PageFrame.section("Layers and their cost", layers));
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
    String body =
        """
        <p class="legend">%s
        <span class="key"><i class="dash"></i>Arena, %,d bytes</span></p>
        <div class="scroll">
        %s</div>
        """
            .formatted(legend, memory.arenaBytes(), MemoryDrawing.svg(memory, names));
    return PageFrame.section("Memory over time", body);
  }

  private static String families(PageContent content) {
    return Arrays.stream(Family.values())
        .filter(family -> content.layers().stream().anyMatch(layer -> layer.family() == family))
        .map(family -> swatch(family.name(), family.label()))
        .collect(Collectors.joining("\n"));
  }

  static String swatch(String style, String label) {
    return "<span class=\"key\"><i class=\"%s\"></i>%s</span>"
        .formatted(style.toLowerCase(Locale.ROOT), Svg.escape(label));
  }
}
