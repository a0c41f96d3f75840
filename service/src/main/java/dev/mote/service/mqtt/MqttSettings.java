package dev.mote.service.mqtt;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// The MQTT broker of a fleet.
///
/// @param url of the broker, `mqtt://HOST:PORT` or `mqtts://HOST:PORT`; without it there is no MQTT
/// @param user name for the broker
/// @param password for the broker
/// @param clientId of this process, different from that of others and the same after a restart;
///     `mote-` and the name of the process among others (`mote.lwm2m.node`) unless given
/// @param prefix first levels of all topics
/// @param trust PEM files of who may vouch for the broker; those of the Java runtime unless given
/// @param certificate PEM file with the chain of this client
/// @param key PEM file with its private key
/// @param session how long the broker keeps what comes while no process is there
/// @param inFlight most messages that the broker hands over before they are stored
/// @param largest telemetry message in bytes
/// @param telemetry whether telemetry is taken
/// @param events whether events are published
@ConfigurationProperties("mote.mqtt")
record MqttSettings(
    Optional<String> url,
    Optional<String> user,
    Optional<String> password,
    Optional<String> clientId,
    @DefaultValue("mote") String prefix,
    @DefaultValue List<Path> trust,
    Optional<String> certificate,
    Optional<String> key,
    @DefaultValue("1h") Duration session,
    @DefaultValue("1000") int inFlight,
    @DefaultValue("32768") int largest,
    @DefaultValue("true") boolean telemetry,
    @DefaultValue("true") boolean events) {

  private static final int PORT = 1883;
  private static final int SECURE_PORT = 8883;
  private static final int MOST_IN_FLIGHT = 65_535;
  private static final int LARGEST = 32_768;

  MqttSettings {
    url = url.filter(text -> !text.isBlank());
    trust = List.copyOf(trust);
    url.ifPresent(MqttSettings::parse);
    if (prefix.isEmpty() || prefix.startsWith("$") || prefix.matches(".*[+#\\x00].*|/.*|.*/")) {
      throw new IllegalArgumentException(
          "mote.mqtt.prefix: '%s' is no beginning of a topic".formatted(prefix));
    }
    if (inFlight < 1 || inFlight > MOST_IN_FLIGHT || largest < 1 || largest > LARGEST) {
      throw new IllegalArgumentException(
          "mote.mqtt: in-flight is 1 to %d, largest 1 to %d".formatted(MOST_IN_FLIGHT, LARGEST));
    }
    if (certificate.isPresent() != key.isPresent()) {
      throw new IllegalArgumentException("mote.mqtt.certificate and mote.mqtt.key need each other");
    }
    if (session.isNegative()) {
      throw new IllegalArgumentException("mote.mqtt.session is not below 0");
    }
  }

  private static URI parse(String text) {
    try {
      URI uri = URI.create(text);
      boolean known = "mqtt".equals(uri.getScheme()) || "mqtts".equals(uri.getScheme());
      // A user in the address would end up in logs.
      if (known && uri.getHost() != null && uri.getUserInfo() == null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("mote.mqtt.url is no URL", e);
    }
    throw new IllegalArgumentException(
        "mote.mqtt.url is neither mqtt://HOST:PORT nor mqtts://HOST:PORT");
  }

  private URI broker() {
    return url.map(MqttSettings::parse).orElseThrow();
  }

  boolean isOn() {
    return url.isPresent();
  }

  boolean isSecure() {
    return "mqtts".equals(broker().getScheme());
  }

  String host() {
    return broker().getHost();
  }

  int port() {
    int port = broker().getPort();
    return port > 0 ? port : isSecure() ? SECURE_PORT : PORT;
  }

  /// Without the password.
  @Override
  public String toString() {
    return "MqttSettings[url=%s, user=%s, prefix=%s]".formatted(url, user, prefix);
  }
}
