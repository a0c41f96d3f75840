package dev.mote.testkit.writers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.testkit.cases.CaseFamily;
import dev.mote.testkit.cases.Families;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OnnxWriterTest {

  private static final int CASES = 2;

  static Stream<CaseFamily> families() {
    return Families.all().stream();
  }

  @ParameterizedTest
  @MethodSource("families")
  void onnxRuntimeGivesTheSame(CaseFamily family) {
    List<String> problems =
        IntStream.range(0, CASES)
            .mapToObj(family::draw)
            .map(source -> source.description() + ": " + OnnxRoundTrip.of(source, 1))
            .filter(text -> !text.contains("EQUAL"))
            .toList();
    assertThat(problems).as(family.name()).isEmpty();
  }
}
