package dev.mote.service.database;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A PostgreSQL server of the service's own, which listens on this machine only and keeps its data
/// in a folder.
public final class EmbeddedServer implements AutoCloseable {

  private static final long STOP_SECONDS = 20;

  static final String USER = "postgres";

  private final EmbeddedPostgres server;

  private EmbeddedServer(EmbeddedPostgres server) {
    this.server = server;
  }

  /// Starts the server on the data in `folder`, which is made when it is not there.
  public static EmbeddedServer in(Path folder) throws IOException {
    endFormer(folder.resolve("postmaster.pid"));
    return new EmbeddedServer(
        EmbeddedPostgres.builder()
            .setDataDirectory(folder.toAbsolutePath())
            .setCleanDataDirectory(false)
            .setPGStartupWait(Duration.ofMinutes(1))
            // The library's own choice is for tests: nothing is safe with it.
            .setServerConfig("fsync", "on")
            .setServerConfig("synchronous_commit", "on")
            // A week of what the server has to say, in the folder `log` of its data.
            .setServerConfig("logging_collector", "on")
            .setServerConfig("log_filename", "postgresql-%a.log")
            .setServerConfig("log_truncate_on_rotation", "on")
            .start());
  }

  /// Ends a server that still runs on the same data: it outlived a service that was killed, and
  /// would keep the new one from starting. Its first line is the process, which may long be another
  /// program.
  private static void endFormer(Path lock) throws IOException {
    if (!Files.exists(lock)) {
      return;
    }
    long id = Long.parseLong(Files.readAllLines(lock).getFirst().strip());
    Optional<ProcessHandle> former =
        ProcessHandle.of(id)
            .filter(p -> p.info().command().map(c -> c.endsWith("postgres")).orElse(false));
    if (former.isPresent()) {
      former.get().destroy();
      try {
        former.get().onExit().get(STOP_SECONDS, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (ExecutionException | TimeoutException _) {
        // Its clients are gone and it does not end: PostgreSQL recovers from its log, as after a
        // power cut.
        former.get().destroyForcibly();
        former.get().onExit().join();
      }
    }
  }

  /// JDBC URL of its database, without user and password.
  public String url() {
    return server.getJdbcUrl(USER, "postgres");
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
