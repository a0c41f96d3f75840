package dev.mote.bench;

import dev.mote.emulator.BoardRunner;
import dev.mote.emulator.BuildCache;
import dev.mote.emulator.RunOptions;
import dev.mote.emulator.cycle.CycleEstimate;
import dev.mote.frontends.tflite.TfliteReader;
import dev.mote.ir.Blob;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.Graph;
import dev.mote.pipeline.CompiledModel;
import dev.mote.pipeline.MoteCompiler;
import dev.mote.pipeline.Settings;
import dev.mote.pipeline.lower.KernelChoice;
import dev.mote.plugin.Compiler.Optimize;
import dev.mote.plugin.ModelReader;
import dev.mote.plugin.Target;
import dev.mote.targets.Targets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Compares the choice by the cost tables with counts: runs the MLPerf Tiny models with every
/// kernel that each layer could have, and prints the layers for which a slower one was chosen.
///
/// Arguments: the folder of the models, then names of targets.
public final class ChoiceCheck {

  private static final double TOLERATED = 1.05;

  private final Path models;

  private ChoiceCheck(Path models) {
    this.models = models;
  }

  public static void main(String[] arguments) throws IOException {
    ChoiceCheck check = new ChoiceCheck(Path.of(arguments[0]));
    for (String target : List.of(arguments).subList(1, arguments.length)) {
      for (String model : ModelBench.MODELS) {
        check.compare(model, Targets.find(target));
      }
    }
  }

  /// A model with one choice of kernels, and the cycles of its layers.
  private record Run(CompiledModel model, List<Long> cycles, List<Integer> candidates) {}

  private void compare(String name, Target target) throws IOException {
    Run chosen = run(name, target, KernelChoice.preferring(Optimize.SPEED));
    int most = chosen.candidates().stream().mapToInt(Integer::intValue).max().orElse(1);
    List<Run> all = new ArrayList<>();
    for (int i = 0; i < most; i++) {
      int index = i;
      all.add(
          run(
              name,
              target,
              steps -> steps.stream().map(s -> s.get(Math.min(index, s.size() - 1))).toList()));
    }
    long total = chosen.cycles().stream().mapToLong(Long::longValue).sum();
    System.out.printf(
        Locale.ROOT,
        "%s on %s: %,d cycles by the emulator, %,d by the cost tables%n",
        name,
        target.name(),
        total,
        chosen.model().estimatedCycles());
    for (CompiledModel.Layer layer : chosen.model().layers()) {
      Run best = chosen;
      for (Run run : all) {
        if (run.cycles().get(layer.index()) < best.cycles().get(layer.index())) {
          best = run;
        }
      }
      long cycles = chosen.cycles().get(layer.index());
      if (cycles > TOLERATED * best.cycles().get(layer.index())) {
        System.out.printf(
            Locale.ROOT,
            "  layer %d (%s): %s takes %,d cycles (estimated %,d), %s %,d (estimated %,d)%n",
            layer.index(),
            layer.op(),
            layer.kernel(),
            cycles,
            layer.estimatedCycles(),
            best.model().layers().get(layer.index()).kernel(),
            best.cycles().get(layer.index()),
            best.model().layers().get(layer.index()).estimatedCycles());
      }
    }
  }

  private Run run(String name, Target target, KernelChoice choice) throws IOException {
    Blob file = Blob.of(Files.readAllBytes(models.resolve(name + ".tflite")));
    Graph graph =
        switch (new TfliteReader().read(file, name, ModelReader.Options.standard())) {
          case ModelReader.Result.Model(Graph read) -> read;
          case ModelReader.Result.Refused(var problems) -> throw new DiagnosticException(problems);
        };
    List<Integer> counts = new ArrayList<>();
    KernelChoice counted =
        candidates -> {
          candidates.forEach(all -> counts.add(all.size()));
          return choice.among(candidates);
        };
    Settings settings = Settings.preferring(Optimize.SPEED).withKernels(counted);
    CompiledModel model =
        switch (MoteCompiler.compile(graph, target, settings, name.toLowerCase(Locale.ROOT))) {
          case MoteCompiler.Outcome.Compiled(CompiledModel compiled) -> compiled;
          case MoteCompiler.Outcome.Refused(var problems) ->
              throw new DiagnosticException(problems);
        };
    Blob input = Blob.of(Files.readAllBytes(models.resolve(name + ".in.bin")));
    try (BoardRunner board = BoardRunner.ofLayers(model, BuildCache.standard())) {
      List<Long> cycles =
          board.layerCycles(List.of(input), RunOptions.standard()).stream()
              .map(CycleEstimate::total)
              .toList();
      return new Run(model, cycles, counts);
    }
  }
}
