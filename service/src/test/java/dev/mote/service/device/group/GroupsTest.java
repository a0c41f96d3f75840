package dev.mote.service.device.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.service.TestService;
import dev.mote.service.TestService.Client;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GroupsTest {

  private TestService service;
  private Client admin;

  @BeforeAll
  void start() {
    service = TestService.start("--mote.lwm2m.coap=off", "--mote.lwm2m.coaps=off");
    admin = service.admin();
  }

  @AfterAll
  void stop() {
    service.close();
  }

  private String device(String endpoint) {
    return admin
        .post("/v1/devices", Map.of("endpoint", endpoint))
        .expect(201)
        .json()
        .get("id")
        .asString();
  }

  private List<String> in(String group) {
    JsonNode items =
        admin.get("/v1/devices?filter=group%3D%3D" + group).expect(200).json().get("items");
    return items.valueStream().map(item -> item.get("endpoint").asString()).sorted().toList();
  }

  private String group(Map<String, Object> body) {
    return admin.post("/v1/groups", body).expect(201).json().get("id").asString();
  }

  @Test
  void peoplePutDevicesIntoAGroup() {
    String one = device("hand-1");
    String two = device("hand-2");
    String id = group(Map.of("name", "hand"));
    admin.post("/v1/groups/" + id + "/devices", Map.of("in", List.of(one, two))).expect(200);
    assertThat(in("hand")).containsExactly("hand-1", "hand-2");
    JsonNode changed =
        admin
            .post("/v1/groups/" + id + "/devices", Map.of("in", List.of(two), "out", List.of(one)))
            .expect(200)
            .json();
    assertThat(changed.get("changed").asInt()).isEqualTo(1);
    assertThat(in("hand")).containsExactly("hand-2");
    admin.delete("/v1/groups/" + id).expect(204);
    assertThat(in("hand")).isEmpty();
  }

  @Test
  void aGroupWithAFilterFollowsItsDevices() {
    String one = device("berlin-1");
    device("bonn-1");
    String id = group(Map.of("name", "berlin", "filter", "name==berlin*"));
    assertThat(in("berlin")).containsExactly("berlin-1");
    device("berlin-2");
    admin.patch("/v1/devices/" + one, Map.of("name", "moved")).expect(200);
    assertThat(in("berlin")).containsExactly("berlin-2");
    admin
        .post("/v1/groups/" + id + "/devices", Map.of("in", List.of(one)))
        .expectProblem(409, 8421);
    admin.post("/v1/groups", Map.of("name", "berlin")).expectProblem(409, 8420);
  }

  @Test
  void whatNoEventTellsIsNoGroup() {
    for (String filter : List.of("lastContact>-1h", "group==other", "created<-1d", "nme==x")) {
      admin.post("/v1/groups", Map.of("name", "x", "filter", filter)).expectProblem(400, 8001);
    }
    admin.get("/v1/devices?filter=nme%3D%3Dx").expectProblem(400, 8401);
  }
}
