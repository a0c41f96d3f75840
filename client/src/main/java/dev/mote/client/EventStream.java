package dev.mote.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Events as they happen, over connections that are opened anew when they end or fall silent, so
/// that none is missed.
public final class EventStream implements AutoCloseable {

  private static final int LONGEST_LINE = 4 * 1024 * 1024;
  private static final int MOST_KEPT = 1_000;

  /// After so many characters of a line it is noted that something was heard.
  private static final int HEARD_EACH = 1_024;

  private record Seen(Optional<Event> event, Optional<RuntimeException> failure) {}

  private final Wire wire;
  private final HttpRequest.Builder request;
  private final BlockingQueue<Seen> queue = new ArrayBlockingQueue<>(MOST_KEPT);
  private final Thread reader;
  private final Thread guard;
  private volatile @Nullable InputStream open;
  private volatile long heard = System.nanoTime();
  private volatile boolean closed;
  private @Nullable RuntimeException failure;
  private String last;
  private int failures;

  private EventStream(Wire wire, HttpRequest.Builder request, String last) {
    this.wire = wire;
    this.request = request;
    this.last = last;
    this.reader = Thread.ofVirtual().name("mote-events").unstarted(this::run);
    this.guard = Thread.ofVirtual().name("mote-events-guard").unstarted(this::guard);
  }

  static EventStream open(Wire wire, Map<String, ?> query, Optional<String> after) {
    EventStream stream =
        new EventStream(
            wire,
            wire.request(wire.address().of("/v1/events", query))
                .header("Accept", "text/event-stream"),
            after.orElse(""));
    // The first connection is made here: what happens after this method returned is seen.
    stream.open = stream.connect();
    stream.reader.start();
    stream.guard.start();
    return stream;
  }

  /// Waits for the next event.
  ///
  /// @return empty if none came in time
  /// @throws ServiceProblem when there will be no more
  public Optional<Event> next(Duration wait) {
    if (failure != null) {
      throw failure;
    }
    try {
      Seen seen = queue.poll(wait.toMillis(), TimeUnit.MILLISECONDS);
      if (seen == null) {
        return Optional.empty();
      }
      if (seen.failure().isPresent()) {
        failure = seen.failure().get();
        throw failure;
      }
      return seen.event();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /// Events until this is closed, or its thread interrupted.
  public Stream<Event> stream() {
    return Stream.generate(() -> next(Duration.ofSeconds(1)))
        .takeWhile(_ -> !closed && !Thread.currentThread().isInterrupted())
        .flatMap(Optional::stream);
  }

  private void run() {
    while (!closed) {
      try {
        InputStream in = open;
        if (in == null) {
          in = connect();
          open = in;
        }
        read(in);
      } catch (IOException | RuntimeException e) {
        if (!closed && e instanceof RuntimeException bad && !passes(bad)) {
          offer(new Seen(Optional.empty(), Optional.of(bad)));
          return;
        }
        failures++;
      } finally {
        shut();
      }
      if (!closed) {
        pause();
      }
    }
  }

  private void pause() {
    try {
      Thread.sleep(wire.backOff(failures));
    } catch (InterruptedException _) {
      closed = true;
    }
  }

  /// A service that cannot be reached may come back; one that refuses will go on to.
  private static boolean passes(RuntimeException e) {
    return e instanceof ServiceProblem problem
        && (problem.status() == 0 && problem.code() == ClientCodes.UNREACHABLE
            || problem.code() == ClientCodes.TIMEOUT
            || problem.status() == 429
            || problem.status() >= 500);
  }

  private InputStream connect() {
    HttpRequest.Builder now = request.copy().timeout(wire.timeouts().answer());
    if (!last.isEmpty()) {
      now.header("Last-Event-ID", last);
    }
    try {
      HttpResponse<InputStream> response =
          wire.http().send(now.build(), BodyHandlers.ofInputStream());
      if (response.statusCode() != 200) {
        throw Answer.problem(wire.address().service(), response);
      }
      heard = System.nanoTime();
      return response.body();
    } catch (IOException e) {
      throw wire.failed(e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw ServiceProblem.local(
          ClientCodes.TIMEOUT, "the wait was interrupted", "nothing needs to be done.", null);
    }
  }

  private void read(InputStream in) throws IOException {
    Reader text = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    String id = last;
    String type = "";
    StringBuilder data = new StringBuilder();
    Optional<String> line;
    while (!closed && (line = line(text)).isPresent()) {
      heard = System.nanoTime();
      failures = 0;
      String one = line.get();
      int colon = one.indexOf(':');
      String name = colon < 0 ? one : one.substring(0, colon);
      String value = colon < 0 ? "" : one.substring(colon + 1).replaceFirst("^ ", "");
      switch (name) {
        case "id" -> id = value;
        case "event" -> type = value;
        case "data" -> {
          if (data.length() + value.length() > LONGEST_LINE) {
            throw Answer.bad(wire.address().service(), "an event of it is too long");
          }
          data.append(data.isEmpty() ? "" : "\n").append(value);
        }
        case "" -> {
          if (one.isEmpty() && !data.isEmpty()) {
            offer(new Seen(Optional.of(event(id, type, data.toString())), Optional.empty()));
            last = id;
            type = "";
            data.setLength(0);
          }
        }
        default -> {}
      }
    }
  }

  private record Message(String kind, String subject, Instant time, Map<String, Object> content) {}

  private Event event(String id, String type, String data) {
    if (type.equals("lost")) {
      return new Event(id, "lost", "", Instant.EPOCH, Map.of());
    }
    try {
      Message message = Json.read(Message.class, Json.parse(data.getBytes(StandardCharsets.UTF_8)));
      return new Event(id, message.kind(), message.subject(), message.time(), message.content());
    } catch (Json.Unexpected e) {
      throw Answer.bad(wire.address().service(), String.valueOf(e.getMessage()));
    }
  }

  private Optional<String> line(Reader in) throws IOException {
    StringBuilder line = new StringBuilder();
    int next;
    while ((next = in.read()) >= 0 && next != '\n') {
      if (line.length() >= LONGEST_LINE) {
        throw Answer.bad(wire.address().service(), "a line of it is too long");
      }
      if (next != '\r') {
        line.append((char) next);
      }
      if (line.length() % HEARD_EACH == 0) {
        heard = System.nanoTime();
      }
    }
    return next < 0 ? Optional.empty() : Optional.of(line.toString());
  }

  private void offer(Seen seen) {
    try {
      while (!closed && !queue.offer(seen, 1, TimeUnit.SECONDS)) {
        // Whoever reads slowly slows the stream, not the memory.
        heard = System.nanoTime();
      }
    } catch (InterruptedException _) {
      closed = true;
    }
  }

  /// Ends a connection on which not even a heartbeat is heard.
  private void guard() {
    long silence = wire.timeouts().silence().toNanos();
    try {
      while (!closed) {
        Thread.sleep(Duration.ofNanos(Math.max(silence / 8, 1_000_000)));
        if (open != null && System.nanoTime() - heard > silence) {
          heard = System.nanoTime();
          shut();
        }
      }
    } catch (InterruptedException _) {
      // Closed.
    }
  }

  private void shut() {
    InputStream in = open;
    open = null;
    if (in != null) {
      try {
        in.close();
      } catch (IOException _) {
        // It is given up.
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    reader.interrupt();
    guard.interrupt();
    shut();
    queue.clear();
  }

  @Override
  public String toString() {
    return "EventStream[" + Objects.toString(wire) + "]";
  }
}
