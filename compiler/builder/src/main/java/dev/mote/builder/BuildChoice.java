package dev.mote.builder;

import dev.mote.builder.BuildCandidate.Standing;
import dev.mote.ir.Diagnostic;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a device gets, and why: every candidate with its figures or its reasons.
///
/// @param facts of the device
/// @param target what stands for it, and why; empty when nothing does
/// @param candidates in the order of preference; those that were not tried last
public record BuildChoice(
    DeviceFacts facts, Optional<String> target, String why, List<BuildCandidate> candidates) {

  public BuildChoice {
    candidates = List.copyOf(candidates);
  }

  /// What the device gets; empty when nothing fits.
  public Optional<BuildCandidate> chosen() {
    return candidates.stream().filter(c -> c.standing() == Standing.CHOSEN).findFirst();
  }

  /// Whether the device gets anything.
  public boolean fits() {
    return chosen().isPresent();
  }

  /// The choice in words, a sentence to the line.
  public List<String> explanation() {
    List<String> lines = new ArrayList<>();
    lines.add("for " + facts.words());
    lines.add("target %s: %s".formatted(target.orElse("none"), why));
    candidates.forEach(candidate -> candidate.explain(lines));
    lines.add(conclusion());
    return lines;
  }

  private String conclusion() {
    Optional<BuildCandidate> chosen = chosen();
    if (chosen.isEmpty()) {
      return "Nothing fits this device.";
    }
    long serving = candidates.stream().filter(c -> c.standing() == Standing.SERVES).count();
    return "%s is chosen: %s"
        .formatted(
            chosen.get().name(),
            serving == 0
                ? "nothing else can serve."
                : "code that runs where it lies comes before what is interpreted, and among"
                    + " compilers of one kind the policy decides.");
  }

  /// Why the device gets nothing.
  public Diagnostic problem(String model) {
    List<Diagnostic> reasons = new ArrayList<>();
    candidates.forEach(candidate -> reasons.addAll(candidate.problems()));
    String what =
        reasons.isEmpty()
            ? why
            : String.join(
                "; ", reasons.stream().map(Diagnostic::what).distinct().limit(3).toList());
    return Diagnostic.resource(
        BuilderCodes.NO_MODULE_FITS,
        model + " for " + facts.name(),
        what,
        reasons.isEmpty()
            ? "let the device take a kind of payload that can be built for it: native, webassembly,"
                + " tflite, c-sources or shared-library."
            : reasons.getFirst().fix());
  }

  /// As JSON has it.
  public Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("facts", facts.json());
    json.put("fits", fits());
    target.ifPresent(value -> json.put("target", value));
    json.put("why", why);
    chosen()
        .ifPresent(
            candidate -> {
              json.put("compiler", candidate.compiler());
              json.put("kind", candidate.kind().label());
              json.put("cost", PluginReport.cost(candidate.cost()));
            });
    json.put("candidates", candidates.stream().map(BuildCandidate::json).toList());
    json.put("explanation", explanation());
    return json;
  }
}
