package dev.mote.orchestration.gateway;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Something that a device did.
public sealed interface DeviceEvent {

  /// Name of the device.
  String endpoint();

  /// It registered: it may have restarted.
  ///
  /// @param peer what it proved to be
  /// @param address where it is, as `host:port`
  /// @param lifetime how long the registration holds without an update
  /// @param queueMode whether it sleeps between its messages
  /// @param version of LwM2M, `1.0` or `1.1`
  /// @param links its objects and instances
  record Registered(
      String endpoint,
      Peer peer,
      String address,
      Duration lifetime,
      boolean queueMode,
      String version,
      List<Link> links)
      implements DeviceEvent {
    public Registered {
      links = List.copyOf(links);
    }
  }

  /// It updated its registration.
  ///
  /// @param links where it sent them anew
  record Updated(
      String endpoint,
      Peer peer,
      String address,
      Duration lifetime,
      boolean queueMode,
      Optional<List<Link>> links)
      implements DeviceEvent {}

  /// It said good-bye.
  record Deregistered(String endpoint) implements DeviceEvent {}

  /// Its registration ended without an update.
  record Expired(String endpoint) implements DeviceEvent {}

  /// A request was answered; [RequestQueue#answered] was called before.
  record Answered(String endpoint, UUID requestId, Answer answer) implements DeviceEvent {}

  /// Bytes of a package that the device has acknowledged or asked for, from the package's start.
  record Moved(String endpoint, UUID requestId, long bytes) implements DeviceEvent {}

  /// It told values, by Notify or by Send.
  record Measured(String endpoint, List<Measurement> measurements) implements DeviceEvent {
    public Measured {
      measurements = List.copyOf(measurements);
    }
  }
}
