package dev.mote.builder;

import dev.mote.ir.Diagnostic;
import dev.mote.plugin.Cost;
import dev.mote.plugin.Payload;
import dev.mote.pluginhost.choice.Explanation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// One way to serve a device: a kind of payload, made by a compiler.
///
/// @param kind what it would get
/// @param compiler who would make it; empty where nobody was asked
/// @param standing what became of it
/// @param cost what it takes, as estimated, or as measured once it was built
/// @param notes what was decided for it, and what it said
/// @param problems why it cannot serve
public record BuildCandidate(
    Payload.Kind kind,
    String compiler,
    Standing standing,
    Cost cost,
    List<String> notes,
    List<Diagnostic> problems) {

  private static final int MOST_PROBLEMS = 3;

  /// What became of a candidate.
  public enum Standing {
    /// It is what the device gets.
    CHOSEN,
    /// It would do, but another one is better.
    SERVES,
    /// It cannot serve.
    FAILS,
    /// The device does not take this kind.
    NOT_TAKEN
  }

  public BuildCandidate {
    notes = List.copyOf(notes);
    problems = List.copyOf(problems);
  }

  BuildCandidate with(Standing other) {
    return new BuildCandidate(kind, compiler, other, cost, notes, problems);
  }

  BuildCandidate failed(List<Diagnostic> why) {
    return new BuildCandidate(kind, compiler, Standing.FAILS, cost, notes, why);
  }

  /// `native by mote-c`.
  String name() {
    return kind.label() + (compiler.isEmpty() ? "" : " by " + compiler);
  }

  /// What there is to say of it, a sentence to the line.
  void explain(List<String> lines) {
    switch (standing) {
      case CHOSEN -> lines.add("chosen: " + name() + ": " + Explanation.figures(cost));
      case SERVES -> lines.add("would do: " + name() + ": " + Explanation.figures(cost));
      case FAILS -> lines.add("cannot serve: " + name());
      case NOT_TAKEN ->
          lines.add("not tried: " + kind.label() + ": the device's runtime does not take it");
    }
    notes.forEach(note -> lines.add("    " + note));
    problems.stream()
        .limit(MOST_PROBLEMS)
        .forEach(problem -> lines.add("    " + problem.label() + " " + problem.what()));
    if (problems.size() > MOST_PROBLEMS) {
      lines.add("    and %d more reasons".formatted(problems.size() - MOST_PROBLEMS));
    }
  }

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("kind", kind.label());
    if (!compiler.isEmpty()) {
      json.put("compiler", compiler);
    }
    json.put("standing", standing.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    json.put("cost", PluginReport.cost(cost));
    json.put("notes", notes);
    if (!problems.isEmpty()) {
      json.put("problems", Describe.json(problems));
    }
    return json;
  }
}
