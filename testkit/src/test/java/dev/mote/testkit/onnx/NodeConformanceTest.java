package dev.mote.testkit.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mote.testkit.onnx.CaseOutcome.Verdict;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// A part of what `make conformance` runs as a whole.
class NodeConformanceTest {

  private static final int EVERY = 6;

  @Test
  void everyCasePassesOrIsRefusedWithACode() {
    assumeTrue(NodeCase.installed(), "ONNX's test cases (libonnx-testdata) are not installed");
    List<NodeCase> all = NodeCase.all();
    List<NodeCase> some =
        IntStream.range(0, all.size()).filter(i -> i % EVERY == 0).mapToObj(all::get).toList();
    List<CaseOutcome> outcomes = NodeConformance.run(some, true);
    assertThat(outcomes).hasSize(some.size());
    assertThat(outcomes)
        .filteredOn(outcome -> outcome.verdict() == Verdict.FAILED)
        .extracting(outcome -> outcome.source().name() + ": " + outcome.reason())
        .isEmpty();
    assertThat(outcomes)
        .filteredOn(outcome -> outcome.verdict() == Verdict.REFUSED)
        .allMatch(outcome -> outcome.reason().contains("MOTE-"));
    assertThat(outcomes)
        .filteredOn(outcome -> outcome.verdict() == Verdict.PASSED)
        .hasSizeGreaterThan(some.size() * 6 / 10);
  }
}
