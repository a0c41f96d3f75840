package dev.mote.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Calls of the service's REST interface, as a user makes them.
public final class ServiceCalls {

  private static final JsonMapper JSON = new JsonMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final String address;
  private final String token;

  private ServiceCalls(String address, String token) {
    this.address = address;
    this.token = token;
  }

  /// Logs in.
  ///
  /// @param address such as `http://localhost:8080`
  public static ServiceCalls logIn(String address, String user, String password) {
    JsonNode session =
        new ServiceCalls(address, "")
            .post("/v1/sessions", Map.of("user", user, "password", password));
    return new ServiceCalls(address, session.get("token").asString());
  }

  public JsonNode get(String path) {
    return send("GET", path, BodyPublishers.noBody(), "application/json");
  }

  public JsonNode post(String path, Object body) {
    return send(
        "POST", path, BodyPublishers.ofString(JSON.writeValueAsString(body)), "application/json");
  }

  public JsonNode upload(String path, byte[] file) {
    return send("POST", path, BodyPublishers.ofByteArray(file), "application/octet-stream");
  }

  /// Sends a body of another type.
  ///
  /// @return what comes back, as it is
  public String send(String path, String body, String type) {
    return call("POST", path, BodyPublishers.ofString(body), type);
  }

  private JsonNode send(String method, String path, BodyPublisher body, String type) {
    String answer = call(method, path, body, type);
    return JSON.readTree(answer.isEmpty() ? "{}" : answer);
  }

  private String call(String method, String path, BodyPublisher body, String type) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(address + path))
            .timeout(Duration.ofMinutes(1))
            .header("Content-Type", type)
            .method(method, body);
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    try {
      HttpResponse<String> response = HTTP.send(request.build(), BodyHandlers.ofString());
      if (response.statusCode() >= 400) {
        throw new IllegalStateException(
            "%s %s: %d %s".formatted(method, path, response.statusCode(), response.body()));
      }
      return response.body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
