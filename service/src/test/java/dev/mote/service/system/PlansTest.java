package dev.mote.service.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.fleet.Fleet;
import dev.mote.fleet.FleetSettings;
import dev.mote.service.Databases;
import dev.mote.service.TestService;
import dev.mote.service.TestService.Answer;
import java.net.URI;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import tools.jackson.databind.JsonNode;

/// PostgreSQL keeps the plan of a statement that runs often, and makes it by what it knows of
/// tables. When nothing waited in a queue then, and much does now, what a device costs must not
/// grow with what waits for others.
///
/// The service has few connections here, so that each of them keeps plans; on a busy machine it
/// says now and then that it is to be asked again.
class PlansTest {

  private static final int DEVICES = 20;
  private static final int OTHERS = 20_000;

  /// A plan is kept from the sixth time on that a connection runs a statement.
  private static final int ROUNDS = 4;

  private final String database = Databases.freshUrl();
  private final JdbcClient jdbc =
      JdbcClient.create(new DriverManagerDataSource(database, "postgres", ""));

  @Test
  void plansOfQueuesThatWereNeverUsedAreGoodForFullOnes() throws Exception {
    assertThat(readWhenFull(false)).isLessThan(most());
  }

  @Test
  void plansOfQueuesThatRanEmptyAreGoodForFullOnes() throws Exception {
    assertThat(readWhenFull(true)).isLessThan(most());
  }

  /// The counts and sweeps that look at all that waits read it some times; with one walk through it
  /// for each device it would be far more.
  private static long most() {
    return (long) OTHERS * DEVICES / 2;
  }

  /// @return entries of tables and indexes of the queues that were read for one update of each
  /// device
  private long readWhenFull(boolean isUsedBefore) throws Exception {
    long before;
    int port = Site.freePort();
    try (TestService service =
        TestService.startOn(
            database, "--mote.lwm2m.coap=127.0.0.1:" + port, "--mote.database.connections=4")) {
      for (String table : List.of("device_request", "device_update")) {
        execute("alter table " + table + " set (autovacuum_enabled = false)");
      }
      vacuum();
      Site site = new Site(service.admin(), port);
      FleetSettings settings =
          FleetSettings.of(URI.create("coap://127.0.0.1:" + port), DEVICES).withPrefix("plan-");
      for (int i = 0; i < DEVICES; i++) {
        site.enter(settings.endpoint(i));
      }
      Fleet fleet = Fleet.start(settings);
      try {
        site.awaitKnown("plan-", DEVICES);
        int version = 0;
        if (isUsedBefore) {
          update(site, version++);
          vacuum();
        }
        for (int round = 0; round < ROUNDS; round++) {
          update(site, version++);
        }
        fill();
        Site.await(() -> "statistics", () -> believed() > OTHERS / 2);
        // The counts of a connection come with its next work.
        update(site, version++);
        before = read();
        update(site, version);
      } finally {
        fleet.close();
      }
    }
    // The connections of the service are closed: all that they read has been counted.
    Site.await(() -> "the counts", () -> connections() == 0);
    return read() - before;
  }

  /// Brings a firmware to all devices, which name it by its digest.
  private static void update(Site site, int version) throws Exception {
    byte[] content = new byte[4_000];
    new Random(version).nextBytes(content);
    String name =
        HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content), 0, 6);
    String firmware =
        patiently(() -> site.user().upload("/v1/firmware?name=test&version=" + name, content))
            .expect(201)
            .json()
            .get("id")
            .asString();
    List<String> updates = new ArrayList<>();
    for (JsonNode device :
        patiently(() -> site.user().get("/v1/devices?limit=200&filter=endpoint==plan-*"))
            .expect(200)
            .json()
            .get("items")) {
      updates.add(
          patiently(() -> site.user().post("/v1/updates", wanted(device, firmware)))
              .expect(202)
              .json()
              .get("id")
              .asString());
    }
    for (String update : updates) {
      Site.await(() -> "update " + version, () -> hasEnded(site, update));
    }
  }

  private static Map<String, String> wanted(JsonNode device, String firmware) {
    return Map.of("device", device.get("id").asString(), "firmware", firmware);
  }

  /// The first answer other than that all connections to the database are taken.
  private static Answer patiently(Supplier<Answer> request) throws InterruptedException {
    List<Answer> last = new ArrayList<>();
    Site.await(
        () -> "a connection to the database",
        () -> {
          last.add(request.get());
          return last.getLast().status() != 503;
        });
    return last.getLast();
  }

  private static boolean hasEnded(Site site, String update) {
    Answer answer = site.user().get("/v1/updates/" + update);
    if (answer.status() == 503) {
      return false;
    }
    JsonNode now = answer.expect(200).json();
    String outcome = now.at("/update/outcome").asString("");
    assertThat(outcome).as(now.toString()).isIn("", "SUCCEEDED");
    return !outcome.isEmpty();
  }

  /// What waits for devices that are not there.
  private void fill() {
    execute(
        """
        insert into device (id, tenant, endpoint, name, created)
        select gen_random_uuid(), t.id, 'away-' || n, 'away-' || n, now()
        from generate_series(1, %d) n, (select id from tenant limit 1) t
        """
            .formatted(OTHERS));
    execute(
        """
        insert into device_request (id, tenant, device, endpoint, origin, cause, request, created, expires)
        select gen_random_uuid(), tenant, id, endpoint, 'nobody', gen_random_uuid(), '{}', now(),
          now() + interval '1 day'
        from device where endpoint like 'away-%'
        """);
    execute(
        """
        insert into device_update (id, tenant, device, title, requested_by, object, delivery, phase,
          bytes_total, sha256, progress, reachable, wake, started)
        select gen_random_uuid(), tenant, id, 'none', 'nobody', 'FIRMWARE', 'PUSH', 'CHECKING', 1, '',
          '{}', false, now() + interval '1 day', now()
        from device where endpoint like 'away-%'
        """);
  }

  private void vacuum() {
    execute("vacuum analyze device_request");
    execute("vacuum analyze device_update");
  }

  private void execute(String sql) {
    jdbc.sql(sql).update();
  }

  /// How many rows the planner believes to be in each of the queues.
  private long believed() {
    return jdbc.sql(
            """
            select min(reltuples) from pg_class where relname in ('device_request', 'device_update')
            """)
        .query(Long.class)
        .single();
  }

  private long read() {
    return jdbc.sql(
            """
            select (
              select sum(idx_tup_read) from pg_stat_user_indexes
              where relname in ('device_request', 'device_update')) + (
              select sum(seq_tup_read) from pg_stat_user_tables
              where relname in ('device_request', 'device_update'))
            """)
        .query(Long.class)
        .single();
  }

  private long connections() {
    return jdbc.sql(
            """
            select count(*) from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid()
            """)
        .query(Long.class)
        .single();
  }
}
