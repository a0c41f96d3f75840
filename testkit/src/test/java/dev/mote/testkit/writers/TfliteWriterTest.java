package dev.mote.testkit.writers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mote.testkit.cases.CaseFamily;
import dev.mote.testkit.cases.Families;
import dev.mote.testkit.graphs.GraphFamilies;
import dev.mote.testkit.oracle.TfliteOracle;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TfliteWriterTest {

  private static final int CASES = 4;

  static Stream<CaseFamily> families() {
    return Stream.concat(Families.all().stream(), GraphFamilies.all().stream());
  }

  @ParameterizedTest
  @MethodSource("families")
  void whatIsWrittenIsReadAndRunTheSame(CaseFamily family) {
    assumeTrue(TfliteOracle.obstacle().isEmpty(), () -> TfliteOracle.obstacle().orElse(""));
    List<String> problems =
        IntStream.range(0, CASES)
            .mapToObj(family::draw)
            .map(
                source ->
                    TfliteRoundTrip.problem(source)
                        .map(p -> source.name() + ": " + source.description() + ": " + p)
                        .orElse(null))
            .filter(Objects::nonNull)
            .toList();
    assertThat(problems).isEmpty();
  }
}
