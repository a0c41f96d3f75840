package dev.mote.optimizer.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mote.ir.DiagnosticException;
import dev.mote.optimizer.calibrate.RangeMethod;
import dev.mote.optimizer.search.SearchOptions.Prefer;
import dev.mote.plugin.Progress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SearchTest {

  private static final InstantSource STANDING = InstantSource.fixed(Instant.EPOCH);

  private static SearchResult search(Evaluator evaluator, Budget budget, Prefer prefer) {
    return Search.run(evaluator, budget, SearchOptions.preferring(prefer), Progress.NONE, STANDING);
  }

  private static Budget budget(long flash, String accuracy) {
    return new Budget(
        OptionalLong.of(flash),
        OptionalLong.empty(),
        Optional.empty(),
        OptionalLong.empty(),
        Optional.of(Goal.parse(accuracy)),
        OptionalDouble.empty(),
        OptionalDouble.empty());
  }

  @ParameterizedTest
  @EnumSource
  void theSameSearchEndsTheSame(Prefer prefer) {
    SyntheticEvaluator one = new SyntheticEvaluator(true);
    SyntheticEvaluator other = new SyntheticEvaluator(true);
    assertThat(search(one, budget(45_000, "-2%"), prefer))
        .isEqualTo(search(other, budget(45_000, "-2%"), prefer));
    assertThat(one.asked).isEqualTo(other.asked).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @EnumSource
  void whatIsChosenKeepsTheBudgetAsMeasured(Prefer prefer) {
    SearchResult result = search(new SyntheticEvaluator(true), budget(45_000, "-2%"), prefer);
    Trial best = result.best().orElseThrow();
    assertThat(best.cost().measured()).isTrue();
    assertThat(best.cost().flashBytes()).isLessThanOrEqualTo(45_000);
    assertThat(best.quality().score()).isGreaterThanOrEqualTo(0.90);
    assertThat(best.quality().samples()).isEqualTo(4_000);
    assertThat(result.misses()).isEmpty();
    assertThat(result.outOfTime()).isFalse();
  }

  @Test
  void whatIsPreferredDecides() {
    Budget budget = budget(60_000, "-2%");
    SyntheticEvaluator model = new SyntheticEvaluator(true);
    Trial small = search(model, budget, Prefer.FLASH).best().orElseThrow();
    Trial exact = search(model, budget, Prefer.ACCURACY).best().orElseThrow();
    Trial lean = search(model, budget, Prefer.RAM).best().orElseThrow();
    assertThat(small.cost().flashBytes()).isLessThan(exact.cost().flashBytes());
    assertThat(exact.quality().score()).isGreaterThan(small.quality().score());
    assertThat(lean.cost().ramBytes()).isEqualTo(5_000);
  }

  @Test
  void theBestCalibrationIsFound() {
    SearchResult result =
        search(new SyntheticEvaluator(true), budget(1_000_000, "90%"), Prefer.ACCURACY);
    assertThat(result.best().orElseThrow().recipe().numerics())
        .isEqualTo(new Numerics(RangeMethod.MSE, false, true, false));
  }

  @Test
  void noneOfTheFrontIsDominated() {
    SearchResult result = search(new SyntheticEvaluator(true), Budget.NONE, Prefer.FLASH);
    assertThat(result.front()).hasSizeGreaterThan(3);
    for (Trial one : result.front()) {
      assertThat(one.quality().samples()).isEqualTo(4_000);
      assertThat(result.front()).noneMatch(other -> other.dominates(one));
    }
  }

  @Test
  void aBudgetOutOfReachNamesTheNearest() {
    SearchResult result =
        search(new SyntheticEvaluator(true), budget(9_000, "-0.5%"), Prefer.FLASH);
    assertThat(result.best()).isEmpty();
    assertThat(result.misses()).isNotEmpty();
    assertThat(result.misses().getFirst().toString())
        .matches("flash [0-9,]+ bytes \\(limit 9,000\\)");
  }

  @Test
  void whatCannotBeMadeIsSaid() {
    SearchResult result = search(new SyntheticEvaluator(true), Budget.NONE, Prefer.FLASH);
    assertThat(result.refusals()).isNotEmpty();
    assertThat(result.refusals())
        .allSatisfy(r -> assertThat(r.recipe().shrinking()).isInstanceOf(Shrinking.LowRank.class));
    assertThat(result.tried())
        .noneMatch(trial -> trial.recipe().shrinking() instanceof Shrinking.LowRank);
  }

  @Test
  void withoutLabelsAgreementRanksAndAccuracyIsRefused() {
    SyntheticEvaluator model = new SyntheticEvaluator(false);
    assertThat(search(model, Budget.NONE, Prefer.ACCURACY).best()).isPresent();
    assertThatThrownBy(() -> search(model, budget(50_000, "-1%"), Prefer.FLASH))
        .isInstanceOf(DiagnosticException.class)
        .hasMessage(
            "MOTE-1392 the limit on accuracy: the data have no labels, so that nobody knows which"
                + " answers are right\n"
                + "  Fix: give labelled data, or limit --min-agreement or --max-flips.");
  }

  @Test
  void whenTimeRunsOutWhatIsKnownIsEvaluatedInFull() {
    long[] now = {0};
    SearchOptions options = SearchOptions.preferring(Prefer.FLASH).withTime(Duration.ofSeconds(5));
    SearchResult result =
        Search.run(
            new SyntheticEvaluator(true),
            budget(90_000, "-2%"),
            options,
            Progress.NONE,
            () -> Instant.ofEpochMilli(now[0] += 100));
    assertThat(result.outOfTime()).isTrue();
    assertThat(result.best().orElseThrow().quality().samples()).isEqualTo(4_000);
  }

  @Test
  void aCancelledSearchEndsAtOnce() {
    SyntheticEvaluator model = new SyntheticEvaluator(true);
    Progress cancelled =
        new Progress() {
          @Override
          public void report(double done, String what) {
            // Not watched.
          }

          @Override
          public boolean isCancelled() {
            return model.asked.size() >= 5;
          }
        };
    assertThatThrownBy(
            () ->
                Search.run(
                    model,
                    Budget.NONE,
                    SearchOptions.preferring(Prefer.FLASH),
                    cancelled,
                    STANDING))
        .isInstanceOf(CancellationException.class);
    assertThat(model.asked).hasSize(5);
  }
}
