package dev.mote.builder.page;

import dev.mote.builder.page.PageContent.Block;
import dev.mote.builder.page.PageContent.Memory;
import dev.mote.builder.page.PageContent.Span;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/// Draws the arena over time: steps from left to right, addresses from bottom to top.
final class MemoryDrawing {

  private static final double WIDTH = 1128;
  private static final double HEIGHT = 380;
  private static final double LEFT = 72;
  private static final double RIGHT = 20;
  private static final double TOP = 30;
  private static final double BOTTOM = 52;

  /// Width of a character of the labels, on average, and a little more.
  private static final double CHARACTER = 7;

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
    chains(svg);
    axes(svg);
    peak(svg);
    List<Block> blocks =
        memory.blocks().stream().sorted(Comparator.comparingInt(Block::firstLayer)).toList();
    for (int i = 0; i < blocks.size(); i++) {
      block(svg, blocks.get(i), uncovered(blocks, i));
    }
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
    for (int number = 0; number < memory.steps().size(); number++) {
      Span span = memory.steps().get(number);
      if (span.count() > 1 || span.first() % every == 0) {
        svg.text(
            "tick middle",
            (x(span.first()) + x(span.first() + span.count())) / 2,
            HEIGHT - BOTTOM + 18,
            String.valueOf(number));
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
    svg.text("head middle", (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 4, "step, in order of execution");
  }

  /// Bands behind layers that run row by row as one.
  private void chains(Svg svg) {
    for (Span span : memory.steps()) {
      if (!span.note().isEmpty()) {
        double left = x(span.first());
        double width = x(span.first() + span.count()) - left;
        svg.rect("chain", left, TOP, width, HEIGHT - BOTTOM - TOP + 24, 0);
        if (width >= CHARACTER * span.note().length()) {
          svg.text("tick middle", left + width / 2, HEIGHT - BOTTOM + 32, span.note());
        }
      }
    }
  }

  /// The layer during which most bytes are in use.
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

  /// Bytes that hold something during `layer`; where blocks overlap, once.
  private long live(int layer) {
    long live = 0;
    long end = 0;
    for (Block block :
        memory.blocks().stream()
            .filter(b -> b.firstLayer() <= layer && layer <= b.lastLayer())
            .sorted(Comparator.comparingLong(Block::offset))
            .toList()) {
      live += Math.max(0, block.offset() + block.bytes() - Math.max(end, block.offset()));
      end = Math.max(end, block.offset() + block.bytes());
    }
    return live;
  }

  /// The first layer at which a later block covers a part of block `index`, which it overlaps in
  /// place; the label keeps to the left of it.
  private static int uncovered(List<Block> blocks, int index) {
    Block block = blocks.get(index);
    return blocks.stream()
        .skip(index + 1L)
        .filter(
            later ->
                later.offset() < block.offset() + block.bytes()
                    && block.offset() < later.offset() + later.bytes()
                    && later.firstLayer() <= block.lastLayer())
        .mapToInt(Block::firstLayer)
        .reduce(block.lastLayer() + 1, Math::min);
  }

  private void block(Svg svg, Block block, int uncovered) {
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
        Math.max(height, 2),
        2);
    label(svg, block, left, x(uncovered), top, height);
    svg.closeGroup();
  }

  private static void label(
      Svg svg, Block block, double left, double right, double top, double height) {
    double room = right - left - 12;
    int characters = (int) (room / CHARACTER);
    String size = Figures.bytes(block.bytes());
    if (height >= 34 && characters >= 10) {
      svg.text(
          "block-name",
          left + 7,
          top + 16,
          Figures.shorten(Figures.firstName(block.name()), characters));
      svg.text("block-size", left + 7, top + 30, size);
    } else if (height >= 15 && characters >= size.length()) {
      boolean both = characters >= size.length() + 10;
      String text =
          both
              ? Figures.shorten(Figures.firstName(block.name()), characters - size.length() - 2)
                  + "  "
                  + size
              : size;
      svg.text("block-size", left + 7, top + height / 2 + 4, text);
    } else if (right - left >= 14 && height >= 50) {
      int length = (int) ((height - 12) / CHARACTER);
      String text = length >= 10 ? Figures.shorten(Figures.firstName(block.name()), length) : size;
      svg.verticalText("block-size", (left + right) / 2 + 4, top + height - 6, text);
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
