package dev.mote.service.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mote.service.Databases;
import dev.mote.service.database.Ids;
import dev.mote.service.http.Problem;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/// Artifacts, on disk and in a bucket.
class ArtifactsTest {

  private static final Clock NOW =
      Clock.fixed(Instant.parse("2026-03-01T12:00:00Z"), ZoneOffset.UTC);
  private static final long HOUR = 3600;

  enum Where {
    DISK,
    BUCKET
  }

  private static Optional<S3Server> bucket;
  private static DataSource database;
  private static JdbcClient sql;
  private static TransactionTemplate transaction;

  @TempDir Path folder;

  private final List<Long> counted = new ArrayList<>();

  /// Set by each test, as it is asked for a place.
  @SuppressWarnings("NullAway.Init")
  private Blobs blobs;

  @BeforeAll
  static void start() throws Exception {
    database = Databases.fresh();
    sql = JdbcClient.create(database);
    transaction = new TransactionTemplate(new JdbcTransactionManager(database));
    bucket = S3Server.start();
  }

  @AfterAll
  static void stop() throws IOException {
    if (bucket.isPresent()) {
      bucket.get().close();
    }
  }

  private static StoreSettings settings(Path copies, String name) {
    return settings(copies, name, server().url(), S3Server.SECRET);
  }

  private static StoreSettings settings(Path copies, String name, String url, String secret) {
    return new StoreSettings(
        copies,
        Optional.of(name),
        Optional.of(url),
        "us-east-1",
        Optional.of(S3Server.KEY),
        Optional.of(secret),
        1000,
        Duration.ofHours(1),
        Duration.ofHours(1));
  }

  private static S3Server server() {
    assumeTrue(bucket.isPresent(), "Maven brings the S3 server: " + S3Server.PROGRAM);
    return bucket.get();
  }

  private StoredArtifacts artifacts(Where where) throws IOException {
    blobs =
        switch (where) {
          case DISK -> new FileBlobs(folder);
          case BUCKET -> new S3Blobs(settings(folder, S3Server.BUCKET), new FileBlobs(folder));
        };
    return artifacts(blobs, NOW);
  }

  private StoredArtifacts artifacts(Blobs on, Clock clock) {
    StaticListableBeanFactory beans = new StaticListableBeanFactory();
    beans.addBean(
        "counts",
        new HoldListener() {
          @Override
          public void taken(UUID tenant, long bytes) {
            counted.add(bytes);
          }

          @Override
          public void given(UUID tenant, long bytes) {
            counted.add(-bytes);
          }
        });
    return new StoredArtifacts(
        sql,
        on,
        clock,
        beans.getBeanProvider(HoldListener.class),
        new JdbcTransactionManager(database));
  }

  private static UUID tenant() {
    UUID id = Ids.next();
    sql.sql("insert into tenant (id, name) values (:id, :name)")
        .param("id", id)
        .param("name", "t" + id)
        .update();
    return id;
  }

  private static InputStream stream(String content) {
    return new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8));
  }

  private static boolean hasRow(String sha256) {
    return sql.sql("select count(*) from artifact where sha256 = :sha256")
            .param("sha256", sha256)
            .query(Integer.class)
            .single()
        == 1;
  }

  private long drafts() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("drafts"))) {
      return files.count();
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsStoredIsReadAgainWholeOrInPart(Where where) throws IOException {
    StoredArtifacts artifacts = artifacts(where);
    Stored stored = artifacts.put(stream("abc"), 3);
    assertThat(stored.sha256())
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assertThat(artifacts.put(stream("abc"), 3)).isEqualTo(stored);
    assertThat(artifacts.bytes(stored.sha256())).asString().isEqualTo("abc");
    assertThat(artifacts.size(stored.sha256())).isEqualTo(3);
    try (SeekableByteChannel channel = artifacts.channel(stored.sha256())) {
      ByteBuffer last = ByteBuffer.allocate(1);
      channel.position(2).read(last);
      assertThat(last.array()).containsExactly('c');
    }
    assertThat(drafts()).isZero();
    for (String none : List.of("0".repeat(64), "../../etc/passwd", "")) {
      assertThatThrownBy(() -> artifacts.open(none)).isInstanceOf(ArtifactMissing.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsTooLargeOrBreaksOffLeavesNothing(Where where) throws IOException {
    StoredArtifacts artifacts = artifacts(where);
    assertThatThrownBy(() -> artifacts.put(stream("too large"), 8))
        .isInstanceOf(ArtifactTooLarge.class);
    InputStream broken =
        new FilterInputStream(stream("broken")) {
          @Override
          public int read(byte[] to, int offset, int length) throws IOException {
            if (super.read(to, offset, 3) < 0) {
              throw new IOException("connection reset");
            }
            return 3;
          }
        };
    assertThatThrownBy(() -> artifacts.put(broken, 100)).isInstanceOf(UncheckedIOException.class);
    assertThat(drafts()).isZero();
    assertThat(blobs.olderThan(-10)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void damageIsFoundBeforeTheLastByte(Where where) throws IOException {
    Stored stored = artifacts(where).put(stream("undamaged"), 100);
    Path file = blobs.file(stored.sha256());
    for (String damage : List.of("undamagEd", "undama", "")) {
      Files.writeString(file, damage);
      StoredArtifacts artifacts = artifacts(blobs, NOW);
      assertThatThrownBy(() -> artifacts.bytes(stored.sha256()))
          .isInstanceOf(ArtifactDamaged.class);
      assertThatThrownBy(() -> artifacts.channel(stored.sha256()))
          .isInstanceOf(ArtifactDamaged.class);
    }
    blobs.delete(stored.sha256());
  }

  @ParameterizedTest
  @EnumSource
  void whatNobodyHoldsIsSweptAfterAWhile(Where where) throws IOException {
    StoredArtifacts now = artifacts(where);
    StoredArtifacts later = artifacts(blobs, Clock.offset(NOW, Duration.ofHours(2)));
    UUID tenant = tenant();
    String held = now.put(stream("held"), 100).sha256();
    String unheld = now.put(stream("unheld"), 100).sha256();
    String renewed = now.put(stream("renewed"), 100).sha256();
    later.put(stream("renewed"), 100);
    transaction.executeWithoutResult(status -> now.hold(tenant, held, "a"));
    transaction.executeWithoutResult(status -> now.hold(tenant, held, "b"));
    assertThat(counted).containsExactly(4L);
    assertThat(now.unheld(HOUR, 1000)).doesNotContain(held, unheld, renewed);
    assertThat(later.unheld(HOUR, 1000)).contains(unheld).doesNotContain(held, renewed);
    for (String sha256 : List.of(held, unheld, renewed)) {
      assertThat(now.sweep(sha256, HOUR)).isFalse();
      assertThat(later.sweep(sha256, HOUR)).isEqualTo(sha256.equals(unheld));
    }
    assertThat(blobs.exists(unheld)).isFalse();
    assertThatThrownBy(() -> now.open(unheld)).isInstanceOf(ArtifactMissing.class);
    transaction.executeWithoutResult(status -> now.release(tenant, held, "a"));
    assertThat(later.sweep(held, HOUR)).isFalse();
    transaction.executeWithoutResult(status -> now.release(tenant, held, "b"));
    assertThat(counted).containsExactly(4L, -4L);
    assertThat(later.sweep(held, HOUR)).isTrue();
    assertThat(now.sweep(renewed, -HOUR * 3)).isTrue();
  }

  @Test
  void bytesWithoutARowAreSweptAndThoseWithOneStay() throws IOException {
    StoredArtifacts artifacts = artifacts(Where.DISK);
    String kept = artifacts.put(stream("kept"), 100).sha256();
    String orphan = artifacts.put(stream("orphan"), 100).sha256();
    sql.sql("delete from artifact where sha256 = :sha256").param("sha256", orphan).update();
    assertThat(artifacts.sweepOrphan(kept)).isFalse();
    assertThat(artifacts.sweepOrphan(orphan)).isTrue();
    assertThat(blobs.exists(kept)).isTrue();
    assertThat(blobs.exists(orphan)).isFalse();
    assertThat(hasRow(orphan)).isFalse();
  }

  @Test
  void anUploadDuringItsSweepIsThereOrWasNeverLost() throws Exception {
    StoredArtifacts artifacts = artifacts(Where.DISK);
    try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
      for (int round = 0; round < 30; round++) {
        String content = "round " + round;
        String sha256 = artifacts.put(stream(content), 100).sha256();
        List<Future<?>> all =
            List.of(
                threads.submit(() -> artifacts.sweep(sha256, -10)),
                threads.submit(() -> artifacts.put(stream(content), 100)),
                threads.submit(() -> artifacts.sweepOrphan(sha256)));
        for (Future<?> one : all) {
          one.get();
        }
        assertThat(blobs.exists(sha256)).as(content).isEqualTo(hasRow(sha256));
      }
    }
  }

  @Test
  void aHoldDuringASweepHoldsOrIsToldThatNothingIsThere() throws Exception {
    StoredArtifacts artifacts = artifacts(Where.DISK);
    UUID tenant = tenant();
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      for (int round = 0; round < 20; round++) {
        String sha256 = artifacts.put(stream("hold " + round), 100).sha256();
        Future<Boolean> swept = threads.submit(() -> artifacts.sweep(sha256, -10));
        Future<Boolean> held =
            threads.submit(
                () -> {
                  try {
                    transaction.executeWithoutResult(
                        status -> artifacts.hold(tenant, sha256, "test"));
                    return true;
                  } catch (ArtifactMissing e) {
                    return false;
                  }
                });
        assertThat(held.get()).isNotEqualTo(swept.get());
        assertThat(blobs.exists(sha256)).isEqualTo(held.get());
      }
    }
  }

  @Test
  void copiesOfABucketAreCheckedBoundedAndFetchedAgain() throws IOException {
    StoredArtifacts artifacts = artifacts(Where.BUCKET);
    String first = artifacts.put(stream("x".repeat(600)), 1000).sha256();
    String second = artifacts.put(stream("y".repeat(600)), 1000).sha256();
    FileBlobs copies = new FileBlobs(folder);
    artifacts.bytes(second);
    blobs.tidy();
    assertThat(copies.olderThan(-10)).hasSize(1);
    assertThat(artifacts.bytes(first)).hasSize(600);
    assertThat(artifacts.bytes(second)).hasSize(600);
    assertThat(blobs.olderThan(-10)).contains(first, second);

    // Another process has no copies, and the storage gives it something else.
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    S3Blobs other = new S3Blobs(settings(elsewhere, S3Server.BUCKET), new FileBlobs(elsewhere));
    assertThat(artifacts(other, NOW).bytes(first)).hasSize(600);
    server().overwrite("artifacts/" + second, "not what it was");
    assertThatThrownBy(() -> artifacts(other, NOW).bytes(second))
        .isInstanceOf(ArtifactDamaged.class);
  }

  @Test
  void aLargeArtifactGoesToTheBucketAndBack() throws Exception {
    StoredArtifacts artifacts = artifacts(Where.BUCKET);
    byte[] large = new byte[24 << 20];
    new SplittableRandom(3).nextBytes(large);
    Stored stored = artifacts.put(new ByteArrayInputStream(large), large.length);
    blobs.tidy();
    assertThat(new FileBlobs(folder).exists(stored.sha256())).isFalse();
    assertThat(artifacts.size(stored.sha256())).isEqualTo(large.length);
    assertThat(artifacts.bytes(stored.sha256())).isEqualTo(large);
    blobs.delete(stored.sha256());
    assertThat(blobs.exists(stored.sha256())).isFalse();
  }

  /// What an operator sees at the start, and a user when it goes away later.
  @Test
  void whatCannotBeUsedIsSaid() throws IOException {
    FileBlobs copies = new FileBlobs(folder);
    String away = "http://127.0.0.1:" + S3Server.freePort();
    for (StoreSettings wrong :
        List.of(
            settings(folder, "no-such-bucket"),
            settings(folder, S3Server.BUCKET, server().url(), "wrong"),
            settings(folder, S3Server.BUCKET, away, S3Server.SECRET))) {
      S3Blobs blobs = new S3Blobs(wrong, copies);
      assertThatThrownBy(blobs::check)
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith(
              "mote.store.bucket: bucket '%s' cannot be used: "
                  .formatted(wrong.bucket().orElseThrow()))
          .hasMessageNotContaining("wrong");
      StoredArtifacts artifacts = artifacts(blobs, NOW);
      for (ThrowingCallable use :
          List.<ThrowingCallable>of(
              () -> artifacts.put(stream("not stored"), 100),
              () -> artifacts.open("0".repeat(64)))) {
        assertThatThrownBy(use)
            .isInstanceOfSatisfying(
                Problem.class,
                problem -> {
                  assertThat(problem.code()).isEqualTo(8_051);
                  assertThat(problem.status()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
                  assertThat(problem.retryAfter()).isPresent();
                });
      }
      assertThat(drafts()).isZero();
    }
  }
}
