package dev.mote.optimizer.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mote.pipeline.lower.WeightStorage;
import dev.mote.plugin.Compiler.Optimize;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BudgetTest {

  private static final Build SMALL = new Build(Optimize.SIZE, WeightStorage.AUTO);

  @ParameterizedTest
  @CsvSource({
    "90%, 0.9, false, at least 90 %",
    "0.905, 0.905, false, at least 90.5 %",
    "100%, 1, false, at least 100 %",
    "-1%, -0.01, true, at most 1 points below the original",
    "-0.005, -0.005, true, at most 0.5 points below the original",
    "-0%, 0, true, at most 0 points below the original",
  })
  void accuracyIsReadAsPeopleWriteIt(String text, double value, boolean relative, String said) {
    Goal goal = Goal.parse(text);
    assertThat(goal.value()).isEqualTo(value, org.assertj.core.data.Offset.offset(1e-12));
    assertThat(goal.relative()).isEqualTo(relative);
    assertThat(goal.toString()).isEqualTo(said);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "90", "1.5", "0", "0%", "101%", "-101%", "+1%", "-1", "abc", "NaN", "1e3", "--1%"
      })
  void nonsenseIsRefused(String text) {
    if (text.equals("-1")) {
      // All of the accuracy may be lost: pointless, and yet it means something.
      assertThat(Goal.parse(text).value()).isEqualTo(-1);
      return;
    }
    assertThatThrownBy(() -> Goal.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void everyLimitThatIsNotKeptIsNamed() {
    Budget budget =
        new Budget(
            OptionalLong.of(50_000),
            OptionalLong.of(10_000),
            Optional.of(Duration.ofMillis(10)),
            OptionalLong.of(500_000),
            Optional.of(Goal.parse("-1%")),
            OptionalDouble.of(0.99),
            OptionalDouble.of(0.005));
    Cost cost = new Cost(SMALL, 60_000, 10_240, 1_000_000, 64_000_000, false, 0);
    Quality quality =
        new Quality(1_000, OptionalDouble.of(0.9), OptionalDouble.of(0.92), 0.95, 0.02, 0.1);
    assertThat(budget.misses(cost, quality, OptionalDouble.of(0.92)))
        .extracting(Budget.Miss::toString)
        .containsExactly(
            "flash 60,000 bytes (limit 50,000)",
            "arena 10,240 bytes (limit 10,000)",
            "one inference 1,000,000 cycles (limit 500,000)",
            "one inference 15,625 µs (limit 10,000)",
            "accuracy 90.00 % (limit 91.00 %)",
            "agreement with the original 95.00 % (limit 99.00 %)",
            "negative flips 2.00 % (limit 0.50 %)");
  }

  @Test
  void aLimitThatIsJustReachedIsKept() {
    Budget budget =
        new Budget(
            OptionalLong.of(60_000),
            OptionalLong.empty(),
            Optional.empty(),
            OptionalLong.empty(),
            Optional.of(Goal.parse("-1%")),
            OptionalDouble.of(0.95),
            OptionalDouble.of(0.02));
    Cost cost = new Cost(SMALL, 60_000, 10_240, 1_000_000, 64_000_000, false, 0);
    Quality quality =
        new Quality(1_000, OptionalDouble.of(0.95), OptionalDouble.of(0.96), 0.95, 0.02, 0.1);
    assertThat(budget.misses(cost, quality, OptionalDouble.of(0.92))).isEmpty();
  }

  @Test
  void aBudgetOfNothingIsRefused() {
    assertThatThrownBy(
            () ->
                new Budget(
                    OptionalLong.of(0),
                    OptionalLong.empty(),
                    Optional.empty(),
                    OptionalLong.empty(),
                    Optional.empty(),
                    OptionalDouble.empty(),
                    OptionalDouble.empty()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
