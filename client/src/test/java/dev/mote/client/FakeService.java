package dev.mote.client;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// A server that gives the answers it was told to, one for each request.
final class FakeService implements AutoCloseable {

  /// Answers one request.
  interface Reply {
    void to(HttpExchange exchange) throws IOException;
  }

  /// What was asked.
  record Asked(String line, String token, String key, String lastEvent, String body) {}

  final List<Asked> asked = Collections.synchronizedList(new ArrayList<>());
  private final Queue<Reply> replies = new ConcurrentLinkedQueue<>();
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  FakeService() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      asked.add(
          new Asked(
              exchange.getRequestMethod() + " " + exchange.getRequestURI(),
              header(exchange, "Authorization"),
              header(exchange, "Idempotency-Key"),
              header(exchange, "Last-Event-ID"),
              body));
      Reply reply = replies.poll();
      if (reply == null) {
        // Nothing that a client tries again: a test that asks too often fails, and does not hang.
        exchange.sendResponseHeaders(410, -1);
      } else {
        reply.to(exchange);
      }
    }
  }

  private static String header(HttpExchange exchange, String name) {
    String value = exchange.getRequestHeaders().getFirst(name);
    return value == null ? "" : value;
  }

  FakeService then(Reply reply) {
    replies.add(reply);
    return this;
  }

  FakeService then(int status, String json, String... headers) {
    return then(
        exchange -> {
          for (int i = 0; i < headers.length; i += 2) {
            exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
          }
          byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
          exchange.getResponseBody().write(bytes);
        });
  }

  /// Promises more than it gives.
  FakeService thenCut(int status, String json, int promised) {
    return then(
        exchange -> {
          exchange.sendResponseHeaders(status, promised);
          exchange.getResponseBody().write(json.getBytes(StandardCharsets.UTF_8));
          exchange.getResponseBody().flush();
          throw new IOException("cut");
        });
  }

  URI address() {
    return URI.create("http://localhost:" + server.getAddress().getPort());
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
