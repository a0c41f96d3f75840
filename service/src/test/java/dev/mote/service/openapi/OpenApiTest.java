package dev.mote.service.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.service.TestService;
import dev.mote.service.access.Open;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/// The description of the REST interface: committed, complete, and the doors of everything in it.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OpenApiTest {

  private static final Path FILE =
      Path.of(System.getProperty("mote.root", ".."), "service/src/main/resources/openapi.yaml");

  private TestService service;
  private OpenApiDescription description;

  @BeforeAll
  void start() {
    service =
        TestService.start(
            "--springdoc.api-docs.enabled=true",
            "--springdoc.default-produces-media-type=application/json");
    description = new OpenApiDescription(service);
  }

  @AfterAll
  void stop() {
    service.close();
  }

  @Test
  void theDescriptionIsTheCommittedOne() throws IOException {
    String yaml = description.yaml();
    if (Boolean.getBoolean("mote.golden")) {
      Files.writeString(FILE, yaml);
      return;
    }
    assertThat(Files.exists(FILE) ? Files.readString(FILE) : "")
        .as("%s is rewritten by this test with -Dmote.golden=true; read the diff", FILE)
        .isEqualTo(yaml);
    assertThat(service.admin().get("/v1/openapi.yaml").expect(200).text()).isEqualTo(yaml);
  }

  @Test
  void everyOperationHasASummaryAndANameOfItsOwn() {
    TreeMap<String, List<String>> names = new TreeMap<>();
    List<String> silent = new ArrayList<>();
    description
        .operations()
        .forEach(
            (name, operation) -> {
              names
                  .computeIfAbsent((String) operation.get("operationId"), _ -> new ArrayList<>())
                  .add(name);
              if (!operation.containsKey("summary")) {
                silent.add(name);
              }
            });
    assertThat(silent).as("operations without @Operation(summary = …)").isEmpty();
    names.values().removeIf(operations -> operations.size() == 1);
    assertThat(names).as("methods of controllers that share a name").isEmpty();
  }

  @Test
  void onlyHealthAndLoginAreOpen() {
    TreeSet<String> open = new TreeSet<>();
    OpenApiDescription.handlers(service)
        .forEach(
            (name, method) -> {
              if (method.hasMethodAnnotation(Open.class)) {
                open.add(name);
              }
            });
    assertThat(open)
        .containsExactlyInAnyOrder(
            "POST /v1/sessions",
            "GET /v1/openid",
            "GET /v1/openid/login",
            "GET /v1/openid/callback",
            "GET /health/live",
            "GET /health/ready");
  }

  /// Every operation, as nobody, as another tenant's administrator, as a user with too small a
  /// role.
  @TestFactory
  List<DynamicTest> nobodyGetsIn() {
    Doors doors = Doors.prepare(service);
    List<DynamicTest> tests = new ArrayList<>();
    for (Map.Entry<String, Map<String, Object>> operation : description.operations().entrySet()) {
      tests.add(
          DynamicTest.dynamicTest(
              operation.getKey(), () -> doors.check(operation.getKey(), operation.getValue())));
    }
    // Last: what is there must still be there, after all that was tried on it.
    tests.add(DynamicTest.dynamicTest("nothing was lost", doors::checkOwner));
    return tests;
  }
}
