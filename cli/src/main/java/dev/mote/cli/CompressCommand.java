package dev.mote.cli;

import dev.mote.ir.Blob;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.optimizer.compress.ActivationMoments;
import dev.mote.optimizer.compress.ReconstructedPruning;
import dev.mote.optimizer.data.SampleSet;
import dev.mote.pipeline.compress.ChannelPruning;
import dev.mote.pipeline.compress.Compression;
import dev.mote.pipeline.compress.LayerMoments;
import dev.mote.pipeline.compress.LowRank;
import dev.mote.pipeline.compress.WeightReport;
import dev.mote.pipeline.quantize.Quantizer;
import dev.mote.plugin.ModelWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "compress",
    description = {
      "Makes a model smaller: fewer channels, fewer products, more zeros, fewer different weights.",
      "Methods are applied in the order of the options below. With --data every method loses as"
          + " little as it can on these samples; labels are not needed. Measure the result with"
          + " mote evaluate --reference."
    },
    sortOptions = false)
final class CompressCommand implements Callable<Integer> {

  /// Samples that are taken unless more are asked for.
  private static final int SAMPLES = 512;

  private final Console console;

  @Parameters(paramLabel = "MODEL", description = "Model file.")
  private Path file = Path.of("");

  @Mixin private CompressOptions options = new CompressOptions();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Model file to write; without it the result is only shown.")
  private @Nullable Path output;

  @ArgGroup(exclusive = false, heading = "Data that the result is fitted to:%n")
  private @Nullable DataOptions data;

  @Mixin private ModelOptions modelOptions = new ModelOptions();
  @Mixin private CommonOptions common = new CommonOptions();

  CompressCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (options.isEmpty()) {
      throw new DiagnosticException(
          Diagnostic.user(
              CliCodes.NO_COMPRESSION,
              file.toString(),
              "no method is asked for",
              "name one: --channels 0.5, --low-rank energy=0.95, --prune 0.5, --groups 0.5 or"
                  + " --clusters 16."));
    }
    Optional<ModelWriter> writer = Optional.ofNullable(output).map(ConvertCommand::writer);
    Graph graph = prepared(modelOptions.read(file));
    DataOptions given = data;
    Optional<SampleSet> samples =
        given == null ? Optional.empty() : Optional.of(given.read(graph, SAMPLES));
    Graph smaller = compressed(graph, samples);
    if (writer.isPresent() && output != null) {
      write(writer.get(), smaller, output);
    }
    WeightReport before = WeightReport.of(graph);
    WeightReport after = WeightReport.of(smaller);
    if (common.json) {
      console.printJson(json(graph, before, after));
    } else {
      print(before, after);
    }
    return Mote.OK;
  }

  /// Float models get their batch normalisations folded and activations fused, without which norms
  /// of weights say little.
  private static Graph prepared(Graph graph) {
    boolean real =
        graph.nodes().stream()
            .flatMap(node -> node.outputs().stream())
            .allMatch(name -> graph.tensor(name).element() != ElementType.INT8);
    return real ? Quantizer.prepare(graph) : graph;
  }

  private Graph compressed(Graph graph, Optional<SampleSet> samples) {
    Graph result = graph;
    Optional<ChannelPruning> pruning = options.channelPruning();
    if (pruning.isPresent()) {
      Graph whole = result;
      result =
          samples
              .map(set -> ReconstructedPruning.of(pruning.get()).apply(whole, set))
              .orElseGet(() -> pruning.get().apply(whole));
    }
    result =
        step(
            result,
            samples,
            options.lowRanks(),
            (low, m) -> new LowRank(low.rank(), low.layers(), m));
    result = step(result, samples, options.magnitudePruning(), (prune, m) -> prune.on(m));
    result = step(result, samples, options.groupPruning(), (prune, m) -> prune.on(m));
    result = step(result, samples, options.clustering(), (clusters, m) -> clusters.on(m));
    return step(result, samples, options.entropyRounding(), (rounding, m) -> rounding.on(m));
  }

  private static <C extends Compression> Graph step(
      Graph graph,
      Optional<SampleSet> samples,
      Optional<C> asked,
      BiFunction<C, Map<String, LayerMoments>, Compression> onData) {
    if (asked.isEmpty()) {
      return graph;
    }
    return samples
        .map(set -> onData.apply(asked.get(), ActivationMoments.of(graph, set)))
        .orElse(asked.get())
        .apply(graph);
  }

  private void write(ModelWriter writer, Graph graph, Path to) {
    switch (writer.write(graph)) {
      case ModelWriter.Result.Written(Blob bytes) -> {
        Output.write(to, bytes.toByteArray());
        console.say("wrote " + to);
      }
      case ModelWriter.Result.Refused(List<Diagnostic> problems) ->
          throw new DiagnosticException(problems);
    }
  }

  private static Map<String, WeightReport.Layer> byName(WeightReport report) {
    return report.layers().stream()
        .collect(
            Collectors.toMap(
                WeightReport.Layer::name, Function.identity(), (a, _) -> a, LinkedHashMap::new));
  }

  private static Set<String> names(WeightReport before, WeightReport after) {
    Set<String> names = new LinkedHashSet<>(byName(after).keySet());
    names.addAll(byName(before).keySet());
    return names;
  }

  private void print(WeightReport before, WeightReport after) {
    Map<String, WeightReport.Layer> was = byName(before);
    Map<String, WeightReport.Layer> is = byName(after);
    Table table =
        new Table(
            "operator",
            "parameters",
            "after",
            "MACs",
            "after",
            "zeros",
            "after",
            "values",
            "after",
            "bits",
            "after",
            "layer");
    for (String name : names(before, after)) {
      Optional<WeightReport.Layer> a = Optional.ofNullable(was.get(name));
      Optional<WeightReport.Layer> b = Optional.ofNullable(is.get(name));
      table.row(
          a.or(() -> b).map(WeightReport.Layer::operator).orElse("-"),
          cell(a, WeightReport.Layer::parameters),
          cell(b, WeightReport.Layer::parameters),
          cell(a, WeightReport.Layer::macs),
          cell(b, WeightReport.Layer::macs),
          cell(a, CompressCommand::zeros),
          cell(b, CompressCommand::zeros),
          cell(a, WeightReport.Layer::distinct),
          cell(b, WeightReport.Layer::distinct),
          cell(a, layer -> "%.2f".formatted(layer.entropyBits())),
          cell(b, layer -> "%.2f".formatted(layer.entropyBits())),
          name);
    }
    console.printTable(table);
    console.print("");
    console.print(change("parameters", before.parameters(), after.parameters()));
    console.print(change("multiply-accumulates", before.macs(), after.macs()));
    console.print(change("bytes", before.bytes(), after.bytes()));
    console.print(change("bytes by entropy", before.entropyBytes(), after.entropyBytes()));
  }

  private static Object cell(
      Optional<WeightReport.Layer> layer, Function<WeightReport.Layer, Object> value) {
    return layer.map(value).orElse("-");
  }

  private static String zeros(WeightReport.Layer layer) {
    return "%.1f%%".formatted(100.0 * layer.zeros() / Math.max(1, layer.weights()));
  }

  private static String change(String what, long before, long after) {
    return "%-20s  %,d -> %,d  (%.1f%%)"
        .formatted(what, before, after, 100.0 * after / Math.max(1, before));
  }

  private Map<String, Object> json(Graph graph, WeightReport before, WeightReport after) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("model", graph.name());
    json.put("methods", options.methods());
    if (output != null) {
      json.put("output", output.toString());
    }
    json.put("before", sums(before));
    json.put("after", sums(after));
    Map<String, WeightReport.Layer> was = byName(before);
    Map<String, WeightReport.Layer> is = byName(after);
    json.put(
        "layers",
        names(before, after).stream()
            .map(
                name -> {
                  Map<String, Object> layer = new LinkedHashMap<>();
                  layer.put("name", name);
                  Optional.ofNullable(was.get(name)).ifPresent(l -> layer.put("before", json(l)));
                  Optional.ofNullable(is.get(name)).ifPresent(l -> layer.put("after", json(l)));
                  return layer;
                })
            .toList());
    return json;
  }

  private static Map<String, Object> sums(WeightReport report) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("parameters", report.parameters());
    json.put("macs", report.macs());
    json.put("bytes", report.bytes());
    json.put("entropyBytes", report.entropyBytes());
    return json;
  }

  private static Map<String, Object> json(WeightReport.Layer layer) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("operator", layer.operator());
    json.put("parameters", layer.parameters());
    json.put("macs", layer.macs());
    json.put("weights", layer.weights());
    json.put("zeros", layer.zeros());
    json.put("zeroGroups", layer.zeroGroups());
    json.put("distinct", layer.distinct());
    json.put("entropyBits", layer.entropyBits());
    json.put("bytes", layer.bytes());
    return json;
  }
}
