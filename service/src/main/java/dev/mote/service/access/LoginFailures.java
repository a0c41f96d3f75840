package dev.mote.service.access;

import dev.mote.service.http.Problem;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Slows those down who guess passwords: after so many failures within the window, a user's name
/// and an address must wait. The failures are in the database, so that every process counts all of
/// them.
@Component
final class LoginFailures {

  private final JdbcClient jdbc;
  private final AccessSettings settings;
  private final Clock clock;

  LoginFailures(JdbcClient jdbc, AccessSettings settings, Clock clock) {
    this.jdbc = jdbc;
    this.settings = settings;
    this.clock = clock;
  }

  /// Refuses when there were too many.
  void check(String tenant, String user, String address) {
    refuse(userKey(tenant, user), settings.failuresPerUser());
    refuse(addressKey(address), settings.failuresPerAddress());
  }

  private void refuse(String key, int most) {
    Instant since = clock.instant().minus(settings.failureWindow());
    // The time at which enough of them will have left the window.
    jdbc.sql(
            """
            select time from login_failure where key = :key and time > :since
            order by time desc offset :most - 1 limit 1
            """)
        .param("key", key)
        .param("since", Timestamp.from(since))
        .param("most", most)
        .query(Timestamp.class)
        .optional()
        .ifPresent(
            time -> {
              Duration wait = Duration.between(since, time.toInstant());
              throw tooMany().retryAfter(wait);
            });
  }

  private static Problem tooMany() {
    return AccessCodes.TOO_MANY_FAILURES.problem(
        "too many logins have failed", "wait, as the header Retry-After says, and try again.");
  }

  void failed(String tenant, String user, String address) {
    Timestamp now = Timestamp.from(clock.instant());
    jdbc.sql("insert into login_failure (key, time) values (:user, :now), (:address, :now)")
        .param("user", userKey(tenant, user))
        .param("address", addressKey(address))
        .param("now", now)
        .update();
  }

  /// Forgets a user's failures after a login.
  void succeeded(String tenant, String user) {
    jdbc.sql("delete from login_failure where key = :key")
        .param("key", userKey(tenant, user))
        .update();
  }

  int deleteOld() {
    return jdbc.sql("delete from login_failure where time < :since")
        .param("since", Timestamp.from(clock.instant().minus(settings.failureWindow())))
        .update();
  }

  /// Long names are cut by hashing: what is stored is bounded.
  private static String userKey(String tenant, String user) {
    byte[] bytes = (tenant + "\0" + user).getBytes(java.nio.charset.StandardCharsets.UTF_8);
    return "user:" + UUID.nameUUIDFromBytes(bytes);
  }

  private static String addressKey(String address) {
    return "address:" + address;
  }
}
