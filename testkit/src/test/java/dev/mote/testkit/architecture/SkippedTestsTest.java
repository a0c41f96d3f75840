package dev.mote.testkit.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/// A test that is skipped says why; one that does not fails.
class SkippedTestsTest {

  /// Run only by this test: Surefire picks classes whose name ends in `Test`.
  static final class Samples {
    @Test
    void runs() {}

    @Test
    void assumesWithReason() {
      Assumptions.assumeTrue(false, "no such tool here");
    }

    @Test
    void assumesWithoutReason() {
      Assumptions.assumeTrue(false);
    }

    @Test
    @Disabled("waits for a board")
    void disabledWithReason() {}

    @Test
    @Disabled
    void disabledWithoutReason() {}
  }

  @ParameterizedTest
  @CsvSource({
    "runs, SUCCESSFUL",
    "assumesWithReason, ABORTED",
    "assumesWithoutReason, FAILED",
    "disabledWithReason, SKIPPED",
    "disabledWithoutReason, FAILED"
  })
  void skipWithoutReasonFails(String method, String outcome) {
    assertThat(outcomeOf(method)).isEqualTo(outcome);
  }

  private static String outcomeOf(String method) {
    String[] outcome = {"NOT FOUND"};
    TestExecutionListener listener =
        new TestExecutionListener() {
          @Override
          public void executionSkipped(TestIdentifier test, String reason) {
            outcome[0] = "SKIPPED";
          }

          @Override
          public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            if (test.isTest()) {
              outcome[0] = result.getStatus().name();
            }
          }
        };
    // Without registered listeners: the samples' skips are not skips of this run.
    LauncherConfig config =
        LauncherConfig.builder().enableTestExecutionListenerAutoRegistration(false).build();
    LauncherFactory.create(config)
        .execute(
            LauncherDiscoveryRequestBuilder.request()
                .selectors(selectMethod(Samples.class, method))
                .configurationParameter("junit.jupiter.extensions.autodetection.enabled", "true")
                .configurationParameter(
                    "junit.jupiter.conditions.deactivate", "org.junit.*DisabledCondition")
                .build(),
            listener);
    return outcome[0];
  }
}
