package dev.mote.builder;

import dev.mote.builder.page.Figures;
import dev.mote.builder.page.PageContent;
import dev.mote.builder.page.PageContent.Block;
import dev.mote.builder.page.PageContent.Border;
import dev.mote.builder.page.PageContent.Edge;
import dev.mote.builder.page.PageContent.Family;
import dev.mote.builder.page.PageContent.Kind;
import dev.mote.builder.page.PageContent.Layer;
import dev.mote.builder.page.PageContent.Memory;
import dev.mote.builder.page.PageContent.Span;
import dev.mote.builder.page.PageContent.Tile;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.Graph;
import dev.mote.ir.MacCount;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.pipeline.CompiledModel;
import dev.mote.pipeline.lower.StoredWeights;
import dev.mote.plugin.Target;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Gathers what the page of `mote inspect --html` shows.
public final class PageFigures {

  private PageFigures() {}

  /// @param instructions measured instructions by layer name; empty when not measured
  public static PageContent of(
      Graph model,
      Target target,
      Optional<CompiledModel> compiled,
      List<Diagnostic> problems,
      Map<String, Long> instructions) {
    Graph graph = compiled.map(CompiledModel::graph).orElse(model);
    return new PageContent(
        model.name(),
        compiled
            .map(
                c ->
                    "Compiled for %s (%s), optimized for %s"
                        .formatted(
                            target.description(),
                            target.core(),
                            c.optimize().name().toLowerCase(Locale.ROOT)))
            .orElse("Not compiled for " + target.description() + ": see below"),
        tiles(graph, target, compiled, instructions),
        borders(graph, graph.inputs()),
        borders(graph, graph.outputs()),
        layers(graph, steps(graph, compiled), instructions, cycles(compiled)),
        edges(graph),
        compiled.map(PageFigures::memory),
        Stream.concat(
                problems.stream().map(Diagnostic::toString),
                compiled.stream().flatMap(PageFigures::packed))
            .toList());
  }

  /// How the weights are stored that take fewer bytes than plain ones.
  private static Stream<String> packed(CompiledModel model) {
    List<StoredWeights> packed =
        model.storedWeights().stream()
            .filter(weights -> weights.bytes() < weights.plainBytes())
            .toList();
    return packed.isEmpty()
        ? Stream.empty()
        : Stream.of(
            "Weights stored in fewer bytes, without loss\n"
                + packed.stream()
                    .map(weights -> Report.stored(weights).strip())
                    .collect(Collectors.joining("\n")));
  }

  private static List<Tile> tiles(
      Graph graph,
      Target target,
      Optional<CompiledModel> compiled,
      Map<String, Long> instructions) {
    List<Tile> tiles = new ArrayList<>();
    compiled.ifPresent(
        c -> {
          tiles.add(
              new Tile(
                  "Arena (RAM)",
                  Figures.bytes(c.arenaBytes()),
                  limit(target, Target.Memory.Kind.RAM)
                      .orElse("bound " + Figures.bytes(c.lowerBoundBytes()))));
          tiles.add(
              new Tile(
                  "Weights and tables",
                  Figures.bytes(c.weightBytes() + c.tableBytes()),
                  limit(target, Target.Memory.Kind.FLASH)
                      .orElse("tables " + Figures.bytes(c.tableBytes()))));
        });
    tiles.add(new Tile("Multiply-accumulates", Figures.count(MacCount.of(graph)), "per inference"));
    if (!instructions.isEmpty()) {
      long total = instructions.values().stream().mapToLong(Long::longValue).sum();
      long macs = Math.max(1, MacCount.of(graph));
      tiles.add(
          new Tile(
              "Instructions",
              Figures.count(total),
              String.format(Locale.ROOT, "%.2f per multiply-accumulate", (double) total / macs)));
    }
    compiled
        .filter(c -> c.estimatedCycles() > 0)
        .ifPresent(
            c ->
                tiles.add(
                    new Tile(
                        "Estimated cycles",
                        Figures.count(c.estimatedCycles()),
                        Report.of(c).time().orElse("without wait states"))));
    tiles.add(
        new Tile(
            "Layers",
            String.valueOf(compiled.map(c -> c.layers().size()).orElse(graph.nodes().size())),
            compiled.isPresent() ? "after optimization" : "in the model"));
    return tiles;
  }

  private static Optional<String> limit(Target target, Target.Memory.Kind kind) {
    return target.limit(kind).map(bytes -> "of " + Figures.bytes(bytes));
  }

  private static List<Border> borders(Graph graph, List<String> names) {
    return names.stream()
        .map(name -> new Border(name, Describe.type(graph.tensor(name).type())))
        .toList();
  }

  /// Node name → number of the step that executes it; the node's position when there are no steps.
  private static Map<String, Integer> steps(Graph graph, Optional<CompiledModel> compiled) {
    Map<String, Integer> steps = new HashMap<>();
    if (compiled.isPresent()) {
      compiled
          .get()
          .layers()
          .forEach(layer -> layer.nodes().forEach(node -> steps.put(node, layer.index())));
    } else {
      graph.nodes().forEach(node -> steps.put(node.name(), steps.size()));
    }
    return steps;
  }

  /// First node of each step → estimated cycles.
  private static Map<String, Long> cycles(Optional<CompiledModel> compiled) {
    Map<String, Long> cycles = new HashMap<>();
    compiled.ifPresent(
        model ->
            model
                .layers()
                .forEach(layer -> cycles.put(layer.nodes().getFirst(), layer.estimatedCycles())));
    return cycles;
  }

  private static List<Layer> layers(
      Graph graph,
      Map<String, Integer> steps,
      Map<String, Long> instructions,
      Map<String, Long> cycles) {
    return graph.nodes().stream()
        .map(
            node ->
                new Layer(
                    steps.getOrDefault(node.name(), -1),
                    node.op().label(),
                    family(node.op()),
                    node.name(),
                    Describe.output(graph, node),
                    MacCount.of(graph, node),
                    Describe.weightBytes(graph, node),
                    instructions.getOrDefault(node.name(), 0L),
                    cycles.getOrDefault(node.name(), 0L)))
        .toList();
  }

  private static Family family(Op op) {
    return switch (op) {
      case Op.Conv2d _, Op.TransposeConv2d _ -> Family.CONVOLUTION;
      case Op.DepthwiseConv2d _ -> Family.DEPTHWISE;
      case Op.FullyConnected _, Op.BatchMatMul _, Op.Lstm _, Op.Svdf _ -> Family.DENSE;
      case Op.TreeEnsemble _, Op.KernelMatrix _, Op.NearestVote _ -> Family.CLASSICAL;
      case Op.Pool2d _, Op.Reduce _, Op.ArgReduce _, Op.CumulativeSum _ -> Family.POOLING;
      case Op.L2Normalization _,
          Op.Softmax _,
          Op.LogSoftmax _,
          Op.Unary _,
          Op.LeakyRelu _,
          Op.Prelu _,
          Op.Binary _,
          Op.AddN _,
          Op.Compare _,
          Op.Logical _,
          Op.Select _,
          Op.Quantize _,
          Op.Dequantize _,
          Op.Cast _,
          Op.CustomOp _ ->
          Family.ELEMENTWISE;
      case Op.Reshape _,
          Op.Pad _,
          Op.Concat _,
          Op.Split _,
          Op.Slice _,
          Op.Transpose _,
          Op.Gather _,
          Op.GatherNd _,
          Op.BroadcastTo _,
          Op.BroadcastArgs _,
          Op.Reverse _,
          Op.Resize _,
          Op.SpaceToDepth _,
          Op.DepthToSpace _,
          Op.SpaceToBatch _,
          Op.BatchToSpace _,
          Op.ReadVariable _,
          Op.AssignVariable _ ->
          Family.MOVEMENT;
    };
  }

  private static List<Edge> edges(Graph graph) {
    Map<String, Integer> producer = new HashMap<>();
    for (int i = 0; i < graph.inputs().size(); i++) {
      producer.put(graph.inputs().get(i), i);
    }
    int first = graph.inputs().size();
    List<Edge> edges = new ArrayList<>();
    for (int i = 0; i < graph.nodes().size(); i++) {
      Node node = graph.nodes().get(i);
      for (String input : node.inputs().stream().distinct().toList()) {
        addEdge(edges, producer, input, first + i);
      }
      for (String output : node.outputs()) {
        producer.put(output, first + i);
      }
    }
    for (int i = 0; i < graph.outputs().size(); i++) {
      addEdge(edges, producer, graph.outputs().get(i), first + graph.nodes().size() + i);
    }
    return edges;
  }

  private static void addEdge(
      List<Edge> edges, Map<String, Integer> producer, String tensor, int to) {
    Integer from = producer.get(tensor);
    if (from != null) {
      edges.add(new Edge(from, to, tensor));
    }
  }

  private static Memory memory(CompiledModel model) {
    List<Span> steps = new ArrayList<>();
    int first = 0;
    for (CompiledModel.Layer layer : model.layers()) {
      int count = layer.nodes().size();
      String note =
          switch (layer.patches()) {
            case 0 -> "";
            case 1 -> "by rows";
            default -> "by rows, in " + layer.patches() + " patches";
          };
      steps.add(new Span(first, count, note));
      first += count;
    }
    return new Memory(
        first,
        steps,
        model.arenaBytes(),
        model.lowerBoundBytes(),
        model.target().limit(Target.Memory.Kind.RAM).orElse(0L),
        model.buffers().stream()
            .map(
                buffer ->
                    new Block(
                        buffer.name(),
                        kind(model, buffer),
                        buffer.offset(),
                        buffer.bytes(),
                        buffer.firstMoment(),
                        buffer.lastMoment()))
            .toList());
  }

  private static Kind kind(CompiledModel model, CompiledModel.Buffer buffer) {
    if (buffer.scratch()) {
      return buffer.name().endsWith(CompiledModel.Buffer.ROWS) ? Kind.ROWS : Kind.SCRATCH;
    }
    Graph graph = model.graph();
    if (graph.isVariable(buffer.name())) {
      return Kind.STATE;
    }
    return buffer.firstLayer() < 0
        ? Kind.INPUT
        : buffer.lastLayer() >= model.layers().size() ? Kind.OUTPUT : Kind.ACTIVATION;
  }
}
