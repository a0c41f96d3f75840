package dev.mote.pipeline.lower;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.pipeline.lower.KernelChoice.Candidate;
import java.util.List;
import org.junit.jupiter.api.Test;

class FlashBudgetTest {

  private static Candidate candidate(String function, long cycles, long constants, long shared) {
    return new Candidate(
        KernelCall.of("portable/" + function, function, List.of()),
        new KernelCost(cycles, 0, true, constants, shared, 0, 0, 0));
  }

  private static List<String> functions(List<Candidate> chosen) {
    return chosen.stream().map(c -> c.call().function()).toList();
  }

  private final List<List<Candidate>> steps =
      List.of(
          List.of(candidate("fast", 100, 1000, 0), candidate("small", 1000, 100, 50)),
          List.of(candidate("fast", 100, 1000, 0), candidate("small", 200, 500, 50)),
          List.of(candidate("fast", 100, 10, 0)));

  @Test
  void theFastestAreTakenWhereTheyFit() {
    assertThat(functions(FlashBudget.choose(steps, 2010))).containsOnly("fast");
  }

  @Test
  void theCheapestBytesAreSavedFirst() {
    assertThat(functions(FlashBudget.choose(steps, 2009))).containsExactly("fast", "small", "fast");
  }

  @Test
  void everythingIsSavedThatCanBe() {
    assertThat(functions(FlashBudget.choose(steps, 1))).containsExactly("small", "small", "fast");
  }
}
