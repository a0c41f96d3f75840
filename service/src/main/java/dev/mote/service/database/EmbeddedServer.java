package dev.mote.service.database;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;

/// A PostgreSQL server of the service's own, which listens on this machine only and keeps its data
/// in
/// a folder.
public final class EmbeddedServer implements AutoCloseable {

  static final String USER = "postgres";

  private final EmbeddedPostgres server;

  private EmbeddedServer(EmbeddedPostgres server) {
    this.server = server;
  }

  /// Starts the server on the data in `folder`, which is made when it is not there.
  public static EmbeddedServer in(Path folder) throws IOException {
    return new EmbeddedServer(
        EmbeddedPostgres.builder()
            .setDataDirectory(folder.toAbsolutePath())
            .setCleanDataDirectory(false)
            .setPGStartupWait(Duration.ofMinutes(1))
            .start());
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
