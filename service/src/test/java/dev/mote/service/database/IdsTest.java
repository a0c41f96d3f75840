package dev.mote.service.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;

class IdsTest {

  @Test
  void idsAscendEvenWithinAMillisecondAndWhenTheClockGoesBack() {
    UUID last = Ids.next(System.currentTimeMillis() + 10_000);
    for (int i = 0; i < 10_000; i++) {
      UUID next = Ids.next(System.currentTimeMillis());
      assertThat(next.toString()).isGreaterThan(last.toString());
      assertThat(next.version()).isEqualTo(7);
      assertThat(next.variant()).isEqualTo(2);
      last = next;
    }
  }
}
