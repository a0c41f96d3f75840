package dev.mote.service.device;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Where and how devices are listened to.
///
/// @param coap address and port without security, as `0.0.0.0:5683`; `off` for none; port 0 takes a
///     free one
/// @param coaps address and port with DTLS
/// @param node name of this process among those on one database, the same after a restart; the
///     machine's name and the port unless given
/// @param publicHost name or address under which devices reach this process to fetch packages;
///     unless given the address by which a device reaches this machine
/// @param key PEM file of the server's private key, for raw public keys and certificates
/// @param certificate PEM file of the server's certificates, its own first
/// @param authorities PEM files of authorities that certify devices
/// @param answerTime how long a device may take for an answer
/// @param awakeTime how long a device in queue mode listens after it said something
/// @param ackTime after which a message that was not acknowledged is sent again, the first time
///     (ACK_TIMEOUT of CoAP, RFC 7252, section 4.8); longer for slow radio, up to 30 s
@ConfigurationProperties("mote.lwm2m")
public record Lwm2mSettings(
    @DefaultValue("0.0.0.0:5683") String coap,
    @DefaultValue("0.0.0.0:5684") String coaps,
    Optional<String> node,
    Optional<String> publicHost,
    Optional<String> key,
    Optional<String> certificate,
    @DefaultValue List<Path> authorities,
    @DefaultValue("93s") Duration answerTime,
    @DefaultValue("93s") Duration awakeTime,
    @DefaultValue("2s") Duration ackTime) {

  private static final int LAST_PORT = 65_535;
  private static final Duration SHORTEST_ACK = Duration.ofMillis(50);
  private static final Duration LONGEST_ACK = Duration.ofSeconds(30);

  public Lwm2mSettings {
    authorities = List.copyOf(authorities);
    address("mote.lwm2m.coap", coap);
    address("mote.lwm2m.coaps", coaps);
    if (ackTime.compareTo(SHORTEST_ACK) < 0 || ackTime.compareTo(LONGEST_ACK) > 0) {
      throw new IllegalArgumentException("mote.lwm2m.ack-time is 50ms to 30s");
    }
    if (certificate.isPresent() && key.isEmpty()) {
      throw new IllegalArgumentException("mote.lwm2m.certificate needs mote.lwm2m.key");
    }
  }

  Optional<InetSocketAddress> coapAddress() {
    return address("mote.lwm2m.coap", coap);
  }

  Optional<InetSocketAddress> coapsAddress() {
    return address("mote.lwm2m.coaps", coaps);
  }

  static Optional<InetSocketAddress> address(String name, String text) {
    if (text.equals("off")) {
      return Optional.empty();
    }
    int colon = text.lastIndexOf(':');
    if (colon > 0 && text.substring(colon + 1).matches("[0-9]{1,5}")) {
      int port = Integer.parseInt(text.substring(colon + 1));
      if (port <= LAST_PORT) {
        return Optional.of(new InetSocketAddress(text.substring(0, colon), port));
      }
    }
    throw new IllegalArgumentException(
        "%s: '%s' is neither ADDRESS:PORT nor off".formatted(name, text));
  }

  /// Name of this process; one that listens on any free port is another each time.
  public String nodeName() {
    return node.orElseGet(
        () -> {
          int port = coapAddress().or(this::coapsAddress).map(InetSocketAddress::getPort).orElse(0);
          return port == 0 ? UUID.randomUUID().toString() : machine() + ":" + port;
        });
  }

  /// Name or address under which devices that cannot be asked reach this machine.
  String anyHost() {
    return publicHost.orElseGet(Lwm2mSettings::machine);
  }

  private static String machine() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }
}
