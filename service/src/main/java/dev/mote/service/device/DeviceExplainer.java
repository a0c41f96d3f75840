package dev.mote.service.device;

import dev.mote.orchestration.update.DeviceReport;
import dev.mote.orchestration.update.Explanation;
import dev.mote.orchestration.update.UpdateProgress;
import dev.mote.service.http.Problem;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/// Why a device is where it is, in words and in figures.
final class DeviceExplainer {

  private static final int MOST_WAITING = 20;

  private final JdbcClient jdbc;
  private final Clock clock;

  DeviceExplainer(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /// A request that waits.
  ///
  /// @param isSent whether it was sent and is not answered
  record Waiting(UUID id, String request, Instant since, Instant expires, boolean isSent) {}

  /// How far the latest update is.
  ///
  /// @param next when it is looked at again if nothing happens
  record OfUpdate(
      UUID id,
      String title,
      String phase,
      String waitsFor,
      Instant since,
      Optional<Instant> next,
      int attempt,
      int attempts,
      long bytesMoved,
      long bytesTotal,
      Optional<DeviceReport> report,
      Optional<String> lastCode,
      List<UpdateProgress.Entry> history) {}

  /// The whole explanation.
  ///
  /// @param words sentences, the most important first
  record Explained(
      DeviceState state,
      Optional<Instant> lastContact,
      Optional<Instant> registeredUntil,
      Optional<String> address,
      List<String> words,
      Optional<OfUpdate> update,
      List<Waiting> waiting) {}

  private record Row(
      DeviceState state,
      Optional<Instant> lastContact,
      Optional<Instant> until,
      Optional<String> address) {}

  Explained explain(UUID tenant, UUID device) {
    Instant now = clock.instant();
    Row row =
        jdbc.sql(
                """
                select d.state, d.last_contact, r.expires, r.address from device d
                left join device_registration r on r.endpoint = d.endpoint
                where d.tenant = :tenant and d.id = :device
                """)
            .param("tenant", tenant)
            .param("device", device)
            .query(
                (r, _) ->
                    new Row(
                        DeviceState.valueOf(r.getString(1)),
                        instant(r.getTimestamp(2)),
                        instant(r.getTimestamp(3)),
                        Optional.ofNullable(r.getString(4))))
            .optional()
            .orElseThrow(() -> Problem.notFound("device", device));
    List<Waiting> waiting = waiting(tenant, device);
    List<String> words = new ArrayList<>();
    Optional<OfUpdate> update = update(tenant, device, now, words);
    words.addAll(contact(row, tenant, device, now));
    words.addAll(queue(row, waiting, now));
    return new Explained(
        row.state(), row.lastContact(), row.until(), row.address(), words, update, waiting);
  }

  private static Optional<Instant> instant(@Nullable Timestamp time) {
    return Optional.ofNullable(time).map(Timestamp::toInstant);
  }

  private List<String> contact(Row row, UUID tenant, UUID device, Instant now) {
    String heard =
        row.lastContact().map(at -> "It was last heard " + ago(at, now) + " ago.").orElse("");
    return switch (row.state()) {
      case NEVER_SEEN ->
          List.of("It never registered. It must prove %s.".formatted(credentials(tenant, device)));
      case ONLINE -> List.of(heard, "It is registered, and listens.");
      case SLEEPING ->
          List.of(
              heard,
              "It is registered in queue mode: it is spoken to for a while after each of its messages.");
      case OFFLINE ->
          List.of(heard, "Its registration ended; it must register again before it is spoken to.");
    };
  }

  private String credentials(UUID tenant, UUID device) {
    List<String> kinds =
        jdbc.sql(
                """
                select kind || coalesce(' ''' || identity || '''', '')
                  || case when bootstrap then ' at the bootstrap server' else '' end
                from device_credential
                where tenant = :tenant and device = :device order by created
                """)
            .param("tenant", tenant)
            .param("device", device)
            .query((row, _) -> row.getString(1))
            .list();
    return kinds.equals(List.of("NONE")) ? "nothing" : String.join(" or ", kinds);
  }

  private static List<String> queue(Row row, List<Waiting> waiting, Instant now) {
    if (waiting.isEmpty()) {
      return List.of();
    }
    Waiting oldest = waiting.getFirst();
    String what =
        oldest.isSent()
            ? "it was sent, and there is no answer yet"
            : row.state() == DeviceState.ONLINE
                ? "it is sent when those before it are answered"
                : "it is sent when the device is heard";
    return List.of(
        "%d request%s for it; the oldest is %s, for %s: %s."
            .formatted(
                waiting.size(),
                waiting.size() == 1 ? " waits" : "s wait",
                oldest.request(),
                ago(oldest.since(), now),
                what));
  }

  private List<Waiting> waiting(UUID tenant, UUID device) {
    return jdbc.sql(
            """
            select id, request ->> 'kind', coalesce(request ->> 'path', request -> 'paths' ->> 0, ''),
              created, expires, taken_by is not null
            from device_request where tenant = :tenant and device = :device and ended is null
            order by number limit :most
            """)
        .param("tenant", tenant)
        .param("device", device)
        .param("most", MOST_WAITING)
        .query(
            (row, _) ->
                new Waiting(
                    row.getObject(1, UUID.class),
                    row.getString(2) + " " + row.getString(3),
                    row.getTimestamp(4).toInstant(),
                    row.getTimestamp(5).toInstant(),
                    row.getBoolean(6)))
        .list();
  }

  private Optional<OfUpdate> update(UUID tenant, UUID device, Instant now, List<String> words) {
    return jdbc.sql(
            """
            select id, title, progress, wake from device_update
            where tenant = :tenant and device = :device order by id desc limit 1
            """)
        .param("tenant", tenant)
        .param("device", device)
        .query(
            (row, _) -> {
              UpdateProgress progress = DeviceJson.progress(row.getString(3));
              Optional<Instant> wake = instant(row.getTimestamp(4));
              words.add("The latest update brings %s.".formatted(row.getString(2)));
              words.addAll(Explanation.of(progress, now));
              wake.ifPresent(
                  at ->
                      words.add(
                          "If nothing happens, it is looked at again %s."
                              .formatted(at.isBefore(now) ? "now" : "in " + ago(now, at))));
              return new OfUpdate(
                  row.getObject(1, UUID.class),
                  row.getString(2),
                  progress.phase().name(),
                  progress.phase().waitsFor(),
                  progress.lastProgress(),
                  wake,
                  progress.attempt(),
                  progress.patience().attempts(),
                  progress.bytesMoved(),
                  progress.wanted().bytes(),
                  progress.report(),
                  progress.lastCode().map(RequestText::code),
                  progress.history());
            })
        .optional();
  }

  private static String ago(Instant then, Instant now) {
    long seconds = Math.max(0, Duration.between(then, now).toSeconds());
    if (seconds < 120) {
      return seconds + " s";
    }
    return seconds < 7200
        ? seconds / 60 + " min"
        : seconds < 172_800 ? seconds / 3600 + " h" : seconds / 86_400 + " days";
  }
}
