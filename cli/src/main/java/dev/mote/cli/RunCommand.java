package dev.mote.cli;

import dev.mote.builder.Compilation;
import dev.mote.emulator.BuildCache;
import dev.mote.emulator.Inference;
import dev.mote.emulator.ModelRunner;
import dev.mote.emulator.RunOptions;
import dev.mote.ir.Blob;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.Graph;
import dev.mote.optimizer.data.Pixels;
import dev.mote.pipeline.CompiledModel;
import dev.mote.plugin.Compiler.Optimize;
import dev.mote.plugin.Target;
import dev.mote.reference.Interpreter;
import dev.mote.targets.Targets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "run",
    description = {
      "Runs a model once and prints its scores.",
      "Inputs: .bin raw tensors; .npy and .csv numbers; .png, .jpg images of the model's size; .wav"
          + " sound. Numbers of another type than the input's are real values and are quantized."
    })
final class RunCommand implements Callable<Integer> {

  /// The name by which `--target` asks for the interpreter.
  static final String REFERENCE = "reference";

  private final Console console;

  @Parameters(paramLabel = "MODEL", description = "Model file.")
  private Path file = Path.of("");

  @Option(
      names = {"-t", "--target"},
      paramLabel = "TARGET",
      defaultValue = REFERENCE,
      description =
          "'reference' (the interpreter), 'host', or an emulated target (default: ${DEFAULT-VALUE}).")
  private String target = REFERENCE;

  @Option(
      names = "--optimize",
      paramLabel = "balanced|speed|size|memory",
      defaultValue = "balanced",
      description = "What to prefer when they conflict (default: ${DEFAULT-VALUE}).")
  private Optimize optimize = Optimize.BALANCED;

  @Option(
      names = {"-i", "--input"},
      paramLabel = "FILE",
      description = "An input; repeat it in the model's order.")
  private List<Path> inputs = new ArrayList<>();

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "Where an output's raw bytes go; repeat it in the model's order.")
  private List<Path> outputs = new ArrayList<>();

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "Names of the classes, one on each line.")
  private @Nullable Path labels;

  @Option(
      names = "--top",
      paramLabel = "N",
      defaultValue = "5",
      description = "How many scores to print (default: ${DEFAULT-VALUE}).")
  private int top = 5;

  @Option(
      names = "--pixels",
      paramLabel = "auto|unit|signed|byte",
      defaultValue = "auto",
      description =
          "What a pixel stands for: 0..1, -1..1 or 0..255; auto: the full range of 8-bit inputs, else"
              + " 0..1 (default: ${DEFAULT-VALUE}).")
  private Pixels pixels = Pixels.AUTO;

  @Mixin private ModelOptions modelOptions = new ModelOptions();
  @Mixin private CommonOptions common = new CommonOptions();

  RunCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Graph graph = modelOptions.read(file);
    List<String> names = labels == null ? List.of() : Scores.labels(labels, graph);
    List<Blob> set = Inputs.read(graph, inputs, pixels);
    if (!outputs.isEmpty() && outputs.size() != graph.outputs().size()) {
      throw new DiagnosticException(
          Diagnostic.user(
              CliCodes.WRONG_NUMBER_OF_FILES,
              graph.name(),
              "the model gives %d outputs (%s), --output was given %d times"
                  .formatted(
                      graph.outputs().size(), String.join(", ", graph.outputs()), outputs.size()),
              "give --output FILE once for each, in this order."));
    }
    Inference inference = infer(graph, set);
    for (int i = 0; i < outputs.size(); i++) {
      Output.write(outputs.get(i), inference.outputs().get(i).toByteArray());
      console.say("wrote " + outputs.get(i));
    }
    Scores scores = new Scores(graph, inference.outputs(), names, top);
    if (common.json) {
      console.printJson(scores.json(target));
    } else if (outputs.isEmpty() || labels != null) {
      scores.lines().forEach(console::print);
    }
    return Mote.OK;
  }

  private Inference infer(Graph graph, List<Blob> set) {
    if (target.equalsIgnoreCase(REFERENCE)) {
      List<byte[]> results =
          new Interpreter(graph).run(set.stream().map(Blob::toByteArray).toList());
      return new Inference(
          results.stream().map(Blob::of).toList(),
          List.of(),
          OptionalLong.empty(),
          OptionalLong.empty());
    }
    Target chip = Targets.find(target);
    CompiledModel model = Compilation.of(graph, chip, optimize, ModelOptions.symbol(file));
    try (ModelRunner runner = ModelRunner.open(model, BuildCache.standard())) {
      return runner.run(List.of(set), RunOptions.standard()).getFirst();
    }
  }
}
