package dev.mote.service.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.service.TestService;
import dev.mote.service.TestService.Answer;
import dev.mote.service.TestService.Client;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class HttpTest {

  private static final TestService SERVICE = TestService.shared();
  private static Client client;

  @BeforeAll
  static void addTenant() {
    client = SERVICE.tenant("http");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      textBlock =
          """
          GET; /v1/nothing; ; 404; 8002; there is nothing at
          GET; /v1/users/nonsense; ; 400; 8001; id: must be a UUID
          GET; /v1/users?limit=1000; ; 400; 8001; limit: must be 1 to 200
          GET; /v1/users?limit=x; ; 400; 8001; limit: must be a number
          GET; /v1/users?cursor=x; ; 400; 8001; cursor: is not one that the service gave
          GET; /v1/users/01990000-0000-7000-8000-000000000000; ; 404; 8002; there is no user '01990000
          DELETE; /v1/users; ; 405; 8003; DELETE is not possible here
          POST; /v1/users; ; 400; 8001; the body is missing
          POST; /v1/users; {; 400; 8001; the body is not JSON: line 1
          POST; /v1/users; []; 400; 8001; body: must be an object
          POST; /v1/users; {"nmae": "x"}; 400; 8001; did you mean 'name'?
          POST; /v1/users; {"name": "x", "password": "y", "roles": ["VIEWERS"]}; 400; 8001; roles[0]: must be one of [VIEWER,
          POST; /v1/users; {"name": "x"}; 400; 8001; needs name, password and roles
          POST; /v1/tokens; {"name": "x", "roles": ["VIEWER"], "days": "many"}; 400; 8001; days: must be a number
          POST; /v1/users; {"name": "../x", "password": "long enough pass", "roles": ["VIEWER"]}; 400; 8001; name: must be
          """)
  void refusalsAreProblems(
      String method, String path, String body, int status, int code, String detail) {
    Answer answer = client.send(method, path, body).expectProblem(status, code);
    assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    JsonNode problem = answer.json();
    assertThat(problem.get("detail").asString()).contains(detail);
    assertThat(problem.get("fix").asString()).endsWith(".");
    assertThat(problem.get("status").asInt()).isEqualTo(status);
  }

  @Test
  void theAnswerToAWrongMethodListsTheRightOnes() {
    assertThat(client.delete("/v1/users").header("Allow")).isEqualTo("GET, POST");
  }

  @Test
  void typesThatAreNotUnderstoodAreRefused() {
    client.upload("/v1/users", new byte[10]).expectProblem(415, 8006);
    client.with("Accept", "image/png").get("/v1/users").expectProblem(406, 8004);
  }

  @Test
  void bodiesAreBounded() {
    Map<String, Object> token = Map.of("name", "x".repeat(30_000), "roles", List.of("VIEWER"));
    client.post("/v1/tokens", token).expectProblem(413, 8005);
  }

  @Test
  void whatTheWebServerItselfRefusesIsAProblemToo() {
    client.get("/v1/users;x=y/%2e%2e/tokens").expectProblem(400, 8001);
  }

  @Test
  void everyAnswerKeepsABrowserFromWhatWasNotMeant() {
    for (Answer answer : List.of(client.get("/v1/me"), SERVICE.nobody().get("/v1/me"))) {
      assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
      assertThat(answer.header("Content-Security-Policy"))
          .contains("default-src 'none'", "script-src 'self';", "frame-ancestors 'none'");
      assertThat(answer.header("Cache-Control")).contains("no-store");
    }
  }

  @Test
  void pagesShowEverythingOnce() {
    Client tenant = SERVICE.tenant("http-pages");
    for (int i = 0; i < 7; i++) {
      tenant.post("/v1/tokens", Map.of("name", "t" + i, "roles", List.of("VIEWER"))).expect(201);
    }
    List<String> names = new ArrayList<>();
    String path = "/v1/tokens?limit=3";
    while (true) {
      JsonNode page = tenant.get(path).expect(200).json();
      page.get("items").forEach(item -> names.add(item.get("name").asString()));
      if (!page.has("next")) {
        break;
      }
      path = "/v1/tokens?limit=3&cursor=" + page.get("next").asString();
    }
    assertThat(names).containsExactly("t0", "t1", "t2", "t3", "t4", "t5", "t6");
  }

  @Test
  void aRepeatedRequestIsAnsweredTheSameAndDoneOnce() {
    Client tenant = SERVICE.tenant("http-once");
    Map<String, Object> body = Map.of("name", "once", "roles", List.of("VIEWER"));
    Client keyed = tenant.with("Idempotency-Key", "k1");
    Answer first = keyed.post("/v1/tokens", body).expect(201);
    Answer again = keyed.post("/v1/tokens", body).expect(201);
    assertThat(again.text()).isEqualTo(first.text());
    assertThat(again.header("Content-Type")).isEqualTo(first.header("Content-Type"));
    assertThat(again.header("Idempotency-Replayed")).isEqualTo("true");
    assertThat(tenant.get("/v1/tokens").json().get("items").size()).isEqualTo(1);
    keyed
        .post("/v1/tokens", Map.of("name", "other", "roles", List.of("VIEWER")))
        .expectProblem(422, 8021);
    keyed.post("/v1/users", body).expectProblem(422, 8021);
    tenant
        .with("Idempotency-Key", "k".repeat(300))
        .post("/v1/tokens", body)
        .expectProblem(400, 8020);
    // The secret in the kept answer is not readable in the database.
    SERVICE
        .bean(org.springframework.jdbc.core.simple.JdbcClient.class)
        .sql("select encode(answer, 'escape') from idempotency where key = 'k1'")
        .query(String.class)
        .list()
        .forEach(kept -> assertThat(kept).doesNotContain("mote_", "secret"));
  }

  @Test
  void aKeyBelongsToItsUser() {
    Map<String, Object> body = Map.of("name", "mine", "roles", List.of("VIEWER"));
    String first =
        SERVICE.tenant("http-k1").with("Idempotency-Key", "same").post("/v1/tokens", body).text();
    String second =
        SERVICE.tenant("http-k2").with("Idempotency-Key", "same").post("/v1/tokens", body).text();
    assertThat(second).isNotEqualTo(first);
  }

  @Test
  void ofRequestsAtOnceWithOneKeyOnlyOneIsDone() throws Exception {
    Client tenant = SERVICE.tenant("http-race");
    Client keyed = tenant.with("Idempotency-Key", "race");
    Map<String, Object> body =
        Map.of("name", "racer", "password", TestService.PASSWORD, "roles", List.of("VIEWER"));
    List<Callable<Integer>> requests = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      requests.add(() -> keyed.post("/v1/users", body).status());
    }
    Set<Integer> statuses = new HashSet<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var answer : threads.invokeAll(requests)) {
        statuses.add(answer.get());
      }
    }
    // 201 to the first and those after its end, "still runs" to the others; never "name taken".
    assertThat(statuses).contains(201).isSubsetOf(201, 409);
    keyed.post("/v1/users", body).expect(201);
    assertThat(tenant.get("/v1/users").json().get("items").size()).isEqualTo(2);
  }
}
