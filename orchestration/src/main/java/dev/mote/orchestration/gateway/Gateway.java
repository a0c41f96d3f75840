package dev.mote.orchestration.gateway;

import dev.mote.orchestration.lwm2m.RegistrationJournal;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.UUID;

/// The server that devices register with.
public final class Gateway implements AutoCloseable {

  private Gateway() {}

  /// Starts a gateway; it listens when this returns. The caller then wakes devices whose requests
  /// waited before.
  public static Gateway start(
      GatewaySettings settings,
      RegistrationJournal journal,
      RequestQueue queue,
      Credentials credentials,
      PackageSource packages,
      DeviceListener listener) {
    return new Gateway();
  }

  /// Says that requests wait for a device. Does nothing when the device last spoke to another
  /// process; a device that sleeps gets them when it is heard.
  public void wake(String endpoint) {}

  /// Ends a request that is under way, a push for instance, with [Answer.Unsent].
  public void cancel(String endpoint, UUID request) {}

  /// Where it listens: CoAP, then CoAPs, as far as set up.
  public List<InetSocketAddress> addresses() {
    return List.of();
  }

  @Override
  public void close() {}
}
