package dev.mote.testkit.representative;

import dev.mote.emulator.BoardRunner;
import dev.mote.emulator.BuildCache;
import dev.mote.emulator.Measurement;
import dev.mote.emulator.RunOptions;
import dev.mote.ir.Blob;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.Graph;
import dev.mote.pipeline.CompiledModel;
import dev.mote.pipeline.MoteCompiler;
import dev.mote.pipeline.Settings;
import dev.mote.pipeline.lower.KernelChoice.Candidate;
import dev.mote.pipeline.pass.Passes;
import dev.mote.pipeline.plan.Chaining;
import dev.mote.plugin.Compiler.Optimize;
import dev.mote.targets.Targets;
import dev.mote.testkit.mlperf.MlperfTiny;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Measures what each optimisation gains: the same model compiled without it and with it. Writes
/// `optimizations.csv` and the table in the documentation. Arguments: the `bench` folder, the page.
public final class OptimizationBench {

  private static final String BEGIN = "<!-- table: make bench -->\n";
  private static final String END = "<!-- end -->\n";

  private static final Settings SPEED = Settings.preferring(Optimize.SPEED);
  private static final Settings MEMORY = Settings.preferring(Optimize.MEMORY);
  private static final Settings SIZE = Settings.preferring(Optimize.SIZE);

  /// One optimisation on one model.
  private record Trial(
      String optimization, String model, String target, Settings without, Settings with) {}

  /// What a build takes.
  ///
  /// @param arenaBytes its arena
  /// @param flashBytes weights, tables and code
  private record Cost(long instructions, long arenaBytes, long flashBytes) {}

  private OptimizationBench() {}

  public static void main(String[] arguments) throws IOException {
    List<String> rows = new ArrayList<>();
    rows.add(
        "optimization,model,target,instructions_without,instructions_with,arena_without,arena_with,"
            + "flash_without,flash_with");
    StringBuilder table = new StringBuilder();
    table.append(
        "| optimization | model | target | instructions | | arena | | flash | |\n"
            + "|---|---|---|--:|--:|--:|--:|--:|--:|\n");
    for (Trial trial : trials()) {
      Cost without = cost(trial, trial.without());
      Cost with = cost(trial, trial.with());
      rows.add(
          String.join(
              ",",
              trial.optimization(),
              trial.model(),
              trial.target(),
              Long.toString(without.instructions()),
              Long.toString(with.instructions()),
              Long.toString(without.arenaBytes()),
              Long.toString(with.arenaBytes()),
              Long.toString(without.flashBytes()),
              Long.toString(with.flashBytes())));
      System.out.println(rows.getLast());
      table.append(
          "| %s | %s | %s | %s | %s | %s |\n"
              .formatted(
                  trial.optimization(),
                  trial.model(),
                  trial.target(),
                  change(without.instructions(), with.instructions()),
                  change(without.arenaBytes(), with.arenaBytes()),
                  change(without.flashBytes(), with.flashBytes())));
    }
    Files.write(Path.of(arguments[0]).resolve("optimizations.csv"), rows);
    Path page = Path.of(arguments[1]);
    String text = Files.readString(page);
    int begin = text.indexOf(BEGIN) + BEGIN.length();
    Files.writeString(page, text.substring(0, begin) + table + text.substring(text.indexOf(END)));
  }

  private static String change(long without, long with) {
    return without == with
        ? String.format(Locale.ROOT, "%,d | ", with)
        : String.format(
            Locale.ROOT,
            "%,d → %,d | %+.0f %%",
            without,
            with,
            100.0 * (with - without) / Math.max(1, without));
  }

  private static List<Trial> trials() {
    Settings portable = SPEED.withKernels(OptimizationBench::portable);
    Settings allChannels =
        SPEED.withPasses(
            Passes.STANDARD.stream()
                .filter(pass -> !pass.name().equals("DropIdleChannels"))
                .toList());
    Settings layers = MEMORY.withChaining(new Chaining.None());
    List<Trial> trials = new ArrayList<>();
    for (String target : List.of("cortex-m4", "cortex-m55", "cortex-m0plus", "rv32imc")) {
      for (String model : List.of("kws_ref_model", "pretrainedResnet_quant", "mobilenet_v2")) {
        trials.add(new Trial("kernels of the instruction set", model, target, portable, SPEED));
      }
    }
    trials.add(new Trial("idle channels", "vww_96_int8", "cortex-m4", allChannels, SPEED));
    for (String model :
        List.of(
            "kws_ref_model",
            "pretrainedResnet_quant",
            "vww_96_int8",
            "mobilenet_v2",
            "mcunet_176")) {
      trials.add(new Trial("layers row by row", model, "cortex-m4", layers, MEMORY));
    }
    for (String model : List.of("pretrainedResnet_quant", "mcunet_176")) {
      trials.add(
          new Trial(
              "patches",
              model,
              "cortex-m4",
              MEMORY,
              MEMORY.withChaining(new Chaining.Smallest(1))));
    }
    for (String model : List.of("vww_96_int8", "mobilenet_v2", "mcunet_176")) {
      trials.add(
          new Trial("streamed input", model, "cortex-m4", MEMORY, MEMORY.withStreamInput(true)));
    }
    for (String model : List.of("kws_ref_model", "vww_96_int8", "str_ww_ref_model", "unet")) {
      trials.add(new Trial("size before speed", model, "cortex-m4", SPEED, SIZE));
    }
    boolean mlperf = MlperfTiny.folder().isPresent();
    trials.removeIf(trial -> MlperfTiny.INT8.contains(trial.model()) && !mlperf);
    return trials;
  }

  /// The kernels that run anywhere.
  private static List<Candidate> portable(List<List<Candidate>> candidates) {
    return candidates.stream()
        .map(
            all ->
                all.stream()
                    .filter(candidate -> candidate.call().kernel().startsWith("portable/"))
                    .filter(candidate -> !candidate.call().kernel().contains("packed"))
                    .findFirst()
                    .orElse(all.getFirst()))
        .toList();
  }

  private static Cost cost(Trial trial, Settings settings) throws IOException {
    boolean mlperf = MlperfTiny.INT8.contains(trial.model());
    Graph graph;
    List<Blob> inputs;
    if (mlperf) {
      graph = MlperfTiny.graph(trial.model());
      inputs = List.of(Blob.of(MlperfTiny.read(trial.model() + ".in.bin")));
    } else {
      RepresentativeModel model =
          RepresentativeModels.all().stream()
              .filter(m -> m.name().equals(trial.model()))
              .findFirst()
              .orElseThrow();
      graph = model.graph();
      inputs = model.inputs(1);
    }
    CompiledModel compiled =
        switch (MoteCompiler.compile(graph, Targets.find(trial.target()), settings, "model")) {
          case MoteCompiler.Outcome.Compiled(CompiledModel model) -> model;
          case MoteCompiler.Outcome.Refused(var problems) ->
              throw new DiagnosticException(problems);
        };
    try (BoardRunner board = BoardRunner.open(compiled, BuildCache.standard())) {
      Measurement cost = board.measure(inputs, RunOptions.standard());
      return new Cost(cost.instructions(), compiled.arenaBytes(), cost.imageSize().flashBytes());
    }
  }
}
