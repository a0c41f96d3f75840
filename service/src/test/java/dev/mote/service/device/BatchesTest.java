package dev.mote.service.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(200)
class BatchesTest {

  private static final Duration LONG = Duration.ofSeconds(60);

  @Test
  void whatArrivesMeanwhileIsOneBatch() throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    List<List<Integer>> seen = new CopyOnWriteArrayList<>();
    try (Batches<Integer, Integer> batches =
            new Batches<>(
                "test",
                100,
                LONG,
                items -> {
                  seen.add(items);
                  goOn.await();
                  return items.stream().map(i -> i * i).toList();
                });
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Integer> first = threads.submit(() -> batches.run(7));
      while (seen.isEmpty()) {
        Thread.sleep(1);
      }
      List<Future<Integer>> others = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        int number = i;
        others.add(threads.submit(() -> batches.run(number)));
      }
      while (batches.length() < 50) {
        Thread.sleep(1);
      }
      goOn.countDown();
      assertThat(first.get()).isEqualTo(49);
      for (int i = 0; i < 50; i++) {
        assertThat(others.get(i).get()).isEqualTo(i * i);
      }
      assertThat(seen).hasSize(2);
    }
  }

  @Test
  void oneThatIsRefusedDoesNotHoldUpTheOthers() throws Exception {
    try (Batches<Integer, Integer> batches =
            new Batches<>(
                "test",
                100,
                LONG,
                items -> {
                  if (items.contains(13)) {
                    throw new SQLException("no such thing", "23503");
                  }
                  return items;
                });
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> all = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        int number = i;
        all.add(threads.submit(() -> batches.run(number)));
      }
      for (int i = 0; i < 30; i++) {
        if (i == 13) {
          assertThat(all.get(i))
              .failsWithin(LONG)
              .withThrowableThat()
              .withMessageContaining("refused");
        } else {
          assertThat(all.get(i).get()).isEqualTo(i);
        }
      }
    }
  }

  @Test
  void noneWaitsLongerThanItsTime() throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    try (Batches<Integer, Integer> batches =
            new Batches<>(
                "test",
                1,
                Duration.ofMillis(200),
                items -> {
                  goOn.await();
                  return items;
                });
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Integer> underWay = threads.submit(() -> batches.run(1));
      Future<Integer> behind = threads.submit(() -> batches.run(2));
      for (Future<Integer> late : List.of(underWay, behind)) {
        assertThat(late)
            .failsWithin(LONG)
            .withThrowableThat()
            .withMessageContaining("does not answer");
      }
      goOn.countDown();
    }
  }

  @Test
  void nothingBeginsAfterTheEnd() {
    Batches<Integer, Integer> batches = new Batches<>("test", 1, LONG, items -> items);
    batches.close();
    assertThatIllegalStateException()
        .isThrownBy(() -> batches.run(1))
        .withMessage("the service stops");
  }
}
