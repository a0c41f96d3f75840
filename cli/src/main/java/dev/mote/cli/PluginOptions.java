package dev.mote.cli;

import dev.mote.builder.ModelFiles;
import dev.mote.ir.Blob;
import dev.mote.ir.Graph;
import dev.mote.plugin.Device;
import dev.mote.plugin.ModelReader;
import dev.mote.plugin.SourceModel;
import dev.mote.plugin.Target;
import dev.mote.pluginhost.CheckedCompiler;
import dev.mote.pluginhost.Compilers;
import dev.mote.pluginhost.ExternalCompiler;
import dev.mote.pluginhost.process.Limits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Which compiler plugins there are, what they may take, and what they are told of the device.
final class PluginOptions {

  private static final Pattern FACT = Pattern.compile(Device.FACT_NAME);

  @Option(
      names = "--plugin",
      paramLabel = "PATH",
      description =
          "An executable that is a compiler plugin; may repeat. Those on the class path and in"
              + " MOTE_PLUGINS are there anyway.")
  private List<Path> plugins = new ArrayList<>();

  @Option(
      names = "--plugin-time",
      paramLabel = "TIME",
      converter = ConstraintOptions.Time.class,
      description = "Longest time of a plugin that is an executable (default: 120s).")
  private @Nullable Duration time;

  @Option(
      names = "--plugin-memory",
      paramLabel = "BYTES",
      converter = ConstraintOptions.Bytes.class,
      description = "Most memory of each of its processes (default: 4096MB).")
  private @Nullable Long memory;

  @Option(
      names = "--fact",
      paramLabel = "NAME=VALUE",
      description =
          "A fact about the device, for instance firmware.cmsis-nn=7.0.0; may repeat. 'mote plugin"
              + " describe NAME' says which a compiler asks for.")
  private Map<String, String> facts = new LinkedHashMap<>();

  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec spec;

  Limits limits() {
    Limits limits = Limits.STANDARD;
    limits = time == null ? limits : limits.withTime(time);
    return memory == null ? limits : limits.withMemory(memory);
  }

  Compilers compilers() {
    return Compilers.standard(plugins, limits());
  }

  /// A compiler by its name, or an executable by a path with a `/`.
  CheckedCompiler compiler(String name) {
    return name.contains("/")
        ? CheckedCompiler.of(ExternalCompiler.open(Path.of(name), limits()))
        : compilers().named(name);
  }

  Device device(Target target) {
    for (String name : facts.keySet()) {
      if (!FACT.matcher(name).matches()) {
        throw wrong("--fact " + name + ": names are of a-z, 0-9, '-' and '.'");
      }
    }
    return new Device(target, facts);
  }

  /// Whether the command was given this option.
  boolean isGiven(String option) {
    return spec != null && spec.commandLine().getParseResult().hasMatchedOption(option);
  }

  /// An error in how the command is used.
  ParameterException wrong(String what) {
    if (spec == null) {
      throw new IllegalStateException("the options are of a command");
    }
    return new ParameterException(spec.commandLine(), what);
  }

  /// A model with its file, unless the import changed its border.
  static SourceModel source(Path file, ModelOptions options) {
    Graph graph = options.read(file);
    if (options.changesBorder()) {
      return SourceModel.of(graph);
    }
    Blob bytes = ModelFiles.bytes(file);
    return ServiceLoader.load(ModelReader.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(reader -> reader.accepts(bytes, String.valueOf(file.getFileName())))
        .findFirst()
        .map(reader -> SourceModel.of(graph, reader.format(), bytes))
        .orElseGet(() -> SourceModel.of(graph));
  }
}
