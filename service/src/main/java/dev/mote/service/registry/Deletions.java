package dev.mote.service.registry;

import dev.mote.service.access.Audit;
import dev.mote.service.access.Caller;
import dev.mote.service.event.Events;
import dev.mote.service.http.PageRequest;
import dev.mote.service.http.Problem;
import dev.mote.service.store.Artifacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/// Deletes what nothing needs, and says by what the rest is needed.
///
/// The row to be deleted is locked first; whoever begins to need it locks it as well, so that one
/// of the two comes second and sees what the first did.
@Component
class Deletions {

  private static final int MOST_REASONS = 20;

  private final JdbcClient sql;
  private final Models models;
  private final Versions versions;
  private final ModuleUses uses;
  private final Artifacts artifacts;
  private final Audit audit;
  private final Events events;

  Deletions(
      JdbcClient sql,
      Models models,
      Versions versions,
      ModuleUses uses,
      Artifacts artifacts,
      Audit audit,
      Events events) {
    this.sql = sql;
    this.models = models;
    this.versions = versions;
    this.uses = uses;
    this.artifacts = artifacts;
    this.audit = audit;
    this.events = events;
  }

  @Transactional
  public void module(Caller caller, UUID id) {
    lock("module", "module", caller.tenant(), id);
    List<Problem.FieldError> reasons = new ArrayList<>();
    for (Use use : uses.of(caller.tenant(), List.of(id), MOST_REASONS)) {
      reasons.add(
          new Problem.FieldError(
              use.kind(), "%s '%s' (%s) uses it".formatted(use.kind(), use.name(), use.id())));
    }
    for (UUID child : children(caller.tenant(), id)) {
      reasons.add(new Problem.FieldError("module", "module " + child + " came from it"));
    }
    refuse("the module", reasons);
    List<String> held =
        sql.sql(
                """
                delete from module where tenant = :tenant and id = :id
                returning array_remove(array[sha256, page], null)""")
            .param("tenant", caller.tenant())
            .param("id", id)
            .query((row, n) -> List.of((String[]) row.getArray(1).getArray()))
            .single();
    held.stream()
        .distinct()
        .forEach(sha256 -> artifacts.release(caller.tenant(), sha256, "module:" + id));
    audit.record(caller, "module.delete", "module/" + id, Map.of());
    events.publish(caller.tenant(), "model.module.deleted", id.toString(), Map.of("module", id));
  }

  @Transactional
  public void version(Caller caller, UUID id) {
    lock("model_version", "version", caller.tenant(), id);
    Versions.Version version = versions.find(caller.tenant(), id);
    refuse(
        "version %d of %s".formatted(version.number(), version.modelName()),
        reasons(caller.tenant(), version));
    versions.delete(caller, version);
  }

  @Transactional
  public void model(Caller caller, String idOrName) {
    Models.Model model = models.findLocked(caller.tenant(), idOrName);
    List<Problem.FieldError> reasons = new ArrayList<>();
    List<Versions.Version> all = new ArrayList<>();
    Optional<UUID> after = Optional.empty();
    do {
      PageRequest page = new PageRequest(after, PageRequest.MOST);
      List<Versions.Version> some = versions.list(caller.tenant(), model.id(), page);
      all.addAll(some);
      after = some.size() > page.limit() ? Optional.of(some.getLast().id()) : Optional.empty();
    } while (after.isPresent());
    for (Versions.Version version : all) {
      lock("model_version", "version", caller.tenant(), version.id());
      // Read again: what came before the lock counts.
      reasons.addAll(reasons(caller.tenant(), versions.find(caller.tenant(), version.id())));
    }
    refuse("model " + model.name(), reasons);
    all.forEach(version -> versions.delete(caller, version));
    models.delete(caller, model);
  }

  private List<Problem.FieldError> reasons(UUID tenant, Versions.Version version) {
    List<Problem.FieldError> reasons = new ArrayList<>();
    for (String alias : version.aliases()) {
      reasons.add(
          new Problem.FieldError(
              "alias", "alias '%s' points at version %d".formatted(alias, version.number())));
    }
    sql.sql(
            """
            select id, target from module where tenant = :tenant and version = :version
            order by id limit :most""")
        .param("tenant", tenant)
        .param("version", version.id())
        .param("most", MOST_REASONS)
        .query(
            (row, n) ->
                new Problem.FieldError(
                    "module",
                    "module %s for %s was made of version %d"
                        .formatted(row.getString("id"), row.getString("target"), version.number())))
        .list()
        .forEach(reasons::add);
    return reasons;
  }

  private List<UUID> children(UUID tenant, UUID module) {
    return sql.sql(
            "select id from module where tenant = :tenant and parent = :module order by id limit :most")
        .param("tenant", tenant)
        .param("module", module)
        .param("most", MOST_REASONS)
        .query((row, n) -> row.getObject(1, UUID.class))
        .list();
  }

  private void lock(String table, String kind, UUID tenant, UUID id) {
    Optional<UUID> row =
        sql.sql("select id from " + table + " where tenant = :tenant and id = :id for update")
            .param("tenant", tenant)
            .param("id", id)
            .query(UUID.class)
            .optional();
    if (row.isEmpty()) {
      throw Problem.notFound(kind, id);
    }
  }

  private static void refuse(String what, List<Problem.FieldError> reasons) {
    if (!reasons.isEmpty()) {
      throw RegistryCodes.IN_USE
          .problem(
              "%s is in use: %s%s"
                  .formatted(
                      what, reasons.getFirst().message(), reasons.size() == 1 ? "" : ", and more"),
              "end or delete first what 'errors' lists.")
          .with(reasons.stream().limit(MOST_REASONS).toList());
    }
  }
}
