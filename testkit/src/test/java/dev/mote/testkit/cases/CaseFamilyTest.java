package dev.mote.testkit.cases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mote.ir.Blob;
import dev.mote.testkit.oracle.TfliteOracle;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CaseFamilyTest {

  static Stream<CaseFamily> families() {
    return Families.all().stream();
  }

  @Test
  void drawsTheSameCaseAgain() {
    CaseFamily family = Families.all().getFirst();
    assertThat(family.draw(3)).isEqualTo(family.draw(3));
    assertThat(family.draw(3).model()).isNotEqualTo(family.draw(4).model());
  }

  @ParameterizedTest
  @MethodSource("families")
  void tfliteRunsEveryCaseThatItIsComparedOn(CaseFamily family) {
    assumeTrue(TfliteOracle.obstacle().isEmpty(), () -> TfliteOracle.obstacle().orElse(""));
    if (family.oracle() instanceof Agreement.Absent) {
      return;
    }
    for (OperatorCase source : family.cases()) {
      try (TfliteOracle oracle = TfliteOracle.of(source.model().toByteArray())) {
        for (List<Blob> inputs : source.invocations()) {
          assertThat(oracle.run(inputs.stream().map(Blob::toByteArray).toList())).isNotEmpty();
        }
      }
    }
  }
}
