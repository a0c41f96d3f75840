package dev.mote.service.telemetry;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Reads what devices told.
@Component
class Telemetry {

  private static final int MOST_PATHS = 100;

  private final JdbcClient sql;
  private final Clock clock;
  private final TelemetrySettings settings;

  Telemetry(JdbcClient sql, Clock clock, TelemetrySettings settings) {
    this.sql = sql;
    this.clock = clock;
    this.settings = settings;
  }

  /// Values of a stretch of time.
  ///
  /// @param time the middle of them
  /// @param value their mean
  record Bucket(Instant time, double value, double low, double high, long count) {}

  /// The values of one resource.
  ///
  /// @param name what it is called, if that is known
  record Series(String path, Optional<String> name, Optional<String> unit, List<Bucket> points) {}

  /// The latest value of a resource.
  record Latest(
      String path,
      Optional<String> name,
      Optional<String> unit,
      Instant time,
      Optional<Double> value,
      Optional<String> words) {}

  /// How much the devices of a tenant told.
  ///
  /// @param devices that told anything
  record Summary(Instant since, long points, long devices) {}

  /// Series of a device, each of at most about `points` stretches of equal length.
  ///
  /// @param path only this resource
  List<Series> series(
      UUID tenant, UUID device, Optional<String> path, Instant from, Instant to, int points) {
    Duration step = Duration.between(from, to).dividedBy(points);
    boolean old = from.isBefore(clock.instant().minus(settings.keep()));
    String source =
        old
            ? "select path, hour as at, mean as value, low, high, points as n from telemetry_hour"
                + " where tenant = :tenant and device = :device and hour >= :from and hour < :to"
            : "select path, at, value, value as low, value as high, 1 as n from telemetry_point"
                + " where tenant = :tenant and device = :device and at >= :from and at < :to"
                + " and value is not null";
    Map<String, List<Bucket>> found = new LinkedHashMap<>();
    sql.sql(
            """
            select path, min(at) + (max(at) - min(at)) / 2 as at, sum(value * n) / sum(n) as value,
              min(low) as low, max(high) as high, sum(n) as n
            from (%s) source where :path::text is null or path = :path
            group by path, floor(extract(epoch from at - :from) / :step)
            order by path, at
            """
                .formatted(source))
        .param("tenant", tenant)
        .param("device", device)
        .param("from", Timestamp.from(from))
        .param("to", Timestamp.from(to))
        .param("path", path.orElse(null))
        .param("step", Math.max(1, step.toMillis()) / 1000.0)
        .query(
            row -> {
              List<Bucket> series =
                  found.computeIfAbsent(row.getString("path"), _ -> new ArrayList<>());
              series.add(
                  new Bucket(
                      row.getTimestamp("at").toInstant(),
                      row.getDouble("value"),
                      row.getDouble("low"),
                      row.getDouble("high"),
                      row.getLong("n")));
            });
    return found.entrySet().stream()
        .limit(MOST_PATHS)
        .map(
            entry -> {
              Optional<KnownPath> known = KnownPath.find(entry.getKey());
              return new Series(
                  entry.getKey(),
                  known.map(KnownPath::name),
                  known.flatMap(KnownPath::unit),
                  List.copyOf(entry.getValue()));
            })
        .toList();
  }

  /// The latest value of each resource within the last day.
  List<Latest> latest(UUID tenant, UUID device) {
    return sql.sql(
            """
            select distinct on (path) path, at, value, words from telemetry_point
            where tenant = :tenant and device = :device and at >= :from
            order by path, at desc limit :most
            """)
        .param("tenant", tenant)
        .param("device", device)
        .param("from", Timestamp.from(clock.instant().minus(Duration.ofDays(1))))
        .param("most", MOST_PATHS)
        .query(
            (row, _) -> {
              Optional<KnownPath> known = KnownPath.find(row.getString("path"));
              return new Latest(
                  row.getString("path"),
                  known.map(KnownPath::name),
                  known.flatMap(KnownPath::unit),
                  row.getTimestamp("at").toInstant(),
                  Optional.ofNullable((Double) row.getObject("value")),
                  Optional.ofNullable(row.getString("words")));
            })
        .list();
  }

  /// What came in since `since`.
  Summary summary(UUID tenant, Instant since) {
    return sql.sql(
            """
            select count(*) as points, count(distinct device) as devices from telemetry_point
            where tenant = :tenant and at >= :since
            """)
        .param("tenant", tenant)
        .param("since", Timestamp.from(since))
        .query((row, _) -> new Summary(since, row.getLong("points"), row.getLong("devices")))
        .single();
  }
}
