package dev.mote.service.device;

import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Where devices ask for their account.
///
/// @param coaps address and port with DTLS, as `0.0.0.0:5784`; `off` for no bootstrap server
/// @param server where devices are told to register, as `coaps://mote.example.org:5684`; unless
///     given, `mote.lwm2m.public-host`, or the name of this machine, and the port of
///     `mote.lwm2m.coaps`
/// @param lifetime of the registrations that they are told to make
@ConfigurationProperties("mote.bootstrap")
public record BootstrapSettings(
    @DefaultValue("off") String coaps,
    Optional<URI> server,
    @DefaultValue("1h") Duration lifetime) {

  public BootstrapSettings {
    Lwm2mSettings.address("mote.bootstrap.coaps", coaps);
    if (!lifetime.isPositive()) {
      throw new IllegalArgumentException("mote.bootstrap.lifetime must be more than nothing");
    }
    if (server.isPresent()
        && (!"coaps".equals(server.get().getScheme()) || server.get().getHost() == null)) {
      throw new IllegalArgumentException(
          "mote.bootstrap.server: '%s' is no coaps://HOST:PORT".formatted(server.get()));
    }
  }

  Optional<InetSocketAddress> address() {
    return Lwm2mSettings.address("mote.bootstrap.coaps", coaps);
  }
}
