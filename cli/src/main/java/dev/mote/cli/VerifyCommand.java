package dev.mote.cli;

import dev.mote.builder.SampleInputs;
import dev.mote.ir.Blob;
import dev.mote.ir.Graph;
import dev.mote.optimizer.data.Pixels;
import dev.mote.plugin.Compiler.Optimize;
import dev.mote.plugin.Target;
import dev.mote.targets.Targets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "verify",
    description = {
      "Proves that the emitted C computes what the model means.",
      "Runs the reference interpreter, the C on this machine and the C on the emulated board on the"
          + " same inputs; integers must be equal, floats within 1e-5 of the largest value."
    })
final class VerifyCommand implements Callable<Integer> {

  private static final int STANDARD_RANDOM = 100;

  private final Console console;

  @Parameters(paramLabel = "MODEL", description = "Model file.")
  private Path file = Path.of("");

  @Option(
      names = {"-t", "--target"},
      paramLabel = "TARGET",
      defaultValue = "cortex-m4",
      description = "An emulated target, or 'host'; may repeat (default: ${DEFAULT-VALUE}).")
  private List<String> targets = new ArrayList<>();

  @Option(
      names = "--optimize",
      paramLabel = "balanced|speed|size|memory",
      defaultValue = "balanced",
      description = "What to prefer when they conflict (default: ${DEFAULT-VALUE}).")
  private Optimize optimize = Optimize.BALANCED;

  @Option(
      names = "--inputs",
      paramLabel = "DIR",
      description =
          "Folder of inputs, a file each; for a model of several inputs a folder each, its files in"
              + " the model's order.")
  private @Nullable Path folder;

  @Option(
      names = "--random",
      paramLabel = "N",
      description = "How many random inputs (default: 100, or 0 with --inputs).")
  private @Nullable Integer random;

  @Option(
      names = "--seed",
      paramLabel = "SEED",
      defaultValue = "1",
      description = "Seed of the random inputs (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  @Option(
      names = "--pixels",
      paramLabel = "auto|unit|signed|byte",
      defaultValue = "auto",
      description = "What a pixel of an image stands for, as in 'mote run'.")
  private Pixels pixels = Pixels.AUTO;

  @Mixin private StreamOptions streamOptions = new StreamOptions();
  @Mixin private ModelOptions modelOptions = new ModelOptions();
  @Mixin private CommonOptions common = new CommonOptions();

  VerifyCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Set<Target> chips = new LinkedHashSet<>();
    chips.add(Targets.find("host"));
    targets.forEach(name -> chips.add(Targets.find(name)));
    Graph graph = modelOptions.read(file);
    List<List<Blob>> sets = inputs(graph);
    Verification verification =
        new Verification(graph, sets, streamOptions.settings(optimize), ModelOptions.symbol(file));
    List<String> names = chips.stream().map(Target::name).toList();
    Optional<Verification.Difference> difference = Optional.empty();
    try (Progress progress = console.progress("verify", (long) sets.size() * (chips.size() + 1))) {
      verification.interpret(progress);
      for (Target chip : chips) {
        difference = difference.or(() -> verification.check(chip, progress));
      }
    }
    report(graph, names, sets.size(), difference);
    return difference.isEmpty() ? Mote.OK : Mote.BAD_INPUT;
  }

  private List<List<Blob>> inputs(Graph graph) {
    List<List<Blob>> sets = new ArrayList<>();
    if (folder != null) {
      sets.addAll(Inputs.readFolder(graph, folder, pixels));
    }
    int count = random != null ? random : folder != null ? 0 : STANDARD_RANDOM;
    SplittableRandom generator = new SplittableRandom(seed);
    for (int i = 0; i < count; i++) {
      sets.add(SampleInputs.random(graph, generator));
    }
    return sets;
  }

  private void report(
      Graph graph, List<String> names, int inputs, Optional<Verification.Difference> difference) {
    if (common.json) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("model", graph.name());
      json.put("targets", names);
      json.put("inputs", inputs);
      json.put("agree", difference.isEmpty());
      difference.ifPresent(d -> json.put("difference", d.json()));
      console.printJson(json);
    } else if (difference.isEmpty()) {
      console.print(
          "%s: reference, %s agree on %,d inputs"
              .formatted(graph.name(), String.join(", ", names), inputs));
    }
    difference.ifPresent(d -> console.say(d.diagnostic(graph.name()).toString()));
  }
}
