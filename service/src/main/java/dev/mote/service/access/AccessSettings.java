package dev.mote.service.access;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Login and secrets.
///
/// @param folder for `admin-password` and `master-key`
/// @param adminPassword of the first user; empty makes one and writes it to the folder
/// @param masterKey 32 bytes in Base64, under which secrets are stored; empty keeps it in the
/// folder
/// @param session how long a login lasts
/// @param failuresPerUser failed logins within the window after which a user must wait
/// @param failuresPerAddress failed logins within the window after which an address must wait
/// @param failureWindow how long a failed login counts
/// @param secureCookie whether browsers send the cookie over HTTPS only; without a value, as the
/// login came
@ConfigurationProperties("mote.access")
public record AccessSettings(
    @DefaultValue("data") Path folder,
    Optional<String> adminPassword,
    Optional<String> masterKey,
    @DefaultValue("12h") Duration session,
    @DefaultValue("10") int failuresPerUser,
    @DefaultValue("50") int failuresPerAddress,
    @DefaultValue("15m") Duration failureWindow,
    Optional<Boolean> secureCookie) {

  /// Without the secrets.
  @Override
  public String toString() {
    return "AccessSettings[folder=%s, session=%s]".formatted(folder, session);
  }
}
