package dev.mote.cli;

import dev.mote.emulator.BoardRunner;
import dev.mote.emulator.BuildCache;
import dev.mote.emulator.Measurement;
import dev.mote.emulator.RunOptions;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.Graph;
import dev.mote.module.ModuleFile;
import dev.mote.module.cbor.Bytes;
import dev.mote.pipeline.CompiledModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
      "Compiles a model and packs it: C sources for the target, what they need, golden vectors.",
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
      names = "--with-model",
      description = "Also carry the .tflite file, for devices with an interpreter.")
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
  @Mixin private CommonOptions common = new CommonOptions();

  ModuleBuildCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (withModel && modelOptions.changesBorder() && spec != null) {
      throw new ParameterException(
          spec.commandLine(),
          "--with-model goes without --shape and --io: the module's inputs are those of the file");
    }
    String symbol = ModelOptions.symbol(file);
    String moduleName = name == null ? symbol : name;
    Graph graph = modelOptions.read(file);
    CompiledModel compiled =
        Compilation.of(graph, targetOptions.find(), targetOptions.optimize, symbol);
    Bytes source = Bytes.of(ModelFiles.bytes(file).toByteArray());
    List<String> names = labels == null ? List.of() : Scores.labels(labels, graph);
    ModuleBuilder builder =
        new ModuleBuilder(graph, compiled, source, format(source), names, measurement(compiled));
    Bytes vendorId = NamedUuid.of(NamedUuid.DNS, vendor);
    ModuleFile module =
        builder.build(
            sequence,
            ModuleSummary.identity(
                vendorId,
                NamedUuid.of(vendorId, moduleName),
                moduleName,
                version,
                Optional.ofNullable(description)),
            Optional.ofNullable(licence),
            withModel);
    module = module.signed(keys.stream().map(ModuleFiles::signingKey).toList());
    Path target = output == null ? Path.of(moduleName + ".mote") : output;
    int bytes = ModuleFiles.write(target, module);
    new ModuleSummary(module).print(console, common.json, target, bytes);
    return Mote.OK;
  }

  private Optional<Measurement> measurement(CompiledModel compiled) {
    if (!measure) {
      return Optional.empty();
    }
    try (BoardRunner board = BoardRunner.open(compiled, BuildCache.standard())) {
      return Optional.of(board.measure(Inputs.fixed(compiled.graph()), RunOptions.standard()));
    }
  }

  private String format(Bytes source) {
    if (source.size() >= 8 && source.slice(4, 8).equals(Bytes.of(TFLITE))) {
      return "tflite";
    }
    if (withModel) {
      throw new DiagnosticException(
          Diagnostic.user(
              CliCodes.UNKNOWN_MODEL_FORMAT,
              file.toString(),
              "--with-model is for .tflite files, which this is not",
              "leave out --with-model."));
    }
    String fileName = file.getFileName().toString();
    return fileName.substring(fileName.lastIndexOf('.') + 1);
  }
}
