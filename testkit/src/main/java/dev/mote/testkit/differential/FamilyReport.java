package dev.mote.testkit.differential;

import dev.mote.testkit.cases.Agreement;
import dev.mote.testkit.cases.CaseFamily;
import java.util.List;

/// What came of a family of cases.
///
/// @param family the family
/// @param oracle every disagreement of the reference interpreter with TFLite
/// @param emitted every disagreement of the emitted C with the reference interpreter
public record FamilyReport(CaseFamily family, List<String> oracle, List<String> emitted) {

  public FamilyReport {
    oracle = List.copyOf(oracle);
    emitted = List.copyOf(emitted);
  }

  /// Whether everything agreed.
  public boolean passed() {
    return oracle.isEmpty() && emitted.isEmpty();
  }

  /// Whether TFLite itself was compared with.
  public boolean comparedWithTflite() {
    return !(family.oracle() instanceof Agreement.Absent);
  }

  /// The disagreements, a line each; at most `limit` of each kind.
  public String text(int limit) {
    return section("reference interpreter against TFLite", oracle, limit)
        + section("emitted C against reference interpreter", emitted, limit);
  }

  private static String section(String title, List<String> lines, int limit) {
    if (lines.isEmpty()) {
      return "";
    }
    return "%s: %d differences\n  %s\n"
        .formatted(
            title,
            lines.size(),
            String.join("\n  ", lines.subList(0, Math.min(limit, lines.size()))));
  }
}
