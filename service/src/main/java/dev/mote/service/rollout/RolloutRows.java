package dev.mote.service.rollout;

import dev.mote.builder.BuildOptions;
import dev.mote.orchestration.update.Delivery;
import dev.mote.service.database.Ids;
import dev.mote.service.rollout.machine.RolloutPlan;
import dev.mote.service.rollout.machine.RolloutState;
import dev.mote.service.rollout.machine.Tally;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Rollouts, their counts, events and notes as rows.
@Component
final class RolloutRows {

  private static final String SELECT =
      """
      select id, tenant, name, version, target, plan, options, delivery, state, created, created_by,
        creator, approver, started, ended
      from rollout
      """;

  /// Something that was put in for a rollout.
  record Incoming(
      String kind,
      Optional<UUID> device,
      Optional<UUID> update,
      Optional<String> outcome,
      Optional<String> failure,
      String words) {

    /// What concerns the rollout as a whole.
    static Incoming of(String kind) {
      return new Incoming(
          kind, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), "");
    }
  }

  /// A decision in words.
  record Note(UUID id, Instant at, String what) {}

  private final JdbcClient jdbc;

  RolloutRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  void insert(Rollout rollout) {
    jdbc.sql(
            """
            insert into rollout (id, tenant, name, version, target, plan, options, delivery, state,
              phase, created, created_by, creator)
            values (:id, :tenant, :name, :version, :target::jsonb, :plan::jsonb, :options::jsonb,
              :delivery, :state::jsonb, :phase, :created, :createdBy, :creator)
            """)
        .param("id", rollout.id())
        .param("tenant", rollout.tenant())
        .param("name", rollout.name())
        .param("version", rollout.version())
        .param("target", RolloutJson.write(rollout.target()))
        .param("plan", RolloutJson.write(rollout.plan()))
        .param("options", RolloutJson.write(rollout.options().json()))
        .param("delivery", rollout.delivery().map(Enum::name).orElse(null))
        .param("state", RolloutJson.write(rollout.state()))
        .param("phase", rollout.state().phase().name())
        .param("created", Timestamp.from(rollout.created()))
        .param("createdBy", rollout.createdBy())
        .param("creator", rollout.creator())
        .update();
  }

  Optional<Rollout> find(UUID tenant, UUID id) {
    return jdbc.sql(SELECT + "where tenant = :tenant and id = :id")
        .param("tenant", tenant)
        .param("id", id)
        .query((row, _) -> read(row))
        .optional();
  }

  List<Rollout> list(UUID tenant, UUID before, int most) {
    return jdbc.sql(SELECT + "where tenant = :tenant and id < :before order by id desc limit :most")
        .param("tenant", tenant)
        .param("before", before)
        .param("most", most)
        .query((row, _) -> read(row))
        .list();
  }

  /// Locks a rollout until the transaction ends; weak enough that rows may be added that refer to
  /// it.
  Optional<Rollout> lock(UUID tenant, UUID id) {
    return jdbc.sql(SELECT + "where tenant = :tenant and id = :id for no key update")
        .param("tenant", tenant)
        .param("id", id)
        .query((row, _) -> read(row))
        .optional();
  }

  /// The same, unless another process is at it.
  Optional<Rollout> lockFree(UUID id) {
    return jdbc.sql(SELECT + "where id = :id for no key update skip locked")
        .param("id", id)
        .query((row, _) -> read(row))
        .optional();
  }

  /// Rollouts for which something came in, or whose time has come.
  List<UUID> due(Instant now) {
    return jdbc.sql(
            """
            select distinct rollout from rollout_event
            union select id from rollout where wake <= :now
            limit 100
            """)
        .param("now", Timestamp.from(now))
        .query((row, _) -> row.getObject(1, UUID.class))
        .list();
  }

  void save(
      Rollout rollout, RolloutState state, boolean open, Optional<Instant> wake, Instant now) {
    jdbc.sql(
            """
            update rollout set state = :state::jsonb, phase = :phase, live = :live, open = :open,
              wake = :wake,
              started = case when :started then coalesce(started, :now) else started end,
              ended = case when :over then coalesce(ended, :now) end
            where id = :id
            """)
        .param("id", rollout.id())
        .param("state", RolloutJson.write(state))
        .param("phase", state.phase().name())
        .param("live", state.phase().isLive())
        .param("open", open)
        .param("wake", wake.map(Timestamp::from).orElse(null))
        .param("started", state.phase().isLive())
        .param("over", state.phase().isOver())
        .param("now", Timestamp.from(now))
        .update();
  }

  void approved(UUID id, UUID user, String name) {
    jdbc.sql("update rollout set approved_by = :user, approver = :name where id = :id")
        .param("id", id)
        .param("user", user)
        .param("name", name)
        .update();
  }

  List<Tally> tallies(UUID id) {
    return tallies(List.of(id)).getOrDefault(id, List.of());
  }

  /// The counts of the waves of several rollouts; none for those that have no waves yet.
  Map<UUID, List<Tally>> tallies(Collection<UUID> ids) {
    Map<UUID, List<Tally>> tallies = new HashMap<>();
    jdbc.sql(
            """
            select rollout, waiting, running, succeeded, failed, skipped, to_return, going_back,
              returned, not_returned
            from rollout_wave where rollout = any(:ids) order by rollout, number
            """)
        .param("ids", ids.toArray(UUID[]::new))
        .query(
            row -> {
              tallies
                  .computeIfAbsent(row.getObject(1, UUID.class), _ -> new ArrayList<>())
                  .add(
                      new Tally(
                          row.getInt(2),
                          row.getInt(3),
                          row.getInt(4),
                          row.getInt(5),
                          row.getInt(6),
                          row.getInt(7),
                          row.getInt(8),
                          row.getInt(9),
                          row.getInt(10)));
            });
    return tallies;
  }

  void write(UUID id, int wave, Tally tally) {
    jdbc.sql(
            """
            insert into rollout_wave values (:id, :wave, :waiting, :running, :succeeded, :failed,
              :skipped, :returning, :goingBack, :returned, :notReturned)
            on conflict (rollout, number) do update set waiting = :waiting, running = :running,
              succeeded = :succeeded, failed = :failed, skipped = :skipped, to_return = :returning,
              going_back = :goingBack, returned = :returned, not_returned = :notReturned
            """)
        .param("id", id)
        .param("wave", wave)
        .param("waiting", tally.waiting())
        .param("running", tally.running())
        .param("succeeded", tally.succeeded())
        .param("failed", tally.failed())
        .param("skipped", tally.skipped())
        .param("returning", tally.returning())
        .param("goingBack", tally.goingBack())
        .param("returned", tally.returned())
        .param("notReturned", tally.notReturned())
        .update();
  }

  void put(UUID id, Incoming incoming) {
    jdbc.sql(
            """
            insert into rollout_event (rollout, kind, device, running_update, outcome, failure, words)
            values (:id, :kind, :device, :update, :outcome, :failure, :words)
            """)
        .param("id", id)
        .param("kind", incoming.kind())
        .param("device", incoming.device().orElse(null))
        .param("update", incoming.update().orElse(null))
        .param("outcome", incoming.outcome().orElse(null))
        .param("failure", incoming.failure().orElse(null))
        .param("words", incoming.words())
        .update();
  }

  /// Takes what came in, oldest first.
  List<Incoming> take(UUID id, int most) {
    return jdbc.sql(
            """
            with taken as (
              delete from rollout_event where number in (
                select number from rollout_event where rollout = :id order by number limit :most)
              returning *)
            select kind, device, running_update, outcome, failure, words from taken order by number
            """)
        .param("id", id)
        .param("most", most)
        .query(
            (row, _) ->
                new Incoming(
                    row.getString(1),
                    Optional.ofNullable(row.getObject(2, UUID.class)),
                    Optional.ofNullable(row.getObject(3, UUID.class)),
                    Optional.ofNullable(row.getString(4)),
                    Optional.ofNullable(row.getString(5)),
                    row.getString(6)))
        .list();
  }

  void note(Rollout rollout, Instant now, String what) {
    jdbc.sql(
            """
            insert into rollout_note (id, tenant, rollout, at, what)
            values (:id, :tenant, :rollout, :now, :what)
            """)
        .param("id", Ids.next())
        .param("tenant", rollout.tenant())
        .param("rollout", rollout.id())
        .param("now", Timestamp.from(now))
        .param("what", what)
        .update();
  }

  List<Note> notes(UUID tenant, UUID id, UUID after, int most) {
    return jdbc.sql(
            """
            select id, at, what from rollout_note
            where tenant = :tenant and rollout = :rollout and id > :after order by id limit :most
            """)
        .param("tenant", tenant)
        .param("rollout", id)
        .param("after", after)
        .param("most", most)
        .query(
            (row, _) ->
                new Note(
                    row.getObject(1, UUID.class),
                    row.getTimestamp(2).toInstant(),
                    row.getString(3)))
        .list();
  }

  private static Rollout read(ResultSet row) throws SQLException {
    return new Rollout(
        row.getObject("id", UUID.class),
        row.getObject("tenant", UUID.class),
        row.getString("name"),
        row.getObject("version", UUID.class),
        RolloutJson.read(row.getString("target"), Target.class),
        RolloutJson.read(row.getString("plan"), RolloutPlan.class),
        BuildOptions.parse(RolloutJson.map(row.getString("options"))),
        Optional.ofNullable(row.getString("delivery")).map(Delivery::valueOf),
        RolloutJson.read(row.getString("state"), RolloutState.class),
        row.getTimestamp("created").toInstant(),
        row.getObject("created_by", UUID.class),
        row.getString("creator"),
        Optional.ofNullable(row.getString("approver")),
        Optional.ofNullable(row.getTimestamp("started")).map(Timestamp::toInstant),
        Optional.ofNullable(row.getTimestamp("ended")).map(Timestamp::toInstant));
  }
}
