package dev.mote.testkit.representative;

import dev.mote.emulator.BoardRunner;
import dev.mote.emulator.BuildCache;
import dev.mote.emulator.Measurement;
import dev.mote.emulator.RunOptions;
import dev.mote.ir.DiagnosticException;
import dev.mote.pipeline.CompiledModel;
import dev.mote.pipeline.MoteCompiler;
import dev.mote.plugin.Compiler.Optimize;
import dev.mote.targets.Targets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;

/// Measures the representative models on an emulated Cortex-M4, for every preference of the
/// compiler, and writes `representative.csv` and `representative.md`. Argument: their folder.
public final class RepresentativeBench {

  private static final String TARGET = "cortex-m4";
  private static final List<Optimize> PREFERENCES =
      List.of(Optimize.SPEED, Optimize.MEMORY, Optimize.SIZE);

  private RepresentativeBench() {}

  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    List<String> rows = new ArrayList<>();
    rows.add(
        "model,target,optimize,macs,instructions,per_mac,arena_bytes,plan_bound_bytes,stack_bytes,"
            + "code_bytes,weight_bytes");
    StringJoiner table = new StringJoiner("\n", "", "\n");
    table.add("# Representative models on an emulated Cortex-M4").add("");
    table.add(
        "Written by `make bench`. The models are built in code, with the shapes and operators of"
            + " known architectures");
    table.add("and random weights; one inference of a fixed input; bytes.").add("");
    table.add(
        "| model | what | optimize | multiply-accumulates | instructions | per MAC | arena | stack |"
            + " code and tables | weights |");
    table.add("|---|---|---|--:|--:|--:|--:|--:|--:|--:|");
    for (RepresentativeModel source : RepresentativeModels.all()) {
      for (Optimize optimize : PREFERENCES) {
        CompiledModel model = compile(source, optimize);
        try (BoardRunner board = BoardRunner.open(model, BuildCache.standard())) {
          Measurement cost = board.measure(source.inputs(1), RunOptions.standard());
          rows.add(row(source, model, cost));
          table.add(line(source, model, cost));
        }
        System.out.println(rows.getLast());
      }
    }
    Files.write(folder.resolve("representative.csv"), rows);
    Files.writeString(folder.resolve("representative.md"), table.toString());
  }

  private static CompiledModel compile(RepresentativeModel source, Optimize optimize) {
    var outcome =
        MoteCompiler.compile(source.graph(), Targets.find(TARGET), optimize, source.name());
    return switch (outcome) {
      case MoteCompiler.Outcome.Compiled(CompiledModel model) -> model;
      case MoteCompiler.Outcome.Refused(var problems) -> throw new DiagnosticException(problems);
    };
  }

  private static String perMac(CompiledModel model, Measurement cost) {
    return String.format(Locale.ROOT, "%.2f", (double) cost.instructions() / model.macs());
  }

  private static String row(RepresentativeModel source, CompiledModel model, Measurement cost) {
    return String.join(
        ",",
        source.name(),
        TARGET,
        model.optimize().name().toLowerCase(Locale.ROOT),
        Long.toString(model.macs()),
        Long.toString(cost.instructions()),
        perMac(model, cost),
        Integer.toString(model.arenaBytes()),
        Long.toString(model.lowerBoundBytes()),
        Long.toString(cost.stackBytes()),
        Long.toString(cost.imageSize().codeBytes()),
        Long.toString(model.weightBytes()));
  }

  private static String line(RepresentativeModel source, CompiledModel model, Measurement cost) {
    return String.format(
        Locale.ROOT,
        "| %s | %s | %s | %,d | %,d | %s | %,d | %d | %,d | %,d |",
        source.name(),
        source.about(),
        model.optimize().name().toLowerCase(Locale.ROOT),
        model.macs(),
        cost.instructions(),
        perMac(model, cost),
        model.arenaBytes(),
        cost.stackBytes(),
        cost.imageSize().codeBytes(),
        model.weightBytes());
  }
}
