package dev.mote.service.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.service.TestService;
import dev.mote.service.TestService.Client;
import dev.mote.service.compilation.AddedVersion;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RolloutsTest {

  private TestService service;
  private Client admin;
  private UUID version;

  @BeforeAll
  void start() {
    service = TestService.start("--mote.lwm2m.coap=off", "--mote.lwm2m.coaps=off");
    admin = service.admin();
    UUID tenant = UUID.fromString(admin.get("/v1/me").json().get("tenant").asString());
    version = AddedVersion.of(service, tenant, "kws", "no model".getBytes(StandardCharsets.UTF_8));
    for (int i = 0; i < 3; i++) {
      admin.post("/v1/devices", Map.of("endpoint", "roll-" + i)).expect(201);
    }
  }

  @AfterAll
  void stop() {
    service.close();
  }

  private Map<String, Object> wanted(Map<String, Object> more) {
    Map<String, Object> body =
        new HashMap<>(
            Map.of(
                "name", "r", "version", version, "target", Map.of("filter", "endpoint==roll-*")));
    body.putAll(more);
    return body;
  }

  private String create(Client client, Map<String, Object> more) {
    return client.post("/v1/rollouts", wanted(more)).expect(201).json().get("id").asString();
  }

  @Test
  void aSecondPersonApproves() {
    Client olga = service.user(admin, "olga", "OPERATOR", "APPROVER");
    String id = create(olga, Map.of("approval", true));
    olga.post("/v1/rollouts/" + id + "/start", Map.of()).expectProblem(409, 8410);
    olga.post("/v1/rollouts/" + id + "/approve", Map.of()).expectProblem(403, 8411);
    JsonNode approved = admin.post("/v1/rollouts/" + id + "/approve", Map.of()).expect(200).json();
    assertThat(approved.get("approvedBy").asString()).isEqualTo("admin");
    olga.post("/v1/rollouts/" + id + "/start", Map.of()).expect(200);
  }

  @Test
  void itIsStartedSaysWhatItWaitsForAndEnds() throws InterruptedException {
    String id =
        create(admin, Map.of("waves", List.of(Map.of("devices", 1), Map.of("percent", 50))));
    admin.post("/v1/rollouts/" + id + "/start", Map.of()).expect(200);
    JsonNode shown = admin.get("/v1/rollouts/" + id).expect(200).json();
    assertThat(shown.get("phase").asString()).isEqualTo("RUNNING");
    assertThat(shown.get("counts").get("waiting").asInt()).isEqualTo(3);
    assertThat(shown.get("waitsFor").get(0).asString())
        .isEqualTo(
            "Wave 1 of 2: answers came from 0 of 1 device; 1 still to begin or to be heard.");
    assertThat(admin.get("/v1/rollouts/" + id + "/devices?state=WAITING").json().get("items"))
        .hasSize(3);
    admin.post("/v1/rollouts/" + id + "/abort", Map.of()).expect(200);
    Instant until = Instant.now().plus(Duration.ofSeconds(20));
    while (!admin.get("/v1/rollouts/" + id).json().get("phase").asString().equals("ABORTED")) {
      assertThat(Instant.now()).isBefore(until);
      Thread.sleep(50);
    }
    assertThat(admin.get("/v1/rollouts/" + id + "/history").json().get("items").valueStream())
        .extracting(note -> note.get("what").asString())
        .contains("made by admin", "started by admin", "3 devices in 2 waves", "aborted by admin");
  }

  @Test
  void aDryRunChangesNothing() {
    JsonNode dry =
        admin
            .post(
                "/v1/rollouts/dry-run",
                wanted(Map.of("waves", List.of(Map.of("devices", 1)), "growth", 1)))
            .expect(200)
            .json();
    assertThat(dry.get("devices").asInt()).isEqualTo(3);
    assertThat(dry.get("unknown").asInt()).isEqualTo(3);
    assertThat(dry.get("waves")).hasSize(3);
    assertThat(dry.get("some")).hasSize(3);
  }

  @Test
  void allThatIsWrongIsSaidAtOnce() {
    JsonNode problem =
        admin
            .post(
                "/v1/rollouts",
                wanted(
                    Map.of(
                        "atOnce",
                        0,
                        "waves",
                        List.of(Map.of("devices", 1, "percent", 120)),
                        "windows",
                        List.of(Map.of("from", "22:00", "to", "04:00", "zone", "Mars/North")))))
            .expectProblem(400, 8001)
            .json();
    assertThat(problem.get("errors").valueStream().map(error -> error.get("field").asString()))
        .containsExactly("atOnce", "waves[0].devices", "waves[0].percent", "windows[0].zone");
    admin
        .post("/v1/rollouts", wanted(Map.of("target", Map.of("filter", "modle==x"))))
        .expectProblem(400, 8001);
    admin.post("/v1/rollouts", wanted(Map.of("wavs", List.of()))).expectProblem(400, 8001);
    admin
        .post("/v1/rollouts", wanted(Map.of("version", UUID.randomUUID())))
        .expectProblem(404, 8002);
  }
}
