package dev.mote.service;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.postgresql.ds.PGSimpleDataSource;

/// Databases for tests: one server for all of a run, a fresh copy of the migrated schema for each
/// caller (a tenth of a second).
public final class Databases {

  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final EmbeddedPostgres SERVER = start();

  private Databases() {}

  /// A new database with all migrations applied.
  public static DataSource fresh() {
    String name = freshName();
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(url(name));
    source.setUser("postgres");
    return source;
  }

  /// Makes a new database with all migrations applied, for a service that is started on it.
  ///
  /// @return its JDBC URL for the user `postgres`, without password
  public static String freshUrl() {
    return url(freshName());
  }

  private static String freshName() {
    String name = "test" + NUMBER.incrementAndGet();
    synchronized (SERVER) {
      execute("create database " + name + " template migrated");
    }
    return name;
  }

  private static String url(String name) {
    return "jdbc:postgresql://localhost:%d/%s".formatted(SERVER.getPort(), name);
  }

  private static EmbeddedPostgres start() {
    try {
      EmbeddedPostgres server =
          EmbeddedPostgres.builder()
              .setServerConfig("fsync", "off")
              .setServerConfig("max_connections", "300")
              .setPGStartupWait(Duration.ofMinutes(2))
              .start();
      try (var connection = server.getPostgresDatabase().getConnection();
          var statement = connection.createStatement()) {
        statement.execute("create database migrated");
      }
      Flyway.configure().dataSource(server.getDatabase("postgres", "migrated")).load().migrate();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void execute(String sql) {
    try (var connection = SERVER.getPostgresDatabase().getConnection();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
