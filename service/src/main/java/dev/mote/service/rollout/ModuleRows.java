package dev.mote.service.rollout;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// The modules of rollouts as rows: which was built for which facts, and which brings back what a
/// device had. Only whoever has locked the rollout writes them.
@Component
final class ModuleRows {

  private final JdbcClient jdbc;

  ModuleRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /// What came of asking for a module.
  ///
  /// @param module that there is; empty if there is none
  /// @param failure why there is none, in words
  record Built(Optional<UUID> module, String failure) {}

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
    return Moved.by(
        jdbc,
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
}
