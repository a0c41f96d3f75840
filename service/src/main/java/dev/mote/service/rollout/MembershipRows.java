package dev.mote.service.rollout;

import dev.mote.service.rollout.machine.DeviceState;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Who takes part in a rollout, as rows: the devices that match, that join later, and that leave.
/// Only whoever has locked the rollout writes them.
@Component
final class MembershipRows {

  private final JdbcClient jdbc;

  MembershipRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

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
    return Moved.by(
        jdbc,
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
        Moved.by(
            jdbc,
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
        Moved.by(
            jdbc,
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
}
