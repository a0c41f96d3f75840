package dev.mote.pluginhost;

import dev.mote.plugin.Compiler;
import dev.mote.plugin.Estimate;
import dev.mote.plugin.PluginDescription;
import dev.mote.plugin.Progress;
import dev.mote.pluginhost.json.JsonProblem;
import dev.mote.pluginhost.json.Members;
import dev.mote.pluginhost.process.Limits;
import dev.mote.pluginhost.process.WorkFolder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// A compiler that is another program. Each question runs it anew, in a folder and a sandbox of its
/// own.
public final class ExternalCompiler implements Compiler {

  private final Path executable;
  private final Limits limits;
  private final PluginDescription description;

  private ExternalCompiler(Path executable, Limits limits, PluginDescription description) {
    this.executable = executable;
    this.limits = limits;
    this.description = description;
  }

  /// Asks the program who it is.
  ///
  /// @throws dev.mote.ir.DiagnosticException when it cannot be started or does not say
  public static ExternalCompiler open(Path executable, Limits limits) {
    try (Conversation talk = Conversation.start(executable, limits, WorkFolder.create())) {
      Members answer = talk.ask("describe", Map.of(), Progress.NONE);
      PluginDescription description;
      try {
        description = Answers.description(answer);
      } catch (JsonProblem | IllegalArgumentException e) {
        throw Answers.badDescription("compiler plugin " + executable, e);
      }
      talk.end();
      return new ExternalCompiler(executable, limits, description);
    }
  }

  public Path executable() {
    return executable;
  }

  @Override
  public PluginDescription describe() {
    return description;
  }

  @Override
  public Estimate estimate(Request request, Progress progress) {
    progress.checkCancelled();
    WorkFolder folder = folder(request);
    try (Conversation talk = Conversation.start(executable, limits, folder)) {
      Members answer = talk.ask("estimate", parameters(request), progress);
      try {
        return Answers.estimate(answer, request.where());
      } catch (JsonProblem | IllegalArgumentException e) {
        throw talk.broken(String.valueOf(e.getMessage()));
      }
    }
  }

  @Override
  public Result compile(Request request, Progress progress) {
    progress.checkCancelled();
    WorkFolder folder = folder(request);
    try (Conversation talk = Conversation.start(executable, limits, folder)) {
      Members answer = talk.ask("compile", parameters(request), progress);
      // The program must be gone before its files are read, or they could change meanwhile.
      talk.end();
      try {
        return Answers.result(answer, request.where(), name(), folder);
      } catch (JsonProblem | IllegalArgumentException e) {
        throw talk.broken(String.valueOf(e.getMessage()));
      }
    }
  }

  private WorkFolder folder(Request request) {
    WorkFolder folder = WorkFolder.create();
    if (description.formats().contains(PluginDescription.GRAPH)) {
      GraphDocument document = GraphDocument.of(request.graph());
      folder.put("in/graph.json", document.json());
      folder.put("in/graph.data", document.data());
    }
    request
        .model()
        .file()
        .filter(file -> description.formats().contains(file.format()))
        .ifPresent(file -> folder.put("in/model." + file.format(), file.bytes().toByteArray()));
    return folder;
  }

  private Map<String, Object> parameters(Request request) {
    Map<String, Object> model = new LinkedHashMap<>();
    if (description.formats().contains(PluginDescription.GRAPH)) {
      model.put("graph", "in/graph.json");
      model.put("data", "in/graph.data");
    }
    request
        .model()
        .file()
        .filter(file -> description.formats().contains(file.format()))
        .ifPresent(
            file -> {
              model.put("format", file.format());
              model.put("file", "in/model." + file.format());
            });
    Map<String, Object> constraints = new LinkedHashMap<>();
    request
        .constraints()
        .latency()
        .ifPresent(time -> constraints.put("latencyNanoseconds", time.toNanos()));
    request.constraints().ramBytes().ifPresent(bytes -> constraints.put("ramBytes", bytes));
    request.constraints().flashBytes().ifPresent(bytes -> constraints.put("flashBytes", bytes));
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("model", model);
    parameters.put("device", device(request));
    parameters.put("optimize", request.optimize().name().toLowerCase(Locale.ROOT));
    parameters.put("symbol", request.symbol());
    parameters.put("constraints", constraints);
    parameters.put("parameters", request.parameters().values());
    return parameters;
  }

  /// What it asked for, and no more.
  private Map<String, String> device(Request request) {
    Map<String, String> facts = new TreeMap<>();
    facts.put("target", request.target().name());
    facts.put("instruction-set", request.target().instructionSet().name().toLowerCase(Locale.ROOT));
    for (PluginDescription.Fact fact : description.facts()) {
      request.device().fact(fact.name()).ifPresent(value -> facts.put(fact.name(), value));
    }
    return facts;
  }

  /// Asks something that is no method, and whether it can be talked to after that.
  ///
  /// @return whether it answered with an error and lives
  public boolean survivesNonsense() {
    try (Conversation talk = Conversation.start(executable, limits, WorkFolder.create())) {
      return talk.refusesUnknownMethod();
    }
  }

  @Override
  public String toString() {
    return executable.toString();
  }
}
