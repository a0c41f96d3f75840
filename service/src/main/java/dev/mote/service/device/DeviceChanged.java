package dev.mote.service.device;

import java.util.Set;
import java.util.UUID;

/// Something about a device is not as it was.
///
/// @param tenant whose device
/// @param device which
/// @param what changed
public record DeviceChanged(UUID tenant, UUID device, Set<What> what) {

  /// What may change.
  public enum What {
    CREATED,
    NAME,
    TAGS,
    GROUPS,
    STATE,
    FACTS,
    MODULES,
    DELETED
  }

  public DeviceChanged {
    what = Set.copyOf(what);
  }
}
