package dev.mote.service.access;

import dev.mote.service.TestService;
import dev.mote.service.openapi.DoorFixture;
import dev.mote.service.openapi.Doors;
import java.util.List;
import java.util.Map;

public final class AccessDoors implements DoorFixture {

  @Override
  public void prepare(Doors doors) {
    Map<String, Object> user =
        Map.of("name", "ursula", "password", TestService.PASSWORD, "roles", List.of("DEVELOPER"));
    String id = id(doors, "/v1/users", user);
    doors.path("/v1/users/{id}", id);
    doors.body("POST /v1/users", user);
    doors.body("PATCH /v1/users/{id}", Map.of("disabled", true));
    doors.body(
        "PUT /v1/users/{id}/password", Map.of("password", "another " + TestService.PASSWORD));
    Map<String, Object> token = Map.of("name", "ci", "roles", List.of("VIEWER"));
    String made =
        doors
            .owner()
            .post("/v1/tokens", token)
            .expect(201)
            .json()
            .get("token")
            .get("id")
            .asString();
    doors.path("/v1/tokens/{id}", made);
    doors.body("POST /v1/tokens", token);
    String tenant = doors.owner().get("/v1/me").json().get("tenant").asString();
    doors.path("/v1/tenants/{id}", tenant);
    doors.path("/v1/tenants/{id}/quotas/{what}", tenant, "DEVICES");
    doors.body(
        "POST /v1/tenants",
        Map.of("name", "c", "admin", "admin", "password", TestService.PASSWORD));
    doors.body("PUT /v1/tenants/{id}/quotas/{what}", Map.of("limit", 1));
    doors.stream("GET /v1/events");
  }

  private static String id(Doors doors, String path, Object body) {
    return doors.owner().post(path, body).expect(201).json().get("id").asString();
  }
}
