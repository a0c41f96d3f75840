package dev.mote.service.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.fleet.Fleet;
import dev.mote.fleet.device.Faults;
import dev.mote.fleet.device.Tally.Event;
import dev.mote.fleet.line.Network;
import dev.mote.service.Databases;
import dev.mote.service.MoteService;
import dev.mote.service.TestService;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The service, or its database, goes away in the middle of everything and comes back.
class CrashTest {

  private static final int DEVICES = 12;

  /// Slow enough that updates are under way when it happens.
  private static final Faults SLOW =
      Faults.NONE.withNetwork(new Network(0, 0, 0, Duration.ofMillis(40), Duration.ofMillis(20)));

  private static final Map<String, Object> FEW_AT_ONCE = Map.of("atOnce", 4);

  @Test
  void aKilledServiceGoesOnWhereItWas(@TempDir Path folder) throws Exception {
    String database = Databases.freshUrl();
    int http = Site.freePort();
    int coap = Site.freePort();
    String address = "http://localhost:" + http;
    Process process = start(folder, database, http, coap);
    try {
      awaitReady(address, process);
      Site site = new Site(TestService.logIn(address, "default", "admin"), coap);
      String version = site.version(1);
      try (Fleet fleet = fleet(site)) {
        String rollout = site.rollOut(version, "crash-", FEW_AT_ONCE);
        awaitMiddle(site, rollout);

        process.destroyForcibly().waitFor();
        Thread.sleep(1_000);
        process = start(folder, database, http, coap);
        awaitReady(address, process);

        // The token of before is good after it.
        site.awaitEnd(rollout, () -> {});
        assertAllUpdatedOnce(site, rollout, fleet);
        // Each at its start, and when it starts again with its module; none because of the kill.
        assertThat(fleet.tally().of(Event.REGISTERED)).isEqualTo(2L * DEVICES);
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void aRolloutGoesOnWhenItsDatabaseComesBack(@TempDir Path folder) throws Exception {
    int port = Site.freePort();
    EmbeddedPostgres database = database(folder, port);
    int coap = Site.freePort();
    try (TestService service =
        TestService.startOn(
            database.getJdbcUrl("postgres", "postgres"), "--mote.lwm2m.coap=127.0.0.1:" + coap)) {
      Site site = new Site(service.admin(), coap);
      String version = site.version(1);
      try (Fleet fleet = fleet(site)) {
        String rollout = site.rollOut(version, "crash-", FEW_AT_ONCE);
        awaitMiddle(site, rollout);

        database.close();
        service.admin().get("/v1/me").expectProblem(503, 8050);
        Thread.sleep(3_000);
        database = database(folder, port);

        Site.await(
            () -> "the service to find its database",
            () -> service.admin().get("/v1/me").status() == 200);
        site.awaitEnd(rollout, () -> {});
        assertAllUpdatedOnce(site, rollout, fleet);
      }
    } finally {
      database.close();
    }
  }

  private static Fleet fleet(Site site) throws InterruptedException {
    Fleet fleet =
        site.devices(DEVICES, "crash-", Clock.systemUTC(), s -> s.withBlocks(4).withFaults(SLOW));
    site.awaitKnown("crash-", DEVICES);
    return fleet;
  }

  private static void awaitMiddle(Site site, String rollout) throws InterruptedException {
    Site.await(
        () -> "the rollout to be in its middle: " + site.history(rollout),
        () -> site.count(rollout, "succeeded") > 0 && site.count(rollout, "running") > 0);
  }

  private static void assertAllUpdatedOnce(Site site, String rollout, Fleet fleet) {
    assertThat(site.phase(rollout)).as(site.history(rollout)).isEqualTo("SUCCEEDED");
    assertThat(site.count(rollout, "succeeded")).isEqualTo(DEVICES);
    assertThat(fleet.views()).allMatch(view -> view.installations() == 1);
    assertThat(fleet.tally().of(Event.INSTALLED_TWICE)).isZero();
  }

  private static EmbeddedPostgres database(Path folder, int port) throws IOException {
    return EmbeddedPostgres.builder()
        .setDataDirectory(folder.resolve("database"))
        .setCleanDataDirectory(false)
        .setPort(port)
        .setPGStartupWait(Duration.ofMinutes(2))
        .start();
  }

  private static Process start(Path folder, String database, int http, int coap)
      throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx1g",
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "-Dmote.root=" + System.getProperty("mote.root", ".."),
            "-cp",
            System.getProperty("java.class.path"),
            MoteService.class.getName(),
            "--server.port=" + http,
            "--mote.database.url=" + database,
            "--mote.database.user=postgres",
            "--mote.lwm2m.coap=127.0.0.1:" + coap,
            "--mote.lwm2m.coaps=off",
            "--mote.access.admin-password=" + TestService.PASSWORD,
            "--mote.access.folder=" + folder,
            "--mote.store.folder=" + folder.resolve("artifacts"));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
        .start();
  }

  private static void awaitReady(String address, Process process) throws InterruptedException {
    Site.await(
        () -> "the service to be ready",
        () -> {
          if (!process.isAlive()) {
            throw new AssertionError("the service ended");
          }
          return isReady(address);
        });
  }

  private static boolean isReady(String address) {
    try {
      HttpURLConnection connection =
          (HttpURLConnection) URI.create(address + "/health/ready").toURL().openConnection();
      return connection.getResponseCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }
}
