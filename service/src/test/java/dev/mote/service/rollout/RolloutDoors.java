package dev.mote.service.rollout;

import dev.mote.service.compilation.AddedVersion;
import dev.mote.service.openapi.DoorFixture;
import dev.mote.service.openapi.Doors;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;

public final class RolloutDoors implements DoorFixture {

  @Override
  public void prepare(Doors doors) {
    UUID tenant = UUID.fromString(doors.owner().get("/v1/me").json().get("tenant").asString());
    UUID version =
        AddedVersion.of(
            doors.service(), tenant, "rolled-out", "no model".getBytes(StandardCharsets.UTF_8));
    Map<String, Object> wanted =
        Map.of("name", "r", "version", version, "target", Map.of("filter", "name==nothing"));
    String id = doors.owner().post("/v1/rollouts", wanted).expect(201).json().get("id").asString();
    doors.path("/v1/rollouts/{id}", id);
    doors.refused("POST /v1/rollouts", wanted);
    doors.refused("POST /v1/rollouts/dry-run", wanted);
    String group =
        doors
            .owner()
            .post("/v1/groups", Map.of("name", "doors"))
            .expect(201)
            .json()
            .get("id")
            .asString();
    doors.path("/v1/groups/{id}", group);
    doors.body("POST /v1/groups", Map.of("name", "mine"));
    doors.body("POST /v1/groups/{id}/devices", Map.of());
  }
}
