package dev.mote.cli;

import dev.mote.builder.Compilation;
import dev.mote.builder.ModelFiles;
import dev.mote.builder.ModuleBorder;
import dev.mote.builder.ModuleBuilder;
import dev.mote.builder.NamedUuid;
import dev.mote.builder.PluginBuild;
import dev.mote.builder.PluginModule;
import dev.mote.builder.SampleInputs;
import dev.mote.emulator.BoardRunner;
import dev.mote.emulator.BuildCache;
import dev.mote.emulator.Measurement;
import dev.mote.emulator.RunOptions;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.Graph;
import dev.mote.module.Manifest;
import dev.mote.module.ModuleFile;
import dev.mote.module.Payload;
import dev.mote.module.cbor.Bytes;
import dev.mote.pipeline.CompiledModel;
import dev.mote.plugin.Compiler.Constraints;
import dev.mote.plugin.Target;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "build",
    description = {
      "Compiles a model and packs it: code for the target, what it needs, golden vectors.",
      "The same model, target and options give the same bytes."
    })
final class ModuleBuildCommand implements Callable<Integer> {

  private static final byte[] TFLITE = {'T', 'F', 'L', '3'};

  private final Console console;

  @Parameters(paramLabel = "MODEL", description = "Model file.")
  private Path file = Path.of("");

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Module to write (default: NAME.mote).")
  private @Nullable Path output;

  @Option(names = "--name", description = "Name of the module (default: that of the model's file).")
  private @Nullable String name;

  @Option(
      names = "--vendor",
      paramLabel = "DOMAIN",
      defaultValue = "vendor.invalid",
      description = "Your domain name; it identifies the vendor (default: ${DEFAULT-VALUE}).")
  private String vendor = "vendor.invalid";

  @Option(
      names = "--release",
      paramLabel = "VERSION",
      defaultValue = "1.0.0",
      description = "Version for people (default: ${DEFAULT-VALUE}).")
  private String version = "1.0.0";

  @Option(
      names = "--sequence",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Sequence number: devices refuse what is not newer than what they have (default:"
              + " ${DEFAULT-VALUE}).")
  private long sequence = 1;

  @Option(names = "--description", paramLabel = "TEXT", description = "A sentence for people.")
  private @Nullable String description;

  @Option(names = "--licence", paramLabel = "SPDX", description = "Licence of the model.")
  private @Nullable String licence;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "Names of the first output's elements, one on each line.")
  private @Nullable Path labels;

  @Option(
      names = "--payload",
      paramLabel = "KIND",
      converter = PayloadKind.class,
      description = {
        "What the module carries; may repeat: native (machine code that a device runs where it lies in"
            + " flash), c-sources, tflite, webassembly (with -t wasm32), shared-library (with -t host)."
            + " Default: c-sources; webassembly for the target wasm32."
      })
  private List<Payload.Kind> kinds = new ArrayList<>();

  @Option(
      names = "--with-model",
      description =
          "Also carry the .tflite file, for devices with an interpreter: --payload tflite.")
  private boolean withModel;

  @Option(
      names = "--measure",
      description = "Run once on the emulated board, and state instructions, code and stack.")
  private boolean measure;

  @Option(
      names = "--key",
      paramLabel = "PEM",
      description = "Sign with this private key; may repeat.")
  private List<Path> keys = new ArrayList<>();

  @Spec private @Nullable CommandSpec spec;
  @Mixin private TargetOptions targetOptions = new TargetOptions();
  @Mixin private ModelOptions modelOptions = new ModelOptions();
  @Mixin private CompilerOptions compilerOptions = new CompilerOptions();
  @Mixin private StreamOptions streamOptions = new StreamOptions();
  @Mixin private CommonOptions common = new CommonOptions();

  ModuleBuildCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    String symbol = ModelOptions.symbol(file);
    String moduleName = name == null ? symbol : name;
    Bytes vendorId = NamedUuid.of(NamedUuid.DNS, vendor);
    Manifest.Identity identity =
        ModuleSummary.identity(
            vendorId,
            NamedUuid.of(vendorId, moduleName),
            moduleName,
            version,
            Optional.ofNullable(description));
    ModuleFile module =
        compilerOptions.isSet() ? byPlugin(symbol, identity) : built(symbol, identity);
    module = module.signed(keys.stream().map(ModuleFiles::signingKey).toList());
    Path target = output == null ? Path.of(moduleName + ".mote") : output;
    int bytes = ModuleFiles.write(target, module);
    new ModuleSummary(module).print(console, common.json, target, bytes);
    return Mote.OK;
  }

  private ModuleFile built(String symbol, Manifest.Identity identity) {
    List<Payload.Kind> wanted = wanted();
    boolean carriesModel = wanted.contains(Payload.Kind.TFLITE);
    if (carriesModel && modelOptions.changesBorder() && spec != null) {
      throw new ParameterException(
          spec.commandLine(),
          "the model's file goes without --shape and --io: the module's inputs are those of the file");
    }
    Graph graph = modelOptions.read(file);
    CompiledModel compiled =
        Compilation.of(
            graph,
            targetOptions.find(),
            streamOptions.settings(targetOptions.optimize),
            Constraints.NONE,
            symbol);
    Bytes source = Bytes.of(ModelFiles.bytes(file).toByteArray());
    return new ModuleBuilder(
            graph,
            compiled,
            source,
            format(source, carriesModel),
            names(graph),
            measurement(compiled))
        .build(sequence, identity, Optional.ofNullable(licence), wanted);
  }

  private ModuleFile byPlugin(String symbol, Manifest.Identity identity) {
    if (measure
        || withModel
        || streamOptions.streamInput
        || streamOptions.weights.isSet()
        || !(kinds.isEmpty() || compilerOptions.isAuto())) {
      throw compilerOptions
          .plugins()
          .wrong(
              "--measure, --with-model, --stream-input and --weights-storage go without --compiler, and"
                  + " --payload with --compiler auto");
    }
    PluginBuild wanted =
        new PluginBuild(
            PluginOptions.source(file, modelOptions),
            compilerOptions.plugins().device(targetOptions.find()),
            compilerOptions.optimize(
                targetOptions.optimize, compilerOptions.plugins().isGiven("--optimize")),
            symbol,
            Constraints.NONE);
    PluginCompilation compilation =
        new PluginCompilation(
            console,
            compilerOptions,
            kinds.stream().map(kind -> dev.mote.plugin.Payload.Kind.valueOf(kind.name())).toList(),
            wanted);
    Bytes source = Bytes.of(ModelFiles.bytes(file).toByteArray());
    return new PluginModule(
            wanted,
            compilation.build(common.json),
            source,
            format(source, false),
            names(wanted.model().graph()))
        .build(sequence, identity, Optional.ofNullable(licence));
  }

  private List<String> names(Graph graph) {
    if (labels != null) {
      return Scores.labels(labels, graph);
    }
    return ModuleBorder.labels(graph);
  }

  /// The kinds of payloads, each once, in the order in which they were asked for.
  private List<Payload.Kind> wanted() {
    Set<Payload.Kind> wanted = new LinkedHashSet<>(kinds);
    boolean wasm = targetOptions.find().instructionSet() == Target.InstructionSet.WASM32;
    if (wanted.isEmpty()) {
      wanted.add(wasm ? Payload.Kind.WEBASSEMBLY : Payload.Kind.C_SOURCES);
    }
    if (wanted.contains(Payload.Kind.WEBASSEMBLY) && !wasm && spec != null) {
      throw new ParameterException(
          spec.commandLine(), "--payload webassembly goes with --target wasm32");
    }
    if (withModel) {
      wanted.add(Payload.Kind.TFLITE);
    }
    return List.copyOf(wanted);
  }

  private Optional<Measurement> measurement(CompiledModel compiled) {
    if (!measure) {
      return Optional.empty();
    }
    try (BoardRunner board = BoardRunner.open(compiled, BuildCache.standard())) {
      return Optional.of(
          board.measure(SampleInputs.fixed(compiled.graph()), RunOptions.standard()));
    }
  }

  private String format(Bytes source, boolean carriesModel) {
    if (source.size() >= 8 && source.slice(4, 8).equals(Bytes.of(TFLITE))) {
      return "tflite";
    }
    if (carriesModel) {
      throw new DiagnosticException(
          Diagnostic.user(
              CliCodes.UNKNOWN_MODEL_FORMAT,
              file.toString(),
              "a module carries .tflite files only, which this is not",
              "leave out --with-model and --payload tflite."));
    }
    String fileName = file.getFileName().toString();
    return fileName.substring(fileName.lastIndexOf('.') + 1);
  }
}
