package dev.mote.service.telemetry;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/// Makes partitions for the days to come, sums hours up, and lets old days go. Of several processes
/// one does it.
@Component
class Upkeep {

  private static final Duration BETWEEN = Duration.ofMinutes(10);

  /// Values may come late by as much as a device may have slept with them.
  private static final Duration LATE = Duration.ofHours(1);

  private static final int DAYS_AHEAD = 3;
  private static final String LOCK = "select pg_try_advisory_xact_lock(6001)";

  private final JdbcClient sql;
  private final TransactionTemplate transactions;
  private final Clock clock;
  private final TelemetrySettings settings;
  private boolean started;

  Upkeep(
      JdbcClient sql, TransactionTemplate transactions, Clock clock, TelemetrySettings settings) {
    this.sql = sql;
    this.transactions = transactions;
    this.clock = clock;
    this.settings = settings;
  }

  @EventListener(ContextRefreshedEvent.class)
  synchronized void start() {
    if (!started) {
      started = true;
      run();
      Thread.ofVirtual().name("telemetry-upkeep").start(this::loop);
    }
  }

  private void loop() {
    while (true) {
      try {
        Thread.sleep(BETWEEN);
        run();
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        org.slf4j.LoggerFactory.getLogger(Upkeep.class)
            .warn("telemetry is tidied up later: {}", e.getMessage());
      }
    }
  }

  /// Does what is due.
  void run() {
    transactions.executeWithoutResult(
        _ -> {
          if (sql.sql(LOCK).query(Boolean.class).single()) {
            Instant now = clock.instant();
            makeDays(now);
            sumUp(now);
            dropDays(now);
          }
        });
  }

  private static LocalDate day(Instant now) {
    return now.atZone(ZoneOffset.UTC).toLocalDate();
  }

  private static String table(LocalDate day) {
    return "telemetry_point_" + day.toString().replace("-", "");
  }

  private void makeDays(Instant now) {
    for (int ahead = 0; ahead <= DAYS_AHEAD; ahead++) {
      LocalDate day = day(now).plusDays(ahead);
      if (exists(table(day)) || restHas(day)) {
        continue;
      }
      sql.sql(
              "create table %s partition of telemetry_point for values from ('%s 00:00+00') to ('%s 00:00+00')"
                  .formatted(table(day), day, day.plusDays(1)))
          .update();
    }
  }

  private boolean exists(String table) {
    return sql.sql("select to_regclass(:table) is not null")
        .param("table", table)
        .query(Boolean.class)
        .single();
  }

  /// Days whose values lie in the default partition already stay there: a partition for them could
  /// only be made by moving them.
  private boolean restHas(LocalDate day) {
    return sql.sql(
            "select exists (select 1 from telemetry_point_rest where at >= :from and at < :to)")
        .param("from", midnight(day))
        .param("to", midnight(day.plusDays(1)))
        .query(Boolean.class)
        .single();
  }

  private static Timestamp midnight(LocalDate day) {
    return Timestamp.from(day.atStartOfDay(ZoneOffset.UTC).toInstant());
  }

  private void sumUp(Instant now) {
    Instant until = now.minus(LATE).truncatedTo(ChronoUnit.HOURS);
    Instant from =
        sql.sql("select until from telemetry_summed")
            .query(Timestamp.class)
            .optional()
            .map(Timestamp::toInstant)
            .orElse(until.minus(settings.keep()));
    if (!from.isBefore(until)) {
      return;
    }
    sql.sql(
            """
            insert into telemetry_hour (tenant, device, path, hour, points, low, high, mean)
            select tenant, device, path, date_trunc('hour', at), count(*), min(value), max(value), avg(value)
            from telemetry_point where at >= :from and at < :until and value is not null
            group by tenant, device, path, date_trunc('hour', at)
            on conflict (device, path, hour) do nothing
            """)
        .param("from", Timestamp.from(from))
        .param("until", Timestamp.from(until))
        .update();
    sql.sql(
            """
            insert into telemetry_summed (single, until) values (true, :until)
            on conflict (single) do update set until = excluded.until
            """)
        .param("until", Timestamp.from(until))
        .update();
  }

  private void dropDays(Instant now) {
    LocalDate oldest = day(now.minus(settings.keep()));
    List<String> old =
        sql.sql(
                """
                select relname from pg_class join pg_inherits on inhrelid = pg_class.oid
                where inhparent = 'telemetry_point'::regclass
                  and relname ~ '^telemetry_point_[0-9]{8}$' and relname < :oldest
                """)
            .param("oldest", table(oldest))
            .query((row, _) -> row.getString(1))
            .list();
    old.forEach(table -> sql.sql("drop table " + table).update());
    sql.sql("delete from telemetry_point_rest where at < :oldest")
        .param("oldest", midnight(oldest))
        .update();
    sql.sql("delete from telemetry_hour where hour < :oldest")
        .param("oldest", Timestamp.from(now.minus(settings.keepHours())))
        .update();
  }
}
