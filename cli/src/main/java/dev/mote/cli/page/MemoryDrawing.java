package dev.mote.cli.page;

import dev.mote.cli.page.PageContent.Block;
import dev.mote.cli.page.PageContent.Memory;
import java.util.List;
import java.util.Locale;

/// Draws the arena over time: steps from left to right, addresses from bottom to top.
final class MemoryDrawing {

  private static final double WIDTH = 1080;
  private static final double HEIGHT = 380;
  private static final double LEFT = 72;
  private static final double RIGHT = 20;
  private static final double TOP = 30;
  private static final double BOTTOM = 52;

  /// Width of a character of the labels, on average, and a little more.
  private static final double CHARACTER = 6.3;

  private final Memory memory;
  private final List<String> layerNames;
  private final long ceiling;

  private MemoryDrawing(Memory memory, List<String> layerNames) {
    this.memory = memory;
    this.layerNames = layerNames;
    long step = tickStep(memory.arenaBytes());
    this.ceiling = Math.ceilDiv(Math.max(memory.arenaBytes(), 1), step) * step;
  }

  static String svg(Memory memory, List<String> layerNames) {
    return new MemoryDrawing(memory, layerNames).draw();
  }

  private String draw() {
    Svg svg = new Svg("The arena over time", WIDTH, HEIGHT);
    axes(svg);
    peak(svg);
    memory.blocks().forEach(block -> block(svg, block));
    bounds(svg);
    return svg.toString();
  }

  private void axes(Svg svg) {
    long step = tickStep(memory.arenaBytes());
    for (long at = 0; at <= ceiling; at += step) {
      svg.line("hair", LEFT, y(at), WIDTH - RIGHT, y(at));
      svg.text("tick right", LEFT - 10, y(at) + 4, at == 0 ? "0" : Figures.bytes(at));
    }
    int every = labelEvery();
    for (int layer = 0; layer < memory.layers(); layer++) {
      if (layer % every == 0) {
        svg.text(
            "tick middle",
            (x(layer) + x(layer + 1)) / 2,
            HEIGHT - BOTTOM + 18,
            String.valueOf(layer));
      }
    }
    double columnWidth = x(1) - x(0);
    if (columnWidth >= 26) {
      svg.text("tick middle", (x(-1) + x(0)) / 2, HEIGHT - BOTTOM + 18, "in");
      svg.text(
          "tick middle",
          (x(memory.layers()) + x(memory.layers() + 1)) / 2,
          HEIGHT - BOTTOM + 18,
          "out");
    }
    svg.text("head middle", (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, "layer, in order of execution");
  }

  /// The layer at which the highest address is in use.
  private void peak(Svg svg) {
    int peak = 0;
    long highest = -1;
    for (int layer = 0; layer < memory.layers(); layer++) {
      long live = live(layer);
      if (live > highest) {
        highest = live;
        peak = layer;
      }
    }
    if (highest <= 0) {
      return;
    }
    double middle = (x(peak) + x(peak + 1)) / 2;
    svg.rect("peak", x(peak), TOP - 4, x(peak + 1) - x(peak), HEIGHT - BOTTOM - TOP + 4, 0);
    String label =
        "most in use: %s in layer %d%s"
            .formatted(
                Figures.bytes(highest),
                peak,
                peak < layerNames.size() ? " (" + layerNames.get(peak) + ")" : "");
    boolean toTheLeft = middle > WIDTH * 0.6;
    svg.text(toTheLeft ? "note right" : "note", toTheLeft ? x(peak + 1) : x(peak), TOP - 12, label);
  }

  private long live(int layer) {
    return memory.blocks().stream()
        .filter(block -> block.firstLayer() <= layer && layer <= block.lastLayer())
        .mapToLong(Block::bytes)
        .sum();
  }

  private void block(Svg svg, Block block) {
    double left = x(block.firstLayer());
    double right = x(block.lastLayer() + 1);
    double top = y(block.offset() + block.bytes());
    double height = y(block.offset()) - top;
    svg.openGroup(
        "%s\n%s, %,d bytes at offset %,d\nfrom %s to %s"
            .formatted(
                block.name(),
                block.kind().label(),
                block.bytes(),
                block.offset(),
                block.firstLayer() < 0 ? "the caller" : "layer " + block.firstLayer(),
                block.lastLayer() >= memory.layers()
                    ? "the caller"
                    : "layer " + block.lastLayer()));
    svg.rect(
        "block " + block.kind().name().toLowerCase(Locale.ROOT),
        left,
        top,
        Math.max(right - left, 1),
        Math.max(height, 1),
        2);
    label(svg, block, left, right, top, height);
    svg.closeGroup();
  }

  private static void label(
      Svg svg, Block block, double left, double right, double top, double height) {
    double room = right - left - 12;
    int characters = (int) (room / CHARACTER);
    String size = Figures.bytes(block.bytes());
    if (height >= 34 && characters >= 10) {
      svg.text("block-name", left + 7, top + 16, Figures.shorten(block.name(), characters));
      svg.text("block-size", left + 7, top + 30, size);
    } else if (height >= 15 && characters >= size.length()) {
      boolean both = characters >= size.length() + 10;
      String text =
          both ? Figures.shorten(block.name(), characters - size.length() - 2) + "  " + size : size;
      svg.text("block-size", left + 7, top + height / 2 + 4, text);
    }
  }

  private void bounds(Svg svg) {
    svg.line("limit", LEFT, y(memory.arenaBytes()), WIDTH - RIGHT, y(memory.arenaBytes()));
  }

  private int labelEvery() {
    double columnWidth = x(1) - x(0);
    int every = 1;
    while (columnWidth * every < 22) {
      every = every == 1 ? 2 : every == 2 ? 5 : every * 2;
    }
    return every;
  }

  /// The largest power of two, or one and a half times it, that leaves at least four ticks.
  private static long tickStep(long bytes) {
    long step = 16;
    while (bytes / (step * 2) >= 4) {
      step *= 2;
    }
    return step;
  }

  private double x(int layer) {
    return LEFT + (WIDTH - LEFT - RIGHT) * (layer + 1) / (memory.layers() + 2);
  }

  private double y(long address) {
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * address / ceiling;
  }
}
