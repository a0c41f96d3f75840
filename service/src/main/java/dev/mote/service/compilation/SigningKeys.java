package dev.mote.service.compilation;

import dev.mote.module.KeyFiles;
import dev.mote.module.cose.SignatureAlgorithm;
import dev.mote.module.cose.SigningKey;
import dev.mote.service.access.Secrets;
import dev.mote.service.database.Ids;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// The key on P-256 that signs a tenant's modules. It is made when it is first needed; its private
/// half leaves the database only sealed.
@Component
class SigningKeys {

  private final JdbcClient sql;
  private final Secrets secrets;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  SigningKeys(JdbcClient sql, Secrets secrets, Clock clock) {
    this.sql = sql;
    this.secrets = secrets;
    this.clock = clock;
  }

  /// What firmware needs to check modules.
  ///
  /// @param id hexadecimal digits, as signatures carry it
  /// @param pem the public half
  record PublicKeyFile(String id, String algorithm, String pem, Instant created) {}

  SigningKey signing(UUID tenant) {
    publicKey(tenant);
    byte[] sealed =
        sql.sql("select sealed from signing_key where tenant = :tenant")
            .param("tenant", tenant)
            .query(byte[].class)
            .single();
    String pem = new String(secrets.open(purpose(tenant), sealed), StandardCharsets.UTF_8);
    return KeyFiles.signingKey(pem, "the signing key of tenant " + tenant);
  }

  /// The public half; makes the key when there is none.
  PublicKeyFile publicKey(UUID tenant) {
    return find(tenant)
        .orElseGet(
            () -> {
              SigningKey key = SigningKey.generate(SignatureAlgorithm.ES256, random);
              byte[] pem = KeyFiles.write(key).getBytes(StandardCharsets.UTF_8);
              sql.sql(
                      """
                      insert into signing_key (id, tenant, key_id, public_pem, sealed, created)
                      values (:id, :tenant, :keyId, :pem, :sealed, :now)
                      on conflict (tenant) do nothing""")
                  .param("id", Ids.next())
                  .param("tenant", tenant)
                  .param("keyId", key.verification().id().toHex())
                  .param("pem", KeyFiles.write(key.verification()))
                  .param("sealed", secrets.seal(purpose(tenant), pem))
                  .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                  .update();
              // Another process may have been faster; then its key counts.
              return find(tenant).orElseThrow();
            });
  }

  PublicKey verification(UUID tenant) {
    return KeyFiles.verificationKey(publicKey(tenant).pem(), "the signing key of tenant " + tenant)
        .key();
  }

  private Optional<PublicKeyFile> find(UUID tenant) {
    return sql.sql("select * from signing_key where tenant = :tenant")
        .param("tenant", tenant)
        .query(
            (row, n) ->
                new PublicKeyFile(
                    row.getString("key_id"),
                    "ES256",
                    row.getString("public_pem"),
                    row.getTimestamp("created").toInstant()))
        .optional();
  }

  private static String purpose(UUID tenant) {
    return "signing-key/" + tenant;
  }
}
