package dev.mote.service.registry;

import dev.mote.service.access.Audit;
import dev.mote.service.access.Caller;
import dev.mote.service.database.Ids;
import dev.mote.service.event.Events;
import dev.mote.service.http.PageRequest;
import dev.mote.service.http.Problem;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/// Names that move from version to version of a model, and where they have been.
@Component
class Aliases {

  private static final int MOST = 50;

  /// @param number of the version
  record Alias(String name, UUID version, int number, Instant moved, String movedBy) {}

  /// One move.
  ///
  /// @param from number of the version before; empty when the alias was new
  /// @param to number of the version since; empty when the alias was removed
  record Move(
      UUID id,
      String name,
      Optional<Integer> from,
      Optional<Integer> to,
      Instant moved,
      String movedBy) {}

  private final JdbcClient sql;
  private final Clock clock;
  private final Audit audit;
  private final Events events;
  private final Models models;

  Aliases(JdbcClient sql, Clock clock, Audit audit, Events events, Models models) {
    this.sql = sql;
    this.clock = clock;
    this.audit = audit;
    this.events = events;
    this.models = models;
  }

  List<Alias> list(UUID tenant, UUID model) {
    return sql.sql(
            """
            select a.*, v.number from model_alias a join model_version v on v.id = a.version
            where a.tenant = :tenant and a.model = :model order by a.name""")
        .param("tenant", tenant)
        .param("model", model)
        .query(
            (row, n) ->
                new Alias(
                    row.getString("name"),
                    row.getObject("version", UUID.class),
                    row.getInt("number"),
                    row.getObject("moved", OffsetDateTime.class).toInstant(),
                    row.getString("moved_by")))
        .list();
  }

  Optional<Alias> find(UUID tenant, UUID model, String name) {
    return list(tenant, model).stream().filter(alias -> alias.name().equals(name)).findFirst();
  }

  /// Newest first.
  List<Move> moves(UUID tenant, UUID model, PageRequest page) {
    return sql.sql(
            """
            select * from model_alias_move
            where tenant = :tenant and model = :model and id < :before
            order by id desc limit :rows""")
        .param("tenant", tenant)
        .param("model", model)
        .param("before", page.beforeOrLast())
        .param("rows", page.rows())
        .query(
            (row, n) ->
                new Move(
                    row.getObject("id", UUID.class),
                    row.getString("name"),
                    Optional.ofNullable(row.getObject("from_number", Integer.class)),
                    Optional.ofNullable(row.getObject("to_number", Integer.class)),
                    row.getObject("moved", OffsetDateTime.class).toInstant(),
                    row.getString("moved_by")))
        .list();
  }

  /// Points an alias at a version. Moves of a model's aliases come one after the other.
  ///
  /// @param expected number of the version that it must point at now, so that nobody's move is
  ///     undone unseen
  @Transactional
  public Alias move(
      Caller caller, String model, String alias, UUID version, Optional<Integer> expected) {
    String name = ModelNames.checkedAlias(alias);
    Models.Model of = models.findLocked(caller.tenant(), model);
    int number =
        sql.sql(
                """
                select number from model_version
                where tenant = :tenant and model = :model and id = :version for key share""")
            .param("tenant", caller.tenant())
            .param("model", of.id())
            .param("version", version)
            .query(Integer.class)
            .optional()
            .orElseThrow(() -> Problem.notFound("version of " + of.name(), version));
    Integer before = of.aliases().get(name);
    if (expected.isPresent() && !expected.get().equals(before)) {
      throw RegistryCodes.NAME_TAKEN.problem(
          "alias '%s' points at %s by now, not at version %d"
              .formatted(name, before == null ? "nothing" : "version " + before, expected.get()),
          "look at what it points at and move it again.");
    }
    if (before == null && of.aliases().size() >= MOST) {
      throw Problem.invalid("alias", "a model has at most " + MOST + " aliases");
    }
    if (before == null || before != number) {
      sql.sql(
              """
              insert into model_alias (tenant, model, name, version, moved, moved_by)
              values (:tenant, :model, :name, :version, :now, :by)
              on conflict (model, name) do update
              set version = excluded.version, moved = excluded.moved, moved_by = excluded.moved_by""")
          .param("tenant", caller.tenant())
          .param("model", of.id())
          .param("name", name)
          .param("version", version)
          .param("now", now())
          .param("by", caller.name())
          .update();
      note(caller, of, name, before, number);
    }
    return find(caller.tenant(), of.id(), name).orElseThrow();
  }

  @Transactional
  public void remove(Caller caller, String model, String name) {
    Models.Model of = models.findLocked(caller.tenant(), model);
    Integer before = of.aliases().get(name);
    if (before == null) {
      throw Problem.notFound("alias of " + of.name(), name);
    }
    sql.sql("delete from model_alias where tenant = :tenant and model = :model and name = :name")
        .param("tenant", caller.tenant())
        .param("model", of.id())
        .param("name", name)
        .update();
    note(caller, of, name, before, null);
  }

  private void note(
      Caller caller,
      Models.Model model,
      String name,
      @Nullable Integer from,
      @Nullable Integer to) {
    sql.sql(
            """
            insert into model_alias_move (id, tenant, model, name, from_number, to_number, moved,
              moved_by)
            values (:id, :tenant, :model, :name, :from, :to, :now, :by)""")
        .param("id", Ids.next())
        .param("tenant", caller.tenant())
        .param("model", model.id())
        .param("name", name)
        .param("from", from)
        .param("to", to)
        .param("now", now())
        .param("by", caller.name())
        .update();
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("model", model.name());
    details.put("alias", name);
    if (from != null) {
      details.put("from", from);
    }
    if (to != null) {
      details.put("to", to);
    }
    audit.record(caller, "alias.move", "model/" + model.id(), details);
    events.publish(caller.tenant(), "model.alias", model.id().toString(), details);
  }

  private OffsetDateTime now() {
    return clock.instant().atOffset(ZoneOffset.UTC);
  }
}
