package dev.mote.service.registry;

import dev.mote.service.http.PageRequest;
import dev.mote.service.http.Problem;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Modules as they are shown.
@Component
class ModuleList {

  /// @param number of the version
  /// @param uses by devices that run it and by what needs it for now
  /// @param options of its build; left out of lists
  /// @param facts that it was built for; left out of lists
  /// @param report of its build; left out of lists
  record Shown(
      UUID id,
      UUID model,
      String modelName,
      UUID version,
      int number,
      Optional<UUID> build,
      Optional<UUID> parent,
      String kind,
      String target,
      String compiler,
      String compilerVersion,
      String factsDigest,
      String sha256,
      long bytes,
      long sequence,
      String identity,
      boolean page,
      int uses,
      Instant created,
      Optional<JsonNode> options,
      Optional<JsonNode> facts,
      Optional<JsonNode> report) {}

  private static final String MODULE =
      """
      select d.*, v.number, m.id as model, m.name as model_name,
        (select count(*) from module_use u where u.module = d.id)
          + (select count(*) from device e where e.tenant = d.tenant and d.kind <> 'DELTA'
              and e.module_identity = d.identity and e.module_version = d.sequence::text) as uses
      from module d join model_version v on v.id = d.version join model m on m.id = v.model
      """;

  private final JdbcClient sql;
  private final JsonMapper json;

  ModuleList(JdbcClient sql, JsonMapper json) {
    this.sql = sql;
    this.json = json;
  }

  List<Shown> list(
      UUID tenant,
      Optional<UUID> model,
      Optional<UUID> version,
      Optional<String> target,
      PageRequest page) {
    return sql.sql(
            MODULE
                + """
                where d.tenant = :tenant and d.id < :before
                  and (:model::uuid is null or v.model = :model)
                  and (:version::uuid is null or d.version = :version)
                  and (:target::text is null or d.target = :target)
                order by d.id desc limit :rows""")
        .param("tenant", tenant)
        .param("before", page.beforeOrLast())
        .param("model", model.orElse(null))
        .param("version", version.orElse(null))
        .param("target", target.orElse(null))
        .param("rows", page.rows())
        .query((row, n) -> shown(row, false))
        .list();
  }

  Shown find(UUID tenant, UUID id) {
    return sql.sql(MODULE + "where d.tenant = :tenant and d.id = :id")
        .param("tenant", tenant)
        .param("id", id)
        .query((row, n) -> shown(row, true))
        .optional()
        .orElseThrow(() -> Problem.notFound("module", id));
  }

  /// Digest of the report as a page.
  Optional<String> page(UUID tenant, UUID id) {
    return sql.sql(
            "select page from module where tenant = :tenant and id = :id and page is not null")
        .param("tenant", tenant)
        .param("id", id)
        .query(String.class)
        .optional();
  }

  private Shown shown(ResultSet row, boolean whole) throws SQLException {
    return new Shown(
        row.getObject("id", UUID.class),
        row.getObject("model", UUID.class),
        row.getString("model_name"),
        row.getObject("version", UUID.class),
        row.getInt("number"),
        Optional.ofNullable(row.getObject("build", UUID.class)),
        Optional.ofNullable(row.getObject("parent", UUID.class)),
        row.getString("kind"),
        row.getString("target"),
        row.getString("compiler"),
        row.getString("compiler_version"),
        row.getString("facts_digest"),
        row.getString("sha256"),
        row.getLong("bytes"),
        row.getLong("sequence"),
        row.getString("identity"),
        row.getString("page") != null,
        row.getInt("uses"),
        row.getObject("created", OffsetDateTime.class).toInstant(),
        json(row, "options", whole),
        json(row, "facts", whole),
        json(row, "report", whole));
  }

  private Optional<JsonNode> json(ResultSet row, String column, boolean whole) throws SQLException {
    return whole ? Optional.of(json.readTree(row.getString(column))) : Optional.empty();
  }
}
