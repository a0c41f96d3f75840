package dev.mote.service.device;

import dev.mote.orchestration.object.CapabilityReading;
import dev.mote.orchestration.object.ResourcePath;
import dev.mote.service.openapi.DoorFixture;
import dev.mote.service.openapi.Doors;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

public final class DeviceDoors implements DoorFixture {

  private static final ResourcePath STATE = new ResourcePath(5, 0, 3);

  @Override
  public void prepare(Doors doors) {
    String endpoint = "doors-" + UUID.randomUUID();
    Map<String, Object> credential = Map.of("kind", "none");
    String id =
        doors
            .owner()
            .post("/v1/devices", Map.of("endpoint", endpoint, "credential", credential))
            .expect(201)
            .json()
            .get("id")
            .asString();
    Map<String, Object> read = Map.of("kind", "read", "path", "/3/0");
    String request =
        doors
            .owner()
            .post("/v1/devices/" + id + "/requests", read)
            .expect(202)
            .json()
            .get("id")
            .asString();
    doors.path("/v1/devices/{id}", id);
    doors.path("/v1/devices/{id}/requests/{request}", id, request);
    doors.body("POST /v1/devices", Map.of("endpoint", endpoint + "-2"));
    doors.body("PATCH /v1/devices/{id}", Map.of("name", "mine"));
    doors.body("POST /v1/devices/{id}/credentials", Map.of("kind", "psk"));
    doors.body("POST /v1/devices/{id}/requests", read);
    String firmware =
        doors
            .owner()
            .upload("/v1/firmware?name=doors&version=1", new byte[] {1})
            .expect(201)
            .json()
            .get("id")
            .asString();
    doors.path("/v1/firmware/{id}", firmware);
    doors.refused("POST /v1/updates", Map.of("device", id, "firmware", firmware));
    doors.path("/v1/updates/{id}", update(doors, id, firmware));
    doors.path("/v1/device-newcomers/{endpoint}", newcomer(doors));
    doors.body("POST /v1/firmware", Map.of());
    doors.query("POST /v1/firmware", "name=doors&version=2");
    doors.body("POST /v1/device-imports", Map.of());
    doors.body("PUT /v1/device-settings", Map.of("newcomers", false));
  }

  private static String update(Doors doors, String device, String firmware) {
    doors
        .service()
        .bean(JdbcClient.class)
        .sql("insert into device_word (device, capabilities) values (:device, :able::jsonb)")
        .param("device", UUID.fromString(device))
        .param(
            "able",
            DeviceJson.write(CapabilityReading.of(Map.of(STATE, List.of(0L))).capabilities()))
        .update();
    return doors
        .owner()
        .post("/v1/updates", Map.of("device", device, "firmware", firmware))
        .expect(202)
        .json()
        .get("id")
        .asString();
  }

  private static String newcomer(Doors doors) {
    doors
        .service()
        .bean(JdbcClient.class)
        .sql(
            """
            insert into device_newcomer (endpoint, tenant, kind, identity, first_seen, last_seen)
            values ('newcomer-of-another-tenant', :tenant, 'X509', 'x', now(), now())
            """)
        .param(
            "tenant", UUID.fromString(doors.owner().get("/v1/me").json().get("tenant").asString()))
        .update();
    return "newcomer-of-another-tenant";
  }
}
