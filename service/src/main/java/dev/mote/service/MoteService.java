package dev.mote.service;

import java.time.Clock;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;

/// Starts the service.
@SpringBootApplication
@ConfigurationPropertiesScan
public class MoteService {

  /// @param arguments Spring's, such as `--mote.database.url=…`
  public static void main(String[] arguments) {
    SpringApplication.run(MoteService.class, arguments);
  }

  @Bean
  static Clock clock() {
    return Clock.systemUTC();
  }
}
