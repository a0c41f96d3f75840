package dev.mote.pluginhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mote.ir.Diagnostic;
import dev.mote.plugin.Compiler;
import dev.mote.plugin.Cost;
import dev.mote.plugin.Cost.Figure;
import dev.mote.plugin.Device;
import dev.mote.plugin.Estimate;
import dev.mote.plugin.PluginDescription;
import dev.mote.plugin.Progress;
import dev.mote.pluginhost.choice.Choice;
import dev.mote.pluginhost.choice.Explanation;
import dev.mote.pluginhost.choice.Policy;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChoiceTest {

  /// A compiler that says what it is told to say.
  private record Fake(PluginDescription describe, Estimate answer) implements Compiler {

    static CheckedCompiler serving(String name, String vendor, Cost cost) {
      return CheckedCompiler.of(
          new Fake(
              Fixtures.description(name, vendor, PluginDescription.NO_PARAMETERS),
              new Estimate.Serves(cost, List.of())));
    }

    @Override
    public Estimate estimate(Request request, Progress progress) {
      if (name().equals("broken")) {
        throw new IllegalStateException("a defect");
      }
      return answer;
    }

    @Override
    public Result compile(Request request, Progress progress) {
      throw new AssertionError("nobody compiles here");
    }
  }

  private static final Cost QUICK =
      Cost.UNKNOWN
          .withCycles(Figure.estimated(64_000))
          .withRam(Figure.measured(900))
          .withFlash(Figure.estimated(5000));
  private static final Cost SMALL =
      Cost.UNKNOWN
          .withInstructions(Figure.measured(200_000))
          .withRam(Figure.measured(800))
          .withFlash(Figure.measured(2000));

  private static final List<CheckedCompiler> COMPILERS =
      List.of(
          Fake.serving("silent", "acme", Cost.UNKNOWN),
          Fake.serving("small", "acme", SMALL),
          Fake.serving("quick", "other", QUICK),
          Fake.serving("large", "acme", QUICK.withRam(Figure.measured(5000))),
          Fake.serving("broken", "acme", QUICK));

  private static Choice choose(Policy policy, Map<String, String> facts) {
    var request = Fixtures.request(Fixtures.target(64_000_000, 1024, facts));
    return Choice.among(COMPILERS, compiler -> request, policy, Progress.NONE);
  }

  @ParameterizedTest
  @CsvSource({
    "fastest,      quick small silent",
    "smallest,     small quick silent",
    "least-energy, quick small silent",
    "vendor:acme,  small silent quick",
    "vendor:OTHER, quick small silent",
  })
  void thePolicyDecidesTheOrder(String policy, String order) {
    Choice choice =
        choose(Policy.parse(policy).orElseThrow(), Map.of(Device.ACTIVE_MICROWATTS, "9900"));

    assertThat(choice.ranked().stream().map(c -> c.compiler().name()))
        .containsExactly(order.split(" "));
    assertThat(choice.unable().stream().map(c -> c.reasons().getFirst().label()))
        .containsExactly("MOTE-7015", "MOTE-7005");
    assertThat(Policy.parse(policy).orElseThrow().toString()).isEqualTo(policy);
  }

  @Test
  void energyIsCyclesOverClockTimesPower() {
    Choice choice = choose(Policy.FASTEST, Map.of(Device.ACTIVE_MICROWATTS, "9900"));

    // 64,000 cycles at 64 MHz are 1 ms; 9.9 mW for 1 ms are 9.9 µJ.
    assertThat(choice.best().cost().nanojoules()).isEqualTo(Figure.estimated(9900));
  }

  @Test
  void theChoiceIsExplainedInWordsAndFigures() {
    assertThat(Explanation.of(choose(Policy.FASTEST, Map.of())))
        .containsExactly(
            "3 of 5 compilers can serve; the order is by the policy 'fastest'.",
            "1. quick: 64,000 cycles (estimated), 900 bytes of RAM (measured), 5,000 bytes of flash"
                + " (estimated)",
            "     energy is not known: the target's file has no documented active-microwatts",
            "2. small: 200,000 instructions (measured), 800 bytes of RAM (measured), 2,000 bytes of"
                + " flash (measured)",
            "     energy is not known: the compiler does not know the cycles, the target's file has"
                + " no documented active-microwatts",
            "3. silent: nothing is known of its cost",
            "     energy is not known: the compiler does not know the cycles, the target's file has"
                + " no documented active-microwatts",
            "-  large cannot:",
            "     MOTE-7015 it needs 5,000 bytes of RAM, and there are 1,024",
            "-  broken cannot:",
            "     MOTE-7005 it failed: java.lang.IllegalStateException: a defect",
            "quick is chosen: it takes 64,000 cycles, 68.0 % fewer than small with 200,000.");
  }

  @Test
  void whenNobodyServesAllReasonsAreGiven() {
    CheckedCompiler refusing =
        CheckedCompiler.of(
            new Fake(
                Fixtures.description("no", "acme", PluginDescription.NO_PARAMETERS),
                new Estimate.Refuses(List.of(Diagnostic.user(7012, "it", "cannot", "do not.")))));

    Choice choice =
        Choice.among(List.of(refusing), c -> Fixtures.request(), Policy.FASTEST, Progress.NONE);

    assertThatThrownBy(choice::best)
        .hasMessageContaining("MOTE-7012 it: cannot")
        .hasMessageContaining("MOTE-7010 --compiler auto: none of 1 compilers can serve");
  }

  @Test
  void ofManyReasonsTheFirstThreeStandInTheExplanation() {
    Diagnostic reason = Diagnostic.user(7012, "it", "cannot", "do not.");
    CheckedCompiler refusing =
        CheckedCompiler.of(
            new Fake(
                Fixtures.description("no", "acme", PluginDescription.NO_PARAMETERS),
                new Estimate.Refuses(List.of(reason, reason, reason, reason, reason))));

    assertThat(
            Explanation.of(
                Choice.among(
                    List.of(refusing), c -> Fixtures.request(), Policy.FASTEST, Progress.NONE)))
        .containsExactly(
            "0 of 1 compilers can serve; the order is by the policy 'fastest'.",
            "-  no cannot:",
            "     MOTE-7012 cannot",
            "     MOTE-7012 cannot",
            "     MOTE-7012 cannot",
            "     and 2 more reasons");
  }

  @Test
  void aPolicyIsOneOfFour() {
    assertThat(Stream.of("", "vendor:", "cheapest").map(Policy::parse)).allMatch(p -> p.isEmpty());
  }
}
