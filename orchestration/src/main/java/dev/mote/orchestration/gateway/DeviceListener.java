package dev.mote.orchestration.gateway;

/// Hears what devices do.
@FunctionalInterface
public interface DeviceListener {

  /// Called from several threads, for one device in order as far as the network kept it. When it
  /// throws, the device is not told of success, and tries again.
  ///
  /// A [BusyException] says so without further notice in the log.
  ///
  /// [DeviceEvent.Measured] and [DeviceEvent.Moved] come on threads of the network: hand slow work
  /// over. The others may block.
  void on(DeviceEvent event);
}
