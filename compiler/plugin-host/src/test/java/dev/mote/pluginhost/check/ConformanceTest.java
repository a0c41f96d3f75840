package dev.mote.pluginhost.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.ir.Blob;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.GraphText;
import dev.mote.plugin.Compiler;
import dev.mote.plugin.Cost;
import dev.mote.plugin.Cost.Figure;
import dev.mote.plugin.Device;
import dev.mote.plugin.Estimate;
import dev.mote.plugin.Payload;
import dev.mote.plugin.PluginDescription;
import dev.mote.plugin.Progress;
import dev.mote.plugin.SourceModel;
import dev.mote.plugin.Target;
import dev.mote.pluginhost.CheckedCompiler;
import dev.mote.pluginhost.check.Finding.Rule;
import dev.mote.pluginhost.check.Finding.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The suite finds each fault, and only the rule that it breaks.
class ConformanceTest {

  /// y = max(x, 0).
  private static final SourceModel RECTIFIER =
      SourceModel.of(
          GraphText.parse(
              """
              graph "rectifier" {
                tensor "x" int8 [1x4] scale 0.5 zero 0
                tensor "y" int8 [1x4] scale 0.5 zero 0
                input "x"
                output "y"
                node "rectify" Unary(kind: RELU) "x" -> "y"
              }
              """));

  /// What is wrong with a compiler.
  private enum Fault {
    NONE(Set.of()),
    FORGETS_ITS_NAME(Set.of(Rule.DESCRIPTION)),
    ANOTHER_DEFAULT(Set.of(Rule.PARAMETERS)),
    SERVES_NOTHING(Set.of(Rule.SERVES)),
    ESTIMATES_WHAT_IT_REFUSES(Set.of(Rule.AGREEMENT, Rule.SERVES)),
    THROWS(Set.of(Rule.AGREEMENT, Rule.SERVES)),
    SERVES_UNKNOWN_OPERATORS(Set.of(Rule.EXACT)),
    NO_REASON(Set.of(Rule.REASONS)),
    COUNTS_ITS_CALLS(Set.of(Rule.DETERMINISTIC, Rule.PARAMETERS)),
    WRONG_VALUES(Set.of(Rule.EXACT)),
    WRITES_BEHIND_THE_ARENA(Set.of(Rule.EXACT)),
    NEVER_RETURNS(Set.of(Rule.EXACT)),
    NO_C(Set.of(Rule.EXACT)),
    OFFSETS_BEHIND_THE_ARENA(Set.of(Rule.AGREEMENT, Rule.SERVES)),
    GOES_ON(Set.of(Rule.CANCELLATION));

    private final Set<Rule> breaks;

    Fault(Set<Rule> breaks) {
      this.breaks = breaks;
    }
  }

  /// A compiler of one model, with a fault.
  private static final class Faulty implements Compiler {
    private final Fault fault;
    private int calls;

    Faulty(Fault fault) {
      this.fault = fault;
    }

    @Override
    public PluginDescription describe() {
      calls++;
      return new PluginDescription(
          fault == Fault.FORGETS_ITS_NAME && calls > 1 ? "other" : "faulty",
          "1",
          "tests",
          "MIT",
          "for tests",
          List.of(PluginDescription.GRAPH),
          List.of(Payload.Kind.C_SOURCES),
          List.of(),
          """
          {"type": "object", "additionalProperties": false,
           "properties": {"twice": {"type": "boolean", "default": false}}}
          """);
    }

    @Override
    public Estimate estimate(Request request, Progress progress) {
      if (fault == Fault.THROWS) {
        throw new IllegalStateException("a defect");
      }
      return fault == Fault.SERVES_NOTHING || !served(request)
          ? new Estimate.Refuses(reasons())
          : new Estimate.Serves(cost(), List.of());
    }

    @Override
    public Result compile(Request request, Progress progress) {
      progress.report(0.5, "half done");
      if (fault != Fault.GOES_ON) {
        progress.checkCancelled();
      } else if (progress.isCancelled()) {
        throw new IllegalStateException("cancelled, but not in the way that was agreed on");
      }
      if (fault == Fault.SERVES_NOTHING
          || fault == Fault.ESTIMATES_WHAT_IT_REFUSES
          || !served(request)) {
        return new Result.Refused(reasons());
      }
      return new Result.Module(payload(request), new Report(cost(), Map.of()));
    }

    private boolean served(Request request) {
      return request.graph().equals(RECTIFIER.graph()) || fault == Fault.SERVES_UNKNOWN_OPERATORS;
    }

    private List<Diagnostic> reasons() {
      return List.of(
          Diagnostic.user(7012, "it", "cannot", fault == Fault.NO_REASON ? "" : "use another."));
    }

    private static Cost cost() {
      return Cost.UNKNOWN.withRam(Figure.measured(40)).withFlash(Figure.estimated(100));
    }

    private Payload payload(Request request) {
      String work =
          switch (fault) {
            case WRONG_VALUES -> "a[i + 4] = a[i];";
            case WRITES_BEHIND_THE_ARENA -> "a[i + 4] = kept(a[i]); a[i + 41] = 0;";
            case NEVER_RETURNS -> "a[i + 4] = kept(a[i]); i = 0;";
            case NO_C -> "this is no C;";
            default -> "a[i + 4] = kept(a[i]);";
          };
      calls++;
      String note =
          fault == Fault.COUNTS_ITS_CALLS
              ? "/* " + calls + " */"
              : fault == Fault.ANOTHER_DEFAULT && request.parameters().flag("twice").isPresent()
                  ? "/* stated */"
                  : "";
      Map<String, Blob> files = new LinkedHashMap<>();
      files.put(
          "n.h",
          blob("#include <stddef.h>\nint n_init(void *a, size_t n);\nint n_invoke(void *a);\n"));
      files.put(
          "n.c",
          blob(
              """
              #include "n.h"
              %s
              static signed char kept(signed char v) { return v < 0 ? 0 : v; }
              int n_init(void *a, size_t n) { return !a || n < 40 || kept(0); }
              int n_invoke(void *arena) {
                signed char *a = arena;
                for (volatile int i = 0; i < 4; i++) { %s }
                return 0;
              }
              """
                  .formatted(note, work)));
      int output = fault == Fault.OFFSETS_BEHIND_THE_ARENA ? 37 : 4;
      return new Payload(
          Payload.Kind.C_SOURCES,
          files,
          Optional.of("n"),
          Optional.of(new Payload.Memory(40, 1, List.of(0), List.of(output), 0, 0)),
          new Payload.Requirements(Payload.Requirements.ANY, List.of(), Optional.empty(), 40, 100));
    }

    private static Blob blob(String text) {
      return Blob.of(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static final Device HOST =
      Device.of(
          new Target(
              "host",
              "this machine",
              "any",
              Target.InstructionSet.HOST,
              0,
              List.of(),
              new Target.Toolchain("gcc", List.of()),
              Optional.empty(),
              List.of("none")));

  private static List<Finding> check(Fault fault) {
    return Conformance.check(
        CheckedCompiler.of(new Faulty(fault)),
        List.of(RECTIFIER),
        List.of(HOST),
        List.of(new CSourcesRunner(Duration.ofSeconds(4))));
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void aFaultBreaksItsRuleAndNoOther(Fault fault) {
    Set<Rule> broken = new TreeSet<>();
    for (Finding finding : check(fault)) {
      if (finding.verdict() == Verdict.BROKEN) {
        broken.add(finding.rule());
      }
    }

    assertThat(broken).isEqualTo(new TreeSet<>(fault.breaks));
  }

  @Test
  void whatIsWrongStandsInTheFinding() {
    assertThat(details(Fault.WRITES_BEHIND_THE_ARENA)).contains("it writes behind its arena");
    assertThat(details(Fault.WRONG_VALUES)).contains("output 'y' of run 0 differs first at byte");
    assertThat(details(Fault.NO_C)).contains("it does not compile");
    assertThat(details(Fault.OFFSETS_BEHIND_THE_ARENA)).contains("'y' ends behind the arena");
  }

  private static String details(Fault fault) {
    return check(fault).stream()
        .filter(finding -> finding.verdict() == Verdict.BROKEN)
        .map(Finding::detail)
        .findFirst()
        .orElse("");
  }
}
