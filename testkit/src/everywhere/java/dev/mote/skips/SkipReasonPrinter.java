package dev.mote.skips;

import java.util.Map;
import java.util.TreeMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/// Prints at the end of a test run why tests were skipped: every reason once, with its count.
public final class SkipReasonPrinter implements TestExecutionListener {

  private final Map<String, Integer> reasons = new TreeMap<>();

  @Override
  public void executionSkipped(TestIdentifier test, String reason) {
    count(reason);
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    if (result.getStatus() == TestExecutionResult.Status.ABORTED) {
      count(result.getThrowable().map(Throwable::getMessage).orElse("no reason given"));
    }
  }

  @Override
  public void testPlanExecutionFinished(TestPlan plan) {
    Map<String, Integer> counted;
    synchronized (reasons) {
      counted = new TreeMap<>(reasons);
      reasons.clear();
    }
    counted.forEach((reason, count) -> System.out.println("Skipped " + count + ": " + reason));
  }

  private void count(String reason) {
    synchronized (reasons) {
      reasons.merge(reason.replaceFirst("^Assumption failed: ", ""), 1, Integer::sum);
    }
  }
}
