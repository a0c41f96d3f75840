package dev.mote.cli;

import dev.mote.builder.Compilation;
import dev.mote.builder.PluginBuild;
import dev.mote.builder.Report;
import dev.mote.emulator.BoardRunner;
import dev.mote.emulator.BuildCache;
import dev.mote.emulator.ImageSize;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.Graph;
import dev.mote.pipeline.CompiledModel;
import dev.mote.plugin.Payload;
import dev.mote.plugin.Target;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "compile", description = "Compiles a model to self-contained C for a target.")
final class CompileCommand implements Callable<Integer> {

  private final Console console;

  @Parameters(paramLabel = "MODEL", description = "Model file.")
  private Path file = Path.of("");

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      defaultValue = ".",
      description = "Where NAME.h and NAME.c are written (default: the current folder).")
  private Path folder = Path.of(".");

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Prefix of the C names and name of the files (default: from the model's file).")
  private @Nullable String name;

  @Option(
      names = "--size",
      description =
          "Also compile the C with the target's compiler, report the size of the code, and refuse the"
              + " model when code and constants exceed the flash.")
  private boolean size;

  @Option(
      names = "--payload",
      paramLabel = "KIND",
      converter = CompilerOptions.KindText.class,
      description =
          "With --compiler auto, kinds of payloads that the device takes: c-sources, native, tflite,"
              + " webassembly, shared-library; may repeat (default: all).")
  private List<Payload.Kind> accepted = new ArrayList<>();

  @Mixin private TargetOptions targetOptions = new TargetOptions();
  @Mixin private ConstraintOptions constraintOptions = new ConstraintOptions();
  @Mixin private CompilerOptions compilerOptions = new CompilerOptions();
  @Mixin private StreamOptions streamOptions = new StreamOptions();
  @Mixin private ModelOptions modelOptions = new ModelOptions();
  @Mixin private CommonOptions common = new CommonOptions();

  CompileCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    String symbol = name == null ? ModelOptions.symbol(file) : checked(name);
    Target target = targetOptions.find();
    boolean plugin = compilerOptions.isSet();
    if (!accepted.isEmpty() && !compilerOptions.isAuto()) {
      throw compilerOptions.plugins().wrong("--payload goes with --compiler auto");
    }
    if (plugin) {
      return callPlugin(target, symbol);
    }
    Graph graph = modelOptions.read(file);
    CompiledModel model =
        Compilation.of(
            graph,
            target,
            streamOptions.settings(targetOptions.optimize),
            constraintOptions.constraints(),
            symbol);
    if (model.optimize() != targetOptions.optimize) {
      console.say(
          "optimized for %s, which satisfies the constraints"
              .formatted(model.optimize().name().toLowerCase(Locale.ROOT)));
    }
    Optional<ImageSize> image = size ? Optional.of(imageSize(model)) : Optional.empty();
    Path header = folder.resolve(symbol + ".h");
    Path source = folder.resolve(symbol + ".c");
    Output.write(header, model.header());
    Output.write(source, model.source());
    if (common.json) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("model", graph.name());
      json.put("name", symbol);
      json.put("files", List.of(header.toString(), source.toString()));
      json.putAll(Report.of(model).json());
      image.ifPresent(i -> json.put("codeBytes", i.codeBytes()));
      console.printJson(json);
    } else {
      console.print("wrote " + header + " and " + source + " for " + target.name());
      Report.of(model).lines().forEach(line -> console.print("  " + line));
      image.ifPresent(
          i -> console.print("  code     %,11d bytes (tables included)".formatted(i.codeBytes())));
    }
    return Mote.OK;
  }

  private int callPlugin(Target target, String symbol) {
    if (size || streamOptions.streamInput || streamOptions.weights.isSet()) {
      throw compilerOptions
          .plugins()
          .wrong(
              "--size, --stream-input and --weights-storage go without --compiler; see its --parameter");
    }
    new PluginCompilation(
            console,
            compilerOptions,
            accepted,
            new PluginBuild(
                PluginOptions.source(file, modelOptions),
                compilerOptions.plugins().device(target),
                compilerOptions.optimize(
                    targetOptions.optimize, compilerOptions.plugins().isGiven("--optimize")),
                symbol,
                constraintOptions.constraints()))
        .run(folder, common.json);
    return Mote.OK;
  }

  /// What the module takes of the flash; refuses it when that is more than there is.
  private static ImageSize imageSize(CompiledModel model) {
    try (BoardRunner board = BoardRunner.open(model, BuildCache.standard())) {
      ImageSize image = board.imageSize();
      long limit = model.target().total(Target.Memory.Kind.FLASH).orElse(Long.MAX_VALUE);
      if (image.flashBytes() > limit) {
        throw new DiagnosticException(
            Diagnostic.resource(
                CliCodes.FLASH,
                model.graph().name() + " for " + model.target().name(),
                "code, tables and weights need %,d bytes, the flash has %,d (%,d too few)"
                    .formatted(image.flashBytes(), limit, image.flashBytes() - limit),
                "choose a target with more flash, use --optimize size, or fewer channels."));
      }
      return image;
    }
  }

  private static String checked(String name) {
    if (!name.matches("[a-z_][a-z0-9_]*")) {
      throw new DiagnosticException(
          Diagnostic.user(
              CliCodes.BAD_NAME,
              "--name " + name,
              "'" + name + "' cannot start the names of C functions",
              "use lower-case letters, digits and underscores, not starting with a digit."));
    }
    return name;
  }
}
