package dev.mote.pluginhost.choice;

import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.plugin.Compiler;
import dev.mote.plugin.Cost;
import dev.mote.plugin.Cost.Figure;
import dev.mote.plugin.Device;
import dev.mote.plugin.Estimate;
import dev.mote.plugin.Progress;
import dev.mote.pluginhost.CheckedCompiler;
import dev.mote.pluginhost.PluginCodes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// All compilers that were asked: those that can serve, best first, and the others.
///
/// @param policy what the order goes by
/// @param ranked those that can, best first
/// @param unable those that cannot, with their reasons
public record Choice(Policy policy, List<Candidate.Able> ranked, List<Candidate.Unable> unable) {

  private static final long UNKNOWN_IS_LAST = Long.MAX_VALUE;

  public Choice {
    ranked = List.copyOf(ranked);
    unable = List.copyOf(unable);
  }

  /// Asks every compiler.
  ///
  /// @param request the request for each of them: they have their own parameters
  public static Choice among(
      List<CheckedCompiler> compilers,
      Function<CheckedCompiler, Compiler.Request> request,
      Policy policy,
      Progress progress) {
    List<Candidate.Able> able = new ArrayList<>();
    List<Candidate.Unable> unable = new ArrayList<>();
    for (int i = 0; i < compilers.size(); i++) {
      CheckedCompiler compiler = compilers.get(i);
      progress.checkCancelled();
      progress.report((double) i / compilers.size(), "asking " + compiler.name());
      switch (ask(compiler, request.apply(compiler), progress)) {
        case Candidate.Able candidate -> able.add(candidate);
        case Candidate.Unable candidate -> unable.add(candidate);
      }
    }
    able.sort(order(policy));
    return new Choice(policy, able, unable);
  }

  /// The best.
  ///
  /// @throws DiagnosticException with all reasons when no compiler can serve
  public Candidate.Able best() {
    if (ranked.isEmpty()) {
      List<Diagnostic> problems = new ArrayList<>();
      unable.forEach(candidate -> problems.addAll(candidate.reasons()));
      problems.add(
          Diagnostic.user(
              PluginCodes.NOBODY_SERVES,
              "--compiler auto",
              "none of %d compilers can serve".formatted(unable.size()),
              "see the reasons above; 'mote plugin list' shows what the compilers take."));
      throw new DiagnosticException(problems);
    }
    return ranked.getFirst();
  }

  private static Candidate ask(
      CheckedCompiler compiler, Compiler.Request request, Progress progress) {
    try {
      return switch (compiler.estimate(request, progress)) {
        case Estimate.Refuses(List<Diagnostic> reasons) -> new Candidate.Unable(compiler, reasons);
        case Estimate.Serves(Cost cost, List<String> notes) -> {
          List<String> all = new ArrayList<>(notes);
          Cost complete = cost;
          if (!cost.nanojoules().isKnown()) {
            Optional<Figure> energy = energy(cost, request.device());
            if (energy.isPresent()) {
              complete = cost.withEnergy(energy.get());
            } else {
              all.add("energy is not known: " + missingForEnergy(cost, request.device()));
            }
          }
          yield new Candidate.Able(compiler, complete, all);
        }
      };
    } catch (DiagnosticException e) {
      return new Candidate.Unable(compiler, e.diagnostics());
    }
  }

  /// Cycles over clock times the power while the core computes.
  private static Optional<Figure> energy(Cost cost, Device device) {
    Optional<Long> microwatts = microwatts(device);
    long hertz = device.target().clockHz();
    if (!cost.cycles().isKnown() || hertz == 0 || microwatts.isEmpty()) {
      return Optional.empty();
    }
    double nanojoules = 1e3 * microwatts.get() * cost.cycles().amount() / hertz;
    return Optional.of(Figure.estimated(Math.round(nanojoules)));
  }

  private static Optional<Long> microwatts(Device device) {
    return device
        .fact(Device.ACTIVE_MICROWATTS)
        .filter(text -> text.matches("[1-9][0-9]{0,8}"))
        .map(Long::parseLong);
  }

  private static String missingForEnergy(Cost cost, Device device) {
    List<String> missing = new ArrayList<>();
    if (!cost.cycles().isKnown()) {
      missing.add("the compiler does not know the cycles");
    }
    if (device.target().clockHz() == 0) {
      missing.add("the target has no clock");
    }
    if (microwatts(device).isEmpty()) {
      missing.add("the target's file has no documented " + Device.ACTIVE_MICROWATTS);
    }
    return String.join(", ", missing);
  }

  /// Best first; what is not known comes last, and names decide what is equal.
  private static Comparator<Candidate.Able> order(Policy policy) {
    Comparator<Candidate.Able> fastest =
        Comparator.comparingLong((Candidate.Able c) -> value(speed(c.cost())));
    Comparator<Candidate.Able> smallest =
        Comparator.comparingLong((Candidate.Able c) -> value(c.cost().flashBytes()))
            .thenComparingLong(c -> value(c.cost().ramBytes()));
    Comparator<Candidate.Able> byGoal =
        switch (policy.goal()) {
          case FASTEST -> fastest.thenComparing(smallest);
          case SMALLEST -> smallest.thenComparing(fastest);
          case LEAST_ENERGY ->
              Comparator.comparingLong((Candidate.Able c) -> value(c.cost().nanojoules()))
                  .thenComparing(fastest);
          case VENDOR ->
              Comparator.comparing(
                      (Candidate.Able c) ->
                          !c.compiler()
                              .describe()
                              .vendor()
                              .equalsIgnoreCase(policy.vendor().orElseThrow()))
                  .thenComparing(fastest)
                  .thenComparing(smallest);
        };
    return byGoal.thenComparing(c -> c.compiler().name());
  }

  /// What is known of how long it takes: cycles, else instructions.
  static Figure speed(Cost cost) {
    return cost.cycles().isKnown() ? cost.cycles() : cost.instructions();
  }

  private static long value(Figure figure) {
    return figure.known().orElse(UNKNOWN_IS_LAST);
  }
}
