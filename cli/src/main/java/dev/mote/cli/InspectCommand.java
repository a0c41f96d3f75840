package dev.mote.cli;

import dev.mote.builder.Describe;
import dev.mote.builder.PageFigures;
import dev.mote.builder.Report;
import dev.mote.builder.SampleInputs;
import dev.mote.builder.page.Figures;
import dev.mote.builder.page.ModelPage;
import dev.mote.emulator.BoardRunner;
import dev.mote.emulator.BuildCache;
import dev.mote.emulator.RunOptions;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.Graph;
import dev.mote.ir.MacCount;
import dev.mote.ir.Node;
import dev.mote.ir.Tensor;
import dev.mote.pipeline.CompiledModel;
import dev.mote.pipeline.MoteCompiler;
import dev.mote.plugin.Target;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "inspect",
    description = "Shows what a model consists of and what it would cost on a target.")
final class InspectCommand implements Callable<Integer> {

  private final Console console;

  @Parameters(paramLabel = "MODEL", description = "Model file.")
  private Path file = Path.of("");

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description =
          "Write a page that draws the graph, the memory over time and the cost per layer.")
  private @Nullable Path html;

  @Option(
      names = "--measure",
      description = "Run once on the emulated board and show each layer's instructions.")
  private boolean measure;

  @Mixin private TargetOptions targetOptions = new TargetOptions();
  @Mixin private StreamOptions streamOptions = new StreamOptions();
  @Mixin private ModelOptions modelOptions = new ModelOptions();
  @Mixin private CommonOptions common = new CommonOptions();

  InspectCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Target target = targetOptions.find();
    Graph graph = modelOptions.read(file);
    MoteCompiler.Outcome outcome =
        MoteCompiler.compile(
            graph,
            target,
            streamOptions.settings(targetOptions.optimize),
            ModelOptions.symbol(file));
    Optional<CompiledModel> compiled =
        outcome instanceof MoteCompiler.Outcome.Compiled(CompiledModel model)
            ? Optional.of(model)
            : Optional.empty();
    List<Diagnostic> problems =
        outcome instanceof MoteCompiler.Outcome.Refused(var reasons) ? reasons : List.of();
    Map<String, Long> instructions =
        measure && compiled.isPresent() ? instructions(compiled.get()) : Map.of();
    if (html != null) {
      Output.write(
          html, ModelPage.html(PageFigures.of(graph, target, compiled, problems, instructions)));
      console.say("wrote " + html);
    }
    if (common.json) {
      console.printJson(json(graph, target, compiled, problems, instructions));
    } else {
      print(graph, target, compiled);
      printMeasured(instructions);
      problems.forEach(problem -> console.say(problem.toString()));
    }
    return Mote.OK;
  }

  private void print(Graph graph, Target target, Optional<CompiledModel> compiled) {
    console.print(graph.name() + ": " + graph.nodes().size() + " operators");
    console.print("");
    Table border = new Table("", "name", "type", "meaning");
    addBorder(border, "input", graph, graph.inputs());
    addBorder(border, "output", graph, graph.outputs());
    addBorder(border, "state", graph, graph.variables());
    console.printTable(border);
    console.print("");
    Table table = new Table("#", "operator", "output", "MACs", "weights", "name");
    int index = 0;
    for (Node node : graph.nodes()) {
      table.row(
          index++,
          node.op().label(),
          Describe.output(graph, node),
          MacCount.of(graph, node),
          Describe.weightBytes(graph, node),
          Figures.firstName(node.name()));
    }
    console.printTable(table);
    console.print("");
    console.print("multiply-accumulates  %,d".formatted(MacCount.of(graph)));
    console.print("weights               %,d bytes".formatted(weights(graph)));
    compiled.ifPresent(
        model -> {
          console.print("");
          console.print("for " + target.name());
          Report.of(model).lines().forEach(line -> console.print("  " + line));
        });
  }

  /// First node of each layer → instructions of one inference with the benchmarks' input, in order.
  private static Map<String, Long> instructions(CompiledModel model) {
    Map<String, Long> instructions = new LinkedHashMap<>();
    try (BoardRunner board = BoardRunner.open(model, BuildCache.standard())) {
      List<Long> measured =
          board
              .measure(SampleInputs.fixed(model.graph()), RunOptions.standard())
              .layerInstructions();
      model
          .layers()
          .forEach(
              layer -> instructions.put(layer.nodes().getFirst(), measured.get(layer.index())));
    }
    return instructions;
  }

  private void printMeasured(Map<String, Long> instructions) {
    if (!instructions.isEmpty()) {
      console.print("");
      Table table = new Table("instructions", "layer");
      instructions.forEach((layer, count) -> table.row(count, Figures.firstName(layer)));
      console.printTable(table);
    }
  }

  private static void addBorder(Table table, String kind, Graph graph, List<String> names) {
    for (String name : names) {
      Tensor tensor = graph.tensor(name);
      table.row(kind, name, Describe.type(tensor.type()), Describe.meaning(tensor.quantization()));
    }
  }

  private static long weights(Graph graph) {
    return graph.tensors().values().stream()
        .filter(Tensor::isConstant)
        .mapToLong(tensor -> tensor.type().bytes())
        .sum();
  }

  private static Map<String, Object> json(
      Graph graph,
      Target target,
      Optional<CompiledModel> compiled,
      List<Diagnostic> problems,
      Map<String, Long> instructions) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("model", graph.name());
    json.put("inputs", Describe.json(graph, graph.inputs()));
    json.put("outputs", Describe.json(graph, graph.outputs()));
    json.put("variables", Describe.json(graph, graph.variables()));
    List<Map<String, Object>> operators = new ArrayList<>();
    for (Node node : graph.nodes()) {
      Map<String, Object> operator = new LinkedHashMap<>();
      operator.put("name", node.name());
      operator.put("operator", node.op().label());
      operator.put("inputs", node.inputs());
      operator.put("outputs", Describe.json(graph, node.outputs()));
      operator.put("macs", MacCount.of(graph, node));
      operator.put("weightBytes", Describe.weightBytes(graph, node));
      operators.add(operator);
    }
    json.put("operators", operators);
    json.put("macs", MacCount.of(graph));
    json.put("weightBytes", weights(graph));
    compiled.ifPresent(model -> json.put("compiled", Report.of(model).json()));
    if (!instructions.isEmpty()) {
      json.put("instructions", instructions);
    }
    if (!problems.isEmpty()) {
      json.put("target", target.name());
      json.put("problems", Describe.json(problems));
    }
    return json;
  }
}
