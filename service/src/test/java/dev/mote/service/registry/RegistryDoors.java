package dev.mote.service.registry;

import dev.mote.service.TestService.Client;
import dev.mote.service.database.Ids;
import dev.mote.service.openapi.DoorFixture;
import dev.mote.service.openapi.Doors;
import dev.mote.service.store.Artifacts;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/// A model with a version, an alias, a module and a job, for the test of all doors.
public final class RegistryDoors implements DoorFixture {

  @Override
  public void prepare(Doors doors) {
    Client owner = doors.owner();
    UUID tenant = UUID.fromString(owner.get("/v1/me").expect(200).json().get("tenant").asString());
    String model =
        owner.post("/v1/models", Map.of("name", "doors")).expect(201).json().get("id").asString();
    String version = version(owner, model);
    owner
        .put("/v1/models/" + model + "/aliases/production", Map.of("version", version))
        .expect(200);
    doors.path("/v1/models/{model}", model);
    doors.path("/v1/models/{model}/aliases/{alias}", model, "production");
    doors.path("/v1/versions/{id}", version);
    doors.path("/v1/modules/{id}", module(doors, tenant, UUID.fromString(version)));
    doors.path("/v1/jobs/{id}", job(doors, tenant));
    doors.body("POST /v1/models", Map.of("name", "others"));
    doors.body("PUT /v1/models/{model}/aliases/{alias}", Map.of("version", version));
    doors.query("GET /v1/search", "q=doors");
  }

  private static String version(Client owner, String model) {
    try {
      return owner
          .upload(
              "/v1/models/" + model + "/versions?fileName=iris.onnx",
              Files.readAllBytes(RegistryTest.MODEL))
          .expect(201)
          .json()
          .get("id")
          .asString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String module(Doors doors, UUID tenant, UUID version) {
    String sha256 =
        doors
            .service()
            .bean(Artifacts.class)
            .put(new ByteArrayInputStream(new byte[] {1, 2, 3}), 10)
            .sha256();
    return doors
        .service()
        .bean(Registry.class)
        .addModule(
            new NewModule(
                tenant,
                version,
                Optional.empty(),
                Optional.empty(),
                NewModule.Kind.BUILD,
                "cortex-m4",
                "mote",
                "0.1",
                Map.of(),
                Map.of(),
                "0".repeat(64),
                sha256,
                1,
                UUID.randomUUID().toString(),
                Map.of(),
                Optional.of(sha256)))
        .id()
        .toString();
  }

  private static String job(Doors doors, UUID tenant) {
    UUID id = Ids.next();
    doors
        .service()
        .bean(JdbcClient.class)
        .sql(
            """
            insert into job (id, tenant, kind, title, subject, state, created)
            values (:id, :tenant, 'doors', 'a job', '{}', 'RUNNING', now())""")
        .param("id", id)
        .param("tenant", tenant)
        .update();
    return id.toString();
  }
}
