package dev.mote.testkit.cases;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// That every family's cases run at all, by TFLite and by C, is `DifferentialTest`'s to show.
class CaseFamilyTest {

  @Test
  void drawsTheSameCaseAgain() {
    CaseFamily family = Families.all().getFirst();
    assertThat(family.draw(3)).isEqualTo(family.draw(3));
    assertThat(family.draw(3).model()).isNotEqualTo(family.draw(4).model());
  }
}
