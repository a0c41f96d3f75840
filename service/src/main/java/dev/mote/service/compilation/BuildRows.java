package dev.mote.service.compilation;

import dev.mote.builder.BuildOptions;
import dev.mote.builder.DeviceFacts;
import dev.mote.ir.Diagnostic;
import dev.mote.service.database.Ids;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// The tables `build` and `build_estimate`.
@Component
class BuildRows {

  private static final TypeReference<Map<String, Object>> MAP = new TypeReference<>() {};

  private final JdbcClient sql;
  private final JsonMapper json;
  private final Clock clock;

  BuildRows(JdbcClient sql, JsonMapper json, Clock clock) {
    this.sql = sql;
    this.json = json;
    this.clock = clock;
  }

  /// A row.
  record Row(
      UUID id,
      UUID tenant,
      UUID version,
      DeviceFacts facts,
      BuildOptions options,
      BuildState state,
      Optional<UUID> job,
      Optional<UUID> module,
      Optional<String> code,
      Optional<String> failure,
      Optional<String> fix,
      boolean mayPass,
      Map<String, Object> choice) {

    /// The choice in words.
    List<String> explanation() {
      return BuildRows.explanation(choice);
    }

    BuildResult result() {
      return new BuildResult(id, state, module, code, failure, fix, explanation(), job);
    }
  }

  /// The sentences of a choice as JSON.
  static List<String> explanation(Map<String, Object> choice) {
    return choice.get("explanation") instanceof List<?> lines
        ? lines.stream().map(String::valueOf).toList()
        : List.of();
  }

  /// Adds a build that is not there yet.
  ///
  /// @return its id; empty when there is one of this key
  Optional<UUID> add(
      UUID tenant,
      UUID version,
      String key,
      DeviceFacts facts,
      BuildOptions options,
      String createdBy) {
    return sql.sql(
            """
            insert into build (id, tenant, version, key, facts, facts_digest, options, state, created,
              created_by)
            values (:id, :tenant, :version, :key, :facts::jsonb, :digest, :options::jsonb, 'RUNNING',
              :now, :by)
            on conflict (tenant, version, key) do nothing
            returning id""")
        .param("id", Ids.next())
        .param("tenant", tenant)
        .param("version", version)
        .param("key", key)
        .param("facts", text(facts.json()))
        .param("digest", facts.digest())
        .param("options", text(options.json()))
        .param("now", now())
        .param("by", createdBy)
        .query(UUID.class)
        .optional();
  }

  Optional<Row> find(UUID tenant, UUID id) {
    return one("where tenant = :tenant and id = :value", tenant, id);
  }

  /// The row, locked until the caller's transaction ends.
  Optional<Row> lock(UUID tenant, UUID id) {
    return one("where tenant = :tenant and id = :value for update", tenant, id);
  }

  Optional<Row> ofJob(UUID tenant, UUID job) {
    return one("where tenant = :tenant and job = :value for update", tenant, job);
  }

  Optional<Row> ofKey(UUID tenant, UUID version, String key, boolean lock) {
    return sql.sql(
            "select * from build where tenant = :tenant and version = :version and key = :key"
                + (lock ? " for update" : ""))
        .param("tenant", tenant)
        .param("version", version)
        .param("key", key)
        .query(this::row)
        .optional();
  }

  private Optional<Row> one(String where, UUID tenant, UUID value) {
    return sql.sql("select * from build " + where)
        .param("tenant", tenant)
        .param("value", value)
        .query(this::row)
        .optional();
  }

  /// Starts a build, for the first time or again.
  void running(UUID tenant, UUID id, UUID job) {
    sql.sql(
            """
            update build set state = 'RUNNING', job = :job, code = null, failure = null, fix = null,
              ended = null
            where tenant = :tenant and id = :id""")
        .param("job", job)
        .param("tenant", tenant)
        .param("id", id)
        .update();
  }

  void built(UUID tenant, UUID id, UUID module, Object choice) {
    sql.sql(
            """
            update build set state = 'BUILT', module = :module, choice = :choice::jsonb, ended = :now
            where tenant = :tenant and id = :id""")
        .param("module", module)
        .param("choice", text(choice))
        .param("now", now())
        .param("tenant", tenant)
        .param("id", id)
        .update();
  }

  void failed(UUID tenant, UUID id, Diagnostic why, boolean mayPass, Object choice) {
    sql.sql(
            """
            update build set state = 'FAILED', code = :code, failure = :failure, fix = :fix,
              may_pass = :mayPass, choice = :choice::jsonb, ended = :now
            where tenant = :tenant and id = :id""")
        .param("code", why.label())
        .param("failure", why.where() + ": " + why.what())
        .param("fix", why.fix())
        .param("mayPass", mayPass)
        .param("choice", text(choice))
        .param("now", now())
        .param("tenant", tenant)
        .param("id", id)
        .update();
  }

  void cancelled(UUID tenant, UUID id) {
    sql.sql(
            """
            update build set state = 'CANCELLED', failure = 'it was cancelled', ended = :now
            where tenant = :tenant and id = :id""")
        .param("now", now())
        .param("tenant", tenant)
        .param("id", id)
        .update();
  }

  Optional<Map<String, Object>> estimate(UUID tenant, UUID version, String key) {
    return sql.sql(
            """
            select choice from build_estimate
            where tenant = :tenant and version = :version and key = :key""")
        .param("tenant", tenant)
        .param("version", version)
        .param("key", key)
        .query(String.class)
        .optional()
        .map(this::map);
  }

  void estimated(UUID tenant, UUID version, String key, Object choice) {
    sql.sql(
            """
            insert into build_estimate (tenant, version, key, choice)
            values (:tenant, :version, :key, :choice::jsonb)
            on conflict (tenant, version, key) do nothing""")
        .param("tenant", tenant)
        .param("version", version)
        .param("key", key)
        .param("choice", text(choice))
        .update();
  }

  String text(Object value) {
    return json.writeValueAsString(value);
  }

  Map<String, Object> map(@Nullable String text) {
    return text == null ? Map.of() : json.readValue(text, MAP);
  }

  OffsetDateTime now() {
    return clock.instant().atOffset(ZoneOffset.UTC);
  }

  private Row row(ResultSet row, int number) throws SQLException {
    return new Row(
        row.getObject("id", UUID.class),
        row.getObject("tenant", UUID.class),
        row.getObject("version", UUID.class),
        DeviceFacts.parse(map(row.getString("facts"))),
        BuildOptions.parse(map(row.getString("options"))),
        BuildState.valueOf(row.getString("state")),
        Optional.ofNullable(row.getObject("job", UUID.class)),
        Optional.ofNullable(row.getObject("module", UUID.class)),
        Optional.ofNullable(row.getString("code")),
        Optional.ofNullable(row.getString("failure")),
        Optional.ofNullable(row.getString("fix")),
        row.getBoolean("may_pass"),
        map(row.getString("choice")));
  }
}
