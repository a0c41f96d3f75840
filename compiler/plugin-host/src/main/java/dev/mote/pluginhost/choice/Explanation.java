package dev.mote.pluginhost.choice;

import dev.mote.ir.Diagnostic;
import dev.mote.plugin.Cost;
import dev.mote.plugin.Cost.Figure;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A choice in words and figures, a sentence or figure to the line.
public final class Explanation {

  private static final int MOST_REASONS = 3;

  private Explanation() {}

  public static List<String> of(Choice choice) {
    List<String> lines = new ArrayList<>();
    Policy policy = choice.policy();
    int asked = choice.ranked().size() + choice.unable().size();
    lines.add(
        "%d of %d compilers can serve; the order is by the policy '%s'."
            .formatted(choice.ranked().size(), asked, policy));
    for (int i = 0; i < choice.ranked().size(); i++) {
      Candidate.Able candidate = choice.ranked().get(i);
      lines.add(
          "%d. %s: %s".formatted(i + 1, candidate.compiler().name(), figures(candidate.cost())));
      candidate.notes().forEach(note -> lines.add("     " + note));
    }
    for (Candidate.Unable candidate : choice.unable()) {
      lines.add("-  " + candidate.compiler().name() + " cannot:");
      List<Diagnostic> reasons = candidate.reasons();
      for (Diagnostic reason : reasons.subList(0, Math.min(MOST_REASONS, reasons.size()))) {
        lines.add("     " + reason.label() + " " + reason.what());
      }
      if (reasons.size() > MOST_REASONS) {
        lines.add("     and %d more reasons".formatted(reasons.size() - MOST_REASONS));
      }
    }
    if (!choice.ranked().isEmpty()) {
      lines.add(reason(choice));
    }
    return lines;
  }

  private static String reason(Choice choice) {
    Candidate.Able best = choice.ranked().getFirst();
    String name = best.compiler().name();
    if (choice.ranked().size() == 1) {
      return name + " is chosen: no other compiler can serve.";
    }
    Candidate.Able second = choice.ranked().get(1);
    return name
        + " is chosen: "
        + switch (choice.policy().goal()) {
          case FASTEST -> against("cycles", speed(best), speed(second), second);
          case SMALLEST ->
              against(
                  "bytes of flash", best.cost().flashBytes(), second.cost().flashBytes(), second);
          case LEAST_ENERGY ->
              against("nanojoules", best.cost().nanojoules(), second.cost().nanojoules(), second);
          case VENDOR -> {
            boolean preferred =
                best.compiler()
                    .describe()
                    .vendor()
                    .equalsIgnoreCase(choice.policy().vendor().orElseThrow());
            yield preferred
                ? "it is of the vendor that is preferred."
                : "no compiler of the preferred vendor can serve, and of the others "
                    + against("cycles", speed(best), speed(second), second);
          }
        };
  }

  private static Figure speed(Candidate.Able candidate) {
    return Choice.speed(candidate.cost());
  }

  private static String against(String unit, Figure best, Figure second, Candidate.Able runnerUp) {
    String other = runnerUp.compiler().name();
    if (!best.isKnown()) {
      return "nobody knows the " + unit + "; what is known otherwise, and then the name, decides.";
    }
    if (!second.isKnown()) {
      return "it takes %s %s, and of %s that is not known.".formatted(number(best), unit, other);
    }
    if (best.amount() == second.amount()) {
      return "it takes as many %s as %s, and is better otherwise or comes first by name."
          .formatted(unit, other);
    }
    double share = 100.0 * (second.amount() - best.amount()) / second.amount();
    return String.format(
        Locale.ROOT,
        "it takes %s %s, %.1f %% fewer than %s with %s.",
        number(best),
        unit,
        share,
        other,
        number(second));
  }

  /// All figures of a cost on one line.
  public static String figures(Cost cost) {
    List<String> figures = new ArrayList<>();
    add(figures, cost.cycles(), "cycles");
    add(figures, cost.instructions(), "instructions");
    add(figures, cost.ramBytes(), "bytes of RAM");
    add(figures, cost.flashBytes(), "bytes of flash");
    add(figures, cost.nanojoules(), "nJ");
    return figures.isEmpty() ? "nothing is known of its cost" : String.join(", ", figures);
  }

  private static void add(List<String> figures, Figure figure, String unit) {
    if (figure.isKnown()) {
      figures.add(
          "%s %s (%s)"
              .formatted(number(figure), unit, figure.certainty().name().toLowerCase(Locale.ROOT)));
    }
  }

  private static String number(Figure figure) {
    return String.format(Locale.ROOT, "%,d", figure.amount());
  }
}
