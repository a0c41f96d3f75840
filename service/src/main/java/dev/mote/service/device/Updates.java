package dev.mote.service.device;

import dev.mote.orchestration.update.Delivery;
import dev.mote.orchestration.update.Patience;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Brings packages onto devices: durable, one step at a time, one running update for each device.
public interface Updates {

  /// Begins an update, in the caller's transaction; nothing is sent before that commits.
  ///
  /// @param delivery who moves the bytes; empty leaves it to what the device can
  /// @param requestedBy `rollout:UUID` or `user:NAME`
  /// @return id of the update
  /// @throws RuntimeException a problem, when there is no such device or module, the device takes
  ///     no packages, or another update of it runs
  UUID begin(
      UUID tenant,
      UUID device,
      UUID module,
      Optional<Delivery> delivery,
      Patience patience,
      String requestedBy);

  /// How many updates under way wait for their devices to be heard, of those that one asked for.
  int asleep(UUID tenant, String requestedBy);

  /// Stops an update; nothing happens when it is over already.
  void cancel(UUID tenant, UUID update, String why);

  Optional<Update> find(UUID tenant, UUID update);

  /// The update of a device that runs.
  Optional<Update> running(UUID tenant, UUID device);

  /// Updates of a device, the latest first.
  ///
  /// @param before only older ones than this
  List<Update> of(UUID tenant, UUID device, Optional<UUID> before, int most);
}
