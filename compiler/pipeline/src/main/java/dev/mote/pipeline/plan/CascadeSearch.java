package dev.mote.pipeline.plan;

import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.pipeline.cascade.Cascade;
import dev.mote.pipeline.cascade.CascadeBuilder;
import dev.mote.plugin.Compiler;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/// Chooses the chains of layers that run row by row.
///
/// The order of execution is cut into chains and single layers. What the arena must hold while one
/// of
/// them runs does not depend on the other cuts, so the cuts with the smallest peak are found
/// exactly,
/// over all of them, by dynamic programming over the end of the last chain; the same way, among the
/// cuts below a given peak, those with the least work in chains.
public final class CascadeSearch {

  /// Longest chain that is tried.
  private static final int MOST_NODES = 40;

  /// Peaks that are planned in full, smallest first, for the smallest arena.
  private static final int PLANS = 6;

  private record Piece(int first, int last, long footprint, long cost, LoweredStep step) {}

  private final Graph graph;
  private final Storage storage;
  private final List<LoweredStep.Layer> layers;
  private final CascadeBuilder builder;
  private final Map<String, int[]> lives;

  public CascadeSearch(
      Graph graph, Storage storage, List<LoweredStep.Layer> layers, CascadeBuilder builder) {
    this.graph = graph;
    this.storage = storage;
    this.layers = layers;
    this.builder = builder;
    this.lives = lives();
  }

  /// The steps for an objective.
  ///
  /// @param streamed the input whose rows the application hands in one by one
  /// @return empty when the first layers of this input cannot run row by row
  public Optional<List<LoweredStep>> steps(Compiler.Optimize optimize, Optional<String> streamed) {
    boolean smallest = optimize == Compiler.Optimize.MEMORY;
    if (!smallest && streamed.isEmpty()) {
      return Optional.of(List.copyOf(layers));
    }
    List<List<Piece>> pieces = pieces(streamed);
    long least = leastPeak(pieces);
    if (least == Long.MAX_VALUE) {
      return Optional.empty();
    }
    return Optional.of(smallest ? smallest(pieces, least) : cheapest(pieces, Long.MAX_VALUE));
  }

  /// The steps with the smallest arena that was found, for no peak below `least`.
  private List<LoweredStep> smallest(List<List<Piece>> pieces, long least) {
    TreeSet<Long> peaks = new TreeSet<>();
    pieces.forEach(list -> list.forEach(piece -> peaks.add(piece.footprint())));
    List<LoweredStep> best = cheapest(pieces, least);
    int arena = Integer.MAX_VALUE;
    int plans = 0;
    for (long peak : peaks.tailSet(least)) {
      if (plans++ == PLANS || peak >= arena) {
        break;
      }
      List<LoweredStep> steps = cheapest(pieces, peak);
      int bytes = arenaBytes(steps);
      if (bytes < arena) {
        arena = bytes;
        best = steps;
      }
    }
    return best;
  }

  private int arenaBytes(List<LoweredStep> steps) {
    Workload workload = Workload.of(graph, storage, steps);
    return ArenaPlanner.plan(workload.requests(), workload.permits()).arenaBytes();
  }

  // ---- dynamic programming ---------------------------------------------------------------------

  /// The smallest peak of any way to cut; `pieces.get(i)` are those that end with layer `i`.
  private static long leastPeak(List<List<Piece>> pieces) {
    long[] best = new long[pieces.size() + 1];
    for (int end = 0; end < pieces.size(); end++) {
      best[end + 1] = Long.MAX_VALUE;
      for (Piece piece : pieces.get(end)) {
        best[end + 1] = Math.min(best[end + 1], Math.max(best[piece.first()], piece.footprint()));
      }
    }
    return best[pieces.size()];
  }

  /// The cheapest way to cut that keeps below `peak`.
  private static List<LoweredStep> cheapest(List<List<Piece>> pieces, long peak) {
    long[] cost = new long[pieces.size() + 1];
    Piece[] last = new Piece[pieces.size() + 1];
    for (int end = 0; end < pieces.size(); end++) {
      cost[end + 1] = Long.MAX_VALUE;
      for (Piece piece : pieces.get(end)) {
        long before = cost[piece.first()];
        if (piece.footprint() <= peak
            && before != Long.MAX_VALUE
            && before + piece.cost() < cost[end + 1]) {
          cost[end + 1] = before + piece.cost();
          last[end + 1] = piece;
        }
      }
    }
    List<LoweredStep> steps = new ArrayList<>();
    for (int end = pieces.size(); end > 0; end = last[end].first()) {
      steps.add(last[end].step());
    }
    return steps.reversed();
  }

  // ---- what a piece needs ----------------------------------------------------------------------

  /// For every layer the chains and the single layer that end with it.
  private List<List<Piece>> pieces(Optional<String> streamed) {
    List<List<Piece>> pieces = new ArrayList<>();
    for (int end = 0; end < layers.size(); end++) {
      List<Piece> ending = new ArrayList<>();
      if (!reads(end, end, streamed)) {
        ending.add(new Piece(end, end, footprint(end, end, layers.get(end)), 0, layers.get(end)));
      }
      for (int first = end; first >= 0 && end - first < MOST_NODES; first--) {
        if (!builder.canChain(layers.get(first).node())) {
          break;
        }
        List<Node> nodes =
            layers.subList(first, end + 1).stream().map(LoweredStep.Layer::node).toList();
        Optional<Cascade> cascade = builder.build(nodes, streamed);
        boolean reads = reads(first, end, streamed);
        // Rows that come from outside are there for the first step only.
        boolean possible = !reads || (first == 0 && !reads(end + 1, layers.size() - 1, streamed));
        if (cascade.isPresent() && possible) {
          LoweredStep step = new LoweredStep.Rows(cascade.get());
          ending.add(new Piece(first, end, footprint(first, end, step), work(cascade.get()), step));
        }
      }
      pieces.add(ending);
    }
    return pieces;
  }

  private boolean reads(int first, int last, Optional<String> tensor) {
    return tensor.isPresent()
        && layers.subList(Math.min(first, last + 1), last + 1).stream()
            .anyMatch(layer -> layer.node().inputs().contains(tensor.get()));
  }

  /// Work that a chain does beyond single layers: its rows, and what its elements cost more.
  private static long work(Cascade cascade) {
    return cascade.stages().stream()
        .mapToLong(
            stage -> (long) stage.runs() * (200 + cascade.lines().get(stage.output()).rowBytes()))
        .sum();
  }

  /// Bytes that the arena must hold while layers `first` to `last` run as `step`, if they are
  /// packed
  /// without gaps.
  private long footprint(int first, int last, LoweredStep step) {
    long bytes = 0;
    Optional<String> outside = step.streamed();
    for (Map.Entry<String, int[]> entry : lives.entrySet()) {
      int[] life = entry.getValue();
      if (outside.equals(Optional.of(entry.getKey()))) {
        continue;
      }
      boolean before = life[0] < first && life[1] >= first;
      boolean after = life[0] >= first && life[0] <= last && life[1] > last;
      if (before || after) {
        bytes += graph.tensor(entry.getKey()).type().bytes();
      }
    }
    return switch (step) {
      case LoweredStep.Layer layer -> {
        long saving =
            layer.call().overlaps().stream()
                .mapToLong(
                    o ->
                        saving(
                            layer.node().input(o.input()),
                            layer.node().output(),
                            o.distance(),
                            last))
                .max()
                .orElse(0);
        yield bytes + layer.call().scratchBytes() - saving;
      }
      case LoweredStep.Rows(Cascade cascade) -> {
        long saving =
            cascade.overlaps().stream()
                .mapToLong(o -> saving(o.read(), o.written(), o.distance(), last))
                .max()
                .orElse(0);
        yield bytes + cascade.workingBytes() - saving;
      }
    };
  }

  private long saving(String read, String written, long distance, int last) {
    int[] life = lives.get(storage.owner(read));
    if (graph.tensor(read).isConstant() || life == null || life[1] > last) {
      return 0;
    }
    long written0 = graph.tensor(written).type().bytes() - distance;
    return Math.max(0, Math.min(written0, graph.tensor(read).type().bytes()));
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
