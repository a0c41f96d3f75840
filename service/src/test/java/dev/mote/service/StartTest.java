package dev.mote.service;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;

class StartTest {

  @Test
  void theServiceStartsOnAnEmptyDatabase() {
    try (var context =
        SpringApplication.run(
            MoteService.class,
            "--server.port=0",
            "--mote.database.url=" + Databases.freshUrl(),
            "--mote.database.user=postgres")) {
      assertThat(context.getEnvironment().getProperty("local.server.port")).isNotNull();
    }
  }
}
