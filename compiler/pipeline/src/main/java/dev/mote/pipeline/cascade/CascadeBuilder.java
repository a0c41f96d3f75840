package dev.mote.pipeline.cascade;

import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Tensor;
import dev.mote.pipeline.lower.KernelChoice.Candidate;
import dev.mote.pipeline.lower.WeightStorage;
import dev.mote.plugin.Compiler;
import dev.mote.plugin.Target;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Makes chains of the nodes of one graph.
public final class CascadeBuilder {

  /// Inputs that are read by rows, of one node: `MOTE_CASCADE_INPUTS` in `cascade.h`.
  static final int MOST_INPUTS = 4;

  /// Counters have 16 bits, indices 8.
  static final int MOST_ROWS = Short.MAX_VALUE / 2;

  static final int MOST_LINES = 250;

  /// A patch's columns are offsets of 16 bits.
  private static final int MOST_BYTES = Short.MAX_VALUE;

  /// How a node makes a row, and by which kernel.
  record Row(RowRule rule, Candidate kernel) {}

  private final Graph graph;
  private final Target target;
  private final Compiler.Optimize optimize;
  private final WeightStorage storage;
  private final Map<String, Optional<Row>> rows = new HashMap<>();
  private final Map<String, List<Node>> readers = new HashMap<>();

  /// Tensors that are another one in another shape.
  private final Map<String, String> views = new HashMap<>();

  public CascadeBuilder(Graph graph, Target target, Compiler.Optimize optimize) {
    this(graph, target, optimize, WeightStorage.AUTO);
  }

  /// @param storage how weights may be stored; those that are unpacked again for every row stay as
  ///     the objective prefers
  public CascadeBuilder(
      Graph graph, Target target, Compiler.Optimize optimize, WeightStorage storage) {
    this.storage = storage == WeightStorage.PLAIN ? storage : WeightStorage.AUTO;
    this.graph = graph;
    this.target = target;
    this.optimize = optimize;
    for (Node node : graph.nodes()) {
      for (String input : new HashSet<>(node.inputs())) {
        readers.computeIfAbsent(input, _ -> new ArrayList<>()).add(node);
      }
      if (node.op() instanceof Op.Reshape) {
        views.put(node.output(), views.getOrDefault(node.input(0), node.input(0)));
      }
    }
  }

  /// Whether `node` can be part of a chain.
  public boolean canChain(Node node) {
    return row(node).isPresent();
  }

  Optional<Row> row(Node node) {
    return rows.computeIfAbsent(
        node.name(),
        _ ->
            RowRule.of(graph, node)
                .filter(rule -> rule.stride() <= 255 && rule.rows() <= 255)
                .flatMap(
                    rule ->
                        RowLowering.lower(graph, node, rule, Strips.NONE, target, optimize, storage)
                            .map(kernel -> new Row(rule, kernel))));
  }

  /// The same for a row of a patch.
  Optional<Row> row(Node node, Strips strips) {
    RowRule rule = rule(node);
    return RowLowering.lower(graph, node, rule, strips, target, optimize, storage)
        .map(kernel -> new Row(rule, kernel));
  }

  Graph graph() {
    return graph;
  }

  RowRule rule(Node node) {
    return row(node).orElseThrow().rule();
  }

  /// The chain of `nodes`, which follow each other in the order of execution; empty when they
  /// cannot run row by row.
  ///
  /// @param streamed the graph input whose rows the application hands in; empty when all inputs are
  ///     in the arena
  public Optional<Cascade> build(List<Node> nodes, Optional<String> streamed) {
    return nodes.stream().allMatch(this::canChain) && !readsViewOfItself(nodes)
        ? new ChainDraft(this, nodes, streamed, Strips.NONE).cascade()
        : Optional.empty();
  }

  /// The chain of `nodes` in patches; empty when they cannot run like that.
  ///
  /// @param count number of patches; at least 2
  public Optional<Cascade> buildPatches(List<Node> nodes, int count) {
    return strips(nodes, count)
        .flatMap(strips -> new ChainDraft(this, nodes, Optional.empty(), strips).cascade());
  }

  /// The columns of `count` patches of a chain; empty when it cannot be cut like that.
  public Optional<Strips> strips(List<Node> nodes, int count) {
    if (!nodes.stream().allMatch(this::canChain)) {
      return Optional.empty();
    }
    Set<String> produced = new HashSet<>();
    nodes.forEach(node -> produced.add(node.output()));
    Set<String> outside = new HashSet<>();
    for (Node node : nodes) {
      boolean weighted = node.op() instanceof Op.Conv2d || node.op() instanceof Op.DepthwiseConv2d;
      for (int i = 0; i < node.inputs().size(); i++) {
        Tensor tensor = graph.tensor(node.input(i));
        if (!tensor.isConstant() && !produced.contains(tensor.name())) {
          outside.add(tensor.name());
        }
        boolean wide = tensor.shape().rank() >= 2 && tensor.shape().dim(-2) != 1;
        if (tensor.isConstant() && wide && !(weighted && i > 0)) {
          return Optional.empty();
        }
      }
      if (rule(node).collects()) {
        return Optional.empty();
      }
    }
    List<String> exits = produced.stream().filter(t -> leaves(t, nodes)).toList();
    if (outside.size() != 1
        || exits.size() != 1
        || !exits.getFirst().equals(nodes.getLast().output())) {
      return Optional.empty();
    }
    return Strips.of(graph, nodes, exits.getFirst(), count)
        .filter(strips -> !strips.isPointless())
        .filter(
            strips ->
                strips.columns().keySet().stream()
                    .map(graph::tensor)
                    .allMatch(
                        t ->
                            pixelBytes(t) * Math.max(t.shape().dim(2), strips.of(t.name()).width())
                                    <= MOST_BYTES
                                && (outside.contains(t.name()) || pixelBytes(t) % 4 == 0)));
  }

  /// Whether a node reads what another one makes through a reshape, which is no row of a line.
  private boolean readsViewOfItself(List<Node> nodes) {
    Set<String> produced = new HashSet<>();
    nodes.forEach(node -> produced.add(node.output()));
    return nodes.stream()
        .flatMap(node -> node.inputs().stream())
        .filter(views::containsKey)
        .anyMatch(input -> produced.contains(views.get(input)));
  }

  static long pixelBytes(Tensor tensor) {
    return tensor.type().bytes() / tensor.shape().count(1, 3);
  }

  /// Whether others than `nodes` read `tensor`.
  boolean leaves(String tensor, List<Node> nodes) {
    return graph.outputs().contains(tensor)
        || readers.getOrDefault(tensor, List.of()).stream().anyMatch(n -> !nodes.contains(n))
        || !readers.containsKey(tensor);
  }
}
