package dev.mote.orchestration.gateway;

import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/// How a gateway is set up.
///
/// @param node name of this process among those of one service; the same after a restart
/// @param coap where it listens without security; empty for not
/// @param coaps where it listens with DTLS; empty for not
/// @param serverKey empty when devices use pre-shared keys only
/// @param publicHost name or address under which devices fetch packages; empty for the address by
/// which the device reaches this machine
/// @param tokens signs the URIs of packages; the same in all processes and after a restart
/// @param offerTime how long such a URI is good
/// @param answerTime how long a device may take for one answer, its acknowledgements aside
/// @param awakeTime how long a device in queue mode listens after its last message
/// @param ackTime ACK_TIMEOUT of CoAP
/// @param sessions where DTLS sessions are while the gateway is stopped; empty when every device
///     shakes hands again
/// @param clock for what is stored and compared with dates
public record GatewaySettings(
    String node,
    Optional<InetSocketAddress> coap,
    Optional<InetSocketAddress> coaps,
    Optional<ServerKey> serverKey,
    Optional<String> publicHost,
    Secret tokens,
    Duration offerTime,
    Duration answerTime,
    Duration awakeTime,
    Duration ackTime,
    Optional<SessionStore> sessions,
    Clock clock) {

  /// Listens nowhere yet; what CoAP and LwM2M say for the rest.
  public static GatewaySettings standard(String node, Clock clock) {
    byte[] random = new byte[32];
    new SecureRandom().nextBytes(random);
    return new GatewaySettings(
        node,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Secret.of(random),
        Duration.ofDays(1),
        Duration.ofSeconds(93),
        Duration.ofSeconds(93),
        Duration.ofSeconds(2),
        Optional.empty(),
        clock);
  }

  public GatewaySettings withCoap(InetSocketAddress address) {
    return new GatewaySettings(
        node,
        Optional.of(address),
        coaps,
        serverKey,
        publicHost,
        tokens,
        offerTime,
        answerTime,
        awakeTime,
        ackTime,
        sessions,
        clock);
  }

  public GatewaySettings withCoaps(InetSocketAddress address) {
    return new GatewaySettings(
        node,
        coap,
        Optional.of(address),
        serverKey,
        publicHost,
        tokens,
        offerTime,
        answerTime,
        awakeTime,
        ackTime,
        sessions,
        clock);
  }

  public GatewaySettings withServerKey(ServerKey key) {
    return new GatewaySettings(
        node,
        coap,
        coaps,
        Optional.of(key),
        publicHost,
        tokens,
        offerTime,
        answerTime,
        awakeTime,
        ackTime,
        sessions,
        clock);
  }

  public GatewaySettings withPackages(Optional<String> host, Secret signing, Duration time) {
    return new GatewaySettings(
        node,
        coap,
        coaps,
        serverKey,
        host,
        signing,
        time,
        answerTime,
        awakeTime,
        ackTime,
        sessions,
        clock);
  }

  public GatewaySettings withTimes(Duration answer, Duration awake, Duration ack) {
    return new GatewaySettings(
        node,
        coap,
        coaps,
        serverKey,
        publicHost,
        tokens,
        offerTime,
        answer,
        awake,
        ack,
        sessions,
        clock);
  }

  public GatewaySettings withSessions(SessionStore store) {
    return new GatewaySettings(
        node,
        coap,
        coaps,
        serverKey,
        publicHost,
        tokens,
        offerTime,
        answerTime,
        awakeTime,
        ackTime,
        Optional.of(store),
        clock);
  }
}
