package dev.mote.service.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.service.Databases;
import dev.mote.service.TestService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/// A service with as few connections as it can live with: one listens, one is for all the rest.
@ResourceLock(MovableClock.LOCK)
class SmallPoolTest {

  @Test
  void manyRequestsAtOnceNeedOneConnectionEach() throws Exception {
    try (TestService service =
            TestService.startWith(
                List.of(MovableClock.Beans.class),
                Databases.freshUrl(),
                "--mote.database.connections=2",
                "--mote.access.session=365d");
        ExecutorService threads = Executors.newFixedThreadPool(16)) {
      List<String> doors =
          List.of("/v1/me", "/v1/devices", "/v1/models", "/v1/rollouts", "/v1/compilations");
      for (int day = 0; day < 3; day++) {
        // What is noted once in a while is due for all of them at once.
        MovableClock.SHARED.forward(Duration.ofDays(2));
        List<Future<Integer>> answers = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
          String door = doors.get(i % doors.size());
          answers.add(threads.submit(() -> service.admin().get(door).status()));
        }
        for (Future<Integer> answer : answers) {
          assertThat(answer.get()).isEqualTo(200);
        }
      }
    }
  }
}
