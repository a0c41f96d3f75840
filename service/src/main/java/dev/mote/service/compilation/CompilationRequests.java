package dev.mote.service.compilation;

import dev.mote.service.access.Caller;
import dev.mote.service.database.Ids;
import dev.mote.service.http.Page;
import dev.mote.service.http.PageRequest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// The tables `compilation` and `compilation_build`: what was asked for together.
@Component
class CompilationRequests {

  private final JdbcClient sql;
  private final BuildRows builds;

  CompilationRequests(JdbcClient sql, BuildRows builds) {
    this.sql = sql;
    this.builds = builds;
  }

  /// A request and how far it is.
  record Requested(
      UUID id,
      UUID version,
      Map<String, Object> options,
      Instant created,
      String createdBy,
      boolean ended,
      List<Part> builds) {}

  /// A build of it.
  ///
  /// @param devices that it is for; 0 where only facts were given
  record Part(int devices, Map<String, Object> facts, BuildResult build) {}

  UUID add(Caller caller, UUID version, Map<String, Object> options, Map<UUID, Integer> devices) {
    UUID id = Ids.next();
    sql.sql(
            """
            insert into compilation (id, tenant, version, options, created, created_by)
            values (:id, :tenant, :version, :options::jsonb, :now, :by)""")
        .param("id", id)
        .param("tenant", caller.tenant())
        .param("version", version)
        .param("options", builds.text(options))
        .param("now", builds.now())
        .param("by", caller.name())
        .update();
    devices.forEach(
        (build, count) ->
            sql.sql(
                    """
                    insert into compilation_build (tenant, compilation, build, devices)
                    values (:tenant, :compilation, :build, :devices)
                    on conflict (compilation, build) do nothing""")
                .param("tenant", caller.tenant())
                .param("compilation", id)
                .param("build", build)
                .param("devices", count)
                .update());
    return id;
  }

  Optional<Requested> find(UUID tenant, UUID id) {
    return sql.sql("select * from compilation where tenant = :tenant and id = :id")
        .param("tenant", tenant)
        .param("id", id)
        .query((row, n) -> row(row))
        .optional()
        .map(asked -> requested(tenant, asked));
  }

  /// Newest first.
  Page<Requested> list(UUID tenant, Optional<UUID> version, PageRequest page) {
    List<Requested> rows =
        sql
            .sql(
                """
                select * from compilation where tenant = :tenant and id < :before
                  and (:version::uuid is null or version = :version)
                order by id desc limit :rows""")
            .param("tenant", tenant)
            .param("before", page.beforeOrLast())
            .param("version", version.orElse(null), Types.OTHER)
            .param("rows", page.rows())
            .query((row, n) -> row(row))
            .list()
            .stream()
            .map(asked -> requested(tenant, asked))
            .toList();
    return Page.of(rows, page, Requested::id);
  }

  private record Member(UUID build, int devices) {}

  /// A row; what else belongs to it is read afterwards, and not on a second connection beside it.
  private record Row(
      UUID id, UUID version, Map<String, Object> options, Instant created, String createdBy) {}

  private Row row(ResultSet row) throws SQLException {
    return new Row(
        row.getObject("id", UUID.class),
        row.getObject("version", UUID.class),
        builds.map(row.getString("options")),
        row.getTimestamp("created").toInstant(),
        row.getString("created_by"));
  }

  private Requested requested(UUID tenant, Row asked) {
    List<Part> parts =
        sql
            .sql(
                """
                select build, devices from compilation_build
                where tenant = :tenant and compilation = :id order by build""")
            .param("tenant", tenant)
            .param("id", asked.id())
            .query((row, n) -> new Member(row.getObject(1, UUID.class), row.getInt(2)))
            .list()
            .stream()
            .flatMap(
                member ->
                    builds
                        .find(tenant, member.build())
                        .map(row -> new Part(member.devices(), row.facts().json(), row.result()))
                        .stream())
            .toList();
    boolean ended = parts.stream().allMatch(part -> part.build().state().isEnded());
    return new Requested(
        asked.id(),
        asked.version(),
        asked.options(),
        asked.created(),
        asked.createdBy(),
        ended,
        parts);
  }
}
