package dev.mote.service.device;

import dev.mote.orchestration.bootstrap.BootstrapOutcome;
import dev.mote.orchestration.bootstrap.BootstrapPlan;
import dev.mote.orchestration.bootstrap.BootstrapSource;
import dev.mote.orchestration.gateway.Peer;
import dev.mote.orchestration.gateway.Secret;
import dev.mote.orchestration.gateway.Value;
import dev.mote.orchestration.object.MoteObjects;
import dev.mote.service.access.Secrets;
import dev.mote.service.database.Ids;
import java.net.URI;
import java.security.PublicKey;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/// Gives a device that bootstraps an account here, with a key made for it, and the key that its
/// tenant's modules are signed with. The key that it proved itself with opens the bootstrap server
/// only, so that what left the factory with a device never opens the server.
final class Bootstraps implements BootstrapSource {

  private static final int SHORT_ID = 1;
  private static final int LONGEST_NAME = 100;

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final Secrets secrets;
  private final DeviceHistory history;
  private final Clock clock;
  private final URI server;
  private final Duration lifetime;
  private final Function<UUID, PublicKey> signingKey;

  /// @param server where devices are to register
  /// @param lifetime of their registrations
  /// @param signingKey that the modules of a tenant are checked with
  Bootstraps(
      JdbcClient jdbc,
      TransactionTemplate transaction,
      Secrets secrets,
      DeviceHistory history,
      Clock clock,
      URI server,
      Duration lifetime,
      Function<UUID, PublicKey> signingKey) {
    this.jdbc = jdbc;
    this.transaction = transaction;
    this.secrets = secrets;
    this.history = history;
    this.clock = clock;
    this.server = server;
    this.lifetime = lifetime;
    this.signingKey = signingKey;
  }

  private record Device(UUID id, UUID tenant) {}

  @Override
  public Optional<BootstrapPlan> plan(Peer peer, String endpoint) {
    return device(endpoint)
        .map(
            device -> {
              Secret key = CredentialSpec.generated();
              UUID id = Ids.next();
              // 128 bytes are what an identity may have.
              String identity =
                  endpoint.substring(0, Math.min(endpoint.length(), LONGEST_NAME))
                      + "#"
                      + id.toString().substring(24);
              transaction.executeWithoutResult(_ -> give(device, id, identity, key));
              return new BootstrapPlan(
                  List.of(
                      new BootstrapPlan.Account(
                          server.toString(),
                          SHORT_ID,
                          lifetime,
                          "U",
                          new BootstrapPlan.PreShared(identity, key))),
                  Map.of(
                      MoteObjects.SIGNING_KEY,
                      List.of(Value.of(signingKey.apply(device.tenant()).getEncoded()))));
            });
  }

  /// A device that asks again has not got what it was given before, or lost it: of what it never
  /// used nothing is left.
  private void give(Device device, UUID id, String identity, Secret key) {
    jdbc.sql(
            """
            delete from device_credential
            where tenant = :tenant and device = :device and given and first_used is null
            """)
        .param("tenant", device.tenant())
        .param("device", device.id())
        .update();
    jdbc.sql(
            """
            insert into device_credential
              (id, tenant, device, kind, identity, secret, created, given)
            values (:id, :tenant, :device, 'PSK', :identity, :secret, :now, true)
            """)
        .param("id", id)
        .param("tenant", device.tenant())
        .param("device", device.id())
        .param("identity", identity)
        .param("secret", secrets.seal(SqlCredentials.purpose(id), key.reveal()))
        .param("now", Timestamp.from(clock.instant()))
        .update();
    history.add(
        device.tenant(),
        device.id(),
        "bootstrap",
        "it bootstraps, and was given the key '%s'".formatted(identity));
  }

  /// Notes how a bootstrap ended.
  void ended(BootstrapOutcome outcome) {
    device(outcome.endpoint())
        .ifPresent(
            device ->
                history.add(
                    device.tenant(),
                    device.id(),
                    "bootstrap",
                    (outcome.success() ? "it has bootstrapped: " : "its bootstrap failed: ")
                        + outcome.what()));
  }

  private Optional<Device> device(String endpoint) {
    return jdbc.sql("select id, tenant from device where endpoint = :endpoint")
        .param("endpoint", endpoint)
        .query((row, _) -> new Device(row.getObject(1, UUID.class), row.getObject(2, UUID.class)))
        .optional();
  }
}
