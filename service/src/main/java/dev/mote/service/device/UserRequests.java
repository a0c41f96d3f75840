package dev.mote.service.device;

import dev.mote.orchestration.gateway.Answer;
import dev.mote.orchestration.gateway.Request;
import dev.mote.service.access.Audit;
import dev.mote.service.access.Caller;
import dev.mote.service.database.Ids;
import dev.mote.service.event.Events;
import dev.mote.service.http.Problem;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

/// Requests that people send to devices; they stay with their answers, the last of each device.
final class UserRequests implements QueuedRequest.Origin {

  private static final String ORIGIN = "user";
  private static final int LOOK_MILLIS = 50;

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final Clock clock;
  private final DeviceSettings settings;
  private final SqlRequests requests;
  private final DeviceHistory history;
  private final Events events;
  private final Audit audit;

  /// A request as it is shown.
  ///
  /// @param state `WAITING`, `SENT` or `ENDED`
  record Shown(
      UUID id,
      String state,
      Map<String, Object> request,
      String by,
      Instant created,
      Instant expires,
      Optional<Instant> ended,
      Optional<Map<String, Object>> answer) {}

  UserRequests(
      JdbcClient jdbc,
      TransactionTemplate transaction,
      Clock clock,
      DeviceSettings settings,
      SqlRequests requests,
      DeviceHistory history,
      Events events,
      Audit audit) {
    this.jdbc = jdbc;
    this.transaction = transaction;
    this.clock = clock;
    this.settings = settings;
    this.requests = requests;
    this.history = history;
    this.events = events;
    this.audit = audit;
  }

  @Override
  public String name() {
    return ORIGIN;
  }

  /// Queues a request.
  UUID add(Caller caller, UUID device, JsonNode body, Duration expires) {
    Request request = parsed(body);
    return Required.value(
        transaction.execute(
            _ -> {
              String endpoint = endpoint(caller.tenant(), device);
              long waiting =
                  jdbc.sql(
                          """
                          select count(*) from device_request
                          where endpoint = :endpoint and ended is null and origin like 'user:%'
                          """)
                      .param("endpoint", endpoint)
                      .query(Long.class)
                      .single();
              if (waiting >= settings.mostRequests()) {
                throw DeviceCodes.TOO_MANY_REQUESTS.problem(
                    "%d requests wait for this device already".formatted(waiting),
                    "wait until the device answers, or let them expire.");
              }
              UUID id = Ids.next();
              requests.add(
                  List.of(
                      new QueuedRequest(
                          id,
                          caller.tenant(),
                          device,
                          endpoint,
                          ORIGIN + ":" + caller.name(),
                          Optional.empty(),
                          request,
                          clock.instant().plus(expires))));
              // Values may be secrets: who asked what of which path is enough.
              audit.record(caller, "device.request", "device/" + device, what(body));
              return id;
            }));
  }

  private static Map<String, String> what(JsonNode body) {
    return Map.of(
        "kind", body.path("kind").asString(""),
        "path", body.path("path").asString(body.path("paths").path(0).asString("")));
  }

  private static Request parsed(JsonNode body) {
    Request request;
    try {
      request = RequestText.read(body);
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw refused(String.valueOf(e.getMessage()));
    }
    return switch (request) {
      case Request.Push _, Request.Offer _ -> throw refused("packages are sent by updates");
      case Request.Read _,
          Request.Write _,
          Request.WriteAttributes _,
          Request.Execute _,
          Request.Observe _,
          Request.Forget _,
          Request.Discover _ ->
          request;
    };
  }

  private static Problem refused(String what) {
    return DeviceCodes.REQUEST.problem(
        "not a request: " + what, "see POST /v1/devices/{id}/requests in the reference.");
  }

  private String endpoint(UUID tenant, UUID device) {
    return jdbc.sql("select endpoint from device where tenant = :tenant and id = :device")
        .param("tenant", tenant)
        .param("device", device)
        .query(String.class)
        .optional()
        .orElseThrow(() -> Problem.notFound("device", device));
  }

  /// Waits a while for the answer.
  Shown await(UUID tenant, UUID device, UUID request, Duration time) throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    Shown shown = find(tenant, device, request);
    while (shown.ended().isEmpty() && System.nanoTime() < end) {
      Thread.sleep(LOOK_MILLIS);
      shown = find(tenant, device, request);
    }
    return shown;
  }

  Shown find(UUID tenant, UUID device, UUID request) {
    return jdbc.sql(select("id = :id"))
        .param("tenant", tenant)
        .param("device", device)
        .param("id", request)
        .query((row, _) -> shown(row))
        .optional()
        .orElseThrow(() -> Problem.notFound("request", request));
  }

  /// Requests of people to a device, the latest first.
  List<Shown> list(UUID tenant, UUID device, UUID before, int rows) {
    endpoint(tenant, device);
    return jdbc.sql(select("id < :before") + " order by id desc limit :rows")
        .param("tenant", tenant)
        .param("device", device)
        .param("before", before)
        .param("rows", rows)
        .query((row, _) -> shown(row))
        .list();
  }

  private static String select(String condition) {
    return """
    select id, request, origin, created, expires, ended, answer, taken_by is not null
    from device_request
    where tenant = :tenant and device = :device and origin like 'user:%' and
    """
        + condition;
  }

  private static Shown shown(ResultSet row) throws SQLException {
    Optional<Instant> ended = Optional.ofNullable(row.getTimestamp(6)).map(Timestamp::toInstant);
    return new Shown(
        row.getObject(1, UUID.class),
        ended.isPresent() ? "ENDED" : row.getBoolean(8) ? "SENT" : "WAITING",
        DeviceJson.map(row.getString(2)),
        row.getString(3).substring(ORIGIN.length() + 1),
        row.getTimestamp(4).toInstant(),
        row.getTimestamp(5).toInstant(),
        ended,
        Optional.ofNullable(row.getString(7)).map(DeviceJson::map));
  }

  @Override
  public void answered(QueuedRequest request, Answer answer) {
    history.add(
        request.tenant(),
        request.device(),
        "request",
        "%s of %s: %s".formatted(kind(request.request()), request.detail(), words(answer)));
    events.publish(
        request.tenant(),
        "device.answered",
        request.device().toString(),
        Map.of("request", request.id(), "isSuccess", answer.isSuccess()));
    jdbc.sql(
            """
            delete from device_request
            where device = :device and ended is not null and id <= (
              select id from device_request where device = :device and ended is not null
              order by id desc offset :most limit 1)
            """)
        .param("device", request.device())
        .param("most", settings.mostRequests())
        .update();
  }

  private static String kind(Request request) {
    return switch (request) {
      case Request.Read read -> "read of " + read.paths().getFirst();
      case Request.Write write -> "write of " + write.path();
      case Request.WriteAttributes write -> "attributes of " + write.path();
      case Request.Execute execute -> "execute of " + execute.path();
      case Request.Observe observe -> "observation of " + observe.path();
      case Request.Forget forget -> "end of the observation of " + forget.path();
      case Request.Discover discover -> "discovery of " + discover.path();
      case Request.Push push -> "package to " + push.path();
      case Request.Offer offer -> "package to " + offer.path();
    };
  }

  private static String words(Answer answer) {
    return switch (answer) {
      case Answer.Received received -> RequestText.code(received.code());
      case Answer.Silence _ -> "no answer";
      case Answer.Unsent _ -> "not sent";
    };
  }

  /// What changes something on the device is not done twice.
  @Override
  public boolean again(QueuedRequest request) {
    if (!(request.request() instanceof Request.Execute)) {
      return true;
    }
    requests.answered(
        request.id(),
        new Answer.Silence("the service stopped before the answer came; it may have been done"));
    return false;
  }

  static @Nullable Duration seconds(Optional<Long> seconds, long most, String field) {
    if (seconds.isEmpty()) {
      return null;
    }
    if (seconds.get() < 0 || seconds.get() > most) {
      throw Problem.invalid(field, "must be 0 to " + most + " seconds");
    }
    return Duration.ofSeconds(seconds.get());
  }
}
