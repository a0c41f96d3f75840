package dev.mote.service;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.FileSystemUtils;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A service that runs on a fresh database and a free port, for one test class.
///
/// ```java
/// static final TestService SERVICE = TestService.start();
/// // @AfterAll SERVICE.close()
/// JsonNode model = SERVICE.admin().post("/v1/models", Map.of("name", "kws")).expect(201).json();
/// ```
public final class TestService implements AutoCloseable {

  /// Password of every user here.
  public static final String PASSWORD = "correct horse battery staple";

  private static final JsonMapper JSON = new JsonMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  static {
    // Every start of a service would set up the log of the whole process anew, and services start
    // side by side here: one would take away the appenders that another is about to use.
    System.setProperty(LoggingSystem.SYSTEM_PROPERTY, LoggingSystem.NONE);
  }

  private final Path folder;
  private final ConfigurableApplicationContext context;
  private final Client admin;

  private TestService(Path folder, ConfigurableApplicationContext context) {
    this.folder = folder;
    this.context = context;
    this.admin = logIn("default", "admin");
  }

  /// Starts the service on a fresh database.
  ///
  /// @param arguments Spring's, such as `--mote.http.body-limit=1KB`
  public static TestService start(String... arguments) {
    return startOn(Databases.freshUrl(), arguments);
  }

  /// A service that test classes share which do not mind each other: each takes tenants of its own.
  public static TestService shared() {
    return Shared.SERVICE;
  }

  private static final class Shared {
    static final TestService SERVICE =
        start("--mote.http.body-limit=20KB", "--mote.lwm2m.coaps=localhost:0");

    static {
      Runtime.getRuntime().addShutdownHook(new Thread(SERVICE::close));
    }
  }

  /// Starts one more process, as it were, on a database that others use as well.
  public static TestService startOn(String databaseUrl, String... arguments) {
    return startWith(List.of(), databaseUrl, arguments);
  }

  /// The same with beans of a test, for instance a clock that can be set forward.
  public static TestService startWith(
      List<Class<?>> configurations, String databaseUrl, String... arguments) {
    try {
      Path folder = Files.createTempDirectory("mote-service");
      List<String> all =
          new ArrayList<>(
              List.of(
                  "--server.port=0",
                  "--mote.database.url=" + databaseUrl,
                  "--mote.database.user=postgres",
                  "--mote.database.connections=8",
                  "--mote.lwm2m.coap=localhost:0",
                  "--mote.lwm2m.coaps=off",
                  "--mote.access.folder=" + folder,
                  "--mote.store.folder=" + folder.resolve("artifacts"),
                  "--mote.access.master-key=" + "A".repeat(43) + "=",
                  "--mote.access.admin-password=" + PASSWORD));
      // A later argument takes the place of an earlier one.
      for (String argument : arguments) {
        String key = argument.replaceFirst("=.*", "=");
        all.removeIf(former -> former.startsWith(key));
        all.add(argument);
      }
      List<Class<?>> sources = new ArrayList<>(configurations);
      sources.add(WatchedPool.Beans.class);
      sources.add(MoteService.class);
      return new TestService(
          folder,
          SpringApplication.run(sources.toArray(Class<?>[]::new), all.toArray(String[]::new)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The administrator of the tenant `default` and of the service.
  public Client admin() {
    return admin;
  }

  /// Nobody: sends no token.
  public Client nobody() {
    return new Client(address(), null);
  }

  /// Adds a tenant, and logs its administrator in.
  public Client tenant(String name) {
    admin
        .post("/v1/tenants", Map.of("name", name, "admin", "admin", "password", PASSWORD))
        .expect(201);
    return logIn(name, "admin");
  }

  /// Adds a user to the tenant of `by`, and logs it in.
  public Client user(Client by, String name, String... roles) {
    by.post("/v1/users", Map.of("name", name, "password", PASSWORD, "roles", List.of(roles)))
        .expect(201);
    String tenant = by.get("/v1/me").expect(200).json().get("tenantName").asString();
    return logIn(tenant, name);
  }

  /// Logs a user in.
  public Client logIn(String tenant, String user) {
    return logIn(address(), tenant, user);
  }

  /// Logs a user in at a service that runs elsewhere.
  public static Client logIn(String address, String tenant, String user) {
    JsonNode session =
        new Client(address, null)
            .post("/v1/sessions", Map.of("tenant", tenant, "user", user, "password", PASSWORD))
            .expect(201)
            .json();
    return new Client(address, session.get("token").asString());
  }

  /// A bean of the service.
  public <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  /// A bean of the service by its name, where there are several.
  public <T> T bean(String name, Class<T> type) {
    return context.getBean(name, type);
  }

  /// Where it listens, such as `http://localhost:40123`.
  public String address() {
    return "http://localhost:" + context.getEnvironment().getProperty("local.server.port");
  }

  /// Its folder for the password and the key.
  public Path folder() {
    return folder;
  }

  /// @throws AssertionError when a thread took a second connection while it held one
  @Override
  public void close() {
    if (!context.isActive()) {
      return;
    }
    WatchedPool pool = context.getBean(WatchedPool.class);
    context.close();
    try {
      FileSystemUtils.deleteRecursively(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    pool.check();
  }

  /// Sends requests with one token.
  public static final class Client {

    private final String address;
    private final @Nullable String token;
    private final Map<String, String> headers = new LinkedHashMap<>();

    Client(String address, @Nullable String token) {
      this.address = address;
      this.token = token;
    }

    /// The token.
    public String token() {
      return String.valueOf(token);
    }

    /// This client with one more header.
    public Client with(String header, String value) {
      Client more = new Client(address, token);
      more.headers.putAll(headers);
      more.headers.put(header, value);
      return more;
    }

    /// The same client at another process of the service.
    public Client at(TestService other) {
      Client there = new Client(other.address(), token);
      there.headers.putAll(headers);
      return there;
    }

    public Answer get(String path) {
      return send("GET", path, null);
    }

    /// @param body becomes JSON, unless it is text already
    public Answer post(String path, Object body) {
      return send("POST", path, body);
    }

    public Answer put(String path, Object body) {
      return send("PUT", path, body);
    }

    public Answer patch(String path, Object body) {
      return send("PATCH", path, body);
    }

    public Answer delete(String path) {
      return send("DELETE", path, null);
    }

    /// Posts bytes as `application/octet-stream`.
    public Answer upload(String path, byte[] bytes) {
      return exchange("POST", path, BodyPublishers.ofByteArray(bytes), "application/octet-stream");
    }

    /// @param body becomes JSON, unless it is text already; null for none
    public Answer send(String method, String path, @Nullable Object body) {
      if (body == null) {
        return exchange(method, path, BodyPublishers.noBody(), null);
      }
      String text = body instanceof String given ? given : JSON.writeValueAsString(body);
      return exchange(method, path, BodyPublishers.ofString(text), "application/json");
    }

    /// The request itself, for tests that read its answer piece by piece.
    public HttpRequest.Builder request(String path) {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(address + path)).timeout(Duration.ofMinutes(1));
      if (token != null) {
        request.header("Authorization", "Bearer " + token);
      }
      headers.forEach(request::setHeader);
      return request;
    }

    private Answer exchange(String method, String path, BodyPublisher body, @Nullable String type) {
      HttpRequest.Builder request = request(path).method(method, body);
      if (type != null && !headers.containsKey("Content-Type")) {
        request.header("Content-Type", type);
      }
      try {
        HttpResponse<byte[]> response = HTTP.send(request.build(), BodyHandlers.ofByteArray());
        return new Answer(method + " " + path, response);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }

  /// What came back.
  public static final class Answer {

    private final String request;
    private final HttpResponse<byte[]> response;

    Answer(String request, HttpResponse<byte[]> response) {
      this.request = request;
      this.response = response;
    }

    public int status() {
      return response.statusCode();
    }

    /// Fails the test if the status is another.
    public Answer expect(int status) {
      if (status() != status) {
        throw new AssertionError("%s: %d, not %d: %s".formatted(request, status(), status, text()));
      }
      return this;
    }

    /// Fails the test unless this is the problem.
    public Answer expectProblem(int status, int code) {
      expect(status);
      String found = json().path("code").asString("");
      if (!found.equals("MOTE-" + code)) {
        throw new AssertionError("%s: %s, not MOTE-%d: %s".formatted(request, found, code, text()));
      }
      return this;
    }

    public String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }

    public List<String> headers(String name) {
      return response.headers().allValues(name);
    }

    public byte[] bytes() {
      return response.body();
    }

    public String text() {
      return new String(response.body(), StandardCharsets.UTF_8);
    }

    public JsonNode json() {
      return JSON.readTree(text());
    }
  }
}
