package dev.mote.bench;

import dev.mote.emulator.BoardRunner;
import dev.mote.emulator.BuildCache;
import dev.mote.emulator.RunOptions;
import dev.mote.emulator.cycle.CycleEstimate;
import dev.mote.ir.Blob;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Tensor;
import dev.mote.pipeline.CompiledModel;
import dev.mote.pipeline.MoteCompiler;
import dev.mote.pipeline.Settings;
import dev.mote.pipeline.lower.KernelChoice;
import dev.mote.pipeline.lower.KernelChoice.Candidate;
import dev.mote.pipeline.lower.KernelCost;
import dev.mote.pipeline.lower.Step;
import dev.mote.plugin.Compiler.Optimize;
import dev.mote.plugin.Target;
import dev.mote.targets.CostTable;
import dev.mote.targets.Targets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Fits the cost tables: counts every kernel that the lowerings offer on the layers of
/// [SampleLayers], estimates their cycles by the cycle model, and finds for each kernel the
/// coefficients with the smallest relative error.
///
/// Arguments: the folder of the tables, the `bench` folder, then names of instruction sets; all
/// when there are none. Writes `<set>.properties` and `kernel-costs.csv`.
public final class KernelCosts {

  /// The core that the rows of a table hold for, then those that are expressed by it.
  private static final Map<Target.InstructionSet, List<String>> CORES = cores();

  private static final int SEED = 7;

  /// Part of the fewest cycles for a product below which nothing is estimated.
  private static final double BELOW_LEAST = 0.95;

  private KernelCosts() {}

  private static Map<Target.InstructionSet, List<String>> cores() {
    Map<Target.InstructionSet, List<String>> cores = new LinkedHashMap<>();
    cores.put(Target.InstructionSet.ARMV7EM, List.of("cortex-m4", "cortex-m7", "cortex-m33"));
    cores.put(Target.InstructionSet.ARMV6M, List.of("cortex-m0plus", "cortex-m0"));
    cores.put(Target.InstructionSet.ARMV7M, List.of("cortex-m3"));
    cores.put(Target.InstructionSet.ARMV81M_MVE, List.of("cortex-m55"));
    cores.put(Target.InstructionSet.RV32IMC, List.of("rv32imc"));
    return cores;
  }

  /// One layer by one kernel.
  private record Sample(
      String node,
      String function,
      String family,
      String layer,
      boolean last,
      CostTable.Work work,
      long cycles,
      long codeBytes,
      long flashBytes,
      long callBytes,
      long sharedBytes) {

    /// The kernel without its variants for other clamps, which cost nearly the same.
    String kernel() {
      return CostTable.withoutClamp(function);
    }

    Sample withLast(boolean isLast) {
      return new Sample(
          node,
          function,
          family,
          layer,
          isLast,
          work,
          cycles,
          codeBytes,
          flashBytes,
          callBytes,
          sharedBytes);
    }
  }

  public static void main(String[] arguments) throws IOException {
    Path tables = Path.of(arguments[0]);
    Path bench = Path.of(arguments[1]);
    List<String> wanted = List.of(arguments).subList(2, arguments.length);
    for (Map.Entry<Target.InstructionSet, List<String>> entry : CORES.entrySet()) {
      String set = entry.getKey().name().toLowerCase(Locale.ROOT);
      if (wanted.isEmpty() || wanted.contains(set)) {
        List<Sample> samples = measure(entry.getValue().getFirst());
        Map<String, Double> factors = new TreeMap<>();
        for (String core : entry.getValue().subList(1, entry.getValue().size())) {
          factors.put(Targets.find(core).core(), factor(samples, some(core)));
        }
        Files.createDirectories(tables);
        Files.writeString(
            tables.resolve(set + ".properties"),
            table(samples, factors, Targets.find(entry.getValue().getFirst())));
        Files.write(bench.resolve("kernel-costs-" + set + ".csv"), csv(samples));
      }
    }
  }

  /// Every layer by every kernel that can compute it.
  private static List<Sample> measure(String core) {
    List<Sample> samples = new ArrayList<>();
    Graph graph = SampleLayers.graph();
    for (int turn = 0; !graph.nodes().isEmpty(); turn++) {
      int index = turn;
      List<Integer> counts = new ArrayList<>();
      KernelChoice choice =
          candidates -> {
            candidates.forEach(all -> counts.add(all.size()));
            return candidates.stream().map(all -> all.get(index)).toList();
          };
      List<Sample> all = measure(core, graph, choice);
      List<String> further = new ArrayList<>();
      for (int i = 0; i < all.size(); i++) {
        boolean last = index == counts.get(i) - 1;
        samples.add(all.get(i).withLast(last));
        if (!last) {
          further.add(all.get(i).node());
        }
      }
      System.out.printf("%s: %d layers by kernel %d%n", core, all.size(), turn + 1);
      graph = SampleLayers.part(graph, further);
    }
    return samples;
  }

  /// Every fourth layer by the first of its kernels.
  private static List<Sample> some(String core) {
    Graph graph = SampleLayers.graph();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < graph.nodes().size(); i += 4) {
      names.add(graph.nodes().get(i).name());
    }
    return measure(
        core,
        SampleLayers.part(graph, names),
        candidates -> candidates.stream().map(List::getFirst).toList());
  }

  private static List<Sample> measure(String core, Graph graph, KernelChoice choice) {
    Target target = Targets.find(core);
    List<Candidate> chosen = new ArrayList<>();
    KernelChoice remembered =
        candidates -> {
          List<Candidate> all = choice.among(candidates);
          chosen.addAll(all);
          return all;
        };
    CompiledModel model =
        switch (MoteCompiler.compile(
            graph,
            target,
            Settings.preferring(Optimize.SPEED).withKernels(remembered),
            "samples")) {
          case MoteCompiler.Outcome.Compiled(CompiledModel compiled) -> compiled;
          case MoteCompiler.Outcome.Refused(var problems) ->
              throw new DiagnosticException(problems);
        };
    try (BoardRunner board = BoardRunner.ofLayers(model, BuildCache.standard())) {
      List<CycleEstimate> layers = board.layerCycles(inputs(graph), RunOptions.standard());
      Map<String, Long> symbols = board.layerFunctions();
      Map<String, Node> nodes =
          model.graph().nodes().stream().collect(Collectors.toMap(Node::name, Function.identity()));
      List<Sample> samples = new ArrayList<>();
      for (CompiledModel.Layer layer : model.layers()) {
        Node node = Objects.requireNonNull(nodes.get(layer.name()), layer.name());
        CycleEstimate cycles = layers.get(layer.index());
        String function =
            chosen.get(layer.index()).call().function()
                + (KernelCost.isPointwise(node.op()) ? CostTable.POINTWISE : "");
        Graph compiled = model.graph();
        samples.add(
            new Sample(
                node.name(),
                function,
                KernelCost.family(node.op())
                    + "."
                    + KernelCost.types(new Step(compiled, node, target, Optimize.SPEED)),
                node.op().label()
                    + " "
                    + compiled.input(node, 0).shape()
                    + " -> "
                    + compiled.output(node).shape(),
                false,
                KernelCost.work(compiled, node, chosen.get(layer.index()).call()),
                cycles.core(),
                cycles.codeBytes(),
                cycles.flashBytes(),
                symbols.getOrDefault("samples_layer_" + layer.index(), 0L),
                shared(symbols, chosen.get(layer.index()).call().function())));
      }
      return samples;
    }
  }

  /// The kernel's own function, with the parts that the C compiler split off it.
  private static long shared(Map<String, Long> symbols, String function) {
    return symbols.entrySet().stream()
        .filter(e -> e.getKey().equals(function) || e.getKey().startsWith(function + "."))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  private static List<Blob> inputs(Graph graph) {
    Random random = new Random(SEED);
    return graph.inputs().stream()
        .map(
            name -> {
              Tensor tensor = graph.tensor(name);
              byte[] bytes = new byte[Math.toIntExact(tensor.type().bytes())];
              if (tensor.element().isFloat()) {
                var floats =
                    java.nio.ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN);
                while (floats.hasRemaining()) {
                  floats.putFloat(4 * random.nextFloat() - 2);
                }
              } else {
                random.nextBytes(bytes);
              }
              return Blob.of(bytes);
            })
        .toList();
  }

  /// Cycles of another core for each of the first: the geometric mean over the layers that both
  /// compute by the same kernel.
  private static double factor(List<Sample> samples, List<Sample> other) {
    Map<String, Long> cycles = new HashMap<>();
    samples.forEach(s -> cycles.put(s.node() + " " + s.function(), s.cycles()));
    double product = 0;
    int count = 0;
    for (Sample sample : other) {
      Long first = cycles.get(sample.node() + " " + sample.function());
      if (first != null && first > 0) {
        product += Math.log((double) sample.cycles() / first);
        count++;
      }
    }
    return Math.exp(product / Math.max(1, count));
  }

  // ---- results
  // -----------------------------------------------------------------------------------

  private static Map<String, List<Sample>> by(List<Sample> samples, Function<Sample, String> key) {
    return samples.stream().collect(Collectors.groupingBy(key, TreeMap::new, Collectors.toList()));
  }

  private static CostFit fit(List<Sample> samples) {
    return fit(samples, Sample::cycles);
  }

  private static CostFit fit(List<Sample> samples, ToLongFunction<Sample> measured) {
    return CostFit.of(
        samples.stream().map(s -> new CostFit.Point(s.work(), measured.applyAsLong(s))).toList());
  }

  private static String table(List<Sample> samples, Map<String, Double> factors, Target core) {
    StringBuilder text = new StringBuilder();
    text.append("# Written by `make costs`.\n");
    text.append(
        "# per product | product inside the image | row of a window | output | input | call | least per product\n");
    text.append(
        "source.1 = estimated cycles of "
            + core.core()
            + " without wait states, counted on the emulator;"
            + " docs/reference/cycle-model.md\n");
    text.append(
        "source.2 = samples and errors of the fit: bench/kernel-costs-"
            + core.instructionSet().name().toLowerCase(Locale.ROOT)
            + ".csv\n");
    factors.forEach(
        (name, value) -> text.append(String.format(Locale.ROOT, "core.%s = %.3f%n", name, value)));
    text.append(
        String.format(
            Locale.ROOT,
            "code-bytes-per-cycle = %.3f%n",
            (double) samples.stream().mapToLong(Sample::codeBytes).sum()
                / samples.stream().mapToLong(Sample::cycles).sum()));
    by(samples, Sample::kernel).forEach((name, all) -> text.append(row(name, all)));
    by(samples, Sample::kernel)
        .forEach(
            (name, all) -> {
              if (all.stream().anyMatch(s -> s.flashBytes() > 0)) {
                text.append(
                    "flash." + name + " = " + terms(fit(all, Sample::flashBytes), 0) + "\n");
              }
            });
    List<Sample> portable =
        samples.stream().filter(s -> s.last() && !s.function().contains("_sparse_")).toList();
    by(portable, Sample::family).forEach((name, all) -> text.append(row("family." + name, all)));
    by(portable, s -> s.family().replaceFirst("\\..*", ""))
        .forEach((name, all) -> text.append(row("family." + name, all)));
    return text.toString();
  }

  private static String row(String name, List<Sample> samples) {
    double least =
        samples.stream()
            .filter(s -> s.work().products() > 0)
            .mapToDouble(s -> (double) s.cycles() / s.work().products())
            .min()
            .orElse(0);
    return String.format(
        Locale.ROOT,
        "%s = %s || %d | %d%n",
        name,
        terms(fit(samples), least * BELOW_LEAST),
        samples.stream().mapToLong(Sample::sharedBytes).max().orElse(0),
        Math.round(samples.stream().mapToLong(Sample::callBytes).average().orElse(0)));
  }

  private static String terms(CostFit fit, double least) {
    return Stream.concat(fit.terms().stream(), Stream.of(least))
        .map(term -> String.format(Locale.ROOT, "%.3f", term))
        .collect(Collectors.joining(" | "));
  }

  private static List<String> csv(List<Sample> samples) {
    Map<String, CostFit> fits = new HashMap<>();
    by(samples, Sample::kernel).forEach((name, all) -> fits.put(name, fit(all)));
    List<String> rows = new ArrayList<>();
    rows.add(
        "kernel,layer,products,inside,segments,outputs,inputs,cycles,fitted,error_percent,flash_bytes,"
            + "call_bytes,shared_bytes");
    for (Sample s : samples) {
      long fitted = Math.round(Objects.requireNonNull(fits.get(s.kernel())).of(s.work()));
      CostTable.Work work = s.work();
      rows.add(
          String.format(
              Locale.ROOT,
              "%s,%s,%d,%d,%d,%d,%d,%d,%d,%.1f,%d,%d,%d",
              s.function(),
              s.layer(),
              work.products(),
              work.inside(),
              work.segments(),
              work.outputs(),
              work.inputs(),
              s.cycles(),
              fitted,
              100.0 * (fitted - s.cycles()) / Math.max(1, s.cycles()),
              s.flashBytes(),
              s.callBytes(),
              s.sharedBytes()));
    }
    return rows;
  }
}
