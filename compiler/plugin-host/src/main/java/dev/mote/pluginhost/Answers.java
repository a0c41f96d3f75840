package dev.mote.pluginhost;

import dev.mote.ir.Blob;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.plugin.Compiler.Report;
import dev.mote.plugin.Compiler.Result;
import dev.mote.plugin.Cost;
import dev.mote.plugin.Cost.Certainty;
import dev.mote.plugin.Cost.Figure;
import dev.mote.plugin.Estimate;
import dev.mote.plugin.Payload;
import dev.mote.plugin.PluginDescription;
import dev.mote.pluginhost.json.Json;
import dev.mote.pluginhost.json.JsonProblem;
import dev.mote.pluginhost.json.Members;
import dev.mote.pluginhost.process.WorkFolder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What a compiler of another language answers, made into the types of the plugin interface.
final class Answers {

  private static final long MOST = 1L << 50;
  private static final int MOST_FILE_BYTES = 1 << 26;
  private static final int MOST_FILES = 16;
  private static final int MOST_TEXTS = 64;

  private Answers() {}

  static PluginDescription description(Members answer) {
    List<PluginDescription.Fact> facts = new ArrayList<>();
    for (Members fact : answer.objects("facts", MOST_TEXTS)) {
      facts.add(
          new PluginDescription.Fact(
              fact.text("name"), fact.flag("required"), fact.text("purpose")));
    }
    return new PluginDescription(
        answer.text("name"),
        answer.text("version"),
        answer.text("vendor"),
        answer.text("licence"),
        answer.text("summary"),
        answer.texts("formats", MOST_TEXTS),
        answer.texts("builds", MOST_TEXTS).stream().map(Answers::kind).toList(),
        facts,
        Json.line(answer.object("parameters").all()));
  }

  static DiagnosticException badDescription(String who, RuntimeException problem) {
    return new DiagnosticException(
        Diagnostic.resource(
            PluginCodes.BAD_DESCRIPTION,
            who,
            "what it says of itself does not hold: " + problem.getMessage(),
            "report it to the plugin's vendor."));
  }

  static Estimate estimate(Members answer, String where) {
    return answer.flag("serves")
        ? new Estimate.Serves(cost(answer.optionalObject("cost")), lines(answer, "notes"))
        : new Estimate.Refuses(reasons(answer, where));
  }

  static Result result(Members answer, String where, String plugin, WorkFolder folder) {
    if (!answer.has("payload")) {
      return new Result.Refused(reasons(answer, where));
    }
    Payload payload = payload(answer.object("payload"), where, plugin, folder);
    Optional<Members> report = answer.optionalObject("report");
    Map<String, String> details = new LinkedHashMap<>();
    report
        .flatMap(members -> members.optionalObject("details"))
        .ifPresent(
            members -> {
              if (members.all().size() > MOST_TEXTS) {
                throw new JsonProblem("there are more than " + MOST_TEXTS + " details");
              }
              for (String name : members.all().keySet()) {
                details.put(Conversation.quoted(name), Conversation.quoted(members.text(name)));
              }
            });
    return new Result.Module(
        payload, new Report(cost(report.flatMap(r -> r.optionalObject("cost"))), details));
  }

  private static List<Diagnostic> reasons(Members answer, String where) {
    List<Diagnostic> reasons = new ArrayList<>();
    for (Members reason : answer.objects("reasons", MOST_TEXTS)) {
      reasons.add(
          Diagnostic.user(
              PluginCodes.REFUSED,
              where,
              Conversation.quoted(reason.text("what")),
              Conversation.quoted(reason.text("fix"))));
    }
    if (reasons.isEmpty()) {
      throw new JsonProblem("answer.reasons is missing or empty");
    }
    return reasons;
  }

  private static Cost cost(Optional<Members> cost) {
    return cost.map(
            c ->
                new Cost(
                    figure(c, "cycles"),
                    figure(c, "instructions"),
                    figure(c, "ramBytes"),
                    figure(c, "flashBytes"),
                    figure(c, "nanojoules")))
        .orElse(Cost.UNKNOWN);
  }

  private static Figure figure(Members cost, String name) {
    if (!cost.has(name)) {
      return Figure.UNKNOWN;
    }
    Members figure = cost.object(name);
    long amount = figure.whole("amount", 0, MOST);
    return switch (figure.text("certainty")) {
      case "measured" -> new Figure(amount, Certainty.MEASURED);
      case "estimated" -> new Figure(amount, Certainty.ESTIMATED);
      default -> throw figure.problem("certainty", "is neither measured nor estimated");
    };
  }

  private static Payload payload(Members payload, String where, String plugin, WorkFolder folder) {
    Map<String, Blob> files = new LinkedHashMap<>();
    long total = 0;
    for (Members file : payload.objects("files", MOST_FILES)) {
      String name = file.text("name");
      int size = (int) file.whole("size", 1, MOST_FILE_BYTES);
      total += size;
      if (!name.matches(Payload.FILE_NAME) || total > MOST_FILE_BYTES) {
        throw wrongFile(
            where, plugin, name, "its name is none that a payload has, or all are too large");
      }
      Blob bytes =
          folder
              .taken(name, size)
              .map(Blob::of)
              .orElseThrow(
                  () ->
                      wrongFile(
                          where,
                          plugin,
                          name,
                          "there is no plain file out/%s of %,d bytes"
                              .formatted(Conversation.quoted(name), size)));
      if (!bytes.sha256().equals(file.text("sha256"))) {
        throw wrongFile(where, plugin, name, "its SHA-256 is " + bytes.sha256());
      }
      if (files.put(name, bytes) != null) {
        throw wrongFile(where, plugin, name, "it is named twice");
      }
    }
    return new Payload(
        kind(payload.text("kind")),
        files,
        payload.optionalText("entry"),
        payload.optionalObject("memory").map(Answers::memory),
        requirements(payload.object("requires")));
  }

  private static DiagnosticException wrongFile(
      String where, String plugin, String name, String what) {
    return new DiagnosticException(
        Diagnostic.resource(
            PluginCodes.WRONG_MODULE,
            where,
            "file '%s' of compiler '%s' is not what it says: %s"
                .formatted(Conversation.quoted(name), plugin, what),
            "report it to the plugin's vendor."));
  }

  private static Payload.Memory memory(Members memory) {
    return new Payload.Memory(
        memory.whole("arenaBytes", 0, 1L << 31),
        (int) memory.whole("alignment", 1, 4096),
        memory.wholes("inputOffsets", MOST_FILES),
        memory.wholes("outputOffsets", MOST_FILES),
        memory.optionalWhole("weightBytes", 0, MOST).orElse(0),
        memory.optionalWhole("tableBytes", 0, MOST).orElse(0));
  }

  private static Payload.Requirements requirements(Members requires) {
    return new Payload.Requirements(
        requires.text("architecture"),
        requires.texts("features", MOST_FILES),
        requires.optionalText("abi"),
        requires.whole("ramBytes", 0, 1L << 40),
        requires.whole("flashBytes", 0, 1L << 40));
  }

  private static List<String> lines(Members answer, String name) {
    return answer.texts(name, MOST_TEXTS).stream().map(Conversation::quoted).toList();
  }

  private static Payload.Kind kind(String label) {
    return Arrays.stream(Payload.Kind.values())
        .filter(kind -> kind.label().equals(label.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () -> new JsonProblem("'" + Conversation.quoted(label) + "' is no kind of payload"));
  }
}
