package dev.mote.pluginhost.check;

import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.plugin.Compiler;
import dev.mote.plugin.Compiler.Constraints;
import dev.mote.plugin.Compiler.Request;
import dev.mote.plugin.Compiler.Result;
import dev.mote.plugin.Device;
import dev.mote.plugin.Estimate;
import dev.mote.plugin.Parameters;
import dev.mote.plugin.Payload;
import dev.mote.plugin.Progress;
import dev.mote.plugin.SourceModel;
import dev.mote.pluginhost.CheckedCompiler;
import dev.mote.pluginhost.ExternalCompiler;
import dev.mote.pluginhost.check.Finding.Rule;
import dev.mote.pluginhost.check.Finding.Verdict;
import dev.mote.pluginhost.process.Protection;
import dev.mote.pluginhost.process.Sandbox;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CancellationException;

/// Holds a compiler to the rules of [Rule], on models and devices that are given.
public final class Conformance {

  private static final int RUNS = 8;
  private static final long SEED = 20_260_101;
  private static final Duration SOON = Duration.ofSeconds(10);

  private final CheckedCompiler compiler;
  private final List<PayloadRunner> runners;
  private final List<Finding> findings = new ArrayList<>();

  private Conformance(CheckedCompiler compiler, List<PayloadRunner> runners) {
    this.compiler = compiler;
    this.runners = List.copyOf(runners);
  }

  /// Checks everything that can be checked.
  ///
  /// @param devices the first one should be this machine, whose code can be run
  /// @param runners run payloads, each of a kind
  /// @return a finding for each rule and subject, in the order in which they were checked
  public static List<Finding> check(
      CheckedCompiler compiler,
      List<SourceModel> models,
      List<Device> devices,
      List<PayloadRunner> runners) {
    Conformance conformance = new Conformance(compiler, runners);
    conformance.description();
    Optional<Request> served = Optional.empty();
    for (Device device : devices) {
      for (SourceModel model : models) {
        Request request = request(model, device);
        if (conformance.model(request)) {
          served = served.or(() -> Optional.of(request));
        }
      }
    }
    conformance.model(request(ProbeModels.unknownOperator(), devices.getFirst()));
    if (served.isEmpty()) {
      conformance.add(
          Rule.SERVES,
          compiler.name(),
          Verdict.BROKEN,
          "it serves none of %d models on %d targets; name a model and a target that it serves"
              .formatted(models.size(), devices.size()));
    } else {
      conformance.add(Rule.SERVES, served.get().where(), Verdict.HOLDS, "it serves");
      conformance.parameters(served.get());
      conformance.limits(served.get());
      conformance.cancellation(served.get());
    }
    conformance.outside();
    return List.copyOf(conformance.findings);
  }

  private static Request request(SourceModel model, Device device) {
    String symbol = model.graph().name().replaceAll("[^a-z0-9_]", "_");
    return new Request(
        model,
        device,
        Compiler.Optimize.BALANCED,
        symbol.matches("[a-z].*") ? symbol : "m" + symbol);
  }

  private void description() {
    boolean same = compiler.unchecked().describe().equals(compiler.describe());
    add(
        Rule.DESCRIPTION,
        compiler.name(),
        same ? Verdict.HOLDS : Verdict.BROKEN,
        same ? "complete, and the same at each call" : "it differs from call to call");
  }

  /// Whether the model is served, after all that can be said of it was found.
  private boolean model(Request request) {
    String subject = request.where();
    try {
      Estimate estimate = compiler.estimate(request, Progress.NONE);
      Result result = compiler.compile(request, Progress.NONE);
      if (estimate instanceof Estimate.Refuses(List<Diagnostic> reasons)) {
        reasons(subject, reasons);
      }
      if (result instanceof Result.Refused(List<Diagnostic> problems)) {
        reasons(subject, problems);
      }
      boolean agree = estimate instanceof Estimate.Serves == result instanceof Result.Module;
      add(
          Rule.AGREEMENT,
          subject,
          agree ? Verdict.HOLDS : Verdict.BROKEN,
          estimate instanceof Estimate.Serves
              ? agree ? "estimated and compiled" : "estimated, but compiling was refused"
              : agree ? "refused by both" : "refused by the estimate, but compiled");
      if (result instanceof Result.Module(Payload payload, var _)) {
        deterministic(request, payload);
        exact(request, payload);
        return agree;
      }
    } catch (DiagnosticException e) {
      add(Rule.AGREEMENT, subject, Verdict.BROKEN, text(e));
    }
    return false;
  }

  private void reasons(String subject, List<Diagnostic> reasons) {
    boolean complete =
        reasons.stream().allMatch(r -> !r.what().isBlank() && !r.fix().isBlank() && r.code() > 0);
    add(
        Rule.REASONS,
        subject,
        complete ? Verdict.HOLDS : Verdict.BROKEN,
        complete
            ? reasons.getFirst().what()
            : "a reason does not say what is wrong and how to mend it");
  }

  private void deterministic(Request request, Payload payload) {
    boolean same =
        compiler.compile(request, Progress.NONE) instanceof Result.Module(Payload again, var _)
            && again.equals(payload);
    add(
        Rule.DETERMINISTIC,
        request.where(),
        same ? Verdict.HOLDS : Verdict.BROKEN,
        same ? "%,d bytes, twice".formatted(payload.bytes()) : "another module the second time");
  }

  private void exact(Request request, Payload payload) {
    List<String> declined = new ArrayList<>();
    for (PayloadRunner runner : runners) {
      Optional<String> why = runner.declines(payload);
      if (why.isEmpty()) {
        exact(request, payload, runner);
        return;
      }
      declined.add(why.get());
    }
    add(
        Rule.EXACT,
        request.where(),
        Verdict.SKIPPED,
        "nothing here runs it: " + String.join("; ", declined));
  }

  private void exact(Request request, Payload payload, PayloadRunner runner) {
    RandomInputs inputs;
    try {
      inputs = RandomInputs.of(request.graph(), RUNS, SEED);
    } catch (IllegalArgumentException e) {
      add(
          Rule.EXACT,
          request.where(),
          Verdict.BROKEN,
          "it serves what has no defined meaning: " + e.getMessage());
      return;
    }
    try {
      Optional<String> difference =
          inputs.difference(request.graph(), runner.run(payload, request.graph(), inputs.inputs()));
      add(
          Rule.EXACT,
          request.where(),
          difference.isEmpty() ? Verdict.HOLDS : Verdict.BROKEN,
          difference.orElse("equal to the reference interpreter on %d inputs".formatted(RUNS)));
    } catch (DiagnosticException e) {
      add(Rule.EXACT, request.where(), Verdict.BROKEN, text(e));
    }
  }

  private void parameters(Request request) {
    String unknown = "no-such-parameter";
    boolean refused =
        !compiler.objections(with(request, Map.of(unknown, "1"))).isEmpty()
            && compiler.schema().properties().stream()
                .allMatch(
                    property ->
                        !compiler
                            .objections(
                                with(request, Map.of(property.name(), wrong(property.type()))))
                            .isEmpty());
    add(
        Rule.PARAMETERS,
        compiler.name(),
        refused ? Verdict.HOLDS : Verdict.BROKEN,
        refused ? "what the schema does not allow is refused" : "a wrong parameter is taken");
    Map<String, Object> presets = new LinkedHashMap<>();
    compiler
        .schema()
        .properties()
        .forEach(property -> property.preset().ifPresent(v -> presets.put(property.name(), v)));
    if (presets.isEmpty()) {
      return;
    }
    try {
      boolean same =
          compiler.compile(request, Progress.NONE) instanceof Result.Module(Payload one, var _)
              && compiler.compile(with(request, presets), Progress.NONE)
                  instanceof Result.Module(Payload other, var _)
              && one.equals(other);
      add(
          Rule.PARAMETERS,
          request.where(),
          same ? Verdict.HOLDS : Verdict.BROKEN,
          same
              ? "the defaults are what it takes when nothing is set"
              : "with the defaults of its schema it builds something else than without");
    } catch (DiagnosticException e) {
      add(Rule.PARAMETERS, request.where(), Verdict.BROKEN, text(e));
    }
  }

  private static Object wrong(String type) {
    return type.equals("string") ? (Object) 1L : "neither a number nor a boolean";
  }

  private static Request with(Request request, Map<String, Object> parameters) {
    return new Request(
        request.model(),
        request.device(),
        request.optimize(),
        request.symbol(),
        request.constraints(),
        new Parameters(parameters));
  }

  private void limits(Request request) {
    for (boolean ram : new boolean[] {true, false}) {
      OptionalLong one = OptionalLong.of(1);
      Constraints constraints =
          ram
              ? new Constraints(Optional.empty(), one, OptionalLong.empty())
              : new Constraints(Optional.empty(), OptionalLong.empty(), one);
      Request tight =
          new Request(
              request.model(),
              request.device(),
              request.optimize(),
              request.symbol(),
              constraints,
              request.parameters());
      String subject = request.where() + " with 1 byte of " + (ram ? "RAM" : "flash");
      try {
        boolean refused = compiler.compile(tight, Progress.NONE) instanceof Result.Refused;
        boolean unknown =
            compiler.estimate(request, Progress.NONE) instanceof Estimate.Serves(var cost, var _)
                && !(ram ? cost.ramBytes() : cost.flashBytes()).isKnown();
        add(
            Rule.LIMITS,
            subject,
            refused ? Verdict.HOLDS : unknown ? Verdict.SKIPPED : Verdict.BROKEN,
            refused
                ? "refused"
                : unknown ? "it does not know how much it needs" : "it is served all the same");
      } catch (DiagnosticException e) {
        add(Rule.LIMITS, subject, Verdict.BROKEN, text(e));
      }
    }
  }

  private void cancellation(Request request) {
    for (boolean atOnce : new boolean[] {true, false}) {
      long start = System.nanoTime();
      String how;
      try {
        compiler.compile(request, new Stop(atOnce));
        how = atOnce ? "" : "it was done before it noticed";
      } catch (CancellationException e) {
        how = "it stopped";
      } catch (DiagnosticException e) {
        how = "";
      }
      boolean soon = System.nanoTime() - start < SOON.toNanos();
      add(
          Rule.CANCELLATION,
          atOnce ? "before it starts" : "at its first progress",
          soon && !how.isEmpty() ? Verdict.HOLDS : Verdict.BROKEN,
          how.isEmpty() ? "it went on" : soon ? how : how + ", but too late");
    }
  }

  /// Stops at once, or at the first report.
  private static final class Stop implements Progress {
    private volatile boolean cancelled;

    Stop(boolean atOnce) {
      this.cancelled = atOnce;
    }

    @Override
    public void report(double done, String what) {
      cancelled = true;
    }

    @Override
    public boolean isCancelled() {
      return cancelled;
    }
  }

  private void outside() {
    if (!(compiler.unchecked() instanceof ExternalCompiler program)) {
      add(
          Rule.ISOLATION,
          compiler.name(),
          Verdict.SKIPPED,
          "it runs in this process, which is trusted");
      return;
    }
    try {
      boolean survives = program.survivesNonsense();
      add(
          Rule.PROTOCOL,
          compiler.name(),
          survives ? Verdict.HOLDS : Verdict.BROKEN,
          survives
              ? "an unknown method is an error, and no more"
              : "it does not answer an unknown method with an error");
    } catch (DiagnosticException e) {
      add(Rule.PROTOCOL, compiler.name(), Verdict.BROKEN, text(e));
    }
    Set<Protection> enforced = Sandbox.strongest().enforces();
    boolean all = enforced.size() == Protection.values().length;
    add(
        Rule.ISOLATION,
        compiler.name(),
        all ? Verdict.HOLDS : Verdict.SKIPPED,
        enforced.isEmpty()
            ? "this machine enforces nothing"
            : "this machine enforces: "
                + String.join(", ", enforced.stream().map(Protection::label).toList()));
  }

  private static String text(DiagnosticException e) {
    Diagnostic first = e.diagnostics().getFirst();
    return first.label() + " " + first.what();
  }

  private void add(Rule rule, String subject, Verdict verdict, String detail) {
    findings.add(new Finding(rule, subject, verdict, detail));
  }
}
