package dev.mote.pipeline.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArenaPlannerTest {

  private static BufferRequest buffer(String name, int bytes, int first, int last) {
    return new BufferRequest(name, bytes, 4, first, last, false);
  }

  @Test
  void nothingNeedsNoArena() {
    assertThat(ArenaPlanner.plan(List.of(), List.of()).arenaBytes()).isZero();
  }

  @Test
  void buffersThatNeverLiveTogetherShareTheirPlace() {
    ArenaPlan plan =
        ArenaPlanner.plan(
            List.of(buffer("a", 100, 0, 1), buffer("b", 40, 1, 2), buffer("c", 60, 2, 3)),
            List.of());

    assertThat(plan.arenaBytes()).isEqualTo(140);
    assertThat(plan.optimal()).isTrue();
  }

  @Test
  void anOutputThatMayLagBehindItsInputLiesBelowIt() {
    List<BufferRequest> requests = List.of(buffer("in", 100, -1, 0), buffer("out", 200, 0, 1));

    ArenaPlan plan = ArenaPlanner.plan(requests, List.of(new OverlapPermit(1, 0, 120, false)));

    assertThat(plan.arenaBytes()).isEqualTo(220);
    assertThat(plan.offsets()).containsExactly(120, 0);
    assertThat(plan.disjointBoundBytes()).isEqualTo(300);
  }

  @Test
  void anExactPermitMeansEqualOffsets() {
    List<BufferRequest> requests =
        List.of(buffer("other", 40, -1, 3), buffer("in", 100, -1, 0), buffer("out", 100, 0, 1));

    ArenaPlan plan = ArenaPlanner.plan(requests, List.of(new OverlapPermit(2, 1, 0, true)));

    assertThat(plan.arenaBytes()).isEqualTo(140);
    assertThat(plan.offsets().get(1)).isEqualTo(plan.offsets().get(2));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void liveBuffersOverlapOnlyWherePermitted(long seed) {
    Random random = new Random(seed);
    List<BufferRequest> requests = new ArrayList<>();
    List<OverlapPermit> permits = new ArrayList<>();
    int steps = 3 + random.nextInt(12);
    for (int i = 0; i < 4 + random.nextInt(16); i++) {
      int first = random.nextInt(steps);
      int last = first + random.nextInt(4);
      int alignment = random.nextBoolean() ? 4 : 8;
      requests.add(
          new BufferRequest("b" + i, 1 + random.nextInt(500), alignment, first, last, false));
    }
    for (int written = 0; written < requests.size(); written++) {
      for (int read = 0; read < requests.size(); read++) {
        if (written != read && requests.get(read).last() == requests.get(written).first()) {
          permits.add(
              new OverlapPermit(written, read, 4 * random.nextInt(40), random.nextInt(4) == 0));
        }
      }
    }

    ArenaPlan plan = ArenaPlanner.plan(requests, permits);

    assertThat(plan.arenaBytes()).isGreaterThanOrEqualTo(plan.lowerBoundBytes());
    for (int i = 0; i < requests.size(); i++) {
      assertThat(plan.offsets().get(i) % requests.get(i).alignment()).isZero();
      for (int j = i + 1; j < requests.size(); j++) {
        assertThat(mayStand(i, j, requests, plan, permits)).as("%d and %d", i, j).isTrue();
      }
    }
  }

  @Test
  void aCrowdIsPlacedInReasonableTime() {
    List<BufferRequest> requests = new ArrayList<>();
    for (int i = 0; i < 4000; i++) {
      requests.add(buffer("b" + i, 16, 0, 9));
    }

    assertThat(ArenaPlanner.plan(requests, List.of()).arenaBytes()).isEqualTo(64_000);
  }

  private static boolean mayStand(
      int a, int b, List<BufferRequest> requests, ArenaPlan plan, List<OverlapPermit> permits) {
    BufferRequest x = requests.get(a);
    BufferRequest y = requests.get(b);
    int xOffset = plan.offsets().get(a);
    int yOffset = plan.offsets().get(b);
    boolean together = x.first() <= y.last() && y.first() <= x.last();
    boolean apart = xOffset + x.bytes() <= yOffset || yOffset + y.bytes() <= xOffset;
    return !together
        || apart
        || permits.stream()
            .anyMatch(
                p ->
                    (p.written() == a && p.read() == b && legal(p, xOffset, yOffset))
                        || (p.written() == b && p.read() == a && legal(p, yOffset, xOffset)));
  }

  private static boolean legal(OverlapPermit permit, int written, int read) {
    return permit.exact() ? written == read : written + permit.distance() <= read;
  }
}
