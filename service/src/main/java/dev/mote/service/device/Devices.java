package dev.mote.service.device;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// What is known of devices. Nothing of another tenant is ever found.
public interface Devices {

  Optional<Device> find(UUID tenant, UUID device);

  Optional<Device> byEndpoint(UUID tenant, String endpoint);

  /// Those of `devices` that exist, in any order.
  List<Device> find(UUID tenant, Collection<UUID> devices);

  /// Devices that match, in the order of their ids.
  ///
  /// @param after only those after this one
  List<Device> list(UUID tenant, DeviceCondition condition, Optional<UUID> after, int most);

  long count(UUID tenant, DeviceCondition condition);
}
