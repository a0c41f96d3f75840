package dev.mote.service.device;

import dev.mote.orchestration.gateway.Credentials;
import dev.mote.orchestration.gateway.Peer;
import dev.mote.orchestration.gateway.Secret;
import dev.mote.service.access.Secrets;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/// Who may register as what, or bootstrap as what, from the table `device_credential`.
///
/// A device that nobody has entered is refused. If it holds a certificate of an authority, and a
/// tenant wants to see newcomers, it is put on that tenant's list, and refused all the same.
final class SqlCredentials implements Credentials, AutoCloseable {

  private static final int LONGEST_NAME = 255;
  private static final int MOST_AT_ONCE = 512;
  private static final int MOST_NEWCOMERS = 10_000;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final JdbcClient jdbc;
  private final Secrets secrets;
  private final Clock clock;
  private final List<X509Certificate> authorities;
  private final boolean bootstrap;
  private final Batches<String, Map<Proof, Held>> lookups;
  private final Batches<Held, Boolean> uses;

  /// What is proved.
  private record Proof(CredentialSpec.Kind kind, @Nullable String identity) {}

  /// A credential of a device.
  private record Held(UUID id, UUID device, boolean isUsed) {}

  /// @param bootstrap whether for the bootstrap server instead of the server itself
  SqlCredentials(
      JdbcClient jdbc,
      Secrets secrets,
      Clock clock,
      List<X509Certificate> authorities,
      boolean bootstrap) {
    this.jdbc = jdbc;
    this.secrets = secrets;
    this.clock = clock;
    this.authorities = List.copyOf(authorities);
    this.bootstrap = bootstrap;
    this.lookups = new Batches<>("credentials", MOST_AT_ONCE, PATIENCE, this::held);
    this.uses = new Batches<>("credentials-used", MOST_AT_ONCE, PATIENCE, this::used);
  }

  /// Purpose of a sealed key.
  static String purpose(UUID credential) {
    return "psk/" + credential;
  }

  @Override
  public Optional<Psk> byIdentity(String identity) {
    if (!isName(identity)) {
      return Optional.empty();
    }
    return jdbc.sql(
            """
            select id, secret from device_credential
            where kind = 'PSK' and identity = :id and bootstrap = :bootstrap
            """)
        .param("id", identity)
        .param("bootstrap", bootstrap)
        .query(
            (row, _) ->
                new Psk(
                    identity,
                    Secret.of(
                        secrets.open(
                            purpose(row.getObject(1, UUID.class)),
                            Required.value(row.getBytes(2))))))
        .optional();
  }

  @Override
  public boolean knows(PublicKey key) {
    return endpoint(
            new Proof(CredentialSpec.Kind.RPK, CredentialSpec.fingerprint(key.getEncoded())))
        .isPresent();
  }

  @Override
  public List<X509Certificate> authorities() {
    return authorities;
  }

  @Override
  public Optional<String> endpointAllowed(Peer peer, String asked) {
    Proof proof = proof(peer);
    if (proof.identity() != null && !isName(proof.identity())) {
      return Optional.empty();
    }
    if (asked.isEmpty()) {
      return proof.identity() == null ? Optional.empty() : endpoint(proof);
    }
    if (!isName(asked)) {
      return Optional.empty();
    }
    Map<Proof, Held> held = lookups.run(asked);
    Held match = held.get(proof);
    if (match == null) {
      if (!bootstrap && held.isEmpty() && peer instanceof Peer.Certified(String name)) {
        newcomer(asked, name);
      }
      return Optional.empty();
    }
    if (!match.isUsed()) {
      uses.run(match);
    }
    return Optional.of(asked);
  }

  private static Proof proof(Peer peer) {
    return switch (peer) {
      case Peer.PreShared(String identity) -> new Proof(CredentialSpec.Kind.PSK, identity);
      case Peer.RawKey(String key) ->
          new Proof(
              CredentialSpec.Kind.RPK, CredentialSpec.fingerprint(HexFormat.of().parseHex(key)));
      case Peer.Certified(String commonName) -> new Proof(CredentialSpec.Kind.X509, commonName);
      case Peer.Unknown() -> new Proof(CredentialSpec.Kind.NONE, null);
    };
  }

  /// A name that the database can look for; others come from those who try things.
  private static boolean isName(String text) {
    return !text.isEmpty()
        && text.length() <= LONGEST_NAME
        && text.chars().noneMatch(Character::isISOControl);
  }

  private Optional<String> endpoint(Proof proof) {
    return jdbc.sql(
            """
            select d.endpoint from device_credential c join device d on d.id = c.device
            where c.kind = :kind and c.identity = :identity and c.bootstrap = :bootstrap
            """)
        .param("bootstrap", bootstrap)
        .param("kind", proof.kind().name())
        .param("identity", proof.identity())
        .query(String.class)
        .optional();
  }

  /// How many endpoints there are is kept from the planner: its estimates are then the same for all
  /// batches, and it takes the plan that it has.
  private List<Map<Proof, Held>> held(List<String> endpoints) {
    Map<String, Map<Proof, Held>> found = new HashMap<>();
    Set<String> all = new HashSet<>(endpoints);
    jdbc.sql(
            """
            select d.endpoint, c.kind, c.identity, c.id, c.device, c.first_used is not null
            from device d join device_credential c on c.device = d.id
              and c.bootstrap = :bootstrap
            where d.endpoint = any(array(select unnest(:endpoints::text[])))
            """)
        .param("bootstrap", bootstrap)
        .param("endpoints", all.toArray(String[]::new))
        .query(
            (row, _) ->
                found
                    .computeIfAbsent(row.getString(1), _ -> new HashMap<>())
                    .put(
                        new Proof(CredentialSpec.Kind.valueOf(row.getString(2)), row.getString(3)),
                        new Held(
                            row.getObject(4, UUID.class),
                            row.getObject(5, UUID.class),
                            row.getBoolean(6))))
        .list();
    return endpoints.stream().map(e -> found.getOrDefault(e, Map.of())).toList();
  }

  /// A credential that is used takes the place of all that were there before it.
  private List<Boolean> used(List<Held> held) {
    jdbc.sql(
            """
            with used as (
              update device_credential set first_used = :now where id = any(:ids)
              returning id, device, created, bootstrap
            )
            delete from device_credential c using used
            where c.device = used.device and c.created < used.created
              and c.bootstrap = used.bootstrap
              and c.id <> all(select id from used)
            """)
        .param("now", Timestamp.from(clock.instant()))
        .param("ids", held.stream().map(Held::id).sorted().distinct().toArray(UUID[]::new))
        .update();
    return held.stream().map(_ -> true).toList();
  }

  private void newcomer(String endpoint, String commonName) {
    jdbc.sql(
            """
            insert into device_newcomer (endpoint, tenant, kind, identity, first_seen, last_seen)
            select :endpoint, s.tenant, 'X509', :identity, :now, :now
            from device_settings s
            where s.newcomers and not exists (select 1 from device where endpoint = :endpoint)
              and (select count(*) from device_newcomer) < :most
            limit 1
            on conflict (endpoint) do update set last_seen = excluded.last_seen
            """)
        .param("endpoint", endpoint)
        .param("identity", commonName)
        .param("now", Timestamp.from(clock.instant()))
        .param("most", MOST_NEWCOMERS)
        .update();
  }

  @Override
  public void close() {
    lookups.close();
    uses.close();
  }
}
