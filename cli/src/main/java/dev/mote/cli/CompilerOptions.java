package dev.mote.cli;

import dev.mote.plugin.Compiler;
import dev.mote.plugin.Parameters;
import dev.mote.plugin.Payload;
import dev.mote.plugin.Progress;
import dev.mote.pluginhost.CheckedCompiler;
import dev.mote.pluginhost.choice.Choice;
import dev.mote.pluginhost.choice.Policy;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/// Which compiler compiles.
final class CompilerOptions {

  private static final String AUTO = "auto";

  @Option(
      names = "--compiler",
      paramLabel = "NAME|PATH|auto",
      description =
          "Compile with a plugin: by name ('mote plugin list'), by the path of an executable, or the"
              + " best of all by --policy. Without it the built-in compiler is called directly.")
  private @Nullable String compiler;

  @Option(
      names = "--policy",
      paramLabel = "POLICY",
      converter = PolicyText.class,
      description =
          "What 'auto' goes by: fastest (default), smallest, least-energy, or vendor:NAME; always"
              + " among those whose module fits.")
  private @Nullable Policy policy;

  @Option(
      names = "--explain",
      description = "With 'auto', say of every compiler what it would cost or why it cannot serve.")
  boolean explain;

  @Option(
      names = "--parameter",
      paramLabel = "NAME=VALUE",
      description = "A parameter of the compiler; with 'auto' COMPILER:NAME=VALUE. May repeat.")
  private Map<String, String> parameters = new LinkedHashMap<>();

  @Mixin private PluginOptions plugins = new PluginOptions();

  boolean isSet() {
    if (compiler == null && (policy != null || explain || !parameters.isEmpty())) {
      throw plugins.wrong("--policy, --explain and --parameter go with --compiler");
    }
    if (compiler != null && !compiler.equals(AUTO) && (policy != null || explain)) {
      throw plugins.wrong("--policy and --explain go with --compiler auto");
    }
    return compiler != null;
  }

  boolean isAuto() {
    return AUTO.equals(compiler);
  }

  /// What compilers are asked to prefer where the user does not say: what the policy goes by.
  Compiler.Optimize optimize(Compiler.Optimize wanted, boolean stated) {
    return stated || !isAuto()
        ? wanted
        : switch (policy().goal()) {
          case FASTEST, LEAST_ENERGY, VENDOR -> Compiler.Optimize.SPEED;
          case SMALLEST -> Compiler.Optimize.SIZE;
        };
  }

  private Policy policy() {
    return policy == null ? Policy.FASTEST : policy;
  }

  PluginOptions plugins() {
    return plugins;
  }

  /// The compiler that was named.
  CheckedCompiler named() {
    return plugins.compiler(String.valueOf(compiler));
  }

  /// The parameters for `chosen`, typed as its schema says.
  Parameters parameters(CheckedCompiler chosen) {
    if (!isAuto()) {
      return chosen.schema().typed(parameters);
    }
    Map<String, String> own = new LinkedHashMap<>();
    String prefix = chosen.name() + ":";
    parameters.forEach(
        (name, value) -> {
          if (name.startsWith(prefix)) {
            own.put(name.substring(prefix.length()), value);
          }
        });
    return chosen.schema().typed(own);
  }

  /// Asks all compilers whose payloads the device takes.
  ///
  /// @param taken kinds of payloads; empty for all
  Choice choose(
      List<CheckedCompiler> all,
      List<Payload.Kind> taken,
      Function<CheckedCompiler, Compiler.Request> request,
      Progress progress) {
    for (String name : parameters.keySet()) {
      if (all.stream().noneMatch(c -> name.startsWith(c.name() + ":"))) {
        throw plugins.wrong(
            "--parameter "
                + name
                + ": with 'auto' write COMPILER:NAME=VALUE, of a compiler that"
                + " there is");
      }
    }
    List<CheckedCompiler> asked =
        all.stream()
            .filter(
                c -> taken.isEmpty() || c.describe().builds().stream().anyMatch(taken::contains))
            .toList();
    return Choice.among(asked, request, policy(), progress);
  }

  /// `smallest` → a policy.
  static final class PolicyText implements ITypeConverter<Policy> {
    @Override
    public Policy convert(String text) {
      return Policy.parse(text)
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "'" + text + "' is none of fastest, smallest, least-energy, vendor:NAME"));
    }
  }

  /// `c-sources` → a kind.
  static final class KindText implements ITypeConverter<Payload.Kind> {
    @Override
    public Payload.Kind convert(String text) {
      List<Payload.Kind> kinds = List.of(Payload.Kind.values());
      return kinds.stream()
          .filter(kind -> kind.label().equals(text))
          .findFirst()
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "'"
                          + text
                          + "' is none of "
                          + String.join(
                              ", ",
                              Arrays.stream(Payload.Kind.values())
                                  .map(Payload.Kind::label)
                                  .toList())));
    }
  }
}
