package dev.mote.service.device;

import java.util.List;

/// Hears of every change of a device, in the transaction that makes it.
public interface FleetListener {

  void changed(DeviceChanged event);

  /// Many at once; of different tenants.
  default void changedAll(List<DeviceChanged> events) {
    events.forEach(this::changed);
  }
}
