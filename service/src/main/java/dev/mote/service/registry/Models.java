package dev.mote.service.registry;

import dev.mote.service.access.Audit;
import dev.mote.service.access.Caller;
import dev.mote.service.access.Quota;
import dev.mote.service.access.Quotas;
import dev.mote.service.database.Ids;
import dev.mote.service.event.Events;
import dev.mote.service.http.PageRequest;
import dev.mote.service.http.Problem;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// The table `model`.
@Component
class Models {

  /// A model as it is shown.
  ///
  /// @param versions number of the newest version there ever was
  /// @param aliases number of the version that each points at
  record Model(
      UUID id,
      String name,
      String description,
      List<String> tags,
      int versions,
      Map<String, Integer> aliases,
      Instant created,
      String createdBy,
      Instant changed) {}

  private static final String MODEL =
      """
      select m.*, coalesce((
          select jsonb_object_agg(a.name, v.number) from model_alias a
          join model_version v on v.id = a.version where a.model = m.id), '{}') as aliases
      from model m
      """;

  private final JdbcClient sql;
  private final JsonMapper json;
  private final Clock clock;
  private final Audit audit;
  private final Events events;
  private final Quotas quotas;

  Models(JdbcClient sql, JsonMapper json, Clock clock, Audit audit, Events events, Quotas quotas) {
    this.sql = sql;
    this.json = json;
    this.clock = clock;
    this.audit = audit;
    this.events = events;
    this.quotas = quotas;
  }

  /// Newest first.
  List<Model> list(UUID tenant, Optional<String> tag, Optional<String> name, PageRequest page) {
    return sql.sql(
            MODEL
                + """
                where m.tenant = :tenant and m.id < :before
                  and (:tag::text is null or :tag = any(m.tags))
                  and (:name::text is null or m.name = :name)
                order by m.id desc limit :rows""")
        .param("tenant", tenant)
        .param("before", page.beforeOrLast())
        .param("tag", tag.orElse(null))
        .param("name", name.orElse(null))
        .param("rows", page.rows())
        .query(this::model)
        .list();
  }

  /// @param idOrName of a model
  Model find(UUID tenant, String idOrName) {
    return sql.sql(MODEL + "where m.tenant = :tenant and (m.id = :id or m.name = :name)")
        .param("tenant", tenant)
        .param("id", ModelNames.id(idOrName).orElse(null))
        .param("name", idOrName)
        .query(this::model)
        .optional()
        .orElseThrow(() -> Problem.notFound("model", idOrName));
  }

  /// The same, and nobody else changes it until the transaction ends.
  Model findLocked(UUID tenant, String idOrName) {
    UUID id = find(tenant, idOrName).id();
    return sql.sql("select id from model where tenant = :tenant and id = :id for update")
        .param("tenant", tenant)
        .param("id", id)
        .query(UUID.class)
        .optional()
        .map(locked -> find(tenant, locked.toString()))
        .orElseThrow(() -> Problem.notFound("model", idOrName));
  }

  @Transactional
  public Model add(Caller caller, String name, String description, List<String> tags) {
    List<Problem.FieldError> errors = new ArrayList<>();
    ModelNames.checkName(errors, "name", name);
    ModelNames.checkText(errors, "description", description, ModelNames.MOST_DESCRIPTION);
    ModelNames.checkTags(errors, tags);
    ModelNames.refuse(errors);
    quotas.take(caller.tenant(), Quota.MODELS, 1);
    UUID id = Ids.next();
    int added =
        sql.sql(
                """
                insert into model (id, tenant, name, description, tags, words, created, created_by,
                  changed)
                values (:id, :tenant, :name, :description, :tags, :words, :now, :by, :now)
                on conflict (tenant, name) do nothing""")
            .param("id", id)
            .param("tenant", caller.tenant())
            .param("name", name)
            .param("description", description)
            .param("tags", tags.stream().distinct().toArray(String[]::new))
            .param("words", ModelNames.words(name, description, tags))
            .param("now", now())
            .param("by", caller.name())
            .update();
    if (added == 0) {
      throw taken(name);
    }
    audit.record(caller, "model.add", "model/" + id, Map.of("name", name));
    tell(caller, "model.added", id, name);
    return find(caller.tenant(), id.toString());
  }

  private static Problem taken(String name) {
    return RegistryCodes.NAME_TAKEN.problem(
        "there is a model '%s' already".formatted(name),
        "choose another name, or upload a version to that model.");
  }

  /// Changes what is given.
  @Transactional
  public Model change(
      Caller caller,
      String idOrName,
      Optional<String> name,
      Optional<String> description,
      Optional<List<String>> tags) {
    List<Problem.FieldError> errors = new ArrayList<>();
    name.ifPresent(n -> ModelNames.checkName(errors, "name", n));
    description.ifPresent(
        d -> ModelNames.checkText(errors, "description", d, ModelNames.MOST_DESCRIPTION));
    tags.ifPresent(t -> ModelNames.checkTags(errors, t));
    ModelNames.refuse(errors);
    Model before = findLocked(caller.tenant(), idOrName);
    String newName = name.orElse(before.name());
    String newDescription = description.orElse(before.description());
    List<String> newTags = tags.orElse(before.tags());
    try {
      sql.sql(
              """
              update model set name = :name, description = :description, tags = :tags, words = :words,
                changed = :now
              where tenant = :tenant and id = :id""")
          .param("name", newName)
          .param("description", newDescription)
          .param("tags", newTags.stream().distinct().toArray(String[]::new))
          .param("words", ModelNames.words(newName, newDescription, newTags))
          .param("now", now())
          .param("tenant", caller.tenant())
          .param("id", before.id())
          .update();
    } catch (DuplicateKeyException e) {
      throw taken(newName);
    }
    Map<String, Object> details = new LinkedHashMap<>();
    name.ifPresent(n -> details.put("name", n));
    description.ifPresent(d -> details.put("description", d));
    tags.ifPresent(t -> details.put("tags", t));
    audit.record(caller, "model.change", "model/" + before.id(), details);
    tell(caller, "model.changed", before.id(), newName);
    return find(caller.tenant(), before.id().toString());
  }

  /// Deletes a model's row, whose versions are gone.
  void delete(Caller caller, Model model) {
    sql.sql("delete from model where tenant = :tenant and id = :id")
        .param("tenant", caller.tenant())
        .param("id", model.id())
        .update();
    quotas.give(caller.tenant(), Quota.MODELS, 1);
    audit.record(caller, "model.delete", "model/" + model.id(), Map.of("name", model.name()));
    tell(caller, "model.deleted", model.id(), model.name());
  }

  private void tell(Caller caller, String kind, UUID id, String name) {
    events.publish(caller.tenant(), kind, id.toString(), Map.of("model", id, "name", name));
  }

  private Model model(ResultSet row, int number) throws SQLException {
    return new Model(
        row.getObject("id", UUID.class),
        row.getString("name"),
        row.getString("description"),
        List.of((String[]) row.getArray("tags").getArray()),
        row.getInt("versions"),
        json.readValue(row.getString("aliases"), new TypeReference<Map<String, Integer>>() {}),
        row.getObject("created", OffsetDateTime.class).toInstant(),
        row.getString("created_by"),
        row.getObject("changed", OffsetDateTime.class).toInstant());
  }

  private OffsetDateTime now() {
    return clock.instant().atOffset(ZoneOffset.UTC);
  }
}
