package dev.mote.service;

import dev.mote.service.database.DatabaseSettings;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;

/// Starts the service.
@SpringBootApplication
@EnableConfigurationProperties(DatabaseSettings.class)
public class MoteService {

  /// @param arguments Spring's, such as `--mote.database.url=…`
  public static void main(String[] arguments) {
    SpringApplication.run(MoteService.class, arguments);
  }
}
