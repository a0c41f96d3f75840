package dev.mote.service.http;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// The table `idempotency`: answers that are kept for repeated requests.
@Component
final class Answers {

  private static final Duration SWEEP = Duration.ofMinutes(10);

  private final JdbcClient jdbc;
  private final JsonMapper json;
  private final HttpSettings settings;
  private final Vault vault;
  private final Clock clock;
  private volatile Instant nextSweep = Instant.MIN;

  Answers(JdbcClient jdbc, JsonMapper json, HttpSettings settings, Vault vault, Clock clock) {
    this.jdbc = jdbc;
    this.json = json;
    this.settings = settings;
    this.vault = vault;
    this.clock = clock;
  }

  /// @param request method and address
  /// @param digest of the body; null while the request runs
  record Answer(
      String request,
      byte @Nullable [] digest,
      int status,
      Map<String, String> headers,
      byte[] content) {

    boolean runs() {
      return digest == null;
    }
  }

  /// Claims the key for a request, unless an earlier one holds it.
  ///
  /// @return the earlier request; empty if the caller has the key now
  Optional<Answer> claim(UUID account, String key, String request) {
    Instant now = clock.instant();
    if (now.isAfter(nextSweep)) {
      nextSweep = now.plus(SWEEP);
      deleteForgotten();
    }
    int claimed =
        jdbc.sql(
                """
                insert into idempotency (account, key, request, started)
                values (:account, :key, :request, :now)
                on conflict (account, key) do update
                set request = :request, started = :now, digest = null, status = null, answer = null
                where idempotency.started < :forgotten
                  or (idempotency.status is null and idempotency.started < :lost)
                """)
            .param("account", account)
            .param("key", key)
            .param("request", request)
            .param("now", Timestamp.from(now))
            .param("forgotten", Timestamp.from(now.minus(settings.idempotency())))
            .param("lost", Timestamp.from(now.minus(settings.idempotencyLease())))
            .update();
    if (claimed > 0) {
      return Optional.empty();
    }
    return jdbc.sql("select * from idempotency where account = :account and key = :key")
        .param("account", account)
        .param("key", key)
        .query((row, _) -> read(row, purpose(account, key)))
        .optional()
        // Released just now by a request that failed: the sender repeats.
        .or(() -> Optional.of(new Answer(request, null, 0, Map.of(), new byte[0])));
  }

  void keep(UUID account, String key, Answer answer) {
    jdbc.sql(
            """
            update idempotency
            set digest = :digest, status = :status, headers = :headers::jsonb, answer = :answer
            where account = :account and key = :key
            """)
        .param("account", account)
        .param("key", key)
        .param("digest", answer.digest())
        .param("status", answer.status())
        .param("headers", json.writeValueAsString(answer.headers()))
        .param("answer", vault.seal(purpose(account, key), answer.content()))
        .update();
  }

  /// Gives the key back: the request failed in a way that a repetition may mend.
  void release(UUID account, String key) {
    jdbc.sql("delete from idempotency where account = :account and key = :key")
        .param("account", account)
        .param("key", key)
        .update();
  }

  private void deleteForgotten() {
    jdbc.sql("delete from idempotency where started < :forgotten")
        .param("forgotten", Timestamp.from(clock.instant().minus(settings.idempotency())))
        .update();
  }

  private Answer read(ResultSet row, String purpose) throws SQLException {
    byte[] sealed = row.getBytes("answer");
    String headers = row.getString("headers");
    return new Answer(
        row.getString("request"),
        row.getBytes("digest"),
        row.getInt("status"),
        headers == null ? Map.of() : json.readValue(headers, new TypeReference<>() {}),
        sealed == null ? new byte[0] : vault.open(purpose, sealed));
  }

  private static String purpose(UUID account, String key) {
    return "idempotency/" + account + "/" + key;
  }
}
