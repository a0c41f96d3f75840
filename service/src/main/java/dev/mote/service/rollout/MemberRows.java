package dev.mote.service.rollout;

import dev.mote.service.rollout.machine.DeviceState;
import dev.mote.service.rollout.machine.DeviceTurn;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Devices of rollouts as rows. Only whoever has locked the rollout writes them.
@Component
final class MemberRows {

  private final JdbcClient jdbc;

  MemberRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /// What came of asking for a module.
  ///
  /// @param module that there is; empty if there is none
  /// @param failure why there is none, in words
  record Built(Optional<UUID> module, String failure) {}

  /// A device of a rollout, and what runs on it.
  ///
  /// @param module to send
  /// @param hadOne whether it ran a module before the rollout touched it
  /// @param runsIt whether it runs the module already, by its own word
  record Member(
      UUID device,
      int wave,
      DeviceState state,
      Optional<UUID> module,
      int attempts,
      int returns,
      boolean recalled,
      boolean hadOne,
      Optional<UUID> update,
      boolean runsIt,
      Optional<String> formerIdentity,
      Optional<String> formerVersion) {}

  /// So many devices of a wave left a state.
  record Moved(int wave, DeviceState from, int devices) {}

  /// A device as it is shown.
  record Shown(
      UUID device,
      String name,
      int wave,
      DeviceState state,
      int attempts,
      Optional<UUID> module,
      Optional<UUID> update,
      Optional<String> failure,
      String reason,
      Optional<Instant> notBefore,
      Instant changed) {}

  private static final String READ =
      """
      select rd.device, rd.wave, rd.state, rd.module, rd.attempts, rd.returns, rd.recalled,
        rd.former_identity, rd.former_version, rd.running_update,
        coalesce(d.module_identity = m.identity and d.module_version = m.sequence::text, false)
      from rollout_device rd left join device d on d.id = rd.device
        left join module m on m.id = rd.module
      """;

  /// Devices with equal facts.
  ///
  /// @param there how many of them can be spoken to
  /// @param facts as JSON; empty while they have not said what they are
  record Alike(int devices, int there, Optional<String> facts) {}

  List<Alike> alike(UUID tenant, Matching matching) {
    return jdbc.sql(
            """
            with found as (
              select id, facts_digest, state from device where tenant = :tenant and %s),
            alike as (
              select count(*) as devices, min(id::text)::uuid as one,
                count(*) filter (where state in ('ONLINE', 'SLEEPING')) as there
              from found group by facts_digest)
            select devices, there, w.facts from alike left join device_word w on w.device = one
            order by devices desc
            """
                .formatted(matching.where()))
        .params(matching.parameters())
        .param("tenant", tenant)
        .query(
            (row, _) ->
                new Alike(row.getInt(1), row.getInt(2), Optional.ofNullable(row.getString(3))))
        .list();
  }

  /// Names of the devices that would be first.
  List<String> first(UUID tenant, Matching matching, int most) {
    return jdbc.sql(
            "select name from device where tenant = :tenant and %s order by %s, id limit :most"
                .formatted(matching.where(), Matching.RANK))
        .params(matching.parameters())
        .param("tenant", tenant)
        .param("most", most)
        .query((row, _) -> row.getString(1))
        .list();
  }

  int countMatching(UUID tenant, Matching matching) {
    return jdbc.sql("select count(*) from device where tenant = :tenant and " + matching.where())
        .params(matching.parameters())
        .param("tenant", tenant)
        .query(Integer.class)
        .single();
  }

  /// Collects the devices once: those of low rank come first.
  ///
  /// @param bounds how many devices are in waves before each wave but the first
  List<Moved> collect(Rollout rollout, Matching matching, List<Integer> bounds, Instant now) {
    return jdbc.sql(
            """
            with found as (
              select id, state, facts_digest, %s as rank from device
              where tenant = :tenant and %s),
            placed as (
              select *, row_number() over (order by rank, id) as place from found),
            added as (
              insert into rollout_device (rollout, device, tenant, wave, rank, state, there, digest,
                changed)
              select :rollout, id, :tenant,
                (select count(*) from unnest(:bounds::int[]) as bound where place > bound), rank,
                'WAITING', state in ('ONLINE', 'SLEEPING'), facts_digest, :now
              from placed
              on conflict (rollout, device) do nothing returning wave)
            select wave, count(*) from added group by wave
            """
                .formatted(Matching.RANK, matching.where()))
        .params(matching.parameters())
        .param("tenant", rollout.tenant())
        .param("rollout", rollout.id())
        .param("bounds", bounds.toArray(Integer[]::new))
        .param("now", Timestamp.from(now))
        .query((row, _) -> new Moved(row.getInt(1), DeviceState.WAITING, row.getInt(2)))
        .list();
  }

  /// Facts of waiting devices for which no build was asked yet, by their digests.
  Map<String, String> newFacts(UUID rollout) {
    Map<String, String> facts = new TreeMap<>();
    jdbc.sql(
            """
            select distinct on (rd.digest) rd.digest, w.facts::text
            from rollout_device rd join device_word w on w.device = rd.device
            where rd.rollout = :rollout and rd.state = 'WAITING' and rd.digest is not null
              and rd.module is null and w.facts is not null
              and not exists (
                select 1 from rollout_build b where b.rollout = rd.rollout and b.digest = rd.digest)
            """)
        .param("rollout", rollout)
        .query(
            row -> {
              facts.put(row.getString(1), row.getString(2));
            });
    return facts;
  }

  void building(UUID rollout, String digest, UUID build) {
    jdbc.sql(
            """
            insert into rollout_build (rollout, digest, build) values (:rollout, :digest, :build)
            on conflict do nothing
            """)
        .param("rollout", rollout)
        .param("digest", digest)
        .param("build", build)
        .update();
  }

  /// Builds that a rollout waits for.
  List<UUID> openBuilds(UUID rollout) {
    return jdbc.sql(
            """
            select distinct build from rollout_build
            where rollout = :rollout and module is null and failure is null
            """)
        .param("rollout", rollout)
        .query((row, _) -> row.getObject(1, UUID.class))
        .list();
  }

  void built(UUID rollout, UUID build, Built result) {
    jdbc.sql(
            """
            update rollout_build set module = :module, failure = :failure
            where rollout = :rollout and build = :build
            """)
        .param("rollout", rollout)
        .param("build", build)
        .param("module", result.module().orElse(null))
        .param("failure", result.module().isPresent() ? null : result.failure())
        .update();
  }

  /// Gives waiting devices the module that was built for their facts.
  void giveModules(UUID rollout) {
    jdbc.sql(
            """
            update rollout_device rd set module = b.module
            from rollout_build b
            where rd.rollout = :rollout and b.rollout = :rollout and rd.state = 'WAITING'
              and rd.digest = b.digest and rd.module is distinct from b.module
              and b.module is not null
            """)
        .param("rollout", rollout)
        .update();
  }

  /// Leaves out waiting devices for which nothing can be built.
  List<Moved> skipUnbuilt(UUID rollout, Instant now) {
    return moved(
        """
        with moved as (
          update rollout_device rd set state = 'SKIPPED', changed = :now,
            reason = 'there is no module for it: ' || b.failure
          from rollout_build b
          where rd.rollout = :rollout and b.rollout = :rollout and b.failure is not null
            and rd.state = 'WAITING' and rd.digest = b.digest
          returning rd.wave)
        select wave, 'WAITING', count(*) from moved group by wave
        """,
        Map.of("rollout", rollout, "now", Timestamp.from(now)));
  }

  List<Moved> skipWaiting(UUID rollout, String why, Instant now) {
    return moved(
        """
        with moved as (
          update rollout_device set state = 'SKIPPED', reason = :why, changed = :now
          where rollout = :rollout and state = 'WAITING' returning wave)
        select wave, 'WAITING', count(*) from moved group by wave
        """,
        Map.of("rollout", rollout, "why", why, "now", Timestamp.from(now)));
  }

  /// As [DeviceTurn#isToReturn] says it for one.
  List<Moved> markReturning(UUID rollout, Instant now) {
    return moved(
        """
        with old as (
          select device, wave, state from rollout_device
          where rollout = :rollout and former_identity is not null
            and (state = 'SUCCEEDED' or doubtful and state in ('FAILED', 'SKIPPED'))),
        moved as (
          update rollout_device rd set state = 'RETURNING', not_before = null, changed = :now,
            reason = 'it is to get back what it had'
          from old where rd.rollout = :rollout and rd.device = old.device returning 1)
        select wave, state, count(*) from old group by wave, state
        """,
        Map.of("rollout", rollout, "now", Timestamp.from(now)));
  }

  List<Moved> giveUp(UUID rollout, String why, Instant now) {
    return moved(
        """
        with old as (
          select device, wave, state from rollout_device
          where rollout = :rollout and state in ('RUNNING', 'RETURNING', 'GOING_BACK')),
        moved as (
          update rollout_device rd set state = 'NOT_RETURNED', reason = :why, changed = :now
          from old where rd.rollout = :rollout and rd.device = old.device returning 1)
        select wave, state, count(*) from old group by wave, state
        """,
        Map.of("rollout", rollout, "why", why, "now", Timestamp.from(now)));
  }

  private List<Moved> moved(String sql, Map<String, ?> parameters) {
    return jdbc.sql(sql)
        .params(parameters)
        .query(
            (row, _) ->
                new Moved(row.getInt(1), DeviceState.valueOf(row.getString(2)), row.getInt(3)))
        .list();
  }

  /// Devices whose turn it is and that can be updated now.
  List<Member> ready(UUID rollout, int wave, int most, Instant now) {
    return members(
        """
        where rd.rollout = :rollout and rd.state = 'WAITING' and rd.there and rd.module is not null
          and rd.wave <= :wave and (rd.not_before is null or rd.not_before <= :now)
        order by rd.wave, rd.rank limit :most
        """,
        Map.of("rollout", rollout, "wave", wave, "most", most, "now", Timestamp.from(now)));
  }

  List<Member> returning(UUID rollout, int most, Instant now) {
    return members(
        """
        where rd.rollout = :rollout and rd.state = 'RETURNING'
          and (rd.not_before is null or rd.not_before <= :now)
        order by rd.rank limit :most
        """,
        Map.of("rollout", rollout, "most", most, "now", Timestamp.from(now)));
  }

  List<Member> running(UUID rollout) {
    return members(
        "where rd.rollout = :rollout and rd.state in ('RUNNING', 'GOING_BACK')",
        Map.of("rollout", rollout));
  }

  Optional<Member> find(UUID rollout, UUID device) {
    return members(
            "where rd.rollout = :rollout and rd.device = :device",
            Map.of("rollout", rollout, "device", device))
        .stream()
        .findFirst();
  }

  private List<Member> members(String where, Map<String, ?> parameters) {
    return jdbc.sql(READ + where).params(parameters).query((row, _) -> read(row)).list();
  }

  private static Member read(ResultSet row) throws SQLException {
    return new Member(
        row.getObject(1, UUID.class),
        row.getInt(2),
        DeviceState.valueOf(row.getString(3)),
        Optional.ofNullable(row.getObject(4, UUID.class)),
        row.getInt(5),
        row.getInt(6),
        row.getBoolean(7),
        row.getString(8) != null,
        Optional.ofNullable(row.getObject(10, UUID.class)),
        row.getBoolean(11),
        Optional.ofNullable(row.getString(8)),
        Optional.ofNullable(row.getString(9)));
  }

  /// An update of a device began. What it ran before is kept at the first.
  void began(UUID rollout, Member member, DeviceState state, UUID update, Instant now) {
    boolean forth = state == DeviceState.RUNNING;
    jdbc.sql(
            """
            update rollout_device rd set state = :state, running_update = :update, recalled = false,
              attempts = attempts + :forth, returns = returns + 1 - :forth, not_before = null,
              failure = null, reason = '', changed = :now,
              former_identity = case when rd.attempts = 0 and :forth = 1 and not rd.doubtful
                then d.module_identity else rd.former_identity end,
              former_version = case when rd.attempts = 0 and :forth = 1 and not rd.doubtful
                then d.module_version else rd.former_version end
            from device d
            where rd.rollout = :rollout and rd.device = :device and d.id = rd.device
            """)
        .param("rollout", rollout)
        .param("device", member.device())
        .param("state", state.name())
        .param("update", update)
        .param("forth", forth ? 1 : 0)
        .param("now", Timestamp.from(now))
        .update();
  }

  /// An update of a device ended, or did not begin.
  void turned(
      UUID rollout,
      Member member,
      DeviceTurn turn,
      boolean doubtful,
      boolean counts,
      Optional<String> failure,
      String reason,
      Instant now) {
    Optional<Duration> again = turn.again();
    jdbc.sql(
            """
            update rollout_device set state = :state, not_before = :later, running_update = :update,
              doubtful = doubtful or :doubtful, attempts = attempts - :uncounted,
              failure = :failure, reason = :reason, changed = :now
            where rollout = :rollout and device = :device
            """)
        .param("rollout", rollout)
        .param("device", member.device())
        .param("state", turn.next().name())
        .param("later", again.map(now::plus).map(Timestamp::from).orElse(null))
        .param("update", member.update().orElse(null))
        .param("doubtful", doubtful)
        .param("uncounted", counts ? 0 : 1)
        .param("failure", failure.orElse(null))
        .param("reason", reason)
        .param("now", Timestamp.from(now))
        .update();
  }

  void recall(UUID rollout) {
    jdbc.sql(
            """
            update rollout_device set recalled = true where rollout = :rollout and state = 'RUNNING'
            """)
        .param("rollout", rollout)
        .update();
  }

  /// When the next device may be tried again.
  Optional<Instant> nextTry(UUID rollout) {
    return jdbc.sql(
            """
            select min(not_before) from rollout_device
            where rollout = :rollout and not_before is not null
              and state in ('WAITING', 'RETURNING')
            """)
        .param("rollout", rollout)
        .query((row, _) -> Optional.ofNullable(row.getTimestamp(1)).map(Timestamp::toInstant))
        .single();
  }

  /// Brings waiting devices up to date with what is known of them.
  ///
  /// @param devices only these; all if empty
  void refresh(UUID rollout, Collection<UUID> devices) {
    jdbc.sql(
            """
            update rollout_device rd set there = d.state in ('ONLINE', 'SLEEPING'),
              digest = d.facts_digest,
              module = case when rd.digest is distinct from d.facts_digest then null
                else rd.module end
            from device d
            where rd.rollout = :rollout and rd.state = 'WAITING' and d.id = rd.device
              and (:all or rd.device = any(:devices))
              and (rd.there <> (d.state in ('ONLINE', 'SLEEPING'))
                or rd.digest is distinct from d.facts_digest)
            """)
        .param("rollout", rollout)
        .param("all", devices.isEmpty())
        .param("devices", devices.toArray(UUID[]::new))
        .update();
  }

  /// Of `devices`, lets those leave that do not match or exist any more before their turn.
  List<Moved> leave(Rollout rollout, Collection<UUID> devices, Matching matching, Instant now) {
    return moved(
        """
        with moved as (
          update rollout_device rd set state = 'SKIPPED', gone = true, changed = :now,
            reason = 'it does not match any more'
          where rd.rollout = :rollout and rd.device = any(:devices) and rd.state = 'WAITING'
            and rd.attempts = 0
            and not exists (
              select 1 from device where tenant = :tenant and id = rd.device and %s)
          returning wave)
        select wave, 'WAITING', count(*) from moved group by wave
        """
            .formatted(matching.where()),
        with(matching, rollout, devices, now));
  }

  /// Of `devices`, lets those join that match and are not there yet, or have left.
  ///
  /// @return waves with the numbers of new devices, and of those that came back
  List<List<Moved>> join(
      Rollout rollout, Collection<UUID> devices, Matching matching, int wave, Instant now) {
    Map<String, Object> parameters = with(matching, rollout, devices, now);
    parameters.put("wave", wave);
    List<Moved> added =
        moved(
            """
            with added as (
              insert into rollout_device (rollout, device, tenant, wave, rank, state, there, digest,
                changed, reason)
              select :rollout, id, :tenant, :wave, %s, 'WAITING', state in ('ONLINE', 'SLEEPING'),
                facts_digest, :now, 'it came to match later'
              from device where tenant = :tenant and id = any(:devices) and %s
              on conflict (rollout, device) do nothing returning wave)
            select wave, 'WAITING', count(*) from added group by wave
            """
                .formatted(Matching.RANK, matching.where()),
            parameters);
    List<Moved> back =
        moved(
            """
            with moved as (
              update rollout_device rd set state = 'WAITING', gone = false, reason = '',
                changed = :now
              where rd.rollout = :rollout and rd.device = any(:devices) and rd.state = 'SKIPPED'
                and rd.gone and exists (
                  select 1 from device where tenant = :tenant and id = rd.device and %s)
              returning wave)
            select wave, 'SKIPPED', count(*) from moved group by wave
            """
                .formatted(matching.where()),
            parameters);
    return List.of(added, back);
  }

  private static Map<String, Object> with(
      Matching matching, Rollout rollout, Collection<UUID> devices, Instant now) {
    Map<String, Object> parameters = new HashMap<>(matching.parameters());
    parameters.put("rollout", rollout.id());
    parameters.put("tenant", rollout.tenant());
    parameters.put("devices", devices.toArray(UUID[]::new));
    parameters.put("now", Timestamp.from(now));
    return parameters;
  }

  /// The module that brings back what a device had; empty before it was asked for.
  Optional<Built> former(UUID rollout, String identity, String version) {
    return jdbc.sql(
            """
            select module, coalesce(failure, '') from rollout_return
            where rollout = :rollout and identity = :identity and version = :version
            """)
        .param("rollout", rollout)
        .param("identity", identity)
        .param("version", version)
        .query(
            (row, _) ->
                new Built(Optional.ofNullable(row.getObject(1, UUID.class)), row.getString(2)))
        .optional();
  }

  void former(UUID rollout, String identity, String version, Built built) {
    jdbc.sql(
            """
            insert into rollout_return (rollout, identity, version, module, failure)
            values (:rollout, :identity, :version, :module, :failure)
            """)
        .param("rollout", rollout)
        .param("identity", identity)
        .param("version", version)
        .param("module", built.module().orElse(null))
        .param("failure", built.module().isPresent() ? null : built.failure())
        .update();
  }

  /// Modules that a rollout needs.
  List<UUID> modules(UUID rollout) {
    return jdbc.sql(
            """
            select module from rollout_build where rollout = :rollout and module is not null
            union select module from rollout_return where rollout = :rollout and module is not null
            """)
        .param("rollout", rollout)
        .query((row, _) -> row.getObject(1, UUID.class))
        .list();
  }

  List<Shown> list(UUID tenant, UUID rollout, Optional<DeviceState> state, UUID after, int most) {
    List<Shown> shown = new ArrayList<>();
    jdbc.sql(
            """
            select rd.device, coalesce(d.name, ''), rd.wave, rd.state, rd.attempts, rd.module,
              rd.running_update, rd.failure, rd.reason, rd.not_before, rd.changed
            from rollout_device rd left join device d on d.id = rd.device
            where rd.tenant = :tenant and rd.rollout = :rollout and rd.device > :after
              and (:state = '' or rd.state = :state)
            order by rd.device limit :most
            """)
        .param("tenant", tenant)
        .param("rollout", rollout)
        .param("after", after)
        .param("state", state.map(Enum::name).orElse(""))
        .param("most", most)
        .query(
            row -> {
              shown.add(
                  new Shown(
                      row.getObject(1, UUID.class),
                      row.getString(2),
                      row.getInt(3) + 1,
                      DeviceState.valueOf(row.getString(4)),
                      row.getInt(5),
                      Optional.ofNullable(row.getObject(6, UUID.class)),
                      Optional.ofNullable(row.getObject(7, UUID.class)),
                      Optional.ofNullable(row.getString(8)),
                      row.getString(9),
                      Optional.ofNullable(row.getTimestamp(10)).map(Timestamp::toInstant),
                      row.getTimestamp(11).toInstant()));
            });
    return shown;
  }
}
