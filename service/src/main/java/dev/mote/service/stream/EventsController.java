package dev.mote.service.stream;

import dev.mote.service.access.Caller;
import dev.mote.service.access.Requires;
import dev.mote.service.access.Role;
import dev.mote.service.event.Event;
import dev.mote.service.event.EventSettings;
import dev.mote.service.event.EventTail;
import dev.mote.service.event.Position;
import dev.mote.service.event.Watch;
import dev.mote.service.http.Problem;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The stream of a tenant's events.
@RestController
final class EventsController {

  private final EventTail tail;
  private final EventSettings settings;
  private final JsonMapper json;
  private final Clock clock;

  EventsController(EventTail tail, EventSettings settings, JsonMapper json, Clock clock) {
    this.tail = tail;
    this.settings = settings;
    this.json = json;
    this.clock = clock;
  }

  /// The data of one server-sent event.
  ///
  /// @param kind such as `job.progress`
  /// @param subject id of what it happened to
  record EventMessage(String kind, String subject, Instant time, JsonNode content) {}

  @Operation(
      summary = "Watch events as they happen",
      description =
          "A stream of server-sent events. `kind` is a name, or its beginning: `job` is all of"
              + " `job.progress` and `job.ended`. With `Last-Event-ID` the stream continues after"
              + " that event; when events in between are no longer kept, it begins with an event of"
              + " the type `lost`.")
  @ApiResponse(
      responseCode = "200",
      content =
          @Content(
              mediaType = "text/event-stream",
              schema = @Schema(implementation = EventMessage.class)))
  @Requires(Role.VIEWER)
  @GetMapping("/v1/events")
  void watchEvents(
      Caller caller,
      @RequestParam(required = false) @Nullable List<String> kind,
      @RequestParam(required = false) @Nullable List<String> subject,
      @RequestHeader("Last-Event-ID") Optional<String> last,
      HttpServletResponse response)
      throws IOException, InterruptedException {
    Optional<Position> after = last.filter(id -> !id.isEmpty()).map(EventsController::position);
    Predicate<Event> wanted = wanted(kind, subject);
    Watch watch = tail.watch(caller.tenant(), after, wanted).orElseThrow(this::tooMany);
    try (watch) {
      response.setContentType("text/event-stream;charset=UTF-8");
      response.setHeader("X-Accel-Buffering", "no");
      send(watch, response.getOutputStream());
    } catch (IOException _) {
      // The reader has gone.
    }
  }

  private void send(Watch watch, OutputStream out) throws IOException, InterruptedException {
    Instant end = clock.instant().plus(settings.streamLife());
    write(out, "retry: 2000\n\n");
    if (watch.takeLost()) {
      write(out, "event: lost\ndata: {}\n\n");
    }
    while (!watch.isClosed() && clock.instant().isBefore(end)) {
      Optional<Event> event = watch.next(settings.heartbeat());
      if (event.isPresent()) {
        write(out, text(event.get()));
      } else {
        write(out, ":\n\n");
      }
    }
  }

  private String text(Event event) {
    EventMessage message =
        new EventMessage(
            event.kind(), event.subject(), event.time(), json.readTree(event.content()));
    // JSON has no line breaks unless it is asked to.
    return "id: %s\ndata: %s\n\n".formatted(event.position(), json.writeValueAsString(message));
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private static Position position(String id) {
    return Position.parse(id)
        .orElseThrow(() -> Problem.invalid("Last-Event-ID", "is not an id that the service gave"));
  }

  private static Predicate<Event> wanted(
      @Nullable List<String> kinds, @Nullable List<String> subjects) {
    return event ->
        (kinds == null
                || kinds.stream()
                    .anyMatch(k -> event.kind().equals(k) || event.kind().startsWith(k + ".")))
            && (subjects == null || subjects.contains(event.subject()));
  }

  private Problem tooMany() {
    return Problem.of(
            8035,
            HttpStatus.TOO_MANY_REQUESTS,
            "the tenant has %d streams of events open here already".formatted(settings.streams()),
            "close some; one stream can carry all kinds.")
        .retryAfter(Duration.ofSeconds(10));
  }
}
