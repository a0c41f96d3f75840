package dev.mote.service.device;

import java.util.List;
import java.util.function.Supplier;

/// All that hear of changes of devices.
///
/// @param listeners found when first needed: they may need devices themselves
record Fleet(Supplier<List<FleetListener>> listeners) {

  void changed(DeviceChanged event) {
    listeners.get().forEach(listener -> listener.changed(event));
  }

  void changedAll(List<DeviceChanged> events) {
    if (!events.isEmpty()) {
      listeners.get().forEach(listener -> listener.changedAll(events));
    }
  }
}
