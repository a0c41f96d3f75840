package dev.mote.client;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Sends requests, and sends those again that may be.
///
/// A `POST` carries an `Idempotency-Key`, the same each time, so that all of them are done once.
/// Nothing follows a redirect: a token must not go where its owner did not send it.
final class Wire {

  private static final int LONGEST_ANSWER = 32 * 1024 * 1024;
  private static final int STILL_RUNS = 8022;

  private final HttpClient http;
  private final Address address;
  private final String token;
  private final Timeouts timeouts;

  /// @param token empty for none
  Wire(HttpClient http, Address address, String token, Timeouts timeouts) {
    if (!token.matches("[\\x21-\\x7e]*")) {
      throw new IllegalArgumentException("a token is letters, digits and signs, without spaces");
    }
    this.http = http;
    this.address = address;
    this.token = token;
    this.timeouts = timeouts;
  }

  static Wire to(URI service, Timeouts timeouts) {
    HttpClient http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(Redirect.NEVER)
            .connectTimeout(timeouts.connect())
            .build();
    return new Wire(http, new Address(service), "", timeouts);
  }

  Wire withToken(String secret) {
    return new Wire(http, address, secret, timeouts);
  }

  Wire withTimeouts(Timeouts others) {
    return new Wire(http, address, token, others);
  }

  Address address() {
    return address;
  }

  Timeouts timeouts() {
    return timeouts;
  }

  HttpClient http() {
    return http;
  }

  /// What is asked.
  ///
  /// @param repeatable whether it does no harm to do it twice
  record Call(String method, URI to, Body body, boolean repeatable) {}

  Answer get(String path, Map<String, ?> query) {
    return ask(new Call("GET", address.of(path, query), new Body.None(), true));
  }

  Answer send(String method, String path, Object document) {
    return ask(new Call(method, address.of(path, Map.of()), new Body.Document(document), true));
  }

  Answer act(String method, String path) {
    return ask(new Call(method, address.of(path, Map.of()), new Body.None(), true));
  }

  /// Asks for an answer that fits in memory.
  Answer ask(Call call) {
    Duration limit = call.body() instanceof Body.Contents ? timeouts.transfer() : timeouts.answer();
    HttpResponse<byte[]> response =
        exchange(call, BodyHandlers.limiting(BodyHandlers.ofByteArray(), LONGEST_ANSWER), limit);
    return new Answer(
        address.service(), response.statusCode(), response.headers(), response.body());
  }

  /// Sends it until there is an answer that is not to be asked for again.
  <T> HttpResponse<T> exchange(Call call, BodyHandler<T> handler, Duration limit) {
    HttpRequest.Builder request = request(call.to()).method(call.method(), call.body().publisher());
    if (!call.body().type().isEmpty()) {
      request.header("Content-Type", call.body().type());
    }
    if (call.method().equals("POST") && call.repeatable()) {
      request.header("Idempotency-Key", UUID.randomUUID().toString());
    }
    boolean mayBeDone = false;
    for (int attempt = 1; ; attempt++) {
      boolean last = attempt >= timeouts.tries();
      try {
        HttpResponse<T> response = once(request.build(), handler, limit);
        // Gone already by what was lost on the way back.
        boolean gone = mayBeDone && call.method().equals("DELETE") && response.statusCode() == 404;
        if (gone || response.statusCode() < 300) {
          return response;
        }
        ServiceProblem problem = Answer.problem(address.service(), response);
        Optional<Duration> pause = pause(problem, attempt);
        if (last || pause.isEmpty() || !call.repeatable()) {
          throw problem;
        }
        sleep(pause.get());
      } catch (IOException e) {
        boolean unsent = e instanceof ConnectException || e instanceof HttpConnectTimeoutException;
        mayBeDone |= !unsent;
        if (last || isFinal(e) || !(unsent || call.repeatable())) {
          throw failed(e);
        }
        sleep(backOff(attempt));
      }
    }
  }

  HttpRequest.Builder request(URI to) {
    HttpRequest.Builder request = HttpRequest.newBuilder(to);
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    return request.header("User-Agent", "mote-client");
  }

  private <T> HttpResponse<T> once(HttpRequest request, BodyHandler<T> handler, Duration limit)
      throws IOException {
    CompletableFuture<HttpResponse<T>> sent = http.sendAsync(request, handler);
    try {
      return sent.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException _) {
      sent.cancel(true);
      throw new HttpTimeoutException("no answer");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException _) {
      sent.cancel(true);
      throw interrupted();
    }
  }

  /// An answer that is too long will be so again; one that did not come in time might never.
  private static boolean isFinal(IOException e) {
    return isTooLong(e)
        || e instanceof HttpTimeoutException && !(e instanceof HttpConnectTimeoutException)
        || e instanceof javax.net.ssl.SSLHandshakeException;
  }

  private static boolean isTooLong(IOException e) {
    return String.valueOf(e.getMessage()).contains("exceeds capacity");
  }

  ServiceProblem failed(IOException e) {
    if (isTooLong(e)) {
      return Answer.bad(address.service(), "it is longer than " + LONGEST_ANSWER + " bytes");
    }
    if (e instanceof HttpTimeoutException && !(e instanceof HttpConnectTimeoutException)) {
      return ServiceProblem.local(
          ClientCodes.TIMEOUT,
          "%s did not answer in time".formatted(address.service()),
          "try again; whether it was done is to be seen in the service.",
          e);
    }
    String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return ServiceProblem.local(
        ClientCodes.UNREACHABLE,
        "%s cannot be reached (%s)".formatted(address.service(), why),
        "check the address and the network; "
            + address.service()
            + "/health/live answers if it is up.",
        e);
  }

  /// When to send it again; empty if it would not help.
  private Optional<Duration> pause(ServiceProblem problem, int attempt) {
    boolean passes =
        problem.status() == 503 || problem.status() == 429 || problem.code() == STILL_RUNS;
    if (!passes) {
      return Optional.empty();
    }
    // Quotas do not pass by waiting: the service says so by not saying when.
    if (problem.status() == 429 && problem.retryAfter().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(problem.retryAfter().orElse(backOff(attempt)))
        .filter(pause -> pause.compareTo(timeouts.patience()) <= 0);
  }

  /// A random time below one that doubles, so that many clients do not come back together.
  Duration backOff(int attempt) {
    long most = Math.min(timeouts.patience().toMillis(), 200L << Math.min(attempt, 16));
    return Duration.ofMillis(ThreadLocalRandom.current().nextLong(most / 2, most + 1));
  }

  private static void sleep(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException _) {
      throw interrupted();
    }
  }

  private static ServiceProblem interrupted() {
    Thread.currentThread().interrupt();
    return ServiceProblem.local(
        ClientCodes.TIMEOUT, "the wait was interrupted", "nothing needs to be done.", null);
  }

  @Override
  public String toString() {
    return "Wire[" + address.service() + "]";
  }
}
