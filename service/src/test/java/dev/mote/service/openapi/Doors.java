package dev.mote.service.openapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.mote.service.TestService;
import dev.mote.service.TestService.Answer;
import dev.mote.service.TestService.Client;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.type.filter.AssignableTypeFilter;

/// Tries every operation from outside.
public final class Doors {

  private static final Pattern VARIABLE = Pattern.compile("\\{[^}]*}");

  private final TestService service;
  private final Client owner;
  private final Client other;
  private final Client viewer;
  private final Client nobody;

  /// Beginning of a path with variables → values of the variables.
  private final Map<String, List<String>> paths = new LinkedHashMap<>();

  private final Map<String, Object> bodies = new HashMap<>();
  private final Map<String, Object> refused = new HashMap<>();
  private final Map<String, String> queries = new HashMap<>();
  private final TreeSet<String> read = new TreeSet<>();
  private final TreeSet<String> streams = new TreeSet<>();
  private final TreeSet<String> secrets = new TreeSet<>();

  private Doors(TestService service) {
    this.service = service;
    this.owner = service.tenant("a");
    this.other = service.tenant("b");
    this.viewer = service.user(owner, "viewer", "VIEWER");
    this.nobody = service.nobody();
  }

  static Doors prepare(TestService service) {
    Doors doors = new Doors(service);
    var scanner = new ClassPathScanningCandidateComponentProvider(false);
    scanner.addIncludeFilter(new AssignableTypeFilter(DoorFixture.class));
    scanner.findCandidateComponents("dev.mote.service").stream()
        .map(found -> String.valueOf(found.getBeanClassName()))
        .sorted()
        .forEach(name -> doors.fixture(name).prepare(doors));
    return doors;
  }

  private DoorFixture fixture(String name) {
    try {
      return (DoorFixture) Class.forName(name).getDeclaredConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /// The administrator of tenant A.
  public Client owner() {
    return owner;
  }

  /// The service, for what no request can make.
  public TestService service() {
    return service;
  }

  /// Says where a thing of tenant A is.
  ///
  /// @param path as the description has it, such as `/v1/models/{id}/aliases/{alias}`
  /// @param values of its variables; of longer paths, the rest is filled with `x`
  public void path(String path, String... values) {
    paths.put(path, List.of(values));
    for (String value : values) {
      if (value.length() >= 20) {
        secrets.add(value);
      }
    }
  }

  /// Says which body an operation takes.
  ///
  /// @param operation such as `POST /v1/models`
  public void body(String operation, Object body) {
    bodies.put(operation, body);
  }

  /// Says that an operation without variables in its path must fail for tenant B with this body,
  /// which names a thing of tenant A.
  public void refused(String operation, Object body) {
    refused.put(operation, body);
  }

  /// Says which query an operation needs, without its `?`.
  public void query(String operation, String query) {
    queries.put(operation, query);
  }

  /// Says that an operation answers without end.
  public void stream(String operation) {
    streams.add(operation);
  }

  void check(String name, Map<String, Object> operation) {
    String method = name.substring(0, name.indexOf(' '));
    String path = name.substring(name.indexOf(' ') + 1);
    if (List.of().equals(operation.get("security"))) {
      return;
    }
    String address = address(name, path);
    Object body = body(name, method);
    nobody.send(method, address, body).expectProblem(401, 8010);
    nobody
        .with("Authorization", "Bearer mote_" + "x".repeat(43))
        .send(method, address, body)
        .expectProblem(401, 8010);
    if (!"VIEWER".equals(operation.get("x-role"))) {
      viewer.send(method, address, body).expectProblem(403, 8011);
    }
    if (operation.containsKey("x-system")) {
      other.send(method, address, body).expectProblem(403, 8011);
      return;
    }
    if (streams.contains(name)) {
      return;
    }
    checkOther(name, method, path, address, body);
  }

  private void checkOther(String name, String method, String path, String address, Object body) {
    if (VARIABLE.matcher(path).find()) {
      Answer answer = other.send(method, address, body);
      assertThat(answer.status())
          .as("%s of tenant A by tenant B: %s", name, answer.text())
          .isIn(403, 404);
      if (method.equals("GET")) {
        read.add(address);
      }
    } else if (method.equals("GET")) {
      Answer answer = other.send(method, address, null);
      assertThat(answer.status()).as(name + ": " + answer.text()).isLessThan(500);
      secrets.forEach(id -> assertThat(answer.text()).as(name).doesNotContain(id));
    } else if (refused.containsKey(name)) {
      Answer answer = other.send(method, address, refused.get(name));
      assertThat(answer.status())
          .as("%s by tenant B with a thing of tenant A: %s", name, answer.text())
          .isBetween(400, 499);
    } else if (!bodies.containsKey(name) && !method.equals("DELETE")) {
      fail(missing(name, "doors.body(\"" + name + "\", …) or doors.refused(…)"));
    }
  }

  /// What tenant B was refused is there for tenant A: the fixture named what exists, and nothing
  /// got lost.
  void checkOwner() {
    assertThat(read).isNotEmpty();
    for (String address : read) {
      Answer answer = owner.get(address);
      assertThat(answer.status())
          .as("GET %s by its owner: %s", address, answer.text())
          .isBetween(200, 399);
    }
  }

  private Object body(String name, String method) {
    if (bodies.containsKey(name)) {
      return bodies.get(name);
    }
    if (refused.containsKey(name)) {
      return refused.get(name);
    }
    return method.equals("GET") || method.equals("DELETE") ? null : Map.of();
  }

  private String address(String name, String path) {
    String query = queries.containsKey(name) ? "?" + queries.get(name) : "";
    if (!VARIABLE.matcher(path).find()) {
      return path + query;
    }
    List<String> values =
        new ArrayList<>(
            paths.entrySet().stream()
                .filter(e -> path.equals(e.getKey()) || path.startsWith(e.getKey() + "/"))
                .max(Comparator.comparingInt(e -> e.getKey().length()))
                .orElseThrow(
                    () -> new AssertionError(missing(name, "doors.path(\"" + path + "\", …)")))
                .getValue());
    return VARIABLE.matcher(path).replaceAll(_ -> values.isEmpty() ? "x" : values.removeFirst())
        + query;
  }

  private static String missing(String name, String call) {
    return name
        + ": nobody tried this door. Add "
        + call
        + " to the DoorFixture of the feature, in its package of the test sources.";
  }
}
