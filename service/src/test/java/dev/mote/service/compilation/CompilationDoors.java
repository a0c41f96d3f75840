package dev.mote.service.compilation;

import dev.mote.service.openapi.DoorFixture;
import dev.mote.service.openapi.Doors;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

public final class CompilationDoors implements DoorFixture {

  @Override
  public void prepare(Doors doors) {
    UUID tenant = UUID.fromString(doors.owner().get("/v1/me").json().get("tenant").asString());
    UUID version =
        AddedVersion.of(
            doors.service(), tenant, "door", "no model".getBytes(StandardCharsets.UTF_8));
    Map<String, Object> wanted =
        Map.of("version", version, "facts", List.of(Map.of("target", "nothing")));
    JsonNode made = doors.owner().post("/v1/compilations", wanted).expect(202).json();
    doors.path("/v1/compilations/{id}", made.get("id").asString());
    doors.path("/v1/builds/{id}", made.get("builds").get(0).get("build").get("build").asString());
    doors.refused("POST /v1/compilations", wanted);
    doors.refused("POST /v1/compilations/plan", wanted);
  }
}
