package dev.mote.bench;

import dev.mote.emulator.BoardRunner;
import dev.mote.emulator.BuildCache;
import dev.mote.emulator.Measurement;
import dev.mote.emulator.RunOptions;
import dev.mote.frontends.tflite.TfliteReader;
import dev.mote.ir.Blob;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.Graph;
import dev.mote.pipeline.CompiledModel;
import dev.mote.pipeline.MoteCompiler;
import dev.mote.plugin.Compiler.Optimize;
import dev.mote.plugin.ModelReader;
import dev.mote.targets.Targets;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/// Measures the MLPerf Tiny models on every emulated core and writes `bench/mlperf-tiny.csv` with
/// the peers' figures beside. Arguments: the folder of the models, the `bench` folder.
public final class ModelBench {

  static final List<String> MODELS =
      List.of(
          "kws_ref_model",
          "pretrainedResnet_quant",
          "vww_96_int8",
          "ad01_int8",
          "str_ww_ref_model");
  private static final List<String> TARGETS =
      List.of(
          "cortex-m4",
          "cortex-m0plus",
          "cortex-m3",
          "cortex-m7",
          "cortex-m33",
          "cortex-m55",
          "rv32imc",
          "stm32l4r5");

  private final Path models;
  private final Map<String, Peer> peers;

  private ModelBench(Path models, Map<String, Peer> peers) {
    this.models = models;
    this.peers = peers;
  }

  public static void main(String[] arguments) throws IOException {
    Path models = Path.of(arguments[0]);
    Path bench = Path.of(arguments[1]);
    if (!Files.isDirectory(models)) {
      System.err.println("the MLPerf Tiny models are not at " + models + "; nothing was measured");
      return;
    }
    ModelBench run = new ModelBench(models, Peer.read(bench.resolve("peers.csv")));
    run.compileTimes();
    List<String> rows = new ArrayList<>();
    rows.add(
        "model,target,optimize,macs,instructions,per_mac,peer_instructions,arena_bytes,peer_arena_bytes,"
            + "plan_bound_bytes,stack_bytes,code_bytes,weight_bytes,estimated_cycles,estimated_ms");
    for (String target : TARGETS) {
      for (String model : MODELS) {
        rows.add(run.row(model, target));
        System.out.println(rows.getLast());
      }
    }
    Files.write(bench.resolve("mlperf-tiny.csv"), rows);
    Files.writeString(
        bench.resolve("mlperf-tiny.md"),
        markdown(rows) + times(rows, Files.readAllLines(bench.resolve("published.csv"))));
  }

  /// The rows of `mlperf-tiny.csv` as a table for people, those of each target together.
  private static String markdown(List<String> rows) {
    StringJoiner text = new StringJoiner("\n", "", "\n");
    text.add("# MLPerf Tiny on emulated cores").add("");
    text.add(
        "Written by `make bench`. One inference of the fixed input, `--optimize=speed`; bytes.");
    text.add("TFLM is TensorFlow Lite Micro with CMSIS-NN (`peers.csv`).").add("");
    text.add(
        "| target | model | instructions | per MAC | TFLM | Mote / TFLM | arena | TFLM arena | bound, nothing"
            + " in place | stack | code and tables | weights |");
    text.add("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
    for (String row : rows.subList(1, rows.size())) {
      String[] c = row.split(",", -1);
      if (!c[14].isEmpty()) {
        continue;
      }
      String ratio =
          c[6].isEmpty()
              ? ""
              : String.format(Locale.ROOT, "%.2f", Double.parseDouble(c[4]) / Long.parseLong(c[6]));
      text.add(
          "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |"
              .formatted(
                  c[1],
                  c[0],
                  grouped(c[4]),
                  c[5],
                  grouped(c[6]),
                  ratio,
                  grouped(c[7]),
                  grouped(c[8]),
                  grouped(c[9]),
                  c[10],
                  grouped(c[11]),
                  grouped(c[12])));
    }
    return text.toString();
  }

  /// The estimated times on chips, with what others measured there.
  private static String times(List<String> rows, List<String> published) {
    StringJoiner text = new StringJoiner("\n", "\n", "\n");
    text.add("## Estimated time on a chip").add("");
    text.add(
        "Cycles by the [cycle model](../docs/reference/cycle-model.md), wait states of the flash included, at the"
            + " chip's highest clock. The last column was measured by others on the same chip with CMSIS-NN"
            + " (`published.csv`).");
    text.add("");
    text.add(
        "| target | model | cycles | per MAC | per instruction | ms | CMSIS-NN, measured ms |");
    text.add("|---|---|--:|--:|--:|--:|--:|");
    for (String row : rows.subList(1, rows.size())) {
      String[] c = row.split(",", -1);
      if (!c[14].isEmpty()) {
        double cycles = Double.parseDouble(c[13]);
        String measured =
            published.stream()
                .map(line -> line.split(",", -1))
                .filter(cells -> cells[0].equals(c[0]) && cells[1].equals(c[1]))
                .map(cells -> "%.1f".formatted(1000 / Double.parseDouble(cells[3])))
                .findFirst()
                .orElse("");
        text.add(
            String.format(
                Locale.ROOT,
                "| %s | %s | %s | %.2f | %.2f | %s | %s |",
                c[1],
                c[0],
                grouped(c[13]),
                cycles / Long.parseLong(c[3]),
                cycles / Long.parseLong(c[4]),
                c[14],
                measured));
      }
    }
    return text.toString();
  }

  private static String grouped(String number) {
    return number.isEmpty() ? "" : String.format(Locale.ROOT, "%,d", Long.parseLong(number));
  }

  private String row(String name, String targetName) throws IOException {
    CompiledModel model = compile(name, targetName);
    Peer peer = peers.get(name);
    if (peer == null) {
      throw new IllegalStateException("peers.csv has no line for " + name);
    }
    Blob input = Blob.of(Files.readAllBytes(models.resolve(name + ".in.bin")));
    try (BoardRunner board = BoardRunner.open(model, BuildCache.standard())) {
      Measurement cost = board.measure(List.of(input), RunOptions.standard());
      return String.join(
          ",",
          name,
          targetName,
          model.optimize().name().toLowerCase(Locale.ROOT),
          Long.toString(model.macs()),
          Long.toString(cost.instructions()),
          String.format(Locale.ROOT, "%.2f", (double) cost.instructions() / model.macs()),
          peer.instructions(targetName),
          Integer.toString(model.arenaBytes()),
          Long.toString(peer.arenaBytes()),
          Long.toString(peer.planBoundBytes()),
          Long.toString(cost.stackBytes()),
          Long.toString(cost.imageSize().codeBytes()),
          Long.toString(model.weightBytes()),
          Long.toString(cost.cycles().total()),
          milliseconds(model, cost));
    }
  }

  private static String milliseconds(CompiledModel model, Measurement cost) {
    long hertz = model.target().clockHz();
    return hertz == 0
        ? ""
        : String.format(Locale.ROOT, "%.2f", 1e3 * cost.cycles().total() / hertz);
  }

  /// Prints the processor time of reading and compiling each model for Cortex-M4 in this process,
  /// whose code is cold for the first.
  private void compileTimes() throws IOException {
    var thread = ManagementFactory.getThreadMXBean();
    List<String> bySize =
        MODELS.stream().sorted(Comparator.comparingLong(this::sizeOf).reversed()).toList();
    for (String name : bySize) {
      long before = thread.getCurrentThreadCpuTime();
      CompiledModel model = compile(name, "cortex-m4");
      double seconds = (thread.getCurrentThreadCpuTime() - before) / 1e9;
      System.out.printf(
          Locale.ROOT,
          "compile %-24s %8d bytes of model, %9d characters of C: %.2f s of CPU%n",
          name,
          sizeOf(name),
          model.source().length(),
          seconds);
    }
  }

  private long sizeOf(String name) {
    return models.resolve(name + ".tflite").toFile().length();
  }

  private CompiledModel compile(String name, String targetName) throws IOException {
    Blob file = Blob.of(Files.readAllBytes(models.resolve(name + ".tflite")));
    Graph graph =
        switch (new TfliteReader().read(file, name, ModelReader.Options.standard())) {
          case ModelReader.Result.Model(Graph read) -> read;
          case ModelReader.Result.Refused(var problems) -> throw new DiagnosticException(problems);
        };
    var outcome =
        MoteCompiler.compile(
            graph, Targets.find(targetName), Optimize.SPEED, name.toLowerCase(Locale.ROOT));
    return switch (outcome) {
      case MoteCompiler.Outcome.Compiled(CompiledModel model) -> model;
      case MoteCompiler.Outcome.Refused(var problems) -> throw new DiagnosticException(problems);
    };
  }
}
