package dev.mote.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class StartTest {

  @Test
  void theServiceStartsOnAnEmptyDatabase() {
    try (TestService service = TestService.start()) {
      assertThat(service.admin().get("/v1/me").expect(200).json().get("name").asString())
          .isEqualTo("admin");
      TestService.Client other = service.tenant("other");
      TestService.Client viewer = service.user(other, "vera", "VIEWER");
      viewer.post("/v1/users", Map.of()).expectProblem(403, 8011);
      other.post("/v1/users", Map.of()).expectProblem(400, 8001);
      viewer.get("/v1/audit").expectProblem(403, 8011);
      other.get("/v1/audit").expect(200);
      service.nobody().get("/v1/me").expectProblem(401, 8010);
    }
  }
}
