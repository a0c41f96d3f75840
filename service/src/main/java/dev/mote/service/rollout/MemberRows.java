package dev.mote.service.rollout;

import dev.mote.service.rollout.machine.DeviceState;
import dev.mote.service.rollout.machine.DeviceTurn;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// What devices of rollouts do, as rows. Only whoever has locked the rollout writes them.
@Component
final class MemberRows {

  private final JdbcClient jdbc;

  MemberRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

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

  List<Moved> skipWaiting(UUID rollout, String why, Instant now) {
    return Moved.by(
        jdbc,
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
    return Moved.by(
        jdbc,
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
    return Moved.by(
        jdbc,
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
