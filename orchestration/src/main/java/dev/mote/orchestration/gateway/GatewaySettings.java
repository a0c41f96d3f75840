package dev.mote.orchestration.gateway;

import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/// How a gateway is set up.
///
/// @param node name of this process among those of one service; the same after a restart
/// @param sessions where DTLS sessions are while the gateway is stopped; empty when every device
///     shakes hands again
/// @param clock for what is stored and compared with dates
public record GatewaySettings(
    String node,
    Listening at,
    PackageUris packages,
    Times times,
    Optional<SessionStore> sessions,
    Clock clock) {

  /// Where it listens.
  ///
  /// @param coap without security; empty for not
  /// @param coaps with DTLS; empty for not
  /// @param serverKey empty when devices use pre-shared keys only
  public record Listening(
      Optional<InetSocketAddress> coap,
      Optional<InetSocketAddress> coaps,
      Optional<ServerKey> serverKey) {}

  /// The URIs under which devices fetch packages.
  ///
  /// @param host name or address in them; empty for the address by which the device reaches this
  ///     machine
  /// @param tokens signs them; the same in all processes and after a restart
  /// @param time how long one is good
  public record PackageUris(Optional<String> host, Secret tokens, Duration time) {}

  /// How patient it is.
  ///
  /// @param answer how long a device may take for one answer, its acknowledgements aside
  /// @param awake how long a device in queue mode listens after its last message
  /// @param ack ACK_TIMEOUT of CoAP
  public record Times(Duration answer, Duration awake, Duration ack) {}

  /// Listens nowhere yet; what CoAP and LwM2M say for the rest.
  public static GatewaySettings standard(String node, Clock clock) {
    byte[] random = new byte[32];
    new SecureRandom().nextBytes(random);
    return new GatewaySettings(
        node,
        new Listening(Optional.empty(), Optional.empty(), Optional.empty()),
        new PackageUris(Optional.empty(), Secret.of(random), Duration.ofDays(1)),
        new Times(Duration.ofSeconds(93), Duration.ofSeconds(93), Duration.ofSeconds(2)),
        Optional.empty(),
        clock);
  }

  public GatewaySettings withCoap(InetSocketAddress address) {
    return with(new Listening(Optional.of(address), at.coaps, at.serverKey));
  }

  public GatewaySettings withCoaps(InetSocketAddress address) {
    return with(new Listening(at.coap, Optional.of(address), at.serverKey));
  }

  public GatewaySettings withServerKey(ServerKey key) {
    return with(new Listening(at.coap, at.coaps, Optional.of(key)));
  }

  private GatewaySettings with(Listening places) {
    return new GatewaySettings(node, places, packages, times, sessions, clock);
  }

  public GatewaySettings withPackages(PackageUris uris) {
    return new GatewaySettings(node, at, uris, times, sessions, clock);
  }

  public GatewaySettings withTimes(Times patience) {
    return new GatewaySettings(node, at, packages, patience, sessions, clock);
  }

  public GatewaySettings withSessions(SessionStore store) {
    return new GatewaySettings(node, at, packages, times, Optional.of(store), clock);
  }
}
