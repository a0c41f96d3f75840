package dev.mote.service.rollout;

import dev.mote.builder.BuildOptions;
import dev.mote.builder.DeviceFacts;
import dev.mote.orchestration.update.Delivery;
import dev.mote.orchestration.update.FailureClass;
import dev.mote.orchestration.update.Patience;
import dev.mote.service.Databases;
import dev.mote.service.access.Caller;
import dev.mote.service.access.Quota;
import dev.mote.service.access.Quotas;
import dev.mote.service.access.Role;
import dev.mote.service.compilation.BuildResult;
import dev.mote.service.compilation.BuildState;
import dev.mote.service.compilation.Compilation;
import dev.mote.service.compilation.Plan;
import dev.mote.service.database.Ids;
import dev.mote.service.device.DeviceChanged;
import dev.mote.service.device.Update;
import dev.mote.service.device.UpdateEnded;
import dev.mote.service.device.Updates;
import dev.mote.service.http.Problem;
import dev.mote.service.registry.ModelVersion;
import dev.mote.service.registry.Module;
import dev.mote.service.registry.NewModule;
import dev.mote.service.registry.Registry;
import dev.mote.service.rollout.machine.Action;
import dev.mote.service.rollout.machine.DeviceState;
import dev.mote.service.rollout.machine.RolloutState;
import dev.mote.service.rollout.machine.Tally;
import dev.mote.service.telemetry.Reports;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Rollouts on a database of their own, with updates that the test ends, on a clock that it sets.
final class RolloutBench implements AutoCloseable {

  /// What a process that is killed in the middle of a transaction looks like from the database.
  static final class Killed extends Error {
    private static final long serialVersionUID = 1;
  }

  static final UUID TENANT = new UUID(1, 1);
  static final UUID MODEL_VERSION = new UUID(2, 2);
  static final Caller ANNA =
      new Caller(TENANT, new UUID(3, 3), "anna", Set.of(Role.OPERATOR), false);

  final JdbcClient jdbc;
  final TransactionTemplate transaction;
  final RolloutRows rows;
  final RolloutExecutor executor;
  final RolloutListeners listeners;
  final Map<UUID, UUID> modulesSent = new ConcurrentHashMap<>();
  final Map<String, String> unbuildable = new ConcurrentHashMap<>();
  final Set<UUID> reissued = ConcurrentHashMap.newKeySet();
  final AtomicInteger begins = new AtomicInteger();
  Reports.Report report = new Reports.Report(0, 0, OptionalDouble.empty(), OptionalDouble.empty());
  volatile int killAfter = Integer.MAX_VALUE;
  volatile Instant now = Instant.parse("2026-11-22T08:00:00Z");
  private final com.zaxxer.hikari.HikariDataSource pool;

  RolloutBench() {
    DataSource source = Databases.fresh();
    pool = new com.zaxxer.hikari.HikariDataSource();
    pool.setDataSource(source);
    pool.setMaximumPoolSize(6);
    jdbc = JdbcClient.create(pool);
    JdbcTransactionManager transactions = new JdbcTransactionManager(pool);
    transaction = new TransactionTemplate(transactions);
    rows = new RolloutRows(jdbc);
    Clock clock =
        new Clock() {
          @Override
          public ZoneId getZone() {
            return ZoneOffset.UTC;
          }

          @Override
          public Clock withZone(ZoneId zone) {
            return this;
          }

          @Override
          public Instant instant() {
            return now;
          }
        };
    RolloutParts parts =
        new RolloutParts(
            rows,
            new MembershipRows(jdbc),
            new MemberRows(jdbc),
            new ModuleRows(jdbc),
            new FakeCompilation(),
            new FakeUpdates(),
            new FakeRegistry(),
            (_, _) -> ReportedTelemetry.reading(report),
            (_, _, _, _) -> {},
            new NoQuotas(),
            RolloutParts.Source.nested(transactions),
            50);
    executor = new RolloutExecutor(() -> parts, rows, transaction, clock);
    listeners =
        new RolloutListeners(
            jdbc,
            new RolloutWorker(executor, new RolloutSettings(Duration.ofSeconds(1), 50, false)));
    jdbc.sql("insert into tenant (id, name) values (:id, 'one')").param("id", TENANT).update();
  }

  @Override
  public void close() {
    pool.close();
  }

  /// Devices of two kinds, every fifth without a module.
  void devices(int count) {
    for (int i = 0; i < count; i++) {
      device("dev-%04d".formatted(i), i % 2 == 0 ? "m4" : "m7", i % 5 != 0, "ONLINE");
    }
  }

  UUID device(String endpoint, String kind, boolean hasModule, String state) {
    UUID id = Ids.next();
    DeviceFacts facts = DeviceFacts.parse(Map.of("architecture", kind));
    jdbc.sql(
            """
            insert into device (id, tenant, endpoint, name, state, created, model, facts_digest,
              module_name, module_identity, module_version)
            values (:id, :tenant, :endpoint, :endpoint, :state, :now, :kind, :digest, 'kws',
              :identity, :version)
            """)
        .param("id", id)
        .param("tenant", TENANT)
        .param("endpoint", endpoint)
        .param("state", state)
        .param("now", now.atOffset(ZoneOffset.UTC))
        .param("kind", kind)
        .param("digest", facts.digest())
        .param("identity", hasModule ? "former-" + kind : null)
        .param("version", hasModule ? "6" : null)
        .update();
    jdbc.sql("insert into device_word (device, facts) values (:id, :facts::jsonb)")
        .param("id", id)
        .param("facts", JsonMapper.shared().writeValueAsString(facts.json()))
        .update();
    return id;
  }

  /// Changes a device as its own part of the service does.
  void change(UUID device, String column, String value, DeviceChanged.What what) {
    transaction.executeWithoutResult(
        _ -> {
          jdbc.sql("update device set %s = :value where id = :id".formatted(column))
              .param("value", value)
              .param("id", device)
              .update();
          listeners.changed(new DeviceChanged(TENANT, device, Set.of(what)));
        });
  }

  UUID start(Map<String, Object> more) {
    Map<String, Object> body = new HashMap<>(Map.of("name", "r", "version", MODEL_VERSION));
    body.put("target", Map.of("filter", "endpoint==dev-*"));
    body.putAll(more);
    JsonMapper json = JsonMapper.shared();
    RolloutRequest wanted = json.convertValue(body, RolloutRequest.class);
    var plan = wanted.plan(false);
    UUID id = Ids.next();
    rows.insert(
        new Rollout(
            id,
            TENANT,
            "r",
            MODEL_VERSION,
            wanted.checkedTarget(),
            plan,
            BuildOptions.STANDARD,
            Optional.empty(),
            RolloutState.fresh(plan, now),
            now,
            ANNA.user(),
            ANNA.name(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()));
    ask(id, Action.START);
    return id;
  }

  void ask(UUID id, Action action) {
    transaction.executeWithoutResult(
        _ -> executor.ask(rows.lock(TENANT, id).orElseThrow(), action, "anna"));
  }

  /// Everything that is due now.
  void settle() {
    for (int i = 0; i < 200; i++) {
      if (!executor.runDue()) {
        return;
      }
    }
    throw new AssertionError("there is always more to do");
  }

  record Running(UUID update, UUID device, UUID module) {}

  List<Running> running() {
    return jdbc.sql(
            """
            select id as update, device, module from device_update where ended is null
            order by device
            """)
        .query(
            (row, _) ->
                new Running(
                    row.getObject(1, UUID.class),
                    row.getObject(2, UUID.class),
                    row.getObject(3, UUID.class)))
        .list();
  }

  void end(Running it, UpdateEnded.Outcome outcome, Optional<FailureClass> failure, String words) {
    transaction.executeWithoutResult(_ -> ended(it.update(), outcome, failure, words));
  }

  void succeed(Running it) {
    transaction.executeWithoutResult(
        _ -> {
          jdbc.sql(
                  """
                  update device set module_identity = :identity, module_version = :version
                  where id = :id
                  """)
              .param("identity", "module-" + it.module())
              .param("version", "7")
              .param("id", it.device())
              .update();
          ended(it.update(), UpdateEnded.Outcome.SUCCEEDED, Optional.empty(), "installed");
        });
  }

  private void ended(
      UUID update, UpdateEnded.Outcome outcome, Optional<FailureClass> failure, String words) {
    record Row(UUID device, UUID module, String requestedBy) {}
    Optional<Row> row =
        jdbc.sql(
                """
                update device_update set ended = now(), outcome = :outcome
                where id = :id and ended is null returning device, module, requested_by
                """)
            .param("id", update)
            .param("outcome", outcome.name())
            .query(Row.class)
            .optional();
    row.ifPresent(
        it ->
            listeners.ended(
                new UpdateEnded(
                    TENANT,
                    update,
                    it.device(),
                    Optional.of(it.module()),
                    it.requestedBy(),
                    outcome,
                    failure,
                    words)));
  }

  Rollout rollout(UUID id) {
    return rows.find(TENANT, id).orElseThrow();
  }

  Tally tally(UUID id) {
    return Tally.sum(rows.tallies(id));
  }

  /// The counts as they would be if somebody counted.
  Tally counted(UUID id) {
    Tally[] tally = {Tally.NONE};
    jdbc.sql("select state, count(*) from rollout_device where rollout = :id group by state")
        .param("id", id)
        .query(
            row -> {
              tally[0] = tally[0].plus(DeviceState.valueOf(row.getString(1)), row.getInt(2));
            });
    return tally[0];
  }

  List<String> notes(UUID id) {
    return rows.notes(TENANT, id, new UUID(0, 0), 1000).stream().map(note -> note.what()).toList();
  }

  int mostUpdatesOfOneDevice() {
    return jdbc.sql(
            """
            select coalesce(max(c), 0) from
              (select count(*) as c from device_update group by device, module) counts
            """)
        .query(Integer.class)
        .single();
  }

  private final class FakeUpdates implements Updates {

    @Override
    public UUID begin(
        UUID tenant,
        UUID device,
        UUID module,
        Optional<Delivery> delivery,
        Patience patience,
        String requestedBy) {
      return Objects.requireNonNull(
          transaction.execute(
              _ -> {
                UUID id = Ids.next();
                int added =
                    jdbc.sql(
                            """
                        insert into device_update (id, tenant, device, module, title, requested_by,
                          object, delivery, phase, bytes_total, sha256, progress, started)
                        values (:id, :tenant, :device, :module, '', :by, 'SOFTWARE', 'PUSH', 'ASKING',
                          1, '', '{}', now())
                        on conflict (device) where ended is null do nothing
                        """)
                        .param("id", id)
                        .param("tenant", tenant)
                        .param("device", device)
                        .param("module", module)
                        .param("by", requestedBy)
                        .update();
                if (added == 0) {
                  throw Problem.of(8303, HttpStatus.CONFLICT, "an update runs already", "wait.");
                }
                modulesSent.put(device, module);
                if (begins.incrementAndGet() == killAfter) {
                  throw new Killed();
                }
                return id;
              }));
    }

    @Override
    public int asleep(UUID tenant, String requestedBy) {
      return 0;
    }

    @Override
    public void cancel(UUID tenant, UUID update, String why) {
      transaction.executeWithoutResult(
          _ -> ended(update, UpdateEnded.Outcome.CANCELLED, Optional.empty(), why));
    }

    @Override
    public Optional<Update> find(UUID tenant, UUID update) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Update> running(UUID tenant, UUID device) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<Update> of(UUID tenant, UUID device, Optional<UUID> before, int most) {
      throw new UnsupportedOperationException();
    }
  }

  private final class FakeCompilation implements Compilation {

    private final Map<UUID, String> builds = new ConcurrentHashMap<>();

    @Override
    public Plan plan(
        UUID tenant, UUID version, Map<DeviceFacts, Integer> devices, BuildOptions options) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Map<DeviceFacts, UUID> request(
        Caller caller, UUID version, Collection<DeviceFacts> facts, BuildOptions options) {
      Map<DeviceFacts, UUID> all = new HashMap<>();
      for (DeviceFacts one : facts) {
        UUID build = UUID.nameUUIDFromBytes(one.digest().getBytes(StandardCharsets.UTF_8));
        builds.put(build, one.architecture().orElse(""));
        all.put(one, build);
      }
      return all;
    }

    @Override
    public Optional<BuildResult> result(UUID tenant, UUID build) {
      Optional<String> failure = Optional.ofNullable(unbuildable.get(builds.get(build)));
      return Optional.of(
          new BuildResult(
              build,
              failure.isPresent() ? BuildState.FAILED : BuildState.BUILT,
              failure.isPresent() ? Optional.empty() : Optional.of(build),
              Optional.empty(),
              failure,
              Optional.empty(),
              List.of(),
              Optional.empty()));
    }

    @Override
    public String packaged(UUID tenant, UUID module, Optional<PublicKey> recipient) {
      throw new UnsupportedOperationException();
    }

    @Override
    public PublicKey signingKey(UUID tenant) {
      throw new UnsupportedOperationException();
    }

    @Override
    public UUID reissue(UUID tenant, UUID module) {
      UUID again = new UUID(module.getMostSignificantBits(), 99);
      reissued.add(again);
      return again;
    }
  }

  private static final class FakeRegistry implements Registry {

    private final JsonNode nothing = JsonMapper.shared().createObjectNode();

    @Override
    public Optional<ModelVersion> version(UUID tenant, UUID id) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<ModelVersion> aliased(UUID tenant, UUID model, String alias) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Module> module(UUID tenant, UUID id) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Module> module(UUID tenant, String identity, long sequence) {
      UUID id = UUID.nameUUIDFromBytes(identity.getBytes(StandardCharsets.UTF_8));
      return Optional.of(
          new Module(id, tenant, MODEL_VERSION, "", "", "", 1, sequence, identity, nothing));
    }

    @Override
    public List<Module> modulesOf(UUID tenant, UUID version) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Module addModule(NewModule module) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void use(UUID tenant, UUID module, String usedBy) {}

    @Override
    public void release(UUID tenant, UUID module, String usedBy) {}
  }

  private static final class NoQuotas implements Quotas {
    @Override
    public void take(UUID tenant, Quota what, long amount) {}

    @Override
    public void give(UUID tenant, Quota what, long amount) {}
  }
}
