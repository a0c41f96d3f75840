package dev.mote.pipeline.plan;

import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.pipeline.cascade.Cascade;
import dev.mote.pipeline.cascade.CascadeBuilder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/// Chooses the chains of layers that run row by row, and which of these are cut into patches.
///
/// The order of execution is cut into chains and single layers. What the arena must hold while one
/// of them runs does not depend on the other cuts, so the cuts with the smallest peak are found
/// exactly, over all of them, by dynamic programming over the end of the last chain; the same way,
/// among the cuts below a given peak, those with the least work beyond that of single layers.
public final class CascadeSearch {

  /// Longest chain that is tried.
  /// A part of the arena, one in so many, that is not worth any work.
  private static final int NEGLIGIBLE = 64;

  private static final int MOST_NODES = 40;

  /// Numbers of patches that are tried.
  private static final List<Integer> PATCHES = List.of(2, 3, 4, 6, 8);

  /// Peaks that are planned in full, smallest first, for the smallest arena.
  private static final int PLANS = 12;

  /// A chain or a single layer: where it is, the bytes that the arena must hold while it runs, the
  /// work beyond that of single layers, and how it runs.
  private record Piece(int first, int last, long footprint, long work, How how) {}

  private sealed interface How {
    record Single(LoweredStep.Layer layer) implements How {}

    record Rows(Cascade cascade) implements How {}

    /// Lowered only when it is chosen.
    record Patches(List<Node> nodes, int count) implements How {}
  }

  private record Cut(List<Piece> pieces, long work) {}

  private final Graph graph;
  private final Storage storage;
  private final List<LoweredStep.Layer> layers;
  private final CascadeBuilder builder;
  private final Map<String, int[]> lives;
  private final Optional<String> streamed;
  private final List<List<Piece>> pieces;

  /// @param layers the nodes in order, each lowered by itself
  /// @param streamed the input whose rows the application hands in one by one
  public CascadeSearch(
      Graph graph,
      Storage storage,
      List<LoweredStep.Layer> layers,
      CascadeBuilder builder,
      Optional<String> streamed) {
    this.graph = graph;
    this.storage = storage;
    this.layers = layers;
    this.builder = builder;
    this.streamed = streamed;
    this.lives = lives();
    this.pieces = new ArrayList<>();
  }

  /// The steps.
  ///
  /// @return empty when the first layers of the streamed input cannot run row by row
  public Optional<List<LoweredStep>> steps(Chaining chaining) {
    if (chaining instanceof Chaining.None && streamed.isEmpty()) {
      return Optional.of(List.copyOf(layers));
    }
    findPieces(chaining instanceof Chaining.Patched(int count) ? List.of(count) : PATCHES);
    if (leastPeak() == Long.MAX_VALUE) {
      return Optional.empty();
    }
    return switch (chaining) {
      case Chaining.None _ -> cheapest(Long.MAX_VALUE).flatMap(this::lowered);
      case Chaining.Smallest(double slowDown) -> {
        long work = layers.stream().mapToLong(LoweredStep::cycles).sum();
        yield smallest(work == 0 ? Long.MAX_VALUE : (long) (slowDown * work), 0);
      }
      case Chaining.Within(long arenaBytes) -> smallest(Long.MAX_VALUE, arenaBytes);
      case Chaining.Patched _ -> patched();
    };
  }

  /// The cheapest steps with about the smallest arena that was found for at most `budget` of
  /// additional work, or the cheapest with an arena of at most `enough` bytes; if there are none,
  /// the cheapest of all.
  private Optional<List<LoweredStep>> smallest(long budget, long enough) {
    TreeSet<Long> peaks = new TreeSet<>();
    pieces.forEach(list -> list.forEach(piece -> peaks.add(piece.footprint())));
    Optional<List<LoweredStep>> best = Optional.empty();
    long arena = Long.MAX_VALUE;
    int plans = 0;
    Long peak = peaks.ceiling(leastPeak());
    // Arenas are seldom larger than the peak: below the limit the highest peak is the cheapest.
    if (enough > 0 && peak != null && peaks.floor(enough) != null) {
      peak = Math.max(peak, peaks.floor(enough));
    }
    while (peak != null && plans < PLANS && arena > enough && (enough > 0 || peak < arena)) {
      Optional<Cut> cut = cheapest(peak).filter(c -> c.work() <= budget);
      if (cut.isPresent()) {
        Optional<List<LoweredStep>> steps = lowered(cut.get());
        if (steps.isEmpty()) {
          // A piece that cannot be lowered is gone now: look again.
          return smallest(budget, enough);
        }
        plans++;
        int bytes = arenaBytes(steps.get());
        if (bytes < arena) {
          arena = bytes;
          best = steps;
        }
      }
      peak = enough > 0 ? peaks.lower(peak) : peaks.higher(peak);
    }
    return best.isPresent() && enough == 0
        ? Optional.of(cheapestWithin(peaks, arena + arena / NEGLIGIBLE, best.get()))
        : best.or(() -> cheapest(Long.MAX_VALUE).flatMap(this::lowered));
  }

  /// The steps with the least work whose arena is at most `bytes`, as that of `known` is.
  private List<LoweredStep> cheapestWithin(
      TreeSet<Long> peaks, long bytes, List<LoweredStep> known) {
    // What is packed may take less than the sum that a peak counts.
    Long peak = peaks.floor(bytes + bytes / 8);
    if (streamed.isEmpty() && arenaBytes(List.copyOf(layers)) <= bytes) {
      return List.copyOf(layers);
    }
    for (int plans = 0; peak != null && plans < PLANS; plans++) {
      Optional<List<LoweredStep>> steps = cheapest(peak).flatMap(this::lowered);
      if (steps.isPresent() && arenaBytes(steps.get()) <= bytes) {
        return steps.get();
      }
      peak = peaks.lower(peak);
    }
    return known;
  }

  /// The most layers in patches.
  private Optional<List<LoweredStep>> patched() {
    for (List<Piece> ending : pieces) {
      ending.replaceAll(
          piece -> {
            boolean patches = piece.how() instanceof How.Patches;
            int work = patches ? piece.first() - piece.last() : 1;
            return new Piece(piece.first(), piece.last(), piece.footprint(), work, piece.how());
          });
    }
    Optional<Cut> cut = cheapest(Long.MAX_VALUE);
    while (cut.isPresent()) {
      Optional<List<LoweredStep>> steps = lowered(cut.get());
      if (steps.isPresent()) {
        return steps;
      }
      cut = cheapest(Long.MAX_VALUE);
    }
    return Optional.empty();
  }

  private int arenaBytes(List<LoweredStep> steps) {
    Workload workload = Workload.of(graph, storage, steps);
    return ArenaPlanner.plan(workload.requests(), workload.permits()).arenaBytes();
  }

  /// The steps of a cut; empty when one of its pieces cannot be lowered, which is then struck out.
  private Optional<List<LoweredStep>> lowered(Cut cut) {
    List<LoweredStep> steps = new ArrayList<>();
    for (Piece piece : cut.pieces()) {
      Optional<LoweredStep> step =
          switch (piece.how()) {
            case How.Single(LoweredStep.Layer layer) -> Optional.of(layer);
            case How.Rows(Cascade cascade) -> Optional.of(new LoweredStep.Rows(cascade));
            case How.Patches(List<Node> nodes, int count) ->
                builder.buildPatches(nodes, count).map(LoweredStep.Rows::new);
          };
      if (step.isEmpty()) {
        pieces.get(piece.last()).remove(piece);
        return Optional.empty();
      }
      steps.add(step.get());
    }
    return Optional.of(steps);
  }

  // ---- dynamic programming ---------------------------------------------------------------------

  /// The smallest peak of any way to cut.
  private long leastPeak() {
    long[] best = new long[pieces.size() + 1];
    for (int end = 0; end < pieces.size(); end++) {
      best[end + 1] = Long.MAX_VALUE;
      for (Piece piece : pieces.get(end)) {
        best[end + 1] = Math.min(best[end + 1], Math.max(best[piece.first()], piece.footprint()));
      }
    }
    return best[pieces.size()];
  }

  /// The way to cut with the least work that keeps to `peak`.
  private Optional<Cut> cheapest(long peak) {
    long[] work = new long[pieces.size() + 1];
    Piece[] last = new Piece[pieces.size() + 1];
    for (int end = 0; end < pieces.size(); end++) {
      work[end + 1] = Long.MAX_VALUE;
      for (Piece piece : pieces.get(end)) {
        long before = work[piece.first()];
        if (piece.footprint() <= peak
            && before != Long.MAX_VALUE
            && before + piece.work() < work[end + 1]) {
          work[end + 1] = before + piece.work();
          last[end + 1] = piece;
        }
      }
    }
    if (work[pieces.size()] == Long.MAX_VALUE) {
      return Optional.empty();
    }
    List<Piece> cut = new ArrayList<>();
    for (int end = pieces.size(); end > 0; end = last[end].first()) {
      cut.add(last[end]);
    }
    return Optional.of(new Cut(cut.reversed(), work[pieces.size()]));
  }

  // ---- what a piece needs ----------------------------------------------------------------------

  /// For every layer the single layer and the chains that end with it.
  private void findPieces(List<Integer> patches) {
    for (int end = 0; end < layers.size(); end++) {
      List<Piece> ending = new ArrayList<>();
      pieces.add(ending);
      if (!reads(end, end)) {
        LoweredStep.Layer layer = layers.get(end);
        ending.add(new Piece(end, end, footprint(layer, end), 0, new How.Single(layer)));
      }
      for (int first = end; first >= 0 && end - first < MOST_NODES; first--) {
        if (!builder.canChain(layers.get(first).node())) {
          break;
        }
        addChains(ending, first, end, patches);
      }
    }
  }

  private void addChains(List<Piece> ending, int first, int last, List<Integer> patches) {
    // Rows that come from outside are there for the first step only.
    boolean reads = reads(first, last);
    if (reads && (first > 0 || reads(last + 1, layers.size() - 1))) {
      return;
    }
    List<Node> nodes =
        layers.subList(first, last + 1).stream().map(LoweredStep.Layer::node).toList();
    Optional<Cascade> found = builder.build(nodes, streamed);
    if (found.isEmpty()) {
      return;
    }
    Cascade cascade = found.get();
    long alone = layers.subList(first, last + 1).stream().mapToLong(LoweredStep::cycles).sum();
    long held = held(first, last, Optional.of(cascade).filter(Cascade::streamed));
    long saving =
        cascade.overlaps().stream()
            .mapToLong(o -> saving(o.read(), o.written(), o.distance(), last))
            .max()
            .orElse(0);
    ending.add(
        new Piece(
            first,
            last,
            held + cascade.workingBytes() - saving,
            cascade.cycles() - alone,
            new How.Rows(cascade)));
    if (!cascade.streamed() && last > first) {
      for (int count : patches) {
        builder
            .strips(nodes, count)
            .ifPresent(
                strips ->
                    ending.add(
                        new Piece(
                            first,
                            last,
                            held + cascade.workingBytes(strips),
                            cascade.cycles(strips) - alone,
                            new How.Patches(nodes, count))));
      }
    }
  }

  private boolean reads(int first, int last) {
    return streamed.isPresent()
        && first <= last
        && layers.subList(first, last + 1).stream()
            .anyMatch(layer -> layer.node().inputs().contains(streamed.get()));
  }

  private long footprint(LoweredStep.Layer layer, int at) {
    long saving =
        layer.call().overlaps().stream()
            .mapToLong(
                o -> saving(layer.node().input(o.input()), layer.node().output(), o.distance(), at))
            .max()
            .orElse(0);
    return held(at, at, Optional.empty()) + layer.call().scratchBytes() - saving;
  }

  /// Bytes of tensors that are complete in the arena at some time while layers `first` to `last`
  /// run as one.
  private long held(int first, int last, Optional<Cascade> streaming) {
    Optional<String> outside =
        streaming.map(cascade -> cascade.lines().get(cascade.pushed()).tensor());
    long bytes = 0;
    for (Map.Entry<String, int[]> entry : lives.entrySet()) {
      int[] life = entry.getValue();
      boolean before = life[0] < first && life[1] >= first;
      boolean after = life[0] >= first && life[0] <= last && life[1] > last;
      if ((before || after) && !outside.equals(Optional.of(entry.getKey()))) {
        bytes += graph.tensor(entry.getKey()).type().bytes();
      }
    }
    return bytes;
  }

  /// Bytes that `written` may share with `read`, whose last readers end with layer `last`.
  private long saving(String read, String written, long distance, int last) {
    int[] life = lives.get(storage.owner(read));
    if (graph.tensor(read).isConstant() || life == null || life[1] > last) {
      return 0;
    }
    long within = graph.tensor(written).type().bytes() - distance;
    return Math.max(0, Math.min(within, graph.tensor(read).type().bytes()));
  }

  /// First and last layer of every tensor with a buffer.
  private Map<String, int[]> lives() {
    Map<String, int[]> found = new HashMap<>();
    graph.inputs().forEach(input -> touch(found, input, -1));
    graph.variables().forEach(variable -> touch(found, variable, -1));
    for (int layer = 0; layer < layers.size(); layer++) {
      Node node = layers.get(layer).node();
      for (String input : node.inputs()) {
        touch(found, input, layer);
      }
      for (String output : node.outputs()) {
        touch(found, output, layer);
      }
    }
    graph.outputs().forEach(output -> touch(found, output, layers.size()));
    graph.variables().forEach(variable -> touch(found, variable, layers.size()));
    return found;
  }

  private void touch(Map<String, int[]> found, String tensor, int layer) {
    if (graph.tensor(tensor).isConstant()) {
      return;
    }
    int[] life = found.computeIfAbsent(storage.owner(tensor), _ -> new int[] {layer, layer});
    life[0] = Math.min(life[0], layer);
    life[1] = Math.max(life[1], layer);
  }
}
