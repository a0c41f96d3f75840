package dev.mote.cli;

import dev.mote.ir.Blob;
import dev.mote.ir.DiagnosticException;
import dev.mote.plugin.Compiler;
import dev.mote.plugin.Compiler.Request;
import dev.mote.plugin.Compiler.Result;
import dev.mote.plugin.Cost;
import dev.mote.plugin.Cost.Figure;
import dev.mote.plugin.Device;
import dev.mote.plugin.Payload;
import dev.mote.plugin.PluginDescription;
import dev.mote.plugin.SourceModel;
import dev.mote.pluginhost.CheckedCompiler;
import dev.mote.pluginhost.Compilers;
import dev.mote.pluginhost.choice.Candidate;
import dev.mote.pluginhost.choice.Choice;
import dev.mote.pluginhost.choice.Explanation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Compiling with a plugin: named, or chosen.
///
/// @param console where results go
/// @param options which compiler
/// @param accepted kinds of payloads among which is chosen; empty for all
/// @param model the model
/// @param device the device
/// @param optimize what to prefer
/// @param symbol name of the module
/// @param constraints what it must not exceed
record PluginCompilation(
    Console console,
    CompilerOptions options,
    List<Payload.Kind> accepted,
    SourceModel model,
    Device device,
    Compiler.Optimize optimize,
    String symbol,
    Compiler.Constraints constraints) {

  /// What was compiled, and by whom.
  ///
  /// @param compiler who
  /// @param payload what
  /// @param report at what cost
  /// @param choice among whom, if it was chosen
  record Built(
      CheckedCompiler compiler, Payload payload, Compiler.Report report, Optional<Choice> choice) {}

  /// Compiles, writes the files into `folder`, and prints what was done.
  void run(Path folder, boolean json) {
    Built built = build(json);
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
  Built build(boolean quiet) {
    try (ShownProgress progress = new ShownProgress(console, "compiling")) {
      Optional<Choice> choice = options.isAuto() ? Optional.of(choose(progress)) : Optional.empty();
      if (options.explain && !quiet) {
        choice.ifPresent(made -> Explanation.of(made).forEach(console::print));
      }
      CheckedCompiler compiler =
          choice.map(made -> made.best().compiler()).orElseGet(options::named);
      return switch (compiler.compile(request(compiler), progress)) {
        case Result.Refused(var problems) -> throw new DiagnosticException(problems);
        case Result.Module(Payload payload, Compiler.Report report) ->
            new Built(compiler, payload, report, choice);
      };
    }
  }

  private Choice choose(ShownProgress progress) {
    Compilers compilers = options.plugins().compilers();
    compilers.unusable().forEach(problem -> console.say(problem.toString()));
    return options.choose(compilers.all(), accepted, this::request, progress);
  }

  private Request request(CheckedCompiler compiler) {
    return new Request(model, device, optimize, symbol, constraints, options.parameters(compiler));
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
                device.target().name(),
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
    json.put("model", model.graph().name());
    json.put("name", symbol);
    json.put("target", device.target().name());
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
    json.put("requires", requires(payload.requires()));
    json.put("cost", cost(report.cost()));
    json.put("details", report.details());
    choice.ifPresent(made -> json.put("choice", choice(made)));
    return json;
  }

  private static Map<String, Object> requires(Payload.Requirements requires) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("architecture", requires.architecture());
    json.put("features", requires.features());
    requires.abi().ifPresent(abi -> json.put("abi", abi));
    json.put("ramBytes", requires.ramBytes());
    json.put("flashBytes", requires.flashBytes());
    return json;
  }

  private static Map<String, Object> choice(Choice choice) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("policy", choice.policy().toString());
    List<Map<String, Object>> ranked = new ArrayList<>();
    for (Candidate.Able candidate : choice.ranked()) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("compiler", candidate.compiler().name());
      row.put("cost", cost(candidate.cost()));
      row.put("notes", candidate.notes());
      ranked.add(row);
    }
    json.put("ranked", ranked);
    List<Map<String, Object>> unable = new ArrayList<>();
    for (Candidate.Unable candidate : choice.unable()) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("compiler", candidate.compiler().name());
      row.put(
          "reasons", candidate.reasons().stream().map(r -> r.label() + " " + r.what()).toList());
      unable.add(row);
    }
    json.put("unable", unable);
    json.put("explanation", Explanation.of(choice));
    return json;
  }

  /// The figures that are known.
  static Map<String, Object> cost(Cost cost) {
    Map<String, Object> json = new LinkedHashMap<>();
    put(json, "cycles", cost.cycles());
    put(json, "instructions", cost.instructions());
    put(json, "ramBytes", cost.ramBytes());
    put(json, "flashBytes", cost.flashBytes());
    put(json, "nanojoules", cost.nanojoules());
    return json;
  }

  private static void put(Map<String, Object> json, String name, Figure figure) {
    if (figure.isKnown()) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("amount", figure.amount());
      row.put("certainty", figure.certainty().name().toLowerCase(Locale.ROOT));
      json.put(name, row);
    }
  }
}
