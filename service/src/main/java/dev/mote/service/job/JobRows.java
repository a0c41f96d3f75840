package dev.mote.service.job;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The tables `job` and `job_log`. Every change of a running job names its run, so that one which
/// was taken over changes nothing any more.
@Component
class JobRows {

  private static final int MOST_LINE_LENGTH = 4000;

  /// What a process needs to start a job.
  record Started(
      UUID id,
      UUID run,
      UUID tenant,
      String kind,
      JsonNode subject,
      int lost,
      int failures,
      boolean cancelAsked) {}

  /// A job that this process runs, as the table has it.
  record Watched(UUID id, @Nullable UUID run, boolean cancelAsked) {}

  /// Whose job has ended.
  record Ended(UUID tenant, String kind, String title) {}

  private final JdbcClient sql;
  private final JsonMapper json;
  private final Clock clock;

  JobRows(JdbcClient sql, JsonMapper json, Clock clock) {
    this.sql = sql;
    this.json = json;
    this.clock = clock;
  }

  void insert(UUID id, UUID tenant, String kind, Object subject, String title) {
    sql.sql(
            """
            insert into job (id, tenant, kind, title, subject, state, created)
            values (:id, :tenant, :kind, :title, :subject::jsonb, 'WAITING', :now)""")
        .param("id", id)
        .param("tenant", tenant)
        .param("kind", kind)
        .param("title", title)
        .param("subject", json.writeValueAsString(subject))
        .param("now", now())
        .update();
  }

  Optional<Job> find(UUID tenant, UUID id) {
    return sql.sql("select * from job where tenant = :tenant and id = :id")
        .param("tenant", tenant)
        .param("id", id)
        .query(this::job)
        .optional();
  }

  /// Newest first.
  ///
  /// @param before only jobs older than this one
  List<Job> list(
      UUID tenant,
      Optional<JobState> state,
      Optional<String> kind,
      Optional<UUID> before,
      int limit) {
    return sql.sql(
            """
            select * from job
            where tenant = :tenant
              and (:state::text is null or state = :state)
              and (:kind::text is null or kind = :kind)
              and (:before::uuid is null or id < :before)
            order by id desc limit :limit""")
        .param("tenant", tenant)
        .param("state", state.map(Enum::name).orElse(null))
        .param("kind", kind.orElse(null))
        .param("before", before.orElse(null))
        .param("limit", limit)
        .query(this::job)
        .list();
  }

  /// Jobs whose turn it is: of each tenant up to its limit, those with the fewest of their tenant
  /// before them first. Call in a transaction that holds [#lockLine].
  List<UUID> nextInLine(int atOncePerTenant, int window) {
    return sql.sql(
            """
            with alive as (
              select tenant, count(*) as jobs from job
              where state = 'RUNNING' or (state = 'WAITING' and dispatched) group by tenant),
            line as (
              select distinct tenant from job where state = 'WAITING' and not dispatched),
            turn as (
              select j.id, coalesce(a.jobs, 0) + j.place as place
              from line l
              left join alive a on a.tenant = l.tenant
              cross join lateral (
                select id, row_number() over (order by id) as place from job
                where tenant = l.tenant and state = 'WAITING' and not dispatched
                  and not_before <= now()
                order by id limit :most) j)
            select id from turn where place <= :most order by place, id
            limit greatest(0, :window
              - (select count(*) from job where state = 'WAITING' and dispatched))""")
        .param("most", atOncePerTenant)
        .param("window", window)
        .query((row, n) -> row.getObject(1, UUID.class))
        .list();
  }

  /// One process at a time decides whose turn it is, until its transaction ends.
  void lockLine() {
    sql.sql("select pg_advisory_xact_lock(7306085893296889)").query((row, n) -> n).list();
  }

  void dispatched(Collection<UUID> ids) {
    sql.sql("update job set dispatched = true where id = any(:ids)")
        .param("ids", ids.toArray(UUID[]::new))
        .update();
  }

  /// Begins a run, unless the job has ended meanwhile.
  Optional<Started> start(UUID id, UUID run, String process) {
    return sql.sql(
            """
            update job set run = :run, process = :process, attempts = attempts + 1,
              lost = lost + case when state = 'RUNNING' then 1 else 0 end,
              state = 'RUNNING', started = coalesce(started, :now)
            where id = :id and state in ('WAITING', 'RUNNING')
            returning tenant, kind, subject, lost, failures, cancel_asked""")
        .param("id", id)
        .param("run", run)
        .param("process", process)
        .param("now", now())
        .query(
            (row, n) ->
                new Started(
                    id,
                    run,
                    row.getObject("tenant", UUID.class),
                    row.getString("kind"),
                    json.readTree(row.getString("subject")),
                    row.getInt("lost"),
                    row.getInt("failures"),
                    row.getBoolean("cancel_asked")))
        .optional();
  }

  /// Puts a job back in line, whose run was broken off.
  boolean putBack(UUID id, UUID run, boolean failed, Duration pause) {
    return sql.sql(
                """
                update job set state = 'WAITING', dispatched = false, run = null, process = null,
                  failures = failures + case when :failed then 1 else 0 end,
                  not_before = now() + make_interval(secs => :pause)
                where id = :id and run = :run and state = 'RUNNING' and not cancel_asked""")
            .param("failed", failed)
            .param("pause", pause.toMillis() / 1000.0)
            .param("id", id)
            .param("run", run)
            .update()
        == 1;
  }

  /// Ends a job.
  ///
  /// @param run the one that ends it; empty for a job that waits
  /// @return empty if it is not this run's to end
  Optional<Ended> end(
      UUID id,
      Optional<UUID> run,
      JobState state,
      Optional<String> failure,
      Optional<JsonNode> result) {
    return sql.sql(
            """
            update job set state = :state, ended = :now, failure = :failure, result = :result::jsonb,
              progress = case when :state = 'SUCCEEDED' then 100 else progress end
            where id = :id
              and ((:run::uuid is null and state = 'WAITING') or (run = :run and state = 'RUNNING'))
            returning tenant, kind, title""")
        .param("state", state.name())
        .param("now", now())
        .param("failure", failure.orElse(null))
        .param("result", result.map(json::writeValueAsString).orElse(null))
        .param("id", id)
        .param("run", run.orElse(null))
        .query(
            (row, n) ->
                new Ended(
                    row.getObject("tenant", UUID.class),
                    row.getString("kind"),
                    row.getString("title")))
        .optional();
  }

  boolean askToCancel(UUID tenant, UUID id) {
    return sql.sql(
                """
                update job set cancel_asked = true
                where tenant = :tenant and id = :id and state in ('WAITING', 'RUNNING')""")
            .param("tenant", tenant)
            .param("id", id)
            .update()
        == 1;
  }

  List<Watched> watched(Collection<UUID> ids) {
    return sql.sql("select id, run, cancel_asked from job where id = any(:ids)")
        .param("ids", ids.toArray(UUID[]::new))
        .query(
            (row, n) ->
                new Watched(
                    row.getObject("id", UUID.class),
                    row.getObject("run", UUID.class),
                    row.getBoolean("cancel_asked")))
        .list();
  }

  /// Whether a job is still that run's, which then stays so until the transaction ends.
  boolean isOf(UUID id, UUID run) {
    return sql.sql(
            "select id from job where id = :id and run = :run and state = 'RUNNING' for update")
        .param("id", id)
        .param("run", run)
        .query(UUID.class)
        .optional()
        .isPresent();
  }

  void progress(UUID id, int percent, String text) {
    sql.sql("update job set progress = :percent, progress_text = :text where id = :id")
        .param("percent", percent)
        .param("text", shortened(text))
        .param("id", id)
        .update();
  }

  /// Adds lines to a log, up to `most` in all; the line after the last says that the rest is left
  /// out.
  void addLines(UUID id, List<String> lines, int most) {
    long before =
        sql.sql(
                """
                update job set log_lines = log_lines + :more where id = :id
                returning log_lines - :more""")
            .param("more", lines.size())
            .param("id", id)
            .query(Long.class)
            .optional()
            .orElse((long) most + 1);
    List<String> kept = new ArrayList<>();
    for (int i = 0; i < lines.size() && before + i <= most; i++) {
      kept.add(
          before + i == most
              ? "The log is full; what follows is left out."
              : shortened(lines.get(i)));
    }
    if (kept.isEmpty()) {
      return;
    }
    sql.sql(
            """
            insert into job_log (job, line, at, text)
            select :id, :before + n, :now, text
            from unnest(:lines::text[]) with ordinality as added(text, n)""")
        .param("id", id)
        .param("before", before)
        .param("now", now())
        .param("lines", kept.toArray(String[]::new))
        .update();
  }

  /// Lines after a number, in order.
  List<JobLine> lines(UUID tenant, UUID id, long after, int limit) {
    return sql.sql(
            """
            select l.line, l.at, l.text from job_log l join job j on j.id = l.job
            where j.tenant = :tenant and j.id = :id and l.line > :after
            order by l.line limit :limit""")
        .param("tenant", tenant)
        .param("id", id)
        .param("after", after)
        .param("limit", limit)
        .query(
            (row, n) ->
                new JobLine(
                    row.getLong("line"), instant(row, "at").orElseThrow(), row.getString("text")))
        .list();
  }

  int deleteEndedBefore(Instant time) {
    return sql.sql("delete from job where ended < :time")
        .param("time", time.atOffset(ZoneOffset.UTC))
        .update();
  }

  private Job job(ResultSet row, int number) throws SQLException {
    return new Job(
        row.getObject("id", UUID.class),
        row.getObject("tenant", UUID.class),
        row.getString("kind"),
        row.getString("title"),
        JobState.valueOf(row.getString("state")),
        json.readTree(row.getString("subject")),
        row.getInt("progress"),
        row.getString("progress_text"),
        row.getInt("attempts"),
        row.getBoolean("cancel_asked"),
        Optional.ofNullable(row.getString("failure")),
        Optional.ofNullable(row.getString("result")).map(json::readTree),
        row.getLong("log_lines"),
        instant(row, "created").orElseThrow(),
        instant(row, "started"),
        instant(row, "ended"));
  }

  private static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
    return Optional.ofNullable(row.getObject(column, OffsetDateTime.class))
        .map(OffsetDateTime::toInstant);
  }

  private OffsetDateTime now() {
    return clock.instant().atOffset(ZoneOffset.UTC);
  }

  /// Bounded, and without what PostgreSQL cannot hold in a text.
  private static String shortened(String text) {
    String held = text.replace('\0', '\uFFFD');
    return held.length() <= MOST_LINE_LENGTH ? held : held.substring(0, MOST_LINE_LENGTH) + "…";
  }
}
