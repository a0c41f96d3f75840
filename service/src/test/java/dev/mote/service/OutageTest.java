package dev.mote.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.mote.service.TestService.Client;
import dev.mote.service.database.EmbeddedServer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutageTest {

  @Test
  void theServiceOutlivesItsDatabaseAndSendsTracesWhereItIsTold(@TempDir Path folder)
      throws Exception {
    CountDownLatch traced = new CountDownLatch(1);
    HttpServer collector = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
    collector.createContext(
        "/v1/traces",
        exchange -> {
          traced.countDown();
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    collector.start();
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    EmbeddedPostgres database = database(folder, port);
    try (TestService service =
        TestService.startOn(
            database.getJdbcUrl("postgres", "postgres"),
            "--mote.tracing.enabled=true",
            "--mote.tracing.sample=1",
            "--mote.tracing.otlp=http://localhost:"
                + collector.getAddress().getPort()
                + "/v1/traces")) {
      Client nobody = service.nobody();
      Client admin = service.admin();
      assertThat(nobody.get("/health/ready").expect(200).text()).isEqualTo("{\"status\":\"UP\"}");
      assertThat(admin.get("/metrics").expect(200).text())
          .contains(
              "http_server_requests_seconds_count", "hikaricp_connections", "jvm_memory_used");
      database.close();
      assertThat(nobody.get("/health/ready").expect(503).text()).isEqualTo("{\"status\":\"DOWN\"}");
      nobody.get("/health/live").expect(200);
      admin.get("/v1/me").expectProblem(503, 8050);
      database = database(folder, port);
      long end = System.nanoTime() + Duration.ofSeconds(120).toNanos();
      while (nobody.get("/health/ready").status() != 200) {
        assertThat(System.nanoTime()).as("two minutes later").isLessThan(end);
        Thread.sleep(100);
      }
      assertThat(admin.get("/v1/me").expect(200).json().get("name").asString()).isEqualTo("admin");
      assertThat(traced.await(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      database.close();
      collector.stop(0);
    }
  }

  private static EmbeddedPostgres database(Path folder, int port) throws IOException {
    return EmbeddedPostgres.builder()
        .setPort(port)
        .setDataDirectory(folder)
        .setCleanDataDirectory(false)
        .setServerConfig("fsync", "off")
        .setPGStartupWait(Duration.ofMinutes(1))
        .start();
  }

  @Test
  void aServerThatOutlivedItsServiceIsTakenOver(@TempDir Path folder) throws Exception {
    Process killed =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Killed.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader out = killed.inputReader()) {
      assertThat(out.lines().anyMatch("ready"::equals)).isTrue();
    }
    // Nothing of it runs any more to end its server.
    killed.destroyForcibly().waitFor();
    try (EmbeddedServer next = EmbeddedServer.in(folder)) {
      execute(next, "insert into kept values (1)");
      for (String setting : List.of("fsync", "synchronous_commit", "full_page_writes")) {
        assertThat(read(next, "show " + setting)).as(setting).isEqualTo("on");
      }
      try (Stream<Path> logs = Files.list(folder.resolve("log"))) {
        assertThat(logs).isNotEmpty();
      }
    }
  }

  /// A service that is about to be killed.
  static final class Killed {
    public static void main(String[] arguments) throws Exception {
      EmbeddedServer server = EmbeddedServer.in(Path.of(arguments[0]));
      execute(server, "create table kept (id int)");
      System.out.println("ready");
      System.out.flush();
      Thread.sleep(Duration.ofMinutes(5));
    }
  }

  private static String read(EmbeddedServer server, String sql) throws Exception {
    try (Connection connection = DriverManager.getConnection(server.url());
        var statement = connection.createStatement();
        var row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  private static void execute(EmbeddedServer server, String sql) throws Exception {
    try (Connection connection = DriverManager.getConnection(server.url());
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
