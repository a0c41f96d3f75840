package dev.mote.cli;

import dev.mote.builder.PluginBuild;
import dev.mote.builder.PluginReport;
import dev.mote.ir.Blob;
import dev.mote.ir.DiagnosticException;
import dev.mote.plugin.Compiler;
import dev.mote.plugin.Payload;
import dev.mote.plugin.PluginDescription;
import dev.mote.pluginhost.CheckedCompiler;
import dev.mote.pluginhost.Compilers;
import dev.mote.pluginhost.choice.Choice;
import dev.mote.pluginhost.choice.Explanation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Compiling with a plugin: named, or chosen.
///
/// @param console where results go
/// @param options which compiler
/// @param accepted kinds of payloads among which is chosen; empty for all
/// @param wanted what is to be built
record PluginCompilation(
    Console console, CompilerOptions options, List<Payload.Kind> accepted, PluginBuild wanted) {

  /// Compiles, writes the files into `folder`, and prints what was done.
  void run(Path folder, boolean json) {
    PluginBuild.Built built = build(json);
    List<Path> files = write(built.payload(), folder);
    if (json) {
      console.printJson(
          json(built.compiler(), built.payload(), built.report(), files, built.choice()));
    } else {
      print(built.compiler(), built.payload(), built.report(), files);
    }
  }

  /// Compiles, and explains the choice if that is asked for.
  ///
  /// @param quiet whether the explanation stands elsewhere
  /// @throws DiagnosticException with every reason when it is refused
  PluginBuild.Built build(boolean quiet) {
    try (ShownProgress progress = new ShownProgress(console, "compiling")) {
      Optional<Choice> choice = options.isAuto() ? Optional.of(choose(progress)) : Optional.empty();
      if (options.explain && !quiet) {
        choice.ifPresent(made -> Explanation.of(made).forEach(console::print));
      }
      CheckedCompiler compiler =
          choice.map(made -> made.best().compiler()).orElseGet(options::named);
      return wanted.by(compiler, options.parameters(compiler), choice, progress);
    }
  }

  private Choice choose(ShownProgress progress) {
    Compilers compilers = options.plugins().compilers();
    compilers.unusable().forEach(problem -> console.say(problem.toString()));
    return options.choose(
        compilers.all(),
        accepted,
        compiler -> wanted.request(options.parameters(compiler)),
        progress);
  }

  private static List<Path> write(Payload payload, Path folder) {
    List<Path> files = new ArrayList<>();
    for (Map.Entry<String, Blob> file : payload.files().entrySet()) {
      Path path = folder.resolve(file.getKey());
      Output.write(path, file.getValue().toByteArray());
      files.add(path);
    }
    return files;
  }

  private void print(
      CheckedCompiler compiler, Payload payload, Compiler.Report report, List<Path> files) {
    PluginDescription description = compiler.describe();
    console.print(
        "wrote %s for %s, by %s %s (%s)"
            .formatted(
                String.join(", ", files.stream().map(Path::toString).toList()),
                wanted.device().target().name(),
                description.name(),
                description.version(),
                payload.kind().label()));
    console.print("  " + Explanation.figures(report.cost()));
    report.details().forEach((name, text) -> console.print("  " + name + ": " + text));
  }

  private Map<String, Object> json(
      CheckedCompiler compiler,
      Payload payload,
      Compiler.Report report,
      List<Path> files,
      Optional<Choice> choice) {
    PluginDescription description = compiler.describe();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("model", wanted.model().graph().name());
    json.put("name", wanted.symbol());
    json.put("target", wanted.device().target().name());
    json.put("compiler", description.name());
    json.put("compilerVersion", description.version());
    json.put("files", files.stream().map(Path::toString).toList());
    json.put("kind", payload.kind().label());
    payload.entry().ifPresent(entry -> json.put("entry", entry));
    payload
        .memory()
        .ifPresent(
            memory -> {
              json.put("arenaBytes", memory.arenaBytes());
              json.put("arenaAlignment", memory.alignment());
              json.put("inputOffsets", memory.inputOffsets());
              json.put("outputOffsets", memory.outputOffsets());
            });
    json.put("requires", PluginReport.requires(payload.requires()));
    json.put("cost", PluginReport.cost(report.cost()));
    json.put("details", report.details());
    choice.ifPresent(made -> json.put("choice", PluginReport.choice(made)));
    return json;
  }
}
