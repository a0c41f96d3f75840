package dev.mote.service.database;

import java.nio.file.Path;
import java.util.Optional;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Where the database is.
///
/// @param url JDBC URL of a PostgreSQL server; empty starts one beside the service
/// @param user of that server
/// @param password of that server
/// @param folder data of the embedded server
/// @param connections most that one process holds open
@ConfigurationProperties("mote.database")
public record DatabaseSettings(
    Optional<String> url,
    @DefaultValue("mote") String user,
    @DefaultValue("") String password,
    @DefaultValue("data/database") Path folder,
    @DefaultValue("16") int connections) {

  /// Without the password, which the URL may have as well.
  @Override
  public String toString() {
    return "DatabaseSettings[embedded=%s, folder=%s, connections=%d]"
        .formatted(url.isEmpty(), folder, connections);
  }
}
