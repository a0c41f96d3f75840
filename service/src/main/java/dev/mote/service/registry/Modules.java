package dev.mote.service.registry;

import dev.mote.service.database.Ids;
import dev.mote.service.event.Events;
import dev.mote.service.store.Artifacts;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/// The tables `module` and `module_use`, and what others ask of versions.
@Component
class Modules implements Registry {

  private static final String VERSION =
      """
      select v.*, m.name as model_name from model_version v join model m on m.id = v.model
      """;

  private final JdbcClient sql;
  private final JsonMapper json;
  private final Clock clock;
  private final Artifacts artifacts;
  private final Events events;

  Modules(JdbcClient sql, JsonMapper json, Clock clock, Artifacts artifacts, Events events) {
    this.sql = sql;
    this.json = json;
    this.clock = clock;
    this.artifacts = artifacts;
    this.events = events;
  }

  @Override
  public Optional<ModelVersion> version(UUID tenant, UUID id) {
    return sql.sql(VERSION + "where v.tenant = :tenant and v.id = :id")
        .param("tenant", tenant)
        .param("id", id)
        .query(this::version)
        .optional();
  }

  @Override
  public Optional<ModelVersion> aliased(UUID tenant, UUID model, String alias) {
    return sql.sql(
            VERSION
                + """
                join model_alias a on a.version = v.id
                where v.tenant = :tenant and v.model = :model and a.name = :alias""")
        .param("tenant", tenant)
        .param("model", model)
        .param("alias", alias)
        .query(this::version)
        .optional();
  }

  @Override
  public Optional<Module> module(UUID tenant, UUID id) {
    return sql.sql("select * from module where tenant = :tenant and id = :id")
        .param("tenant", tenant)
        .param("id", id)
        .query(this::module)
        .optional();
  }

  @Override
  public Optional<Module> module(UUID tenant, String identity, long sequence) {
    return sql.sql(
            """
            select * from module
            where tenant = :tenant and identity = :identity and sequence = :sequence
            order by id limit 1""")
        .param("tenant", tenant)
        .param("identity", identity)
        .param("sequence", sequence)
        .query(this::module)
        .optional();
  }

  @Override
  public List<Module> modulesOf(UUID tenant, UUID version) {
    return sql.sql(
            "select * from module where tenant = :tenant and version = :version order by id desc")
        .param("tenant", tenant)
        .param("version", version)
        .query(this::module)
        .list();
  }

  @Override
  @Transactional
  public Module addModule(NewModule module) {
    // Locked, so that the version is not deleted before the module refers to it.
    Optional<UUID> version =
        sql.sql("select id from model_version where tenant = :tenant and id = :id for key share")
            .param("tenant", module.tenant())
            .param("id", module.version())
            .query(UUID.class)
            .optional();
    if (version.isEmpty()) {
      throw new IllegalArgumentException("there is no version " + module.version());
    }
    UUID id = Ids.next();
    long bytes = artifacts.size(module.sha256());
    sql.sql(
            """
            insert into module (id, tenant, version, build, parent, kind, target, compiler,
              compiler_version, options, facts, facts_digest, sha256, bytes, sequence, identity, report,
              page, created)
            values (:id, :tenant, :version, :build, :parent, :kind, :target, :compiler,
              :compilerVersion, :options::jsonb, :facts::jsonb, :factsDigest, :sha256, :bytes, :sequence,
              :identity, :report::jsonb, :page, :now)""")
        .param("id", id)
        .param("tenant", module.tenant())
        .param("version", module.version())
        .param("build", module.build().orElse(null))
        .param("parent", module.parent().orElse(null))
        .param("kind", module.kind().name())
        .param("target", module.target())
        .param("compiler", module.compiler())
        .param("compilerVersion", module.compilerVersion())
        .param("options", json.writeValueAsString(module.options()))
        .param("facts", json.writeValueAsString(module.facts()))
        .param("factsDigest", module.factsDigest())
        .param("sha256", module.sha256())
        .param("bytes", bytes)
        .param("sequence", module.sequence())
        .param("identity", module.identity())
        .param("report", json.writeValueAsString(module.report()))
        .param("page", module.pageSha256().orElse(null))
        .param("now", now())
        .update();
    artifacts.hold(module.tenant(), module.sha256(), "module:" + id);
    module.pageSha256().ifPresent(page -> artifacts.hold(module.tenant(), page, "module:" + id));
    events.publish(
        module.tenant(),
        "model.module",
        id.toString(),
        Map.of("module", id, "version", module.version(), "target", module.target()));
    return module(module.tenant(), id).orElseThrow();
  }

  @Override
  @Transactional
  public void use(UUID tenant, UUID module, String usedBy) {
    // Locked before it is said, so that whoever deletes it comes before or after.
    Optional<UUID> row =
        sql.sql("select id from module where tenant = :tenant and id = :module for key share")
            .param("tenant", tenant)
            .param("module", module)
            .query(UUID.class)
            .optional();
    if (row.isEmpty()) {
      throw new IllegalArgumentException("there is no module " + module);
    }
    sql.sql(
            """
            insert into module_use (tenant, module, used_by, since)
            values (:tenant, :module, :usedBy, :now) on conflict (module, used_by) do nothing""")
        .param("tenant", tenant)
        .param("module", module)
        .param("usedBy", usedBy)
        .param("now", now())
        .update();
  }

  @Override
  public void release(UUID tenant, UUID module, String usedBy) {
    sql.sql(
            """
            delete from module_use
            where tenant = :tenant and module = :module and used_by = :usedBy""")
        .param("tenant", tenant)
        .param("module", module)
        .param("usedBy", usedBy)
        .update();
  }

  private ModelVersion version(ResultSet row, int number) throws SQLException {
    return new ModelVersion(
        row.getObject("id", UUID.class),
        row.getObject("tenant", UUID.class),
        row.getObject("model", UUID.class),
        row.getString("model_name"),
        row.getInt("number"),
        row.getString("format"),
        row.getString("sha256"),
        row.getLong("bytes"),
        row.getString("file_name"),
        json.readTree(row.getString("report")));
  }

  private Module module(ResultSet row, int number) throws SQLException {
    return new Module(
        row.getObject("id", UUID.class),
        row.getObject("tenant", UUID.class),
        row.getObject("version", UUID.class),
        row.getString("target"),
        row.getString("compiler"),
        row.getString("sha256"),
        row.getLong("bytes"),
        row.getLong("sequence"),
        row.getString("identity"),
        json.readTree(row.getString("report")));
  }

  private OffsetDateTime now() {
    return clock.instant().atOffset(ZoneOffset.UTC);
  }
}
