package dev.mote.service.openapi;

/// What a feature puts into tenant A, so that [OpenApiTest] can try to reach it from tenant B. A
/// class in the feature's package of the test sources, public and with a constructor without
/// arguments; it is found by itself.
///
/// ```java
/// public final class ModelDoors implements DoorFixture {
///   public void prepare(Doors doors) {
///     String id = doors.owner().post("/v1/models", Map.of("name",
/// "kws")).expect(201).json().get("id").asString();
///     doors.path("/v1/models/{id}", id);                    // also for longer paths that begin so
///     doors.body("POST /v1/models", Map.of("name", "x"));   // body of what tenant B may do in its
/// own name
///     doors.body("PATCH /v1/models/{id}", Map.of("name", "y"));
///     doors.refused("POST /v1/compilations", Map.of("version", id));  // names something of A:
/// must not succeed
///   }
/// }
/// ```
public interface DoorFixture {

  /// Makes things in tenant A and says where they are.
  void prepare(Doors doors);
}
