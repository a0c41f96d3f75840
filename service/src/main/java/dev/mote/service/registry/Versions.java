package dev.mote.service.registry;

import dev.mote.service.access.Audit;
import dev.mote.service.access.Caller;
import dev.mote.service.database.Ids;
import dev.mote.service.event.Events;
import dev.mote.service.http.PageRequest;
import dev.mote.service.http.Problem;
import dev.mote.service.store.Artifacts;
import dev.mote.service.store.Stored;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The table `model_version`.
@Component
class Versions {

  static final int MOST_CARD = 100_000;
  private static final int MOST_LABELS = 50;
  private static final int MOST_LABEL = 500;

  /// A version as it is shown.
  ///
  /// @param aliases that point at it
  /// @param modules made of it
  /// @param check what the check at the door found; left out of lists
  record Version(
      UUID id,
      UUID model,
      String modelName,
      int number,
      String format,
      String sha256,
      long bytes,
      String fileName,
      String description,
      Map<String, String> labels,
      Optional<String> card,
      List<String> aliases,
      int modules,
      Instant created,
      String createdBy,
      Optional<JsonNode> check) {}

  private static final String VERSION =
      """
      select v.*, m.name as model_name,
        array(select name from model_alias a where a.version = v.id order by name) as aliases,
        (select count(*) from module where module.version = v.id) as modules
      from model_version v join model m on m.id = v.model
      """;

  private final JdbcClient sql;
  private final JsonMapper json;
  private final Clock clock;
  private final Audit audit;
  private final Events events;
  private final Artifacts artifacts;
  private final Models models;

  Versions(
      JdbcClient sql,
      JsonMapper json,
      Clock clock,
      Audit audit,
      Events events,
      Artifacts artifacts,
      Models models) {
    this.sql = sql;
    this.json = json;
    this.clock = clock;
    this.audit = audit;
    this.events = events;
    this.artifacts = artifacts;
    this.models = models;
  }

  /// Newest first.
  List<Version> list(UUID tenant, UUID model, PageRequest page) {
    return sql.sql(
            VERSION
                + """
                where v.tenant = :tenant and v.model = :model and v.id < :before
                order by v.id desc limit :rows""")
        .param("tenant", tenant)
        .param("model", model)
        .param("before", page.beforeOrLast())
        .param("rows", page.rows())
        .query((row, n) -> version(row, false))
        .list();
  }

  Version find(UUID tenant, UUID id) {
    return sql.sql(VERSION + "where v.tenant = :tenant and v.id = :id")
        .param("tenant", tenant)
        .param("id", id)
        .query((row, n) -> version(row, true))
        .optional()
        .orElseThrow(() -> Problem.notFound("version", id));
  }

  /// The version of a model with those very bytes.
  Optional<Version> withContent(UUID tenant, UUID model, String sha256) {
    return sql.sql(VERSION + "where v.tenant = :tenant and v.model = :model and v.sha256 = :sha256")
        .param("tenant", tenant)
        .param("model", model)
        .param("sha256", sha256)
        .query((row, n) -> version(row, true))
        .optional();
  }

  /// Adds the next version, unless it is there already. Whoever comes second waits for the first,
  /// so that numbers have no gaps.
  ///
  /// @return whether it is new
  @Transactional
  public boolean add(
      Caller caller,
      UUID model,
      Stored stored,
      String fileName,
      String description,
      ModelDoor.Admitted admitted) {
    Models.Model of = models.findLocked(caller.tenant(), model.toString());
    if (withContent(caller.tenant(), model, stored.sha256()).isPresent()) {
      return false;
    }
    UUID id = Ids.next();
    int number = of.versions() + 1;
    artifacts.hold(caller.tenant(), stored.sha256(), "version:" + id);
    sql.sql("update model set versions = :number, changed = :now where id = :model")
        .param("number", number)
        .param("now", now())
        .param("model", model)
        .update();
    sql.sql(
            """
            insert into model_version (id, tenant, model, number, format, sha256, bytes, file_name, report,
              description, created, created_by)
            values (:id, :tenant, :model, :number, :format, :sha256, :bytes, :fileName, :report::jsonb,
              :description, :now, :by)""")
        .param("id", id)
        .param("tenant", caller.tenant())
        .param("model", model)
        .param("number", number)
        .param("format", admitted.format())
        .param("sha256", stored.sha256())
        .param("bytes", stored.bytes())
        .param("fileName", fileName)
        .param("report", json.writeValueAsString(admitted.report()))
        .param("description", description)
        .param("now", now())
        .param("by", caller.name())
        .update();
    audit.record(
        caller,
        "version.add",
        "version/" + id,
        Map.of("model", of.name(), "number", number, "sha256", stored.sha256()));
    tell(caller, "model.version.added", id, model, of.name(), number);
    return true;
  }

  /// Changes what people say about a version.
  @Transactional
  public Version change(
      Caller caller,
      UUID id,
      Optional<String> description,
      Optional<Map<String, String>> labels,
      Optional<String> card) {
    List<Problem.FieldError> errors = new ArrayList<>();
    description.ifPresent(
        d -> ModelNames.checkText(errors, "description", d, ModelNames.MOST_DESCRIPTION));
    card.ifPresent(c -> ModelNames.checkText(errors, "card", c, MOST_CARD));
    labels.ifPresent(l -> checkLabels(errors, l));
    ModelNames.refuse(errors);
    Version before = find(caller.tenant(), id);
    sql.sql(
            """
            update model_version set description = coalesce(:description, description),
              labels = coalesce(:labels::jsonb, labels), card = coalesce(:card, card)
            where tenant = :tenant and id = :id""")
        .param("description", description.orElse(null))
        .param("labels", labels.map(json::writeValueAsString).orElse(null))
        .param("card", card.orElse(null))
        .param("tenant", caller.tenant())
        .param("id", id)
        .update();
    audit.record(
        caller,
        "version.change",
        "version/" + id,
        Map.of("model", before.modelName(), "number", before.number()));
    tell(caller, "model.version.changed", id, before.model(), before.modelName(), before.number());
    return find(caller.tenant(), id);
  }

  private static void checkLabels(List<Problem.FieldError> errors, Map<String, String> labels) {
    if (labels.size() > MOST_LABELS) {
      errors.add(new Problem.FieldError("labels", "must be at most " + MOST_LABELS));
    }
    labels.forEach(
        (name, value) -> {
          ModelNames.checkName(errors, "labels." + name, name);
          ModelNames.checkText(errors, "labels." + name, value == null ? "\0" : value, MOST_LABEL);
        });
  }

  /// Deletes a version's row, which nothing needs any more.
  void delete(Caller caller, Version version) {
    sql.sql("delete from model_version where tenant = :tenant and id = :id")
        .param("tenant", caller.tenant())
        .param("id", version.id())
        .update();
    artifacts.release(caller.tenant(), version.sha256(), "version:" + version.id());
    audit.record(
        caller,
        "version.delete",
        "version/" + version.id(),
        Map.of("model", version.modelName(), "number", version.number()));
    tell(
        caller,
        "model.version.deleted",
        version.id(),
        version.model(),
        version.modelName(),
        version.number());
  }

  private void tell(Caller caller, String kind, UUID id, UUID model, String modelName, int number) {
    events.publish(
        caller.tenant(),
        kind,
        id.toString(),
        Map.of("version", id, "model", model, "name", modelName, "number", number));
  }

  private Version version(ResultSet row, boolean whole) throws SQLException {
    return new Version(
        row.getObject("id", UUID.class),
        row.getObject("model", UUID.class),
        row.getString("model_name"),
        row.getInt("number"),
        row.getString("format"),
        row.getString("sha256"),
        row.getLong("bytes"),
        row.getString("file_name"),
        row.getString("description"),
        json.readValue(row.getString("labels"), new TypeReference<Map<String, String>>() {}),
        whole ? Optional.of(row.getString("card")) : Optional.empty(),
        List.of((String[]) row.getArray("aliases").getArray()),
        row.getInt("modules"),
        row.getObject("created", OffsetDateTime.class).toInstant(),
        row.getString("created_by"),
        whole ? Optional.of(json.readTree(row.getString("report"))) : Optional.empty());
  }

  private OffsetDateTime now() {
    return clock.instant().atOffset(ZoneOffset.UTC);
  }
}
