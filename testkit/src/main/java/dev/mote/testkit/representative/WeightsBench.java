package dev.mote.testkit.representative;

import static dev.mote.testkit.representative.NetworkSketch.NONE;
import static dev.mote.testkit.representative.NetworkSketch.RELU;

import dev.mote.emulator.BoardRunner;
import dev.mote.emulator.BuildCache;
import dev.mote.emulator.Measurement;
import dev.mote.emulator.RunOptions;
import dev.mote.ir.Blob;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.pipeline.CompiledModel;
import dev.mote.pipeline.MoteCompiler;
import dev.mote.pipeline.Settings;
import dev.mote.pipeline.lower.StoredWeights;
import dev.mote.pipeline.lower.WeightStorage;
import dev.mote.plugin.Compiler.Optimize;
import dev.mote.targets.Targets;
import dev.mote.testkit.cases.CaseRandom;
import dev.mote.testkit.representative.NetworkSketch.Slide;
import dev.mote.testkit.representative.NetworkSketch.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/// Measures every form in which weights are stored, on one layer of each kind and on the project's
/// own model. Writes `weights.csv`. Arguments: the `bench` folder, the project's own model.
public final class WeightsBench {

  private static final String TARGET = "cortex-m4";
  private static final double SPREAD = 30;
  private static final int SEED = 1;

  /// Source that was measured → its figures: many ways come to the same.
  private final Map<String, String> figures = new HashMap<>();

  private WeightsBench() {}

  public static void main(String[] arguments) throws IOException {
    WeightsBench bench = new WeightsBench();
    List<String> rows = new ArrayList<>();
    rows.add(
        "model,weights,optimize,storage,forms,stored_bytes,plain_bytes,flash_bytes,arena_bytes,"
            + "instructions,cycles");
    for (RepresentativeModel model : models(Path.of(arguments[1]))) {
      for (Map.Entry<String, UnaryOperator<Graph>> kind : kinds().entrySet()) {
        Graph graph = kind.getValue().apply(model.graph());
        for (Map.Entry<String, Settings> way : ways().entrySet()) {
          rows.add(
              model.name()
                  + ","
                  + kind.getKey()
                  + ","
                  + way.getKey()
                  + ","
                  + bench.measured(graph, model.inputs(SEED), way.getValue()));
          System.out.println(rows.getLast());
        }
      }
    }
    Files.write(Path.of(arguments[0]).resolve("weights.csv"), rows);
  }

  private static Map<String, Settings> ways() {
    Settings speed = Settings.preferring(Optimize.SPEED);
    Map<String, Settings> ways = new LinkedHashMap<>();
    ways.put("speed,plain", speed.withStorage(WeightStorage.PLAIN));
    ways.put("speed,auto", speed);
    ways.put("size,auto", Settings.preferring(Optimize.SIZE));
    ways.put("speed,compressed", speed.withStorage(WeightStorage.COMPRESSED));
    return ways;
  }

  /// How weights are made that suit one form or another.
  private static Map<String, UnaryOperator<Graph>> kinds() {
    Map<String, UnaryOperator<Graph>> kinds = new LinkedHashMap<>();
    kinds.put("as trained", graph -> graph);
    kinds.put("16 values", graph -> ThinnedWeights.mapped(graph, v -> Math.floorDiv(v, 16) * 16));
    kinds.put("4 values", graph -> ThinnedWeights.mapped(graph, v -> Math.floorDiv(v, 64) * 64));
    kinds.put("4 bits", graph -> ThinnedWeights.mapped(graph, v -> Math.floorDiv(v, 16)));
    kinds.put("2 bits", graph -> ThinnedWeights.mapped(graph, v -> Math.floorDiv(v, 64)));
    for (int percent : new int[] {50, 70, 90}) {
      kinds.put(
          percent + " % zero groups",
          graph -> ThinnedWeights.withoutGroups(graph, percent / 100.0, SEED));
      kinds.put(
          percent + " % zero groups of channel pairs",
          graph -> ThinnedWeights.withoutPairedGroups(graph, percent / 100.0, SEED));
    }
    return kinds;
  }

  private static List<RepresentativeModel> models(Path own) throws IOException {
    NetworkSketch dense = sketch();
    dense.output(dense.fullyConnected(dense.input(1, 256), 128, NONE));
    NetworkSketch conv = sketch();
    conv.output(conv.conv(conv.input(1, 12, 12, 32), 32, Slide.same(3, 1), RELU));
    NetworkSketch pointwise = sketch();
    Value x = pointwise.input(1, 12, 12, 64);
    pointwise.output(pointwise.pointwise(x, 64, RELU));
    return List.of(
        model("dense_256_128", dense),
        model("conv_3x3_32_32", conv),
        model("pointwise_64_64", pointwise),
        new RepresentativeModel(
            "fashion_mnist", "the project's own", Blob.of(Files.readAllBytes(own))));
  }

  private static NetworkSketch sketch() {
    return new NetworkSketch(ElementType.INT8, ElementType.INT8, SPREAD, new CaseRandom(SEED, 0));
  }

  private static RepresentativeModel model(String name, NetworkSketch network) {
    return new RepresentativeModel(name, "one layer", Blob.of(network.sketch().build()));
  }

  private String measured(Graph graph, List<Blob> inputs, Settings settings) {
    CompiledModel model =
        switch (MoteCompiler.compile(graph, Targets.find(TARGET), settings, "model")) {
          case MoteCompiler.Outcome.Compiled(CompiledModel compiled) -> compiled;
          case MoteCompiler.Outcome.Refused(var problems) ->
              throw new DiagnosticException(problems);
        };
    return figures.computeIfAbsent(model.optimize() + model.source(), _ -> measured(model, inputs));
  }

  private static String measured(CompiledModel model, List<Blob> inputs) {
    List<StoredWeights> stored = model.storedWeights();
    String forms =
        stored.stream()
            .map(weights -> weights.form().words())
            .distinct()
            .sorted()
            .collect(Collectors.joining(" + "));
    try (BoardRunner board = BoardRunner.open(model, BuildCache.standard())) {
      Measurement cost = board.measure(inputs, RunOptions.standard());
      return "%s,%d,%d,%d,%d,%d,%d"
          .formatted(
              forms,
              stored.stream().mapToLong(StoredWeights::bytes).sum(),
              stored.stream().mapToLong(StoredWeights::plainBytes).sum(),
              cost.imageSize().flashBytes(),
              model.arenaBytes(),
              cost.instructions(),
              cost.cycles().total());
    }
  }
}
