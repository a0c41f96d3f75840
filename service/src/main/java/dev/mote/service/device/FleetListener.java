package dev.mote.service.device;

/// Hears of every change of a device, in the transaction that makes it.
public interface FleetListener {

  void changed(DeviceChanged event);
}
