package dev.mote.service.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/// Artifacts as rows of the table `artifact` and bytes in [Blobs].
///
/// The row is the lock: whoever stores or sweeps an artifact holds its row while the bytes come or
/// go, so that an upload of what is just being swept waits, and then brings the bytes again. What
/// takes long is brought before, so that no connection waits for a network.
@Component
class StoredArtifacts implements Artifacts {

  private static final int MOST_KNOWN_GOOD = 10_000;

  private final JdbcClient sql;
  private final Blobs blobs;
  private final Clock clock;
  private final ObjectProvider<HoldListener> listeners;
  private final TransactionTemplate joined;
  private final TransactionTemplate own;

  /// Names and places of files that this process has checked. They do not change.
  private final Set<String> knownGood =
      Collections.synchronizedSet(
          Collections.newSetFromMap(
              new LinkedHashMap<>() {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                  return size() > MOST_KNOWN_GOOD;
                }
              }));

  StoredArtifacts(
      JdbcClient sql,
      Blobs blobs,
      Clock clock,
      ObjectProvider<HoldListener> listeners,
      PlatformTransactionManager transactions) {
    this.sql = sql;
    this.blobs = blobs;
    this.clock = clock;
    this.listeners = listeners;
    this.joined = new TransactionTemplate(transactions);
    this.own = new TransactionTemplate(transactions);
    own.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
  }

  @Override
  public Stored put(InputStream in, long limitBytes) {
    try {
      Path draft = blobs.draft();
      try {
        Stored stored = write(in, limitBytes, draft);
        store(stored, draft);
        return stored;
      } finally {
        Files.deleteIfExists(draft);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stored write(InputStream in, long limitBytes, Path draft) throws IOException {
    MessageDigest digest = sha256();
    long bytes = 0;
    try (OutputStream out = Files.newOutputStream(draft)) {
      byte[] block = new byte[1 << 16];
      for (int n = in.read(block); n >= 0; n = in.read(block)) {
        bytes += n;
        if (bytes > limitBytes) {
          throw new ArtifactTooLarge(limitBytes);
        }
        digest.update(block, 0, n);
        out.write(block, 0, n);
      }
    }
    return new Stored(HexFormat.of().formatHex(digest.digest()), bytes);
  }

  private void store(Stored stored, Path draft) {
    try {
      blobs.bring(stored.sha256(), draft);
    } catch (IOException e) {
      throw StoreCodes.unavailable(e);
    }
    // Never a second connection beside the caller's: all of them may be waited for so.
    joined.executeWithoutResult(_ -> place(stored, draft));
  }

  private void place(Stored stored, Path draft) {
    sql.sql(
            """
            insert into artifact (sha256, bytes, touched) values (:sha256, :bytes, :now)
            on conflict (sha256) do update set touched = greatest(artifact.touched, excluded.touched)""")
        .param("sha256", stored.sha256())
        .param("bytes", stored.bytes())
        .param("now", clock.instant().atOffset(ZoneOffset.UTC))
        .update();
    try {
      blobs.put(stored.sha256(), draft);
    } catch (IOException e) {
      throw StoreCodes.unavailable(e);
    }
  }

  @Override
  public InputStream open(String sha256) {
    return new CheckedStream(Channels.newInputStream(opened(sha256)), sha256, size(sha256));
  }

  @Override
  public SeekableByteChannel channel(String sha256) {
    SeekableByteChannel channel = opened(sha256);
    try {
      if (!knownGood.contains(sha256)) {
        check(channel, sha256);
        knownGood.add(sha256);
      }
      return channel.position(0);
    } catch (IOException | RuntimeException e) {
      try {
        channel.close();
      } catch (IOException onClose) {
        e.addSuppressed(onClose);
      }
      throw e instanceof RuntimeException bad ? bad : new UncheckedIOException((IOException) e);
    }
  }

  @SuppressWarnings("InputStreamSlowMultibyteRead")
  private static void check(SeekableByteChannel channel, String sha256) throws IOException {
    MessageDigest digest = sha256();
    InputStream in = Channels.newInputStream(channel);
    byte[] block = new byte[1 << 16];
    for (int n = in.read(block); n >= 0; n = in.read(block)) {
      digest.update(block, 0, n);
    }
    if (!HexFormat.of().formatHex(digest.digest()).equals(sha256)) {
      throw new ArtifactDamaged(sha256);
    }
  }

  private SeekableByteChannel opened(String sha256) {
    try {
      return FileChannel.open(blobs.file(sha256), StandardOpenOption.READ);
    } catch (NoSuchFileException e) {
      throw new ArtifactMissing(sha256);
    } catch (IOException e) {
      throw StoreCodes.unavailable(e);
    }
  }

  @Override
  public byte[] bytes(String sha256) {
    try (InputStream in = open(sha256)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public long size(String sha256) {
    return sql.sql("select bytes from artifact where sha256 = :sha256")
        .param("sha256", sha256)
        .query(Long.class)
        .optional()
        .orElseThrow(() -> new ArtifactMissing(sha256));
  }

  @Override
  @Transactional(propagation = Propagation.REQUIRED)
  public void hold(UUID tenant, String sha256, String holder) {
    // Locked, so that two holders of a tenant's first hold are counted once, and no sweep comes
    // between.
    long bytes =
        sql.sql("select bytes from artifact where sha256 = :sha256 for update")
            .param("sha256", sha256)
            .query(Long.class)
            .optional()
            .orElseThrow(() -> new ArtifactMissing(sha256));
    boolean first = !heldBy(tenant, sha256);
    sql.sql(
            """
            insert into artifact_holder (tenant, sha256, holder) values (:tenant, :sha256, :holder)
            on conflict do nothing""")
        .param("tenant", tenant)
        .param("sha256", sha256)
        .param("holder", holder)
        .update();
    if (first) {
      listeners.forEach(listener -> listener.taken(tenant, bytes));
    }
  }

  @Override
  @Transactional(propagation = Propagation.REQUIRED)
  public boolean release(UUID tenant, String sha256, String holder) {
    Long bytes =
        sql.sql("select bytes from artifact where sha256 = :sha256 for update")
            .param("sha256", sha256)
            .query(Long.class)
            .optional()
            .orElse(null);
    int gone =
        sql.sql(
                """
                delete from artifact_holder
                where tenant = :tenant and sha256 = :sha256 and holder = :holder""")
            .param("tenant", tenant)
            .param("sha256", sha256)
            .param("holder", holder)
            .update();
    if (bytes != null && gone == 1 && !heldBy(tenant, sha256)) {
      listeners.forEach(listener -> listener.given(tenant, bytes));
    }
    return gone == 1;
  }

  private boolean heldBy(UUID tenant, String sha256) {
    return sql.sql(
            "select exists (select from artifact_holder where tenant = :tenant and sha256 = :sha256)")
        .param("tenant", tenant)
        .param("sha256", sha256)
        .query(Boolean.class)
        .single();
  }

  /// Sweeps one artifact if nobody holds it and it was not stored since `touchedBeforeSeconds` ago.
  boolean sweep(String sha256, long touchedBeforeSeconds) {
    try {
      return Boolean.TRUE.equals(
          own.execute(
              status -> {
                boolean gone =
                    sql.sql(
                                """
                                delete from artifact a
                                where sha256 = :sha256 and touched < :before
                                  and not exists (
                                    select from artifact_holder h where h.sha256 = a.sha256)""")
                            .param("sha256", sha256)
                            .param(
                                "before",
                                clock
                                    .instant()
                                    .minusSeconds(touchedBeforeSeconds)
                                    .atOffset(ZoneOffset.UTC))
                            .update()
                        == 1;
                if (gone) {
                  knownGood.remove(sha256);
                  deleteBytes(sha256);
                }
                return gone;
              }));
    } catch (DataIntegrityViolationException heldMeanwhile) {
      return false;
    }
  }

  private void deleteBytes(String sha256) {
    try {
      blobs.delete(sha256);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Names of artifacts that nobody holds and that were not stored for so long.
  List<String> unheld(long seconds, int most) {
    return sql.sql(
            """
            select sha256 from artifact a
            where touched < :before
              and not exists (select from artifact_holder h where h.sha256 = a.sha256)
            limit :most""")
        .param("before", clock.instant().minusSeconds(seconds).atOffset(ZoneOffset.UTC))
        .param("most", most)
        .query((row, n) -> row.getString(1))
        .list();
  }

  /// Deletes bytes that have no row, as a process leaves them which dies between the two. The row
  /// is made for as long as that takes: who stores the same waits for it.
  boolean sweepOrphan(String sha256) {
    return Boolean.TRUE.equals(
        own.execute(
            status -> {
              boolean orphan =
                  sql.sql(
                              """
                              insert into artifact (sha256, bytes, touched) values (:sha256, 0, :now)
                              on conflict do nothing""")
                          .param("sha256", sha256)
                          .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                          .update()
                      == 1;
              if (orphan) {
                deleteBytes(sha256);
                sql.sql("delete from artifact where sha256 = :sha256")
                    .param("sha256", sha256)
                    .update();
              }
              return orphan;
            }));
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
