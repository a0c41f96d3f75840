package dev.mote.cli;

import dev.mote.builder.Compilation;
import dev.mote.builder.SampleInputs;
import dev.mote.builder.page.Figures;
import dev.mote.emulator.BoardRunner;
import dev.mote.emulator.BuildCache;
import dev.mote.emulator.Measurement;
import dev.mote.emulator.RunOptions;
import dev.mote.emulator.cycle.CycleEstimate;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.Graph;
import dev.mote.pipeline.CompiledModel;
import dev.mote.plugin.Compiler.Constraints;
import dev.mote.plugin.Compiler.Optimize;
import dev.mote.plugin.Target;
import dev.mote.targets.Targets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "bench",
    description = {
      "Measures models on emulated targets: instructions, memory, size.",
      "The counts are exact and equal on every machine; the input is fixed: byte i is (37 i + 11) mod"
          + " 256."
    })
final class BenchCommand implements Callable<Integer> {

  private final Console console;

  @Parameters(arity = "1..*", paramLabel = "MODEL", description = "Model files.")
  private List<Path> files = new ArrayList<>();

  @Option(
      names = {"-t", "--target"},
      paramLabel = "TARGET",
      defaultValue = "cortex-m4",
      description = "An emulated target; may repeat (default: ${DEFAULT-VALUE}).")
  private List<String> targets = new ArrayList<>();

  @Option(
      names = "--optimize",
      paramLabel = "balanced|speed|size|memory",
      defaultValue = "balanced",
      description = "What to prefer when they conflict; may repeat (default: ${DEFAULT-VALUE}).")
  private List<Optimize> optimizes = new ArrayList<>();

  @Option(names = "--layers", description = "Also print what each layer takes.")
  private boolean perLayer;

  @Mixin private StreamOptions streamOptions = new StreamOptions();
  @Mixin private ModelOptions modelOptions = new ModelOptions();
  @Mixin private CommonOptions common = new CommonOptions();

  BenchCommand(Console console) {
    this.console = console;
  }

  /// One row of the result.
  private record Row(
      String model,
      String target,
      String optimize,
      long macs,
      long instructions,
      CycleEstimate cycles,
      long clockHz,
      List<LayerRow> layers,
      long arenaBytes,
      long stackBytes,
      long codeBytes,
      long weightBytes) {

    Map<String, Object> json() {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("model", model);
      json.put("target", target);
      json.put("optimize", optimize);
      json.put("macs", macs);
      json.put("instructions", instructions);
      json.put("estimatedCycles", cycles.total());
      json.put("coreCycles", cycles.core());
      json.put("fetchStallCycles", cycles.fetchStalls());
      json.put("dataStallCycles", cycles.dataStalls());
      if (clockHz > 0) {
        json.put("clockHz", clockHz);
        json.put("estimatedMilliseconds", milliseconds());
      }
      json.put("layers", layers.stream().map(LayerRow::json).toList());
      json.put("arenaBytes", arenaBytes);
      json.put("stackBytes", stackBytes);
      json.put("codeBytes", codeBytes);
      json.put("weightBytes", weightBytes);
      return json;
    }

    /// Time at the target's highest clock.
    double milliseconds() {
      return 1e3 * cycles.total() / clockHz;
    }
  }

  /// What one layer takes.
  private record LayerRow(
      String name, String op, String kernel, long macs, long instructions, long cycles) {

    Map<String, Object> json() {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("name", name);
      json.put("operator", op);
      json.put("kernel", kernel);
      json.put("macs", macs);
      json.put("instructions", instructions);
      json.put("estimatedCycles", cycles);
      return json;
    }
  }

  @Override
  public Integer call() {
    List<Target> chips = targets.stream().map(BenchCommand::measurable).toList();
    List<Row> rows = new ArrayList<>();
    long total = (long) files.size() * chips.size() * optimizes.size();
    try (Progress progress = console.progress("bench", total)) {
      for (Path file : files) {
        Graph graph = modelOptions.read(file);
        for (Target chip : chips) {
          for (Optimize optimize : optimizes) {
            rows.add(measure(file, graph, chip, optimize));
            progress.step(file.getFileName() + " on " + chip.name());
          }
        }
      }
    }
    if (common.json) {
      console.printJson(rows.stream().map(Row::json).toList());
    } else {
      print(rows);
    }
    return Mote.OK;
  }

  private static Target measurable(String name) {
    Target target = Targets.find(name);
    if (target.instructionSet() == Target.InstructionSet.HOST || target.board().isEmpty()) {
      throw new DiagnosticException(
          Diagnostic.user(
              CliCodes.NOT_MEASURABLE,
              "target '" + name + "'",
              "no emulated board counts its instructions",
              "name a target that 'mote targets' shows a board for."));
    }
    return target;
  }

  private Row measure(Path file, Graph graph, Target chip, Optimize optimize) {
    CompiledModel model =
        Compilation.of(
            graph,
            chip,
            streamOptions.settings(optimize),
            Constraints.NONE,
            ModelOptions.symbol(file));
    try (BoardRunner board = BoardRunner.open(model, BuildCache.standard())) {
      Measurement cost = board.measure(SampleInputs.fixed(graph), RunOptions.standard());
      return new Row(
          file.getFileName().toString().replaceFirst("\\.[A-Za-z0-9]+$", ""),
          chip.name(),
          optimize.name().toLowerCase(Locale.ROOT),
          model.macs(),
          cost.instructions(),
          cost.cycles(),
          chip.clockHz(),
          layers(model, cost),
          model.arenaBytes(),
          cost.stackBytes(),
          cost.imageSize().codeBytes(),
          model.weightBytes());
    }
  }

  private static List<LayerRow> layers(CompiledModel model, Measurement cost) {
    return model.layers().stream()
        .map(
            layer ->
                new LayerRow(
                    layer.name(),
                    layer.op(),
                    layer.kernel(),
                    layer.macs(),
                    cost.layerInstructions().get(layer.index()),
                    cost.layerCycles().get(layer.index()).total()))
        .toList();
  }

  private void print(List<Row> rows) {
    Table table =
        new Table(
            "model",
            "target",
            "optimize",
            "MACs",
            "instructions",
            "per MAC",
            "cycles",
            "ms",
            "arena",
            "stack",
            "code",
            "weights");
    for (Row row : rows) {
      table.row(
          row.model(),
          row.target(),
          row.optimize(),
          row.macs(),
          row.instructions(),
          row.macs() == 0
              ? "-"
              : String.format(Locale.ROOT, "%.2f", (double) row.instructions() / row.macs()),
          row.cycles().total(),
          row.clockHz() == 0 ? "-" : String.format(Locale.ROOT, "%.2f", row.milliseconds()),
          row.arenaBytes(),
          row.stackBytes(),
          row.codeBytes(),
          row.weightBytes());
    }
    console.printTable(table);
    console.print("");
    console.print(
        "cycles and ms are estimates, at the target's highest clock with its flash's wait states;"
            + " arena, stack, code and weights in bytes; code includes tables");
    if (perLayer) {
      rows.forEach(this::printLayers);
    }
  }

  private void printLayers(Row row) {
    Table table =
        new Table("layer", "operator", "kernel", "MACs", "instructions", "cycles", "share");
    for (LayerRow layer : row.layers()) {
      table.row(
          Figures.firstName(layer.name()),
          layer.op(),
          layer.kernel(),
          layer.macs(),
          layer.instructions(),
          layer.cycles(),
          String.format(Locale.ROOT, "%.1f %%", 100.0 * layer.cycles() / row.cycles().total()));
    }
    console.print("");
    console.print(row.model() + " on " + row.target() + ", " + row.optimize());
    console.printTable(table);
  }
}
