package dev.mote.service.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mote.service.Databases;
import dev.mote.service.database.Ids;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

class JobsTest {

  static class Beans {
    @Bean
    Ends ends() {
      return new Ends();
    }
  }

  static final class Ends implements JobListener {
    final List<String> seen = new CopyOnWriteArrayList<>();
    volatile Optional<UUID> refused = Optional.empty();

    @Override
    public void ended(UUID tenant, UUID job, String kind, JobState state) {
      assertThat(TransactionSynchronizationManager.isActualTransactionActive()).isTrue();
      if (refused.filter(job::equals).isPresent()) {
        refused = Optional.empty();
        throw new IllegalStateException("not now");
      }
      seen.add(job + " " + state);
    }
  }

  private static String url;
  private static AnnotationConfigApplicationContext service;
  private static Jobs jobs;
  private static JobRows rows;
  private static TryHandler handler;
  private static Ends ends;
  private static JobProcess.Told told;
  private static JdbcClient sql;

  private UUID tenant;

  @BeforeAll
  static void start() {
    url = Databases.freshUrl();
    service = JobProcess.start(url, Beans.class);
    jobs = service.getBean(Jobs.class);
    rows = service.getBean(JobRows.class);
    handler = service.getBean(TryHandler.class);
    ends = service.getBean(Ends.class);
    told = service.getBean(JobProcess.Told.class);
    sql = service.getBean(JdbcClient.class);
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  @BeforeEach
  void makeTenant() {
    tenant = tenant();
    handler.began.clear();
    handler.most.set(0);
    handler.gate.drainPermits();
  }

  private static UUID tenant() {
    UUID id = Ids.next();
    sql.sql("insert into tenant (id, name) values (:id, :name)")
        .param("id", id)
        .param("name", "t" + id)
        .update();
    return id;
  }

  private UUID submit(UUID of, String action, String name) {
    return jobs.submit(of, "try", new TryHandler.Subject(action, name), "try " + name);
  }

  private static Job await(UUID tenant, UUID job, JobState state) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(20))
        .untilAsserted(
            () ->
                assertThat(jobs.find(tenant, job).orElseThrow())
                    .extracting(Job::state)
                    .isEqualTo(state));
    return jobs.find(tenant, job).orElseThrow();
  }

  private long ends(UUID job) {
    return ends.seen.stream().filter(e -> e.startsWith(job.toString())).count();
  }

  @Test
  void aJobEndsOnceWithResultLogAndEvents() {
    UUID job = submit(tenant, "pass", "a");
    Job ended = await(tenant, job, JobState.SUCCEEDED);
    assertThat(ended.progress()).isEqualTo(100);
    assertThat(ended.progressText()).isEqualTo("half of a");
    assertThat(ended.attempts()).isEqualTo(1);
    assertThat(ended.result().orElseThrow().get("action").asString()).isEqualTo("passed");
    assertThat(rows.lines(tenant, job, 0, 10)).extracting(JobLine::text).containsExactly("begin a");
    assertThat(rows.lines(tenant(), job, 0, 10)).isEmpty();
    assertThat(jobs.find(tenant(), job)).isEmpty();
    assertThat(ends.seen).contains(job + " SUCCEEDED");
    assertThat(told.events).containsSubsequence("job.progress " + job, "job.ended " + job);
  }

  @Test
  void aJobOfARolledBackTransactionNeverWas() {
    TransactionTemplate transaction = service.getBean(TransactionTemplate.class);
    UUID job =
        transaction.execute(
            status -> {
              status.setRollbackOnly();
              return submit(tenant, "pass", "rolled back");
            });
    assertThat(jobs.find(tenant, job)).isEmpty();
    assertThatThrownBy(() -> jobs.submit(tenant, "unheard of", "x", "x"))
        .hasMessage("no handler of jobs 'unheard of'");
  }

  @Test
  void aFailingJobIsTriedAgainAndThenFailsInWords() {
    UUID fails = submit(tenant, "fail", "b");
    UUID once = submit(tenant, "fail once", "c");
    Job failed = await(tenant, fails, JobState.FAILED);
    assertThat(failed.failure()).contains("nothing works");
    assertThat(failed.attempts()).isEqualTo(2);
    assertThat(await(tenant, once, JobState.SUCCEEDED).attempts()).isEqualTo(2);
    assertThat(rows.lines(tenant, once, 0, 10))
        .extracting(JobLine::text)
        .containsExactly("begin c", "failed: not yet; it is tried again", "begin c");
    assertThat(ends(fails)).isEqualTo(1);
    assertThat(ends(once)).isEqualTo(1);
  }

  @Test
  void waitingAndRunningJobsAreCancelled() {
    List<UUID> hanging = List.of(submit(tenant, "hang", "d1"), submit(tenant, "hang", "d2"));
    hanging.forEach(job -> await(tenant, job, JobState.RUNNING));
    UUID waits = submit(tenant, "pass", "d3");
    assertThat(jobs.cancel(tenant(), waits)).isFalse();
    assertThat(jobs.cancel(tenant, waits)).isTrue();
    assertThat(jobs.find(tenant, waits).orElseThrow().state()).isEqualTo(JobState.CANCELLED);
    assertThat(jobs.cancel(tenant, waits)).isFalse();
    hanging.forEach(job -> assertThat(jobs.cancel(tenant, job)).isTrue());
    hanging.forEach(job -> await(tenant, job, JobState.CANCELLED));
    assertThat(handler.began).doesNotContain("d3");
    hanging.forEach(job -> assertThat(ends(job)).isEqualTo(1));
  }

  @Test
  void tenantsTakeTurnsWithinTheirLimits() {
    List<UUID> many = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      many.add(submit(tenant, "wait", "many" + i));
    }
    await(tenant, many.get(0), JobState.RUNNING);
    await(tenant, many.get(1), JobState.RUNNING);
    UUID other = tenant();
    UUID one = submit(other, "pass", "other");
    // The process has room for three, the busy tenant only for two.
    await(other, one, JobState.SUCCEEDED);
    assertThat(handler.began).containsExactlyInAnyOrder("many0", "many1", "other");
    handler.gate.release(100);
    many.forEach(job -> await(tenant, job, JobState.SUCCEEDED));
    assertThat(handler.most.get()).isLessThanOrEqualTo(3);
    assertThat(handler.began).doesNotHaveDuplicates();
  }

  @Test
  void anEndIsRolledBackWithItsListenerAndWrittenAgain() {
    TransactionTemplate transaction = service.getBean(TransactionTemplate.class);
    UUID job =
        transaction.execute(
            status -> {
              UUID id = submit(tenant, "pass", "e");
              ends.refused = Optional.of(id);
              return id;
            });
    await(tenant, job, JobState.SUCCEEDED);
    assertThat(ends.refused).isEmpty();
    assertThat(ends(job)).isEqualTo(1);
    assertThat(jobs.find(tenant, job).orElseThrow().attempts()).isEqualTo(1);
    assertThat(rows.lines(tenant, job, 0, 10)).hasSize(1);
  }

  @Test
  void aProcessThatStopsPutsItsJobsBackForOthers() {
    List<UUID> first = List.of(submit(tenant, "hang", "f1"), submit(tenant, "hang", "f2"));
    first.forEach(job -> await(tenant, job, JobState.RUNNING));
    UUID other = tenant();
    UUID third = submit(other, "wait", "f3");
    await(other, third, JobState.RUNNING);
    // This process is full; the next job runs in a second one, and is cancelled from here.
    UUID theirs;
    UUID back;
    try (var second = JobProcess.start(url)) {
      theirs = submit(other, "hang", "g1");
      await(other, theirs, JobState.RUNNING);
      List<String> began = second.getBean(TryHandler.class).began;
      Awaitility.await().until(() -> began.equals(List.of("g1")));
      assertThat(jobs.cancel(other, theirs)).isTrue();
      await(other, theirs, JobState.CANCELLED);
      back = submit(other, "wait", "g2");
      await(other, back, JobState.RUNNING);
    }
    assertThat(jobs.find(other, back).orElseThrow().state()).isEqualTo(JobState.WAITING);
    handler.gate.release(2);
    await(other, third, JobState.SUCCEEDED);
    await(other, back, JobState.SUCCEEDED);
    first.forEach(job -> jobs.cancel(tenant, job));
    first.forEach(job -> await(tenant, job, JobState.CANCELLED));
    assertThat(ends(back)).isEqualTo(1);
  }

  @Test
  void aJobOfAKilledProcessRunsAgainAndEndsOnce() throws Exception {
    List<UUID> here = List.of(submit(tenant, "wait", "h1"), submit(tenant, "wait", "h2"));
    UUID other = tenant();
    UUID third = submit(other, "wait", "h3");
    here.forEach(job -> await(tenant, job, JobState.RUNNING));
    await(other, third, JobState.RUNNING);
    // No room here: the fourth runs in the process that is killed.
    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                JobProcess.class.getName(),
                url)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    UUID killed;
    try {
      killed = submit(other, "wait", "h4");
      Job running = await(other, killed, JobState.RUNNING);
      assertThat(running.attempts()).isEqualTo(1);
      assertThat(handler.began).doesNotContain("h4");
    } finally {
      process.destroyForcibly().waitFor();
    }
    handler.gate.release(4);
    Job ended = await(other, killed, JobState.SUCCEEDED);
    assertThat(ended.attempts()).isEqualTo(2);
    assertThat(handler.began).containsOnlyOnce("h4");
    assertThat(ends(killed)).isEqualTo(1);
    here.forEach(job -> await(tenant, job, JobState.SUCCEEDED));
    await(other, third, JobState.SUCCEEDED);
  }
}
