package dev.mote.service.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mote.service.http.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;
import tools.jackson.databind.json.JsonMapper;

class ModelDoorTest {

  @Test
  void aModelIsCheckedInAProcessOfItsOwn() throws IOException {
    ModelDoor door =
        new ModelDoor(
            new RegistrySettings(
                DataSize.ofMegabytes(1),
                1,
                Duration.ofSeconds(1),
                Duration.ofMinutes(1),
                DataSize.ofMegabytes(256),
                true),
            new JsonMapper());
    byte[] model = Files.readAllBytes(RegistryTest.MODEL);
    ModelDoor.Admitted admitted = door.check(model, "iris.onnx");
    assertThat(admitted.format()).isEqualTo("onnx");
    assertThat(admitted.report().get("targets")).isNotEmpty();
    assertThatThrownBy(() -> door.check(Arrays.copyOf(model, 200), "broken.onnx"))
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> {
              assertThat(problem.code()).isEqualTo(8101);
              assertThat(problem.errors()).isNotEmpty();
              assertThat(problem.errors().getFirst().message())
                  .startsWith("MOTE-")
                  .contains("Fix: ");
            });
  }
}
