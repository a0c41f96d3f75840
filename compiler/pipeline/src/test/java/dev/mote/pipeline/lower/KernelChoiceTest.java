package dev.mote.pipeline.lower;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.pipeline.lower.KernelChoice.Candidate;
import dev.mote.plugin.Compiler.Optimize;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KernelChoiceTest {

  /// A fast kernel that needs much, one that is a little slower and needs less, a slow and tiny
  /// one.
  private static final List<Candidate> CANDIDATES =
      List.of(
          candidate("fast", 1000, 500, 900, 3000),
          candidate("frugal", 1080, 400, 300, 2500),
          candidate("lean", 1040, 500, 9000, 1000),
          candidate("slowest", 5000, 10, 10, 10));

  @ParameterizedTest
  @CsvSource({"SPEED, fast", "BALANCED, frugal", "MEMORY, lean", "SIZE, slowest"})
  void theObjectiveDecides(Optimize optimize, String function) {
    assertThat(choose(optimize, List.of(CANDIDATES))).containsExactly(function);
  }

  @Test
  void codeThatIsThereForAnotherLayerCostsNothing() {
    List<Candidate> only = List.of(candidate("shared", 1000, 0, 600, 0));
    List<Candidate> either =
        List.of(candidate("own", 900, 0, 400, 0), candidate("shared", 1000, 0, 600, 0));
    assertThat(choose(Optimize.SIZE, List.of(either))).containsExactly("own");
    assertThat(choose(Optimize.SIZE, List.of(either, only))).containsExactly("shared", "shared");
  }

  @Test
  void withoutCyclesTheFirstIsTaken() {
    List<Candidate> unknown =
        List.of(candidate("first", 0, 500, 900, 3000), candidate("second", 0, 1, 1, 1));
    assertThat(choose(Optimize.SPEED, List.of(unknown))).containsExactly("first");
    assertThat(choose(Optimize.BALANCED, List.of(unknown))).containsExactly("first");
    assertThat(choose(Optimize.MEMORY, List.of(unknown))).containsExactly("first");
  }

  private static List<String> choose(Optimize optimize, List<List<Candidate>> steps) {
    return KernelChoice.preferring(optimize).among(steps).stream()
        .map(candidate -> candidate.call().function())
        .toList();
  }

  private static Candidate candidate(
      String function, long cycles, long constants, long code, long memory) {
    return new Candidate(
        KernelCall.of("portable/" + function, function, List.of()),
        new KernelCost(cycles, 0, true, constants, code, 20, memory, constants));
  }
}
